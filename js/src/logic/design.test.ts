import { describe, expect, it } from "vitest";
import { empty, reference } from "../../dev/fixture";
import { designOf, heightOf, widthOf } from "./design";

const data = reference();
const whole = { start: 0, end: data.facts.duration };

describe("design", () => {
  it("has the time of all calls, each once", () => {
    for (const level of ["module", "class", "function"] as const) {
      const { nodes, edges } = designOf(data, level, whole);
      const roots = data.calls.parent.reduce(
        (sum, parent, call) => sum + (parent < 0 ? (data.calls.duration[call] ?? 0) : 0),
        0,
      );
      expect(nodes.reduce((sum, node) => sum + node.self, 0)).toBeCloseTo(roots, -3);
      for (const edge of edges) {
        expect(edge.time).toBeLessThanOrEqual((nodes.find((node) => node.id === edge.callee)?.total ?? 0) + 1);
        expect(edge.caller).not.toBe(edge.callee);
      }
    }
  });

  it("names modules and who calls them", () => {
    const { nodes, edges } = designOf(data, "module", whole);
    const name = (id: number) => nodes.find((node) => node.id === id)?.name;
    expect(edges.map(({ caller, callee }) => `${name(caller)} > ${name(callee)}`)).toContain("In [7] > pipeline");
  });

  it("is about the interval", () => {
    const { nodes } = designOf(data, "module", { start: 0, end: 1e9 });
    expect(nodes.map(({ name }) => name)).toEqual(["importlib._bootstrap"]);
  });

  it("marks cycles and threads that are started", () => {
    const { nodes, nodeOf } = data.graphs.module;
    const cycle = nodes.map((name) => Number(name === "pipeline" || name === "sklearn.ensemble"));
    const worker = data.calls.lane.indexOf(1);
    const main = data.calls.function.findIndex((id) => data.functions[id]?.name === "load_and_fit");
    const marked = {
      ...data,
      graphs: { ...data.graphs, module: { nodes, nodeOf, cycle } },
      threadStarts: [{ by: main, first: worker }],
    };
    const { edges } = designOf(marked, "module", whole);
    expect(edges.filter((edge) => edge.cycle)).toHaveLength(1);
    expect(edges.filter((edge) => edge.thread)).toMatchObject([{ calls: 1, time: data.calls.duration[worker] }]);
  });

  it("is empty for nothing", () => {
    expect(designOf(empty(), "class", whole)).toEqual({ nodes: [], edges: [], hidden: 0, least: 0 });
  });

  it("has sizes that grow with the time", () => {
    const [node] = designOf(data, "module", whole).nodes;
    if (!node) throw new Error("no node");
    expect(heightOf({ ...node, self: 0 })).toBe(40);
    expect(heightOf({ ...node, self: 4e9 })).toBe(53);
    expect(widthOf({ caller: 0, callee: 1, calls: 1, time: 1e9, cycle: false, thread: false })).toBe(1.2);
    expect(widthOf({ caller: 0, callee: 1, calls: 1, time: 20e9, cycle: false, thread: false })).toBe(8);
  });
});
