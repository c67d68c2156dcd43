import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CallId, Calls, FunctionId, LogRow, Metrics, Ns, ViewData } from "../data/types";
import { familyOf, STRIP_MOST, stripRange } from "./family";
import { cpuLine, gapTime, logsInside } from "./inside";
import { numbersOf } from "./numbers";
import { pathOf } from "./path";
import { placeBeside, placeUnder } from "./place";
import { visibleRuns, visibleText } from "./visible";
import { callAsMarkdown, comparison, plain, waitingWords } from "./words";

const S = 1e9;

/**
 *     0    outer
 *     1    first   second
 *     2    leaf
 */
const CALLS = {
  count: 4,
  drawn: 4,
  lane: new Int32Array(4),
  start: Float64Array.of(0, 0, 0, 2 * S),
  duration: Float64Array.of(4 * S, 2 * S, S, 2 * S),
  cpu: Float64Array.of(S, Number.NaN, 1.2 * S, 1.98 * S),
  waiting: Float64Array.of(Number.NaN, Number.NaN, Number.NaN, Number.NaN),
  contended: Float64Array.of(Number.NaN, Number.NaN, Number.NaN, Number.NaN),
  depth: Int32Array.of(0, 1, 2, 1),
  function: Int32Array.of(0, 1, 2, 1),
  parent: Int32Array.of(-1, 0, 1, 0),
  anomaly: Int32Array.of(-1, -1, -1, 0),
} as unknown as Calls;

const DATA = {
  lanes: [],
  facts: { cell: "In [7]", name: "fit" },
  calls: CALLS,
  functions: [
    { name: "outer", module: "m", file: "In [7]", line: 1, calls: 1, mean: 4 * S, median: 4 * S },
    { name: "Tree.fit", module: "pipeline", file: "pipeline.py", line: 58, calls: 2, mean: 2 * S, median: 2 * S },
    { name: "leaf", module: "m", file: "In [7]", line: 9, calls: 1, mean: S, median: S },
  ],
  anomalies: [{ kind: "slow call", observed: 2, expected: 0.5, reason: "Tree.fit took 2.00 s." }],
} as unknown as ViewData;

const call = (id: number) => id as CallId;

describe("families", () => {
  it("are the calls of one function in order", () => {
    expect([...familyOf(CALLS, 1 as FunctionId)]).toEqual([1, 3]);
    expect([...familyOf(CALLS, 9 as FunctionId)]).toEqual([]);
  });

  it("are shown whole up to 60, then 30 before and 29 after", () => {
    expect(stripRange(60, 59)).toEqual({ from: 0, to: 60 });
    expect(stripRange(200, 100)).toEqual({ from: 70, to: 130 });
    expect(stripRange(200, 3)).toEqual({ from: 0, to: 60 });
    expect(stripRange(200, 199)).toEqual({ from: 140, to: 200 });
  });

  it("always show the call in question", () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.nat(5000), (a, b) => {
        const count = Math.max(a, b) + 1;
        const { from, to } = stripRange(count, a);
        expect(from <= a && a < to && to - from === Math.min(count, STRIP_MOST)).toBe(true);
      }),
    );
  });

  it("know their callers", () => expect(pathOf(CALLS, call(2))).toEqual([0, 1, 2]));
});

describe("inside a call", () => {
  it("are the logs of the call and of what it called, and no others", () => {
    const logs = [0, 2, 3, -1].map((id) => ({ call: id, time: CALLS.start[id] ?? 9 * S }) as LogRow);
    expect(logsInside(CALLS, logs, call(0))).toEqual([0, 1, 2]);
    expect(logsInside(CALLS, logs, call(1))).toEqual([1]);
    expect(logsInside(CALLS, logs, call(3))).toEqual([2]);
  });

  it("gaps count with the part that lies in it", () => {
    const gaps = [
      { start: 1 as Ns, duration: 4 as Ns },
      { start: 8 as Ns, duration: 4 as Ns },
    ];
    expect(gapTime(gaps, 3, 9)).toBe(3);
    expect(gapTime(gaps, 5, 8)).toBe(0);
  });

  it("the CPU of a call is a curve of as many points as there is room for; values that are missing are left out", () => {
    const metrics = (...cpu: number[]) =>
      ({ time: Float64Array.from(cpu, (_, i) => i), cpu: Float64Array.from(cpu) }) as unknown as Metrics;
    const line = cpuLine(metrics(5, Number.NaN, 50, 200, 0, 9), 0, 4, 84);
    expect(line?.n).toBe(4);
    expect([...(line?.x ?? [])].slice(0, 4)).toEqual([0, 42, 63, 84]);
    expect([...(line?.y ?? [])].slice(0, 4)).toEqual([0.025, 0.25, 1, 0]);
    expect(cpuLine(metrics(5, Number.NaN, 50), 0, 9, 84)).toBeNull();
    const many = Array.from({ length: 10_000 }, (_, i) => i % 90);
    expect(cpuLine(metrics(...many), 0, 10_000, 84)?.n).toBeLessThanOrEqual(2 * 84 + 8);
  });
});

describe("sentences", () => {
  it.each([
    [5.9, 3.8, [5.9, 3.8, 3.7], "The slowest of 3 calls: 1.55 × the median."],
    [5, 3.8, [5.9, 5, 3.7], "Slower than usual: 1.32 × the median of 3 calls."],
    [1, 4, [1, 4, 5], "The fastest of 3 calls: 0.25 × the median."],
    [2, 4, [1, 2, 5], "Faster than usual: 0.50 × the median of 3 calls."],
    [4, 4, [4, 4, 5], "As long as usual: the median of 3 calls is 4.00 s."],
    [4, 4, [4], "The only call of this function."],
  ])("%d s against %d s", (duration, median, family, text) => {
    const ns = family.map((value) => value * S);
    expect(comparison(duration * S, median * S, ns)).toBe(text);
  });

  it("say how much a call waited, as far as it is known", () => {
    expect(waitingWords(numbersOf(DATA, call(0)))).toBe("It mostly waited: 75% of the time, 3.00 s.");
    expect(waitingWords(numbersOf(DATA, call(1)))).toBe("");
    expect(waitingWords(numbersOf(DATA, call(3)))).toBe("It had the CPU nearly all the time.");
    const measured = { ...CALLS, waiting: Float64Array.of(1.7 * S), contended: Float64Array.of(0.4 * S) };
    expect(waitingWords(numbersOf({ ...DATA, calls: measured }, call(0)))).toBe(
      "It mostly waited: 53% of the time, 2.10 s, of it 400 ms for Python's lock.",
    );
  });

  it("a call never had more CPU than time", () => {
    expect(numbersOf(DATA, call(2))).toMatchObject({ cpu: S, waiting: 0, cpuPercent: 100 });
  });

  it("a copied call is Markdown with its numbers", () => {
    expect(callAsMarkdown(DATA, call(3), "As long as usual.", ["5.00 s info: done"])).toBe(
      [
        "**`Tree.fit`** in `pipeline`, `pipeline.py:58`, recorded in In [7]",
        "",
        "* This call is an anomaly: 2.00 s against a median of 500 ms for calls from the same place.",
        "* As long as usual.",
        "* time: 2.00 to 4.00 s, 2.00 s",
        "* CPU 99%, waiting 1%",
        "* 2 calls: average 2.00 s, median 2.00 s",
        "* log: 5.00 s info: done",
        "",
      ].join("\n"),
    );
    expect(plain(["a", { strong: "b" }])).toBe("ab");
  });
});

describe("placing cards", () => {
  const bounds = { x: 4, y: 4, width: 992, height: 420 };
  const card = { width: 392, height: 300 };

  it("right, else left, else under or above the row", () => {
    expect(placeBeside({ x: 100, y: 200, width: 200, height: 17 }, card, bounds)).toMatchObject({ x: 308 });
    expect(placeBeside({ x: 600, y: 200, width: 200, height: 17 }, card, bounds)).toMatchObject({ x: 200 });
    expect(placeBeside({ x: 200, y: 200, width: 700, height: 17 }, card, bounds)).toBeNull();
    expect(placeUnder({ x: 200, y: 100, width: 700, height: 17 }, card, bounds, 500)).toMatchObject({ y: 125 });
    expect(placeUnder({ x: 200, y: 380, width: 700, height: 17 }, card, bounds, 500)).toMatchObject({ y: 72 });
  });

  it("a card is inside its bounds and never over the bar", () => {
    const side = fc.integer({ min: 0, max: 900 });
    fc.assert(
      fc.property(
        side,
        fc.integer({ min: 0, max: 400 }),
        fc.integer({ min: 1, max: 990 }),
        side,
        (x, y, width, pointer) => {
          const bar = { x, y, width: Math.min(width, 1000 - x), height: 17 };
          const placed = placeBeside(bar, card, bounds) ?? placeUnder(bar, card, bounds, pointer);
          const height = Math.min(card.height, placed.maxHeight);
          expect(placed.x).toBeGreaterThanOrEqual(bounds.x);
          expect(placed.x + card.width).toBeLessThanOrEqual(bounds.x + bounds.width);
          expect(placed.y + height).toBeLessThanOrEqual(bounds.y + bounds.height);
          const beside = placed.x >= bar.x + bar.width || placed.x + card.width <= bar.x;
          expect(beside || placed.y >= bar.y + bar.height || placed.y + height <= bar.y).toBe(true);
        },
      ),
    );
  });
});

describe("text from outside", () => {
  it("shows what would be hidden", () => {
    expect(visibleText("a\u001b[31mb\u202ec\u0000\u007f\u0085")).toBe("a\\x1b[31mbU+202Ec\\x00\\x7f\\x85");
    expect(visibleRuns("a\nb\tc 👩\u200d🚀")).toEqual([{ text: "a\nb\tc 👩\u200d🚀", mark: false }]);
  });

  it("loses nothing else", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const kept = visibleRuns(text).filter((run) => !run.mark);
        const marks = visibleRuns(text).length - kept.length;
        expect(kept.reduce((sum, run) => sum + run.text.length, marks)).toBe(text.length);
      }),
    );
  });
});
