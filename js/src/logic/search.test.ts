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
    expect(found?.matches.call.count).toBe(8);
    const sum = Array.from(data.calls.duration).filter((_, call) => nameOf(call) === "fit_fold");
    expect(found?.matches.call.time).toBeCloseTo(sum.reduce((a, b) => a + b, 0));
    expect(search(data, "fold 3")?.matches.log.count).toBe(2);
    expect(search(data, "")).toBeNull();
  });

  it("a call inside another that matches is not counted twice in the time", () => {
    const found = search(data, "wait");
    expect(found?.matches.call.count).toBe(2);
    expect(found?.matches.call.time).toBeCloseTo(1.65e9);
  });

  it("the time of log entries is that of the calls that wrote them, one inside another counted once", () => {
    const call = data.calls.parent.findIndex((parent) => parent >= 0);
    const caller = data.calls.parent[call] ?? -1;
    const said = data.logs[0] as (typeof data.logs)[0];
    const entry = (by: number, message: string) => ({ ...said, call: by, message, logger: "", function: "" });
    const logs = [entry(call, "one"), entry(call, "two"), entry(caller, "two"), entry(-1, "outside")];
    const matches = (query: string) => search({ ...data, logs }, query)?.matches.log;
    const [inner, outer] = [data.calls.duration[call], data.calls.duration[caller]];
    expect(matches("one")).toEqual({ count: 1, of: 4, time: inner });
    expect(matches("two")).toEqual({ count: 2, of: 4, time: outer });
    expect(matches("outside")).toEqual({ count: 1, of: 4, time: 0 });
  });

  it("functions have the time of their calls, anomalies the time that they take", () => {
    const found = search(data, "fit_fold")?.matches;
    const odd = data.anomalies.filter((row) => data.functions[row.function]?.name === "fit_fold");
    expect(found?.function).toEqual({ count: 1, of: data.functions.length, time: found?.call.time });
    expect(found?.anomaly).toEqual({ count: 1, of: data.anomalies.length, time: odd[0]?.duration });
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
