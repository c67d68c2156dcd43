import { describe, expect, it } from "vitest";
import { empty } from "../../dev/fixture";
import { type Calls, ns, type ViewData } from "../data/types";
import { createGrowth } from "./growth";
import type { Piece } from "./piece";

const MS = 1e6;
const RAN = 1;
const WAITING = 2;

/** A node: caller, function, line, instruction, loop. */
type Node = readonly [number, number, number, number, number];
/** A sample: time in milliseconds from the recording's start, thread, node, CPU time in milliseconds, state. */
type Sample = readonly [number, number, number, number, number];

const row = (name: string, kind: "user" | "notebook" = "user") => ({
  name,
  module: "work",
  file: "work.py",
  path: "/work.py",
  line: 1,
  cell: false,
  package: { kind, name: "work" },
});

function piece(
  from: number,
  to: number,
  samples: readonly Sample[],
  nodes: readonly Node[],
  functions: Piece["functions"],
  more: Partial<Piece> = {},
): [Piece, Int32Array] {
  const columns = [
    samples.map(([time]) => (time - from) * 1000),
    samples.map(([, thread]) => thread),
    samples.map(([, , node]) => node),
    samples.map(([, , , cpu]) => (cpu < 0 ? -1 : cpu * MS)),
    samples.map(([, , , , state]) => state),
    ...[0, 1, 2, 3, 4].map((column) => nodes.map((node) => node[column] as number)),
  ];
  const body: Piece = {
    from: ns(from * MS),
    to: ns(to * MS),
    samples: samples.length,
    nodes: nodes.length,
    threads: [{ name: "MainThread", nativeId: 7, main: true }],
    functions,
    logs: [],
    metrics: [],
    ...more,
  };
  return [body, Int32Array.from(columns.flat())];
}

/** Nothing but the main thread, 100 ms long so far, a sample a millisecond. */
function begun(): ViewData {
  const data = empty();
  const facts = { ...data.facts, running: true, duration: ns(100 * MS), interval: ns(MS), samples: 100 };
  const lane = { name: "MainThread", kind: "main" as const, nativeId: 7, start: ns(0), end: ns(100 * MS), cpu: null };
  return { ...data, facts, packages: [], functions: [], lanes: [{ ...lane, depth: 0 }] };
}

const shown = ({ calls, functions }: ViewData, from = 0) =>
  Array.from({ length: calls.count - from }, (_, i) => {
    const id = from + i;
    const start = (calls.start[id] ?? 0) / MS;
    const end = start + (calls.duration[id] ?? 0) / MS;
    return `${".".repeat(calls.depth[id] ?? 0)}${functions[calls.function[id] ?? -1]?.name} ${start} ${end}`;
  });

const every = (from: number, to: number, node: number, cpu = 1, state = RAN): Sample[] =>
  Array.from({ length: to - from }, (_, i) => [from + i, 0, node, cpu, state]);

const NODES: readonly Node[] = [
  [-1, 0, 10, 4, -1],
  [0, 1, 5, 2, -1],
  [-1, 0, 11, 8, -1],
  [2, 1, 3, 0, -1],
];
const FUNCTIONS = [row("main"), row("load")];

describe("what a recording grows by", () => {
  it("becomes calls with edges midway between samples", () => {
    const growth = createGrowth(begun());
    growth.add(...piece(100, 121, [...every(101, 111, 1), ...every(111, 121, 3)], NODES, FUNCTIONS));
    const view = growth.view();
    expect(shown(view)).toEqual(["main 100.5 120.5", ".load 100.5 110.5", ".load 110.5 120.5"]);
    expect([...view.calls.parent]).toEqual([-1, 0, 0]);
    expect([...view.calls.callerLine]).toEqual([0, 10, 11]);
    expect([...view.calls.self]).toEqual([0, 10 * MS, 10 * MS]);
    expect([...view.calls.samples]).toEqual([20, 10, 10]);
    expect(view.facts).toMatchObject({ duration: 121 * MS, samples: 120 });
    expect(view.lanes[0]?.depth).toBe(2);
    expect(view.functions[1]).toMatchObject({ calls: 2, mean: 10 * MS, median: 10 * MS, self: 20 * MS });
    expect(view.functions[0]).toMatchObject({ calls: 1, self: 0, total: 20 * MS });
  });

  it("is one thing however it is parted", () => {
    const samples = [
      ...every(101, 105, 0),
      ...every(105, 111, 1),
      ...every(111, 121, 3),
      [121, 0, -1, 0, RAN] as const,
    ];
    const whole = createGrowth(begun());
    whole.add(...piece(100, 122, samples, NODES, FUNCTIONS));
    for (let cut = 1; cut < samples.length; cut++) {
      const parted = createGrowth(begun());
      const at = (samples[cut]?.[0] ?? 0) - 0.2;
      parted.add(...piece(100, at, samples.slice(0, cut), NODES, FUNCTIONS));
      // Being looked at changes nothing.
      parted.view();
      parted.add(...piece(at, 122, samples.slice(cut), NODES, FUNCTIONS));
      expect(parted.view().calls).toEqual(whole.view().calls);
    }
  });

  it("goes back to an earlier instruction in a loop, or in another call", () => {
    const nodes: Node[] = [
      [-1, 0, 10, 8, -1],
      [-1, 0, 10, 4, -1],
    ];
    const samples = [...every(101, 111, 0), ...every(111, 121, 1)];
    const growth = createGrowth(begun());
    growth.add(...piece(100, 121, samples, nodes, FUNCTIONS.slice(0, 1)));
    expect(shown(growth.view())).toEqual(["main 100.5 110.5", "main 110.5 120.5"]);
    const around = createGrowth(begun());
    const loop = nodes.map(([a, b, c, d]): Node => [a, b, c, d, 3]);
    around.add(...piece(100, 121, samples, loop, FUNCTIONS.slice(0, 1)));
    expect(shown(around.view())).toEqual(["main 100.5 120.5"]);
    const cell = createGrowth(begun());
    cell.add(...piece(100, 121, samples, nodes, [{ ...row("In [7]", "notebook"), file: "In [7]", cell: true }]));
    expect(shown(cell.view())).toEqual(["In [7] 100.5 120.5"]);
  });

  it("tells waiting from work, and a late sample what it speaks of", () => {
    const growth = createGrowth(begun());
    const samples: Sample[] = [...every(101, 111, 0), ...every(111, 121, 0, 0, WAITING), [151, 0, 1, 25, RAN]];
    growth.add(...piece(100, 151, samples, NODES, FUNCTIONS));
    const { calls } = growth.view();
    expect(shown(growth.view())).toEqual(["main 100.5 151", ".load 126 151"]);
    expect(calls.cpu[1]).toBeCloseTo(25 * MS * (25 / 31), -1);
    expect(calls.waiting[0]).toBe(15.5 * MS);
    expect(calls.waiting[1]).toBe(0);
  });

  it("goes on with the calls of the view, and stands before those of tasks", () => {
    const first = createGrowth(begun());
    first.add(...piece(100, 111, every(101, 111, 1), NODES, FUNCTIONS));
    const data = withTask(first.view());
    const growth = createGrowth(data);
    const samples = [...every(105, 121, 1), ...every(121, 131, 3)];
    expect(growth.add(...piece(104, 131, samples, NODES, FUNCTIONS))).toBe(true);
    const view = growth.view();
    expect(shown(view)).toEqual(["main 100.5 130.5", ".load 100.5 120.5", ".load 120.5 130.5"]);
    expect([...view.calls.samples]).toEqual([29, 19, 10, 1, 1]);
    expect([...view.calls.self].map(Math.round)).toEqual([0, 20 * MS, 10 * MS, 0, 0]);
    expect(view.calls.drawn).toBe(5);
    expect([...view.calls.parent]).toEqual([-1, 0, 0, -1, 3]);
    expect([...view.calls.lane]).toEqual([0, 0, 0, 1, 1]);
    expect(view.functions[1]?.calls).toBe(2);
  });

  it("says what was said, and by which call", () => {
    const growth = createGrowth(begun());
    const said = { level: "info", source: "print", logger: "", exception: "", thread: 0 } as const;
    const logs = [
      { ...said, time: ns(99 * MS), message: "seen", node: 0 },
      { ...said, time: ns(105 * MS), message: "loaded", node: 3 },
      { ...said, time: ns(106 * MS), message: "nowhere", node: -1 },
    ];
    const metrics = [
      { time: 90 * MS, cpu: 1 },
      { time: 110 * MS, cpu: 50, memory: 7 },
    ];
    growth.add(...piece(100, 111, every(101, 104, 1), NODES, FUNCTIONS, { logs, metrics }));
    const view = growth.view();
    expect(view.logs.map(({ message, call, function: of, line }) => [message, call, of, line])).toEqual([
      ["loaded", 2, "load", 3],
      ["nowhere", -1, "", 0],
    ]);
    expect(shown(view)).toEqual(["main 100.5 105.5", ".load 100.5 104", ".load 104 105.5"]);
    expect([...view.metrics.cpu]).toEqual([50]);
    expect([...view.metrics.modules]).toEqual([Number.NaN]);
  });

  it("has lanes for new threads, and no room for holes", () => {
    const growth = createGrowth(begun());
    const threads = [{ name: "worker", nativeId: 8, main: false }];
    expect(growth.add(...piece(150, 161, every(151, 161, 0), NODES, FUNCTIONS, { threads }))).toBe(true);
    expect(growth.add(...piece(400, 411, every(401, 411, 0), NODES, FUNCTIONS))).toBe(false);
    expect(growth.add(...piece(100, 161, every(151, 161, 0), NODES, FUNCTIONS))).toBe(false);
    const view = growth.view();
    expect(view.lanes.map(({ name, kind, depth }) => [name, kind, depth])).toEqual([
      ["MainThread", "main", 0],
      ["worker", "thread", 1],
    ]);
    expect(shown(view)).toEqual(["main 150.5 160.5"]);
    expect([...view.calls.lane]).toEqual([1]);
  });
});

/** With a task of two calls behind those of threads. */
function withTask(data: ViewData): ViewData {
  const { count, ...columns } = data.calls;
  const drawn = count + 2;
  const wider = Object.entries(columns).map(([name, column]) => {
    if (typeof column === "number") return [name, drawn];
    const of = name === "parent" ? [-1, count] : name === "samples" || name === "lane" ? [1, 1] : [0, 0];
    return [name, (column.constructor as typeof Int32Array).from([...column, ...of])];
  });
  const task = { name: "task", kind: "asyncio", nativeId: 0, start: ns(0), end: ns(0), depth: 2, cpu: null } as const;
  return { ...data, lanes: [...data.lanes, task], calls: { count, ...Object.fromEntries(wider) } as Calls };
}
