import fc from "fast-check";
import { expect, it } from "vitest";
import { reference } from "../../dev/fixture";
import { ns } from "../data/types";
import { longestCalls } from "./longest";
import { indexRows } from "./rows";

const { calls } = reference();
const index = indexRows(reference());

it("are those of which most lies in the window, as by looking at all", () => {
  fc.assert(
    fc.property(fc.nat(48_200), fc.nat(48_200), fc.integer({ min: 1, max: 40 }), (a, b, most) => {
      const window = { start: ns(Math.min(a, b) * 1e6), end: ns(Math.max(a, b) * 1e6) };
      const part = (call: number) => {
        const start = calls.start[call] ?? 0;
        return Math.min(start + (calls.duration[call] ?? 0), window.end) - Math.max(start, window.start);
      };
      const all = Array.from(calls.start.keys(), part).filter((value) => value > 0);
      const expected = all.sort((x, y) => y - x).slice(0, most);
      const found = longestCalls(calls, index, window, most).map(part);
      expect(found.sort((x, y) => y - x)).toEqual(expected);
    }),
    { numRuns: 30 },
  );
});
