import { describe, expect, it } from "vitest";
import { emptyBars } from "./detail";
import { barAt } from "./hit";

describe("barAt", () => {
  const bars = { ...emptyBars(), count: 3, x0: Float64Array.of(10, 30, 60, 0), x1: Float64Array.of(30, 50, 61, 0) };

  it("finds the bar under the pointer; a shared edge belongs to the right one", () => {
    expect([10, 29.9, 30, 49].map((x) => barAt(bars, x))).toEqual([0, 0, 1, 1]);
  });

  it("reaches a thin bar from two pixels away, and no further", () => {
    expect([58.5, 60.5, 62.5, 57, 64].map((x) => barAt(bars, x))).toEqual([2, 2, 2, -1, -1]);
  });

  it("finds nothing among no bars", () => {
    expect(barAt(emptyBars(), 5)).toBe(-1);
  });
});
