import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ns } from "../data/types";
import { eachSeen, intervalsOf, wideOnes } from "./intervals";
import { scaleOf, xOf } from "./viewport";

type Span = readonly [start: number, end: number];

const spans = fc
  .array(fc.tuple(fc.nat(40), fc.oneof(fc.nat(4), fc.nat(300))), { maxLength: 400, size: "max" })
  .map((pairs) => {
    let time = 0;
    return pairs.map(([gap, length]): Span => {
      const start = time + gap;
      time = start + length;
      return [start, time];
    });
  });
const view = fc
  .tuple(fc.nat(3000), fc.integer({ min: 1, max: 9000 }), fc.integer({ min: 1, max: 500 }))
  .map(([start, span, width]) => scaleOf({ start: ns(start), end: ns(start + span) }, width));
const indexed = (list: readonly Span[]) =>
  intervalsOf(
    list,
    ([start]) => start,
    ([, end]) => end,
  );

describe("intervals", () => {
  it("at least so wide are those that looking at each finds", () => {
    fc.assert(
      fc.property(spans, view, fc.integer({ min: 1, max: 40 }), (list, scale, width) => {
        const wide = list.flatMap(([start, end], i) =>
          start < scale.end && end > scale.start && end - start >= width / scale.density ? [i] : [],
        );
        expect(wideOnes(indexed(list), scale, width)).toEqual(wide);
      }),
    );
  });

  it("are seen at every pixel that one of them ends in, and few more than there are pixels", () => {
    fc.assert(
      fc.property(spans, view, (list, scale) => {
        const seen: number[] = [];
        eachSeen(indexed(list), scale, (i) => seen.push(i));
        expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
        expect(seen.length).toBeLessThanOrEqual(scale.width + 2);
        const ends = seen.map((i) => xOf(scale, list[i]?.[1] ?? 0));
        for (const [start, end] of list) {
          const x = xOf(scale, end);
          if (start > scale.end || end <= scale.start) continue;
          expect(ends.some((other) => other <= x && x < other + 1 + 1e-6)).toBe(true);
        }
      }),
    );
  });
});
