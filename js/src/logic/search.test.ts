import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { reference } from "../../dev/fixture";
import { matcherOf, next, nextCall, search } from "./search";

const data = reference();
const nameOf = (call: number | null) => data.functions[data.calls.function[call ?? -1] ?? -1]?.name;

describe("queries", () => {
  it.each([
    ["grow", "TreeGrower.GROW_more", true],
    ["grow", "shrink", false],
    ["/grow|split/", "split_next", true],
    ["/^grow/", "regrow", false],
    ["a.b", "axb", false],
    ["/a.b/", "axb", true],
    ["/GROW/", "grow", true],
    ["/grow|(spl", "grow", true],
    ["/grow[", "grow", false],
    ["/^(grow|rest", "regrow", false],
    ["/^(grow|rest", "rest", true],
    ["/gr[ou", "grow", true],
    ["/grow\\", "grow", true],
    ["/\\/tmp\\//", "/tmp/x", true],
  ])("%s in %s: %s", (query, text, expected) => {
    expect(matcherOf(query)?.(text)).toBe(expected);
  });

  it("nothing, blanks and a regex without its first part search for nothing", () => {
    for (const query of ["", "   ", "/", "//", "/("]) expect(matcherOf(query)).toBeNull();
  });

  it("whatever is typed is no error", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string(), (query, text) => {
        expect(typeof (matcherOf(`/${query}`)?.(text) ?? true)).toBe("boolean");
        expect(typeof (matcherOf(query)?.(text) ?? true)).toBe("boolean");
      }),
    );
  });

  it("plain text finds exactly what contains it", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-c]{1,3}$/), fc.stringMatching(/^[a-c]{0,8}$/), (query, text) => {
        expect(matcherOf(query)?.(text)).toBe(text.includes(query));
      }),
    );
  });
});

describe("what is found", () => {
  it("counts calls and log entries, and the time of the calls", () => {
    const found = search(data, "fit_fold");
    expect(found?.callCount).toBe(8);
    const sum = Array.from(data.calls.duration).filter((_, call) => nameOf(call) === "fit_fold");
    expect(found?.time).toBeCloseTo(sum.reduce((a, b) => a + b, 0));
    expect(search(data, "fold 3")?.logCount).toBe(2);
    expect(search(data, "")).toBeNull();
  });

  it("a call inside another that matches is not counted twice in the time", () => {
    const found = search(data, "wait");
    expect(found?.callCount).toBe(2);
    expect(found?.time).toBeCloseTo(1.65e9);
  });

  it("steps through the matching calls and comes round", () => {
    const found = search(data, "fit_fold");
    if (!found) throw new Error("nothing found");
    const seen: number[] = [];
    let call = nextCall(data, found, null, 1);
    for (let i = 0; i < 8; i++) {
      expect(nameOf(call)).toBe("fit_fold");
      seen.push(call ?? -1);
      call = nextCall(data, found, call, 1);
    }
    expect(new Set(seen).size).toBe(8);
    expect(call).toBe(seen[0]);
    expect(nextCall(data, found, seen[0] as never, -1)).toBe(seen[7]);
  });

  it("the next of a list is the nearest that holds, as by trying all", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 12 }), fc.nat(11), fc.constantFrom(1, -1), (list, at, step) => {
        const from = list.length > 0 ? at % list.length : null;
        const order = list.map((_, i) => (((from ?? 0) + step * (i + 1)) % list.length) + list.length);
        const expected = order.map((i) => i % list.length).find((i) => list[i]) ?? null;
        expect(next(list.length, from, step as 1 | -1, (i) => list[i] === true)).toBe(expected);
      }),
    );
  });
});
