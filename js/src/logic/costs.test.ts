import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { reference, single } from "../../dev/fixture";
import type { Calls, ViewData } from "../data/types";
import { costsOf, mediansOf, sitesOf } from "./costs";

/** A thread as one stack a tick, "" where it is idle: neighbours with the same beginning are in the same calls. */
function callsOf(lanes: readonly (readonly string[])[]): Calls {
  const made: { start: number; end: number; lane: number; depth: number; function: number; parent: number }[] = [];
  lanes.forEach((ticks, lane) => {
    let open: number[] = [];
    let before = "";
    ticks.forEach((stack, tick) => {
      let same = 0;
      while (same < stack.length && same < before.length && stack[same] === before[same]) same++;
      open = open.slice(0, same);
      for (let depth = same; depth < stack.length; depth++) {
        const parent = open.at(-1) ?? -1;
        made.push({ start: tick, end: tick, lane, depth, function: "abcd".indexOf(stack[depth] as string), parent });
        open.push(made.length - 1);
      }
      for (const id of open) (made[id] as { end: number }).end = tick + 1;
      before = stack;
    });
  });
  const order = made
    .map((_, id) => id)
    .sort((a, b) => {
      const [x, y] = [made[a], made[b]] as [(typeof made)[0], (typeof made)[0]];
      return x.start - y.start || x.lane - y.lane || x.depth - y.depth;
    });
  const place = new Map(order.map((id, at) => [id, at]));
  const column = (pick: (call: (typeof made)[0]) => number) => order.map((id) => pick(made[id] as (typeof made)[0]));
  return {
    count: made.length,
    drawn: made.length,
    start: Float64Array.from(column((call) => call.start)),
    duration: Float64Array.from(column((call) => call.end - call.start)),
    self: new Float64Array(made.length),
    cpu: Float64Array.from(column((call) => (call.end - call.start) / 2)),
    waiting: new Float64Array(made.length),
    contended: new Float64Array(made.length),
    merged: new Int32Array(made.length).fill(1),
    lane: Int32Array.from(column((call) => call.lane)),
    depth: Int32Array.from(column((call) => call.depth)),
    function: Int32Array.from(column((call) => call.function)),
    parent: Int32Array.from(column((call) => (call.parent < 0 ? -1 : (place.get(call.parent) ?? -1)))),
    callerLine: Int32Array.from(column((call) => call.depth)),
    samples: new Int32Array(made.length),
    anomaly: new Int32Array(made.length).fill(-1),
  };
}

const stack = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 6 }).map((names) => names.join(""));
const lanes = fc.array(fc.array(stack, { minLength: 1, maxLength: 14 }), { minLength: 1, maxLength: 3 });
const range = fc.tuple(fc.nat(14), fc.nat(14)).map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) }));
const group = fc.constantFrom([0, 1, 2, 3], [0, 0, 1, 1], [0, -1, 1, -1], [-1, -1, -1, 0]);

describe("costs", () => {
  it("are what a look at every tick finds", () => {
    fc.assert(
      fc.property(lanes, range, group, (ticks, within, groupOf) => {
        const found = costsOf(callsOf(ticks), groupOf, 4, within);
        const self = [0, 0, 0, 0];
        const total = [0, 0, 0, 0];
        const edges = new Map<string, number>();
        for (const lane of ticks) {
          for (const seen of lane.slice(within.start, within.end)) {
            const groups = [...seen].map((name) => groupOf["abcd".indexOf(name)] as number).filter((id) => id >= 0);
            const top = groups.at(-1);
            if (top !== undefined) self[top] = (self[top] ?? 0) + 1;
            for (const id of new Set(groups)) total[id] = (total[id] ?? 0) + 1;
            const pairs = groups.slice(1).map((id, i) => [groups[i], id]);
            for (const pair of new Set(pairs.filter(([a, b]) => a !== b).map(String))) {
              edges.set(pair, (edges.get(pair) ?? 0) + 1);
            }
          }
        }
        expect([...found.self]).toEqual(self);
        expect([...found.total]).toEqual(total);
        expect([...found.cpu]).toEqual(total.map((time) => time / 2));
        expect([...found.selfCpu]).toEqual(self.map((time) => time / 2));
        expect(new Map(found.edges.map((edge) => [`${edge.caller},${edge.callee}`, edge.time]))).toEqual(edges);
      }),
    );
  });

  it("of the whole are the functions' own", () => {
    const data = reference();
    const all = data.functions.map((_, id) => id);
    const found = costsOf(data.calls, all, all.length, { start: 0, end: data.facts.duration });
    for (const [id, row] of data.functions.entries()) {
      expect(found.self[id]).toBeCloseTo(row.self, -2);
      expect(found.total[id]).toBeCloseTo(row.total, -2);
      expect(found.calls[id]).toBe(row.calls);
      expect(data.calls.duration[found.longest[id] ?? -1]).toBeCloseTo(row.max, -1);
    }
  });

  it("have the medians of the calls that they count", () => {
    const calls = callsOf([["a", "", "a", "a", "a", "", "ab", "ab"]]);
    const found = costsOf(calls, [0, 1], 2, { start: 0, end: 4 });
    expect([...mediansOf(calls, 2, found.owner)]).toEqual([2, Number.NaN]);
  });

  it("know the places that a function is called from", () => {
    const calls = callsOf([["ab", "a", "ab", "ab", "", "b"]]);
    expect(sitesOf(calls, 1, { start: 0, end: 6 })).toEqual([
      { caller: 0, line: 1, calls: 2, time: 3 },
      { caller: -1, line: 0, calls: 1, time: 1 },
    ]);
    expect(sitesOf(calls, 1, { start: 4, end: 6 })).toEqual([{ caller: -1, line: 0, calls: 1, time: 1 }]);
  });

  it("are nothing outside of all calls", () => {
    const { calls }: ViewData = single();
    expect(costsOf(calls, [0], 1, { start: 0, end: 1e6 }).calls[0]).toBe(0);
  });
});
