import { describe, expect, it } from "vitest";
import { cpuTop, highest, niceTop, reduce, summary, valueAt, waiting } from "./series";

const MS = 1e6;
const every = (count: number, step = 100 * MS) => Float64Array.from({ length: count }, (_, i) => i * step);

describe("reduce", () => {
  it("gives the samples themselves while there is room, without the missing ones", () => {
    const line = reduce(every(4), Float64Array.of(0, 50, Number.NaN, 100), 100, {
      start: 0,
      end: 300 * MS,
      width: 300,
      density: 1 / MS,
    });
    expect([...line.x.subarray(0, line.n)]).toEqual([0, 100, 300]);
    expect([...line.y.subarray(0, line.n)]).toEqual([0, 0.5, 1]);
  });

  it("keeps the lowest and highest of each pixel, so that no peak is lost", () => {
    const values = new Float64Array(10_000).fill(50);
    values[4321] = 99;
    values[7000] = 1;
    const line = reduce(every(10_000, 1), values, 100, { start: 0, end: 10_000, width: 100, density: 0.01 });
    const y = line.y.subarray(0, line.n);
    expect(line.n).toBeLessThanOrEqual(210);
    expect(Math.max(...y)).toBe(0.99);
    expect(Math.min(...y)).toBe(0.01);
    expect(line.x[y.indexOf(0.99)]).toBe(43);
  });

  it("is empty without samples", () => {
    expect(reduce(every(0), every(0), 1, { start: 0, end: 1, width: 10, density: 10 }).n).toBe(0);
  });
});

describe("waiting", () => {
  it("finds low CPU of 200 ms or more, from the sample before the first low one", () => {
    const cpu = Float64Array.of(90, 90, 3, 4, 90, 5, 90, 1, 1, 1);
    expect(waiting(every(10), cpu)).toEqual([
      { start: 100 * MS, end: 300 * MS },
      { start: 600 * MS, end: 900 * MS },
    ]);
  });

  it("does not take missing values for waiting", () => {
    expect(waiting(every(5), new Float64Array(5).fill(Number.NaN))).toEqual([]);
  });
});

describe("scales", () => {
  it("end at a round number", () => {
    expect([1.74e9, 1007, 100, 0, Number.NaN].map(niceTop)).toEqual([2e9, 1500, 100, 1, 1]);
  });
  it("of CPU are one core, or more where more was used", () => {
    expect([40, 104, 180, 760].map(cpuTop)).toEqual([100, 100, 200, 800]);
  });
  it("leave out missing values", () => {
    expect(highest(Float64Array.of(Number.NaN, 2, 1))).toBe(2);
    expect(highest(new Float64Array())).toBeNaN();
  });
});

describe("values in the gutter", () => {
  const cpu = Float64Array.of(10, 20, Number.NaN, 60);
  it("summarise the samples in the window", () => {
    expect(summary(every(4), cpu, { start: 100 * MS, end: 300 * MS })).toEqual({ mean: 40, peak: 60, last: 60 });
    expect(summary(every(4), cpu, { start: 350 * MS, end: 400 * MS }).mean).toBeNaN();
  });
  it("at the pointer are those of the interval it is in", () => {
    expect(valueAt(every(4), cpu, 40 * MS)).toBe(20);
    expect(valueAt(every(4), cpu, 100 * MS)).toBe(20);
    expect(valueAt(every(4), cpu, 900 * MS)).toBe(60);
    expect(valueAt(every(0), every(0), 5)).toBeNaN();
  });
});
