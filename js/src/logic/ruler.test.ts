import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ns } from "../data/types";
import { niceStep, tickLabel, ticks } from "./ruler";

describe("ticks", () => {
  it("are 1, 2 or 5 times a power of ten, and labels stand 88 pixels apart or more", () => {
    fc.assert(
      fc.property(
        fc.nat(1e12),
        fc.double({ min: 1e4, max: 1e13, noNaN: true }),
        fc.integer({ min: 100, max: 3000 }),
        (start, span, width) => {
          const { step, major, minor } = ticks({ start: ns(start), end: ns(start + span) }, width);
          const power = 10 ** Math.floor(Math.log10(step * 1.0001));
          expect([1, 2, 5]).toContain(Math.round(step / power));
          expect((step / span) * width).toBeGreaterThanOrEqual(88 * (1 - 1e-6));
          expect(major.length).toBeLessThanOrEqual(width / 88 + 1);
          for (const time of [...major, ...minor]) {
            expect(time).toBeGreaterThanOrEqual(start * (1 - 1e-12));
            expect(time).toBeLessThanOrEqual((start + span) * (1 + 1e-12));
          }
        },
      ),
    );
  });

  it("have four small ones between two labels", () => {
    const { major, minor } = ticks({ start: ns(0), end: ns(10e9) }, 1000);
    expect(major).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((second) => second * 1e9));
    expect(minor).toHaveLength(40);
  });

  it("are none without room", () => {
    expect(ticks({ start: ns(0), end: ns(10) }, 0)).toEqual({ step: 1, major: [], minor: [] });
  });
});

describe("niceStep", () => {
  it("rounds up", () => {
    expect([1, 1.1, 2, 3, 5, 6, 0.03].map(niceStep)).toEqual([1, 2, 2, 5, 5, 10, 0.05]);
  });
});

describe("tickLabel", () => {
  it("has the decimals of its step, in the unit of the axis", () => {
    expect(tickLabel(5e9, 5e9, 36e9)).toBe("5 s");
    expect(tickLabel(20.05e9, 50e6, 21e9)).toBe("20.05 s");
    expect(tickLabel(100e6, 100e6, 500e6)).toBe("100 ms");
    expect(tickLabel(1500, 500, 9000)).toBe("1.5 us");
    expect(tickLabel(7200e9, 3600e9, 20_000e9)).toBe("2 h 0 min");
  });
});
