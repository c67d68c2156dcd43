import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Sent } from "../data/parts";
import { barOf, withRoom } from "../data/room";
import { type CallId, ns, type ViewData } from "../data/types";
import { chosen, finerRows, stored, wanted } from "./finer";
import { at, indexRows } from "./rows";

const window = (start: number, end: number) => ({ start: ns(start), end: ns(end) });
const DURATION = ns(1e9);

describe("what is asked for", () => {
  it("is more than the window and finer than its pixels; nothing where the view's own bars are as fine as they", () => {
    expect(wanted([], window(4e8, 5e8), 1e5, 1e6, DURATION)).toEqual({ start: 3e8, end: 6e8 + 1, resolution: 12_500 });
    expect(wanted([], window(0, 5e8), 1e5, 1e6, DURATION)).toMatchObject({ start: 0, end: 1e9 + 1 });
    expect(wanted([], window(4e8, 5e8), 1e6, 1e6, DURATION)).toBeNull();
  });

  it("is nothing while what has come covers the window, is fine enough, or cannot be had finer", () => {
    const part = { start: 3e8, end: 6e8 + 1, resolution: 12_500 };
    expect(wanted([part], window(4e8, 5e8), 1e5, 1e6, DURATION)).toBeNull();
    expect(wanted([part], window(3.1e8, 4.1e8), 1e5, 1e6, DURATION)).toBeNull();
    expect(wanted([part], window(2.9e8, 3.9e8), 1e5, 1e6, DURATION)).not.toBeNull();
    expect(wanted([part], window(4e8, 4.01e8), 1e3, 1e6, DURATION)).not.toBeNull();
    expect(wanted([{ ...part, resolution: 5e5 }], window(4e8, 5e8), 1e5, 1e6, DURATION)).toBeNull();
  });

  it("once answered is not asked again", () => {
    const time = fc.integer({ min: 0, max: 9e8 });
    fc.assert(
      fc.property(time, fc.integer({ min: 1e4, max: 1e8 }), fc.integer({ min: 1, max: 5e6 }), (start, span, given) => {
        const seen = window(start, start + span);
        const part = wanted([], seen, span / 1000, 1e7, DURATION);
        if (!part) return;
        // Python may answer with less detail than it was asked for.
        const answer = { ...part, resolution: Math.max(part.resolution, given) };
        expect(wanted([answer], seen, span / 1000, 1e7, DURATION)).toBeNull();
      }),
    );
  });

  it("is shown where it covers the window: the finest of several", () => {
    const parts = [
      { start: 0, end: 5e8, resolution: 1e4 },
      { start: 0, end: 3e8, resolution: 1e3 },
    ];
    expect(chosen(parts, window(1e8, 2e8), 1e5, 1e6)).toBe(parts[1]);
    expect(chosen(parts, window(1e8, 4e8), 1e5, 1e6)).toBe(parts[0]);
    expect(chosen(parts, window(1e8, 6e8), 1e5, 1e6)).toBeNull();
    expect(chosen(parts, window(1e8, 2e8), 1e6, 1e6)).toBeNull();
  });
});

interface Made {
  readonly start: number;
  readonly end: number;
  readonly depth: number;
  /** Lengths of the calls that it stands for; one after the other. */
  readonly parts: readonly number[];
}

/** A view of one lane, two rows of bars that stand for some calls each. */
function viewOf(bars: readonly Made[]): ViewData {
  const floats = (of: (bar: Made) => number) => Float64Array.from(bars, of);
  const ints = (of: (bar: Made) => number) => Int32Array.from(bars, of);
  const calls = {
    count: bars.length,
    drawn: bars.length,
    start: floats((bar) => bar.start),
    duration: floats((bar) => bar.end - bar.start),
    self: floats(() => 0),
    lane: ints(() => 0),
    depth: ints((bar) => bar.depth),
    function: ints(() => 0),
    parent: ints(() => -1),
    merged: ints((bar) => bar.parts.length),
    anomaly: ints(() => -1),
    cpu: floats(() => Number.NaN),
    waiting: floats(() => Number.NaN),
    contended: floats(() => Number.NaN),
  };
  const facts = { running: false, detail: { calls: 1e9, logs: 0, resolution: 1e6 } };
  const lanes = [{ depth: 2 }];
  return { facts, lanes, calls, functions: [], packages: [], logs: [] } as unknown as ViewData;
}

/** What Python sends of the joined ones that touch an interval, by start. */
function sentOf(bars: readonly Made[], start: number, end: number): Sent {
  const rows = bars.flatMap((bar, of) => {
    if (bar.parts.length < 2 || bar.start >= end || bar.end <= start) return [];
    let time = bar.start;
    return bar.parts.map((duration) => {
      const row = { of, depth: bar.depth, start: time, duration };
      time += duration;
      return row;
    });
  });
  rows.sort((a, b) => a.start - b.start || a.depth - b.depth);
  const ints = (of: (row: (typeof rows)[number]) => number) => Int32Array.from(rows, of);
  return {
    count: rows.length,
    drawn: rows.length,
    start: Float64Array.from(rows, (row) => row.start),
    duration: Float64Array.from(rows, (row) => row.duration),
    lane: ints(() => 0),
    depth: ints((row) => row.depth),
    function: ints(() => 0),
    parent: ints((row) => (row.depth === 0 ? -1 : -2 - 0)),
    merged: ints(() => 1),
    anomaly: ints(() => -1),
    of: ints((row) => row.of),
  } as unknown as Sent;
}

const bars = fc
  .array(fc.tuple(fc.nat(1), fc.nat(20), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 })), {
    minLength: 1,
    maxLength: 60,
  })
  .map((list) => {
    const time = [0, 0];
    const made = list.map(([depth, gap, parts]): Made => {
      const start = (time[depth] ?? 0) + gap;
      const end = start + parts.reduce((sum, each) => sum + each, 0);
      time[depth] = end;
      return { start, end, depth, parts };
    });
    return made.sort((a, b) => a.start - b.start || a.depth - b.depth);
  });

describe("the rows of a part", () => {
  it("are the view's bars in it, and in place of those that were joined the calls", () => {
    fc.assert(
      fc.property(bars, fc.nat(300), fc.integer({ min: 1, max: 200 }), fc.nat(2), (list, start, span, before) => {
        const data = withRoom(viewOf(list));
        const { calls, room } = data;
        if (!room) throw new Error("there is no room");
        const part = { start, end: start + span, resolution: 0 };
        // Other answers may have come before.
        for (let i = 0; i < before; i++) stored(calls, room, sentOf(list, 0, 100));
        const sent = sentOf(list, part.start, part.end);
        const first = stored(calls, room, sent);
        const rows = finerRows(indexRows(data), calls, room, first, sent.count, part).lanes[0] ?? [];
        [0, 1].forEach((depth) => {
          const expected = list
            .filter((bar) => bar.depth === depth && bar.start < part.end && bar.end > part.start)
            .flatMap((bar) => {
              let time = bar.start;
              return bar.parts.map((length) => {
                time += length;
                return [time - length, time];
              });
            });
          const row = rows[depth];
          expect(Array.from(row?.start ?? [], (from, i) => [from, at(row?.end ?? [], i)])).toEqual(expected);
          for (const id of row?.ids ?? []) {
            const bar = list[barOf(data, id as CallId)];
            expect(bar && bar.start <= at(calls.start, id) && bar.depth === at(calls.depth, id)).toBe(true);
          }
        });
      }),
    );
  });

  it("name as caller a part, or a bar of the view", () => {
    const list: Made[] = [
      { start: 0, end: 9, depth: 0, parts: [9] },
      { start: 0, end: 8, depth: 1, parts: [4, 4] },
    ];
    const { calls, room } = withRoom(viewOf(list));
    if (!room) throw new Error("there is no room");
    const first = stored(calls, room, sentOf(list, 0, 9));
    expect(first).toBe(2);
    expect([at(calls.parent, first), at(calls.parent, first + 1)]).toEqual([0, 0]);
  });

  it("do not fit where there is no more room", () => {
    const { calls, room } = withRoom(viewOf([{ start: 0, end: 9, depth: 0, parts: [4, 5] }]));
    if (!room) throw new Error("there is no room");
    room.used = room.of.length - 1;
    expect(stored(calls, room, sentOf([{ start: 0, end: 9, depth: 0, parts: [4, 5] }], 0, 9))).toBe(-1);
  });
});

describe("room for parts", () => {
  it("is where bars were joined for lack of it, and a recording is over", () => {
    const view = viewOf([{ start: 0, end: 9, depth: 0, parts: [9] }]);
    expect(withRoom(view).calls.start.length).toBeGreaterThan(1);
    expect(withRoom(view).calls.count).toBe(1);
    const whole = { ...view, facts: { ...view.facts, detail: null } };
    expect(withRoom(whole)).toBe(whole);
    const running = { ...view, facts: { ...view.facts, running: true } };
    expect(withRoom(running)).toBe(running);
  });
});
