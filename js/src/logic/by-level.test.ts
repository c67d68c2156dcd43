import { describe, expect, it } from "vitest";
import type { Level } from "../data/types";
import { byLevel } from "./by-level";
import { firstLine } from "./first-line";

const LOGS = (["info", "error", "info", "warning", "error", "info"] as const).map((level: Level) => ({ level }));

describe("entries of a marker", () => {
  it("are counted by level, and the gravest are named first", () => {
    expect(byLevel(LOGS, [0, 1, 2, 3, 4, 5], 4)).toEqual({
      counts: [
        ["error", 2],
        ["warning", 1],
        ["info", 3],
      ],
      first: [1, 4, 3, 0],
    });
  });

  it("are those of the marker alone", () => {
    expect(byLevel(LOGS, [2, 3], 4)).toEqual({
      counts: [
        ["warning", 1],
        ["info", 1],
      ],
      first: [3, 2],
    });
    expect(byLevel(LOGS, [], 4)).toEqual({ counts: [], first: [] });
  });
});

describe("the first line of an entry", () => {
  it("is without the marks of Markdown only where it was rendered", () => {
    expect(firstLine({ message: "\n## **Half** way\nmore", html: "<h2>" })).toBe("Half way");
    expect(firstLine({ message: "# a comment\nmore", html: "" })).toBe("# a comment");
    expect(firstLine({ message: "x".repeat(1000), html: "" })).toHaveLength(200);
  });
});
