import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { reference } from "../../dev/fixture";
import { addressOf, fragmentOf } from "./address";

const DATA = reference();
const TABS = ["timeline", "log"];
const { duration } = DATA.facts;
const id = (count: number) => fc.option(fc.nat({ max: count - 1 }));
const interval = fc
  .tuple(fc.integer({ min: 0, max: duration - 1 }), fc.integer({ min: 0, max: duration - 1 }))
  .map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) + 1 }));
const place = fc.record({
  tab: fc.constantFrom(...TABS),
  window: interval,
  range: fc.option(interval),
  selected: id(DATA.calls.count),
  log: id(DATA.logs.length),
  function: id(DATA.functions.length),
  anomaly: id(DATA.anomalies.length),
  query: fc.string(),
});

describe("the address of a place", () => {
  it("leads back to it", () => {
    fc.assert(
      fc.property(place, (one) => {
        expect(addressOf(`#${fragmentOf(one)}`, DATA, TABS)).toEqual(one);
      }),
    );
  });

  it("is none of ours without a time and a view", () => {
    for (const text of ["", "#", "#top", "#tab=log", "#time=0-5", "#tab=other&time=0-5", "#tab=log&time=5-5"]) {
      expect(addressOf(text, DATA, TABS)).toBeNull();
    }
  });

  it("keeps to what this recording has", () => {
    const found = addressOf(`#tab=log&time=0-${duration * 9}&range=7-3&call=99999999&log=-1&anomaly=x`, DATA, TABS);
    expect(found).toEqual({
      tab: "log",
      window: { start: 0, end: duration },
      range: null,
      selected: null,
      log: null,
      function: null,
      anomaly: null,
      query: "",
    });
  });
});
