import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { reference } from "../../dev/fixture";
import type { LogRow } from "../data/types";
import { foldedFrames, foldedTraceback, stackOf } from "./stack";

const data = reference();
const calls = (name: string) =>
  Array.from(data.calls.function, (id, call) => (data.functions[id]?.name === name ? call : -1)).filter(
    (id) => id >= 0,
  );
const log = { ...data.logs[0], call: calls("SSLSocket.read")[0], function: "SSLSocket.read", line: 77 } as LogRow;

describe("stack", () => {
  it("is the callers of the entry's call, each where it called the next", () => {
    const frames = stackOf(data, log);
    expect(frames.map((frame) => frame.function)).toEqual(["enrich", "fetch_rates", "Session.get", "SSLSocket.read"]);
    expect(frames.map((frame) => frame.line)).toEqual([12, 12, 12, 77]);
    expect(frames.map((frame) => frame.library)).toEqual([false, false, true, true]);
  });

  it("libraries in a row are one part", () => {
    expect(foldedFrames(stackOf(data, log)).map((part) => part.length)).toEqual([1, 1, 2]);
  });

  it("ends in the function that said it, though no sample saw that", () => {
    const frames = stackOf(data, { ...log, function: "quick", file: "a.py", line: 3 });
    expect(frames.at(-1)).toMatchObject({ function: "quick", file: "a.py", line: 3, call: -1 });
    expect(stackOf(data, { ...log, call: -1, function: "" })).toEqual([]);
  });
});

const TEXT = `Traceback (most recent call last):
  File "/home/u/pipeline.py", line 84, in enrich
    page = fetch(n)
  File "/usr/lib/python3.11/site-packages/requests/api.py", line 73, in get
    return request("get", url)
           ^^^^^^^^^^^^^^^^^^^
  File "/usr/lib/python3.11/site-packages/requests/sessions.py", line 589, in request
    resp = self.send(prep)
ReadTimeout: read timed out
`;

describe("traceback", () => {
  it("folds the frames of libraries and nothing else", () => {
    const parts = foldedTraceback(TEXT);
    expect(parts.map((part) => part.frames)).toEqual([0, 2, 0]);
    expect(parts[0]?.text).toContain("enrich");
    expect(parts[2]?.text).toBe("ReadTimeout: read timed out\n");
  });

  it("the parts of any text are that text", () => {
    const line = fc.oneof(fc.constantFrom(...TEXT.split("\n")), fc.string());
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const text = lines.join("\n");
        expect(
          foldedTraceback(text)
            .map((part) => part.text)
            .join(""),
        ).toBe(text);
      }),
    );
  });
});
