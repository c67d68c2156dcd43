import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Bars, emptyBars, MERGE_BELOW, SPLIT_AT, visibleBars } from "./detail";
import { barAt as hit } from "./hit";
import { ANOMALOUS, at, MIXED, makeRow, type Row, WAITING } from "./rows";
import type { Scale } from "./viewport";

interface Bar {
  x0: number;
  x1: number;
  call: number;
  merged: number;
  function: number;
  own: number;
  kind: number;
}

/** Of nothing else than these is anything known. */
function callsOf(start: readonly number[], duration: readonly number[]) {
  const n = start.length;
  const unknown = new Float64Array(n).fill(Number.NaN);
  return {
    start: Float64Array.from(start),
    duration: Float64Array.from(duration),
    function: new Int32Array(n),
    merged: new Int32Array(n).fill(1),
    anomaly: new Int32Array(n).fill(-1),
    cpu: unknown,
    waiting: unknown,
    contended: unknown,
  };
}

/** A row from pairs of (gap before, duration). */
function rowOf(pairs: readonly (readonly [number, number])[], functionOf: (i: number) => number = () => 0): Row {
  const start: number[] = [];
  const duration: number[] = [];
  let time = 0;
  for (const [gap, length] of pairs) {
    start.push(time + gap);
    duration.push(length);
    time += gap + length;
  }
  const ids = Int32Array.from(pairs, (_, i) => i);
  const calls = { ...callsOf(start, duration), function: ids.map((_, i) => functionOf(i)) };
  return makeRow(calls, 0, 0, ids);
}

function scale(start: number, end: number, width: number): Scale {
  return { start, end, width, density: width / (end - start) };
}

function list(bars: Bars): Bar[] {
  return Array.from({ length: bars.count }, (_, i) => ({
    x0: at(bars.x0, i),
    x1: at(bars.x1, i),
    call: at(bars.call, i),
    merged: at(bars.merged, i),
    function: at(bars.function, i),
    own: at(bars.own, i),
    kind: at(bars.kind, i),
  }));
}

/** The rule in its plainest form: look at every call, one after the other. */
function oracle(row: Row, view: Scale): Bar[] {
  const found: { first: number; last: number; longest: number }[] = [];
  const duration = (i: number) => at(row.end, i) - at(row.start, i);
  const small = (i: number) => duration(i) < MERGE_BELOW / view.density;
  for (let i = 0; i < row.ids.length; i++) {
    const inside = at(row.start, i) < view.end && (at(row.end, i) > view.start || at(row.start, i) === view.start);
    if (!inside) continue;
    const before = found.at(-1);
    const joins =
      before &&
      before.last === i - 1 &&
      small(before.last) &&
      small(i) &&
      at(row.start, i) - at(row.end, i - 1) < SPLIT_AT / view.density;
    if (!joins) found.push({ first: i, last: i, longest: i });
    else {
      before.last = i;
      if (duration(i) > duration(before.longest)) before.longest = i;
    }
  }
  return found.map(({ first, last, longest }) => {
    const x0 = (at(row.start, first) - view.start) * view.density;
    const functions = new Set(row.function.subarray(first, last + 1));
    return {
      x0,
      x1: Math.max((at(row.end, last) - view.start) * view.density, x0 + 1),
      call: at(row.ids, longest),
      merged: last - first + 1,
      function: functions.size === 1 ? at(row.function, first) : MIXED,
      own: at(row.function, longest),
      kind: at(row.kind, longest),
    };
  });
}

describe("visibleBars", () => {
  it("draws wide calls one by one and joins the short ones between them", () => {
    const row = rowOf([
      [0, 100],
      [1, 3],
      [1, 2],
      [1, 4],
      [1, 100],
    ]);
    const bars = list(visibleBars(row, scale(0, 1000, 100), emptyBars()));
    expect(bars.map((bar) => [bar.call, bar.merged])).toEqual([
      [0, 1],
      [3, 3],
      [4, 1],
    ]);
  });

  it("gives a lone short call a whole pixel", () => {
    const [bar] = list(visibleBars(rowOf([[50, 1]]), scale(0, 1000, 100), emptyBars()));
    expect(bar).toMatchObject({ x0: 5, x1: 6, merged: 1 });
  });

  it("says which joined calls are of several functions", () => {
    const row = rowOf(
      Array.from({ length: 40 }, () => [0, 1] as const),
      (i) => (i === 33 ? 1 : 0),
    );
    expect(list(visibleBars(row, scale(0, 1000, 100), emptyBars())).map((bar) => bar.function)).toEqual([MIXED]);
  });

  it("says of the call it shows whether it is an anomaly's and whether it waited", () => {
    const calls = {
      ...callsOf([0, 10e6, 20e6, 30e6], [9e6, 9e6, 9e6, 1e6]),
      anomaly: Int32Array.of(-1, 0, 3, -1),
      waiting: Float64Array.of(0, 0, 8e6, 1e6),
    };
    const shown = (width: number) =>
      list(visibleBars(makeRow(calls, 0, 0, Int32Array.of(0, 1, 2, 3)), scale(0, 40e6, width), emptyBars()));
    expect(shown(400).map((bar) => bar.kind)).toEqual([0, ANOMALOUS, ANOMALOUS | WAITING, 0]);
    expect(shown(1).map((bar) => bar.kind)).toEqual([0]);
  });

  it("finds what looking at every call finds", () => {
    const pair = fc.tuple(
      fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 60 })),
      fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 90 })),
    );
    const pairs = fc.array(pair, { maxLength: 700, size: "max" });
    fc.assert(
      fc.property(
        pairs,
        fc.nat(4000),
        fc.integer({ min: 1, max: 9000 }),
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 1, max: 50 }),
        (made, start, span, width, spread) => {
          const row = rowOf(made, (i) => Math.floor(i / spread) % 3);
          const view = scale(start, start + span, width);
          expect(list(visibleBars(row, view, emptyBars()))).toEqual(oracle(row, view));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("shows in every column of pixels the longest call there, joins none of half a pixel, and is hit where it is drawn", () => {
    const pair = fc.tuple(fc.oneof(fc.constant(0), fc.nat(30)), fc.oneof(fc.nat(3), fc.nat(60)));
    fc.assert(
      fc.property(
        fc.array(pair, { minLength: 1, maxLength: 200, size: "max" }),
        fc.nat(2000),
        fc.integer({ min: 1, max: 6000 }),
        fc.integer({ min: 1, max: 100 }),
        (made, start, span, width) => {
          const row = rowOf(made);
          const view = scale(start, start + span, width);
          const bars = visibleBars(row, view, emptyBars());
          const drawn = list(bars);
          const place = (time: number) => (time - view.start) * view.density;
          const length = (i: number) => at(row.end, i) - at(row.start, i);
          // Bars stand for all calls in view, one after the other.
          let next = [...row.ids].findIndex((i) => at(row.end, i) > view.start || at(row.start, i) === view.start);
          const owner = new Map<number, Bar>();
          for (const bar of drawn) for (let k = 0; k < bar.merged; k++) owner.set(next++, bar);
          for (let column = 0; column < width; column++) {
            for (const i of row.ids) {
              if (place(at(row.start, i)) >= column + 1 || place(at(row.end, i)) <= column) continue;
              // Every call there is drawn there, by itself or by one that is as long.
              const bar = owner.get(i);
              expect(bar && bar.x0 < column + 1 && bar.x1 > column && length(bar.call) >= length(i)).toBe(true);
              if (length(i) * view.density >= MERGE_BELOW) expect(bar).toMatchObject({ call: i, merged: 1 });
            }
          }
          drawn.forEach((bar, i) => {
            const after = drawn[i + 1]?.x0 ?? Number.POSITIVE_INFINITY;
            // A call without duration may begin where the next one does, which then lies over it.
            if (after === bar.x0) return;
            for (const x of [bar.x0, (bar.x0 + Math.min(bar.x1, after)) / 2])
              expect(at(bars.call, hit(bars, x))).toBe(bar.call);
          });
        },
      ),
      { numRuns: 100 },
    );
  });

  it("looks at few of a million calls", () => {
    const n = 1_000_000;
    const calls = callsOf(
      Array.from({ length: n }, (_, i) => i * 10),
      new Array(n).fill(9),
    );
    const row = makeRow(
      calls,
      0,
      0,
      Int32Array.from({ length: n }, (_, i) => i),
    );
    let reads = 0;
    const counted = new Proxy(row.start, {
      get(target, key) {
        if (typeof key === "string" && /^\d+$/.test(key)) reads++;
        return Reflect.get(target, key, target);
      },
    });
    const bars = visibleBars({ ...row, start: counted }, scale(0, n * 10, 1000), emptyBars());
    expect(list(bars).map((bar) => bar.merged)).toEqual([n]);
    expect(reads).toBeLessThan(500);
  });

  it("counts the calls that a call stands for, joined or alone", () => {
    const merged = Int32Array.of(1, 7, 3);
    const ids = Int32Array.of(0, 1, 2);
    const calls = { ...callsOf([0, 10, 20], [9, 9, 9]), merged };
    const counts = (width: number) =>
      list(visibleBars(makeRow(calls, 0, 0, ids), scale(0, 30, width), emptyBars())).map((bar) => bar.merged);
    expect(counts(0.5)).toEqual([11]);
    expect(counts(300)).toEqual([1, 7, 3]);
  });
});
