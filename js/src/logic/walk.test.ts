import { describe, expect, it } from "vitest";
import { empty, reference } from "../../dev/fixture";
import type { CallId } from "../data/types";
import { indexRows } from "./rows";
import { firstVisible, rowOf, type Step, walk } from "./walk";

const data = reference();
const index = indexRows(data);
const named = (name: string) => [...data.calls.function].findIndex((id) => data.functions[id]?.name === name) as CallId;
const nameOf = (call: CallId | null) => (call === null ? null : data.functions[data.calls.function[call] ?? -1]?.name);
const go = (from: string, step: Step) => nameOf(walk(index, data.calls, named(from), step));

describe("walk", () => {
  it("goes to the neighbours in the row, across callers", () => {
    expect(go("read_csv", "right")).toBe("clean");
    expect(go("clean", "left")).toBe("read_csv");
  });
  it("goes up to the caller and down to the first callee", () => {
    expect(go("clean", "up")).toBe("load_and_fit");
    expect(go("clean", "down")).toBe("DataFrame.dropna");
  });
  it("goes on to the next lane past the top and the bottom", () => {
    expect(go("enrich", "up")).toBe("load_and_fit");
    expect(go("DataFrame.dropna", "down")).toBe("enrich");
  });
  it("stops at the ends", () => {
    expect(go("load_and_fit", "right")).toBeNull();
    expect(go("load_and_fit", "up")).toBeNull();
    expect(go("SSLSocket.read", "down")).toBeNull();
  });
  it("finds the row of every call", () => {
    for (let call = 0; call < data.calls.count; call++) {
      expect(rowOf(index, data.calls, call as CallId)?.ids).toContain(call);
    }
  });
});

describe("firstVisible", () => {
  it("is the first call of the first lane in the window", () => {
    expect(nameOf(firstVisible(index, 20e9, 21e9))).toBe("load_and_fit");
    expect(firstVisible(indexRows(empty()), 0, 1e9)).toBeNull();
  });
});
