import { describe, expect, it } from "vitest";
import type { Detail, ViewData } from "../data/types";
import { ns } from "../data/types";
import { wholeWords } from "./whole";

function view(calls: number, logs: number, detail: Detail | null): ViewData {
  const rows = (count: number) => Array.from({ length: count }, () => ({}));
  return {
    facts: { detail },
    calls: { count: calls },
    functions: rows(12),
    lanes: rows(2),
    logs: rows(logs),
  } as unknown as ViewData;
}

describe("the whole recording in words", () => {
  it("counts what is there", () => {
    expect(wholeWords(view(277, 14, null), true)).toBe("277 calls of 12 functions in 2 threads");
    expect(wholeWords(view(0, 14, null), true)).toBe("no calls");
  });

  it("counts all calls of the recording, and says which are joined", () => {
    const detail = { calls: 1_200_000, logs: 14, resolution: ns(4_000_000), functions: 12, partial: false };
    expect(wholeWords(view(150_000, 14, detail), true)).toBe(
      "1.20 M calls of 12 functions in 2 threads; neighbours under 2.00 ms are joined until you zoom in",
    );
    expect(wholeWords(view(150_000, 14, detail), false)).toContain("joined: their detail is not in this file");
  });

  it("says how many log entries are left out", () => {
    const detail = { calls: 277, logs: 500, resolution: ns(0), functions: 12, partial: false };
    expect(wholeWords(view(277, 100, detail), true)).toBe(
      "277 calls of 12 functions in 2 threads; 100 of 500 logs are here",
    );
  });
});
