// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { pieces, replaceCitations } from "./citations";

const named = (text: string) => pieces(text).flatMap((piece) => (typeof piece === "string" ? [] : [piece.name]));

describe("citations", () => {
  it("are calls, log entries, anomalies and lines", () => {
    expect(named("a [call:12] b [log:3], [anomaly:0]; [line:pipeline.py:58] [line:In [7]:12]")).toEqual([
      "call:12",
      "log:3",
      "anomaly:0",
      "line:pipeline.py:58",
      "line:In [7]:12",
    ]);
  });

  it("are read as leniently as in Python", () => {
    expect(named("[call: #007] [line: a b.py:01]")).toEqual(["call:7", "line:a b.py:1"]);
  });

  it("are nothing else", () => {
    expect(named("[call:] [call:x] [calls:1] call:1 [call:1 [line:x] [1] x[3]")).toEqual([]);
  });

  it("leave the text between them as it is", () => {
    const text = "a[call:1][call:2] b";
    expect(
      pieces(text)
        .map((piece) => (typeof piece === "string" ? piece : `[${piece.text}]`))
        .join(""),
    ).toBe(text);
  });

  it("become nodes wherever text stands, but not in blocks of code", () => {
    const root = document.createElement("div");
    root.innerHTML = "<p>See <b>[call:1]</b> and <code>[log:2]</code>.</p><pre><code>x[call:3]</code></pre>";
    replaceCitations(root, (name) => {
      const made = document.createElement("button");
      made.textContent = name;
      return made;
    });
    expect([...root.querySelectorAll("button")].map((made) => made.textContent)).toEqual(["call:1", "log:2"]);
    expect(root.textContent).toBe("See call:1 and log:2.x[call:3]");
  });
});
