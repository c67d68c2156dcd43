import { describe, expect, it } from "vitest";
import { large, reference, single } from "../../dev/fixture";
import type { CallId, FunctionRow, PackageRow, ViewData } from "../data/types";
import { firstAbove, indexRows } from "./rows";

/** The recording of one call, made into a cell's outer frame with one call in it. */
function cell(inner: number, self: number): ViewData {
  const data = single();
  const [fn] = data.functions;
  const [pack] = data.packages;
  const two = (a: number, b: number) => Int32Array.of(a, b);
  return {
    ...data,
    packages: [{ ...(pack as PackageRow), kind: "notebook" }],
    functions: [
      { ...(fn as FunctionRow), name: "In [7]", file: "In [7]" },
      { ...(fn as FunctionRow), name: "work" },
    ],
    lanes: data.lanes.map((lane) => ({ ...lane, depth: 2 })),
    calls: {
      count: 2,
      drawn: 2,
      start: Float64Array.of(0, 0),
      duration: Float64Array.of(100, inner),
      self: Float64Array.of(self, inner),
      cpu: Float64Array.of(100, inner),
      waiting: new Float64Array(2),
      contended: new Float64Array(2),
      lane: two(0, 0),
      depth: two(0, 1),
      function: two(0, 1),
      parent: two(-1, 0),
      callerLine: two(0, 1),
      samples: two(1, 1),
      anomaly: two(-1, -1),
      merged: two(1, 1),
    },
  };
}

describe("indexRows", () => {
  it.each([reference, () => large(3000)])("puts each call in exactly one row, in order, without overlap", (make) => {
    const data = make();
    const index = indexRows(data);
    const seen = new Set<number>();
    index.lanes.forEach((rows, lane) => {
      for (const row of rows) {
        row.ids.forEach((id, i) => {
          seen.add(id);
          expect(data.calls.lane[id]).toBe(lane);
          expect(index.place(id as CallId)).toBe(row.place);
          expect(row.start[i]).toBe(data.calls.start[id]);
          if (i > 0) expect(row.start[i] as number).toBeGreaterThanOrEqual((row.end[i - 1] as number) - 1);
        });
      }
    });
    expect(seen.size).toBe(data.calls.count);
  });

  it("leaves out the outer frame of a cell", () => {
    const index = indexRows(cell(90, 10));
    expect([0, 1].map((call) => index.place(call as CallId))).toEqual([-1, 0]);
    expect(index.lanes[0]?.map((row) => [...row.ids])).toEqual([[1]]);
  });

  it("what has another root, as a task of the cell, stays where it is", () => {
    const data = cell(90, 10);
    const task = { start: 100, duration: 50, self: 50, depth: 0, function: 1, parent: -1, merged: 1 };
    const columns = Object.entries(data.calls).map(([name, column]) => {
      if (typeof column === "number") return [name, 3];
      const value = name in task ? task[name as keyof typeof task] : column[1];
      return [
        name,
        column instanceof Float64Array ? Float64Array.of(...column, value) : Int32Array.of(...column, value),
      ];
    });
    const index = indexRows({ ...data, calls: Object.fromEntries(columns) });
    expect([0, 1, 2].map((call) => index.place(call as CallId))).toEqual([-1, 0, 0]);
    expect(index.lanes[0]?.map((row) => [...row.ids])).toEqual([[1, 2]]);
  });

  it("keeps it where the cell's own code took most of the time", () => {
    expect(indexRows(cell(10, 90)).lanes[0]?.map((row) => [...row.ids])).toEqual([[0], [1]]);
  });
});

describe("firstAbove", () => {
  it("finds the first greater value", () => {
    const values = [1, 2, 2, 5];
    expect([0, 1, 2, 4, 5].map((value) => firstAbove(values, value))).toEqual([0, 1, 3, 3, 4]);
    expect(firstAbove([], 1)).toBe(0);
  });
});
