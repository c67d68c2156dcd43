import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { reference, single } from "../../dev/fixture";
import { ns, type ViewData } from "../data/types";
import { rangeAsMarkdown, summaryOf } from "./range";

interface Made {
  lane: number;
  start: number;
  end: number;
  function: number;
  parent: number;
  depth: number;
}

/** Calls that nest, in whole nanoseconds: each takes a part of its caller, after the one before. */
const CALLS = fc
  .array(
    fc.record({
      lane: fc.nat(1),
      up: fc.nat(3),
      gap: fc.nat(4),
      length: fc.integer({ min: 1, max: 12 }),
      fn: fc.nat(3),
    }),
    {
      maxLength: 24,
    },
  )
  .map((steps) => {
    const made: Made[] = [];
    const stacks: number[][] = [[], []];
    for (const { lane, up, gap, length, fn } of steps) {
      const stack = stacks[lane] as number[];
      const before = made.filter((call) => call.lane === lane);
      stack.length = Math.max(stack.length - up, 0);
      const parent = stack.at(-1) ?? -1;
      const siblings = before.filter((call) => call.parent === parent);
      const from = Math.max(made[parent]?.start ?? 0, ...siblings.map((call) => call.end)) + gap;
      const end = Math.min(from + length, made[parent]?.end ?? Number.POSITIVE_INFINITY);
      if (end <= from) continue;
      stack.push(made.length);
      made.push({ lane, start: from, end, function: fn, parent, depth: stack.length - 1 });
    }
    const of = (i: number) => made[i] as Made;
    const order = made.map((_, i) => i).sort((a, b) => of(a).start - of(b).start || of(a).depth - of(b).depth);
    return order.map((i) => ({ ...(made[i] as Made), parent: order.indexOf(made[i]?.parent ?? -1) }));
  });

function view(made: readonly Made[]): ViewData {
  const base = single();
  const row = base.functions[0];
  return {
    ...base,
    functions: [0, 1, 2, 3].map((id) => ({ ...row, name: `f${id}` })) as unknown as ViewData["functions"],
    calls: {
      ...base.calls,
      count: made.length,
      drawn: made.length,
      start: Float64Array.from(made, (call) => call.start),
      duration: Float64Array.from(made, (call) => call.end - call.start),
      cpu: Float64Array.from(made, (call) => (call.end - call.start) / 2),
      function: Int32Array.from(made, (call) => call.function),
      parent: Int32Array.from(made, (call) => call.parent),
    },
  };
}

describe("functions by self time", () => {
  it("are what the deepest call of each lane had of each nanosecond of the range", () => {
    fc.assert(
      fc.property(CALLS, fc.nat(60), fc.nat(60), (made, a, b) => {
        const range = { start: ns(Math.min(a, b)), end: ns(Math.max(a, b)) };
        const self = [0, 0, 0, 0];
        for (let time = range.start as number; time < range.end; time++) {
          for (const lane of [0, 1]) {
            const covering = made.filter((call) => call.lane === lane && call.start <= time && time < call.end);
            const deepest = covering.sort((x, y) => y.depth - x.depth)[0];
            if (deepest) self[deepest.function] = (self[deepest.function] ?? 0) + 1;
          }
        }
        const found = [0, 0, 0, 0];
        for (const share of summaryOf(view(made), range).functions) {
          found[share.function] = share.self;
          expect(share.cpu).toBeCloseTo(share.self / 2);
        }
        expect(found).toEqual(self);
      }),
    );
  });
});

describe("summary", () => {
  const data = reference();

  it("of everything has everything", () => {
    const all = summaryOf(data, { start: ns(0), end: data.facts.duration });
    expect(all.logs).toEqual({ count: data.logs.length, worst: "critical" });
    expect(all.gc.pauses).toBe(data.spans.length);
    expect(all.memory).toBeCloseTo((data.metrics.memory.at(-1) ?? 0) - (data.metrics.memory[0] ?? 0));
  });

  it("counts the part of a collection that lies inside", () => {
    const part = summaryOf(data, { start: ns(9e9), end: ns(9.1e9) });
    expect(part.gc.time).toBeCloseTo(100e6);
    expect(part.cpu).toBeGreaterThan(90);
    expect(part.logs).toEqual({ count: 0, worst: "debug" });
  });
});

describe("a range as Markdown", () => {
  it("says what the panel says", () => {
    const data = reference();
    const text = rangeAsMarkdown(data, { start: ns(8.9e9), end: ns(20.2e9) }, 2);
    expect(text).toMatch(/^\*\*8\.90 to 20\.2 s\*\* of In \[7\] load_and_fit, 11\.3 s\n\n\* CPU \d+%\n\* memory [+−]/);
    expect(text.match(/in its own code/g)).toHaveLength(2);
  });

  it("leaves out what is not known", () => {
    expect(rangeAsMarkdown(single(), { start: ns(0), end: ns(1e9) }, 6)).not.toMatch(/NaN|undefined|–/);
  });
});
