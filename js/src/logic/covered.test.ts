import fc from "fast-check";
import { expect, it } from "vitest";
import { covered } from "./covered";

it("time that intervals cover is the number of moments that are in any of them", () => {
  const interval = fc.record({ start: fc.nat(30), duration: fc.nat(10) });
  fc.assert(
    fc.property(fc.array(interval, { maxLength: 8 }), (intervals) => {
      const moments = new Set(
        intervals.flatMap(({ start, duration }) => Array.from({ length: duration }, (_, i) => start + i)),
      );
      expect(covered(intervals)).toBe(moments.size);
    }),
  );
});
