import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { reference } from "../../dev/fixture";
import type { Ns, ViewData } from "../data/types";
import { lineTimes } from "./line-times";

/** Sets of lines, the one on top first or -1 where it is another. */
const SETS = [[0], [-1, 0], [1, 0], [2, 1, 0]] as const;

const REFERENCE = reference();

/** A thread that shows one of the sets each tick, or none: -1. */
function dataOf(ticks: readonly number[]): ViewData {
  const runs = ticks.flatMap((seen, tick) => (seen < 0 ? [] : [{ seen, tick }]));
  const sets = SETS.flatMap((lines, of) => lines.filter((line) => line >= 0).map((line) => ({ of, line })));
  return {
    ...REFERENCE,
    facts: { ...REFERENCE.facts, duration: 20 as Ns },
    lines: {
      count: 3,
      function: new Int32Array(3),
      line: Int32Array.of(5, 6, 7),
      self: new Float64Array(3),
      total: new Float64Array(3),
      samples: new Int32Array(3),
    },
    lineRuns: {
      count: runs.length,
      start: Float64Array.from(runs, ({ tick }) => tick),
      span: new Float64Array(runs.length).fill(1),
      time: new Float64Array(runs.length).fill(1),
      samples: new Int32Array(runs.length).fill(1),
      seen: Int32Array.from(runs, ({ seen }) => seen),
    },
    lineSets: {
      count: sets.length,
      of: Int32Array.from(sets, ({ of }) => of),
      line: Int32Array.from(sets, ({ line }) => line),
      own: Int32Array.from(sets, ({ of, line }) => Number(SETS[of]?.[0] === line)),
    },
  };
}

describe("times of lines", () => {
  it("of a part are what a look at every tick finds", () => {
    const ticks = fc.array(fc.integer({ min: -1, max: 3 }), { maxLength: 12 });
    fc.assert(
      fc.property(ticks, fc.nat(11), fc.nat(11), (seen, one, other) => {
        const within = { start: Math.min(one, other), end: Math.max(one, other) + 1 };
        const shown = seen.slice(within.start, within.end).map((set) => SETS[set] ?? []);
        const found = lineTimes(dataOf(seen), within);
        const has = (line: number) => shown.filter((lines) => (lines as readonly number[]).includes(line)).length;
        expect([...found.total]).toEqual([0, 1, 2].map(has));
        expect([...found.self]).toEqual([0, 1, 2].map((line) => shown.filter((lines) => lines[0] === line).length));
        expect([...(found.samples as Float64Array)]).toEqual([...found.total]);
      }),
    );
  });

  it("count a run that the part cuts with its share", () => {
    const data = dataOf([2, 2]);
    const found = lineTimes(data, { start: 0.25, end: 1.5 });
    expect([...found.total]).toEqual([1.25, 1.25, 0]);
    const rough = { ...data, lineRuns: { ...data.lineRuns, time: Float64Array.of(0.5, 0.1) } };
    expect(lineTimes(rough, { start: 0.5, end: 2 }).self[1]).toBeCloseTo(0.35);
  });

  it("of the whole are those that came with the recording", () => {
    const data = REFERENCE;
    expect(lineTimes(data, { start: 0, end: data.facts.duration })).toBe(data.lines);
  });
});
