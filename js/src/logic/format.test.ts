import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  formatBytes,
  formatChange,
  formatCount,
  formatDuration,
  formatNumberOf,
  formatOrdinal,
  formatPercent,
  formatRange,
  formatRate,
  formatRatio,
} from "./format";

const S = 1e9;
const MS = 1e6;
const US = 1e3;

describe("durations", () => {
  it.each([
    [0, "0 s"],
    [1, "1.00 ns"],
    [95, "95.0 ns"],
    [312 * US, "312 us"],
    [999.4 * US, "999 us"],
    [999.6 * US, "1.00 ms"],
    [58 * MS, "58.0 ms"],
    [9.996 * MS, "10.0 ms"],
    [412 * MS, "412 ms"],
    [999.6 * MS, "1.00 s"],
    [5.9 * S, "5.90 s"],
    [48.2 * S, "48.2 s"],
    [736 * S, "736 s"],
    [1234 * S, "1\u202f234 s"],
    [9999 * S, "9\u202f999 s"],
    [10_000 * S, "2 h 47 min"],
    [9960 * S + 40 * S, "2 h 47 min"],
    [10_019 * S, "2 h 47 min"],
    [86_400 * S, "24 h 0 min"],
    [-38 * MS, "\u221238.0 ms"],
    [Number.NaN, "\u2013"],
  ])("%d ns is %s", (ns, text) => expect(formatDuration(ns)).toBe(text));

  it("have three significant digits below 1000 s", () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 999.4 * S, noNaN: true }), (ns) => {
        const [number = "", unit = ""] = formatDuration(ns).split(" ");
        expect(number.replace(".", "")).toHaveLength(3);
        const size = { ns: 1, us: US, ms: MS, s: S }[unit] ?? Number.NaN;
        expect(Math.abs(Number(number) * size - ns) / ns).toBeLessThanOrEqual(0.0051);
      }),
    );
  });
});

describe("ranges", () => {
  it.each([
    [8.9 * S, 20.2 * S, "8.90 to 20.2 s"],
    [24 * S, 29.9 * S, "24.0 to 29.9 s"],
    [0, 48.2 * S, "0 to 48.2 s"],
    [412 * MS, 1.2 * S, "412 ms to 1.20 s"],
    [48.2003 * S, 48.2004 * S, "48.2003 to 48.2004 s"],
    [3 * S, 3 * S, "3.00 to 3.00 s"],
    [1 * S, 10_019 * S, "1.00 s to 2 h 47 min"],
  ])("%d to %d ns", (start, end, text) => expect(formatRange(start, end)).toBe(text));
});

describe("sizes", () => {
  it.each([
    [0, "0 B"],
    [512, "512 B"],
    [999.7, "1.00 KB"],
    [3120, "3.12 KB"],
    [38e6, "38.0 MB"],
    [612e6, "612 MB"],
    [1.74e9, "1.74 GB"],
    [2e12, "2.00 TB"],
  ])("%d bytes are %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it("carry a sign when they are changes", () => {
    expect(formatChange(612e6)).toBe("+612 MB");
    expect(formatChange(-38e6)).toBe("\u221238.0 MB");
    expect(formatChange(0)).toBe("0 B");
  });
});

describe("counts, shares and places", () => {
  it.each([
    [0, "0"],
    [277, "277"],
    [9224, "9\u202f224"],
    [999_999, "999\u202f999"],
    [1_200_000, "1.20 M"],
    [48_200_000, "48.2 M"],
  ])("%d is %s", (count, text) => expect(formatCount(count)).toBe(text));

  it.each([
    [0, "0%"],
    [0.01, "<0.1%"],
    [0.7, "0.7%"],
    [0.96, "1%"],
    [1.4, "1%"],
    [91.6, "92%"],
    [1200, "1\u202f200%"],
  ])("%d percent is %s", (percent, text) => expect(formatPercent(percent)).toBe(text));

  it.each([
    [1, "1st"],
    [2, "2nd"],
    [3, "3rd"],
    [4, "4th"],
    [11, "11th"],
    [12, "12th"],
    [113, "113th"],
    [122, "122nd"],
  ])("place %d is the %s", (n, text) => expect(formatOrdinal(n)).toBe(text));

  it("ratios, rates and numbers of things", () => {
    expect(formatRatio(1.552)).toBe("1.55 ×");
    expect(formatRate(200)).toBe("200 Hz");
    expect(formatRate(999.6)).toBe("1.00 kHz");
    expect(formatNumberOf(1, "anomaly")).toBe("1 anomaly");
    expect(formatNumberOf(4, "anomaly")).toBe("4 anomalies");
    expect(formatNumberOf(1400, "log")).toBe("1\u202f400 logs");
  });
});
