import { describe, expect, it } from "vitest";
import { reference } from "../../dev/fixture";
import { barAt } from "./bar-at";

const { calls } = reference();
const column = (values: Int32Array | Float64Array, id: number) => values[id] ?? Number.NaN;

describe("the bar at a place", () => {
  it("is the call that begins there, covers it, or nothing", () => {
    for (let id = 0; id < calls.count; id++) {
      const place = [column(calls.lane, id), column(calls.depth, id)] as const;
      const [start, duration] = [column(calls.start, id), column(calls.duration, id)];
      expect(barAt(calls, ...place, start)).toBe(id);
      expect(barAt(calls, ...place, start + duration * 0.99)).toBe(id);
      const after = barAt(calls, ...place, start + duration);
      if (after !== null) expect(column(calls.start, after)).toBe(start + duration);
    }
  });

  it("is none in another lane, deeper than all calls, or before them", () => {
    expect(barAt(calls, 99, 0, 1e9)).toBeNull();
    expect(barAt(calls, 0, 999, 1e9)).toBeNull();
    expect(barAt(calls, 0, 0, -1)).toBeNull();
  });
});
