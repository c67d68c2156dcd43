import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ns } from "../data/types";
import {
  around,
  between,
  clampWindow,
  easeOut,
  pan,
  reveal,
  SHORTEST_WINDOW,
  scaleOf,
  timeAt,
  whole,
  xOf,
  zoomAt,
} from "./viewport";

const LENGTH = 50e9;
const anyWindow = fc
  .tuple(fc.double({ min: -1e11, max: 1e11, noNaN: true }), fc.double({ min: -1e9, max: 1e11, noNaN: true }))
  .map(([start, span]) => clampWindow(start, start + span, LENGTH));

describe("windows", () => {
  it("always stay inside the recording and are never too short", () => {
    fc.assert(
      fc.property(
        anyWindow,
        fc.double({ min: -1e11, max: 1e11, noNaN: true }),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        (window, x, factor) => {
          for (const next of [
            window,
            pan(window, x, LENGTH),
            zoomAt(window, Math.min(Math.max(x, window.start), window.end), factor, LENGTH),
            around(x, x + 1, LENGTH),
          ]) {
            expect(next.start).toBeGreaterThanOrEqual(0);
            expect(next.end).toBeLessThanOrEqual(LENGTH + 1e-3);
            expect(next.end - next.start).toBeGreaterThanOrEqual(SHORTEST_WINDOW * (1 - 1e-6));
          }
        },
      ),
    );
  });

  it("of an empty recording has a length", () => {
    expect(whole(0)).toEqual({ start: 0, end: SHORTEST_WINDOW });
    expect(zoomAt(whole(0), 0, 2, 0)).toEqual(whole(0));
  });
});

describe("zoomAt", () => {
  it("keeps the time under the pointer where it is", () => {
    const window = { start: ns(10e9), end: ns(20e9) };
    for (const factor of [0.5, 1.4, 8]) {
      const next = zoomAt(window, 13e9, factor, LENGTH);
      expect(xOf(scaleOf(next, 1000), 13e9)).toBeCloseTo(300, 6);
    }
  });
});

describe("timeAt", () => {
  it("undoes xOf", () => {
    const scale = scaleOf({ start: ns(5), end: ns(105) }, 500);
    expect(timeAt(scale, xOf(scale, 42))).toBeCloseTo(42);
  });
});

describe("reveal", () => {
  const window = { start: ns(10e9), end: ns(20e9) };
  it("leaves a window that shows the call", () => {
    expect(reveal(window, 19e9, 30e9, LENGTH)).toBe(window);
  });
  it("centres a short call, and shows the start of a long one", () => {
    expect(reveal(window, 30e9, 31e9, LENGTH)).toEqual({ start: 25.5e9, end: 35.5e9 });
    expect(reveal(window, 30e9, 49e9, LENGTH)).toEqual({ start: 29e9, end: 39e9 });
  });
});

describe("between", () => {
  const from = { start: ns(0), end: ns(40e9) };
  const to = { start: ns(10e9), end: ns(11e9) };
  it("begins and ends where it should", () => {
    expect(between(from, to, 0)).toEqual(from);
    expect(between(from, to, 1)).toBe(to);
  });
  it("keeps the fixed point of the zoom still", () => {
    // The time t with the same share in both windows: t / 40 = (t - 10) / 1.
    const fixed = 400e9 / 39;
    for (const t of [0.2, 0.5, 0.9]) {
      const window = between(from, to, t);
      expect((fixed - window.start) / (window.end - window.start)).toBeCloseTo(fixed / 40e9, 9);
    }
  });
});

describe("easeOut", () => {
  it("starts fast and ends still", () => {
    expect([easeOut(0), easeOut(1), easeOut(2)]).toEqual([0, 1, 1]);
    expect(easeOut(0.5)).toBeGreaterThan(0.8);
  });
});
