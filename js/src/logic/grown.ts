import { type Calls, type FunctionRow, type GraphNodes, type LaneRow, type Metrics, type Ns, ns } from "../data/types";
import { at } from "./rows";

/** A call that was made behind a view, or went on there; its times are what has come since. */
export interface GrownCall {
  /** -1 of one that was made, until `joined` gives it one. */
  id: number;
  readonly parent: GrownCall | null;
  readonly lane: number;
  readonly depth: number;
  readonly function: number;
  readonly line: number;
  readonly start: number;
  /** Whether no call of the same function is around it. */
  readonly outermost: boolean;
  end: number;
  self: number;
  cpu: number;
  waiting: number;
  contended: number;
  samples: number;
  /** Whether samples say what its thread did. */
  told: boolean;
}

/** What was read of the process at a moment. */
export type Reading = Partial<Record<Exclude<keyof Metrics, "count">, number>> & { readonly time: number };

/**
 * The calls of a view, those that went on in it, and those that were made behind it. These get their ids here:
 *
 *     ids     0 … count − 1      count … count + made − 1     …
 *     are     the view's         made                         those of tasks
 */
export function joined(base: Calls, made: readonly GrownCall[], known: readonly GrownCall[]): Calls {
  const order = [...made].sort((a, b) => a.start - b.start || a.lane - b.lane || a.depth - b.depth);
  order.forEach((call, place) => {
    call.id = base.count + place;
  });
  const count = base.count + order.length;
  const spread = (column: Float64Array | Int32Array, of: (call: GrownCall) => number) => {
    const wide = new (column.constructor as Float64ArrayConstructor)(base.drawn + order.length);
    wide.set(column.subarray(0, base.count) as Float64Array);
    order.forEach((call, i) => {
      wide[base.count + i] = of(call);
    });
    wide.set(column.subarray(base.count, base.drawn) as Float64Array, count);
    return wide;
  };
  const doubles = (name: keyof Calls, of: (call: GrownCall) => number) => spread(base[name] as Float64Array, of);
  const integers = (name: keyof Calls, of: (call: GrownCall) => number) =>
    spread(base[name] as Int32Array, of) as unknown as Int32Array;
  const calls: Calls = {
    count,
    drawn: base.drawn + order.length,
    start: doubles("start", (call) => call.start),
    duration: doubles("duration", (call) => call.end - call.start),
    self: doubles("self", (call) => call.self),
    cpu: doubles("cpu", (call) => call.cpu),
    waiting: doubles("waiting", (call) => waited(call, call.end - call.start)),
    contended: doubles("contended", (call) => (call.told ? call.contended : Number.NaN)),
    lane: integers("lane", (call) => call.lane),
    depth: integers("depth", (call) => call.depth),
    function: integers("function", (call) => call.function),
    parent: integers("parent", (call) => call.parent?.id ?? -1),
    callerLine: integers("callerLine", (call) => call.line),
    samples: integers("samples", (call) => call.samples),
    anomaly: integers("anomaly", () => -1),
    merged: integers("merged", () => 1),
  };
  for (let id = count; id < calls.drawn; id++) {
    if (at(calls.parent, id) >= base.count) calls.parent[id] = at(calls.parent, id) + order.length;
  }
  for (const call of known) {
    const { id } = call;
    const more = call.end - call.start - at(calls.duration, id);
    calls.duration[id] = call.end - call.start;
    calls.self[id] = at(calls.self, id) + call.self;
    calls.cpu[id] = at(calls.cpu, id) + call.cpu;
    calls.waiting[id] = at(calls.waiting, id) + waited(call, more);
    calls.contended[id] = at(calls.contended, id) + call.contended;
    calls.samples[id] = at(calls.samples, id) + call.samples;
  }
  return calls;
}

/** Of the time that came; where samples do not tell, whatever is not CPU time is waiting. */
function waited(call: GrownCall, time: number): number {
  return call.told ? call.waiting : Math.max(time - call.cpu, 0);
}

/** The functions with the numbers of what came. */
export function counted(
  functions: readonly FunctionRow[],
  before: Calls,
  calls: Calls,
  came: readonly GrownCall[],
): readonly FunctionRow[] {
  const rows = new Map<number, { -readonly [name in keyof FunctionRow]: FunctionRow[name] }>();
  const plus = (one: Ns | null, more: number) => (one === null || Number.isNaN(more) ? null : ns(one + more));
  for (const call of came) {
    const row = rows.get(call.function) ?? { ...(functions[call.function] as FunctionRow) };
    rows.set(call.function, row);
    const had = call.id < before.count ? at(before.duration, call.id) : 0;
    const more = call.end - call.start - had;
    if (had === 0) row.calls++;
    row.self = ns(row.self + call.self);
    row.max = ns(Math.max(row.max, call.end - call.start));
    if (!call.outermost) continue;
    row.total = ns(row.total + more);
    row.cpu = plus(row.cpu, call.cpu);
    row.waiting = plus(row.waiting, waited(call, more));
    row.contended = plus(row.contended, call.told ? call.contended : Number.NaN);
  }
  const durations = new Map([...rows.keys()].map((id) => [id, [] as number[]]));
  for (let id = 0; id < calls.count; id++) durations.get(at(calls.function, id))?.push(at(calls.duration, id));
  for (const [id, row] of rows) {
    const sorted = Float64Array.from(durations.get(id) ?? []).sort();
    const middle = (sorted.length - 1) / 2;
    row.mean = ns(sorted.reduce((sum, each) => sum + each, 0) / sorted.length);
    row.median = ns((at(sorted, Math.floor(middle)) + at(sorted, Math.ceil(middle))) / 2);
  }
  return functions.map((row, id) => rows.get(id) ?? row);
}

/** The lanes as deep and as long as what is in them. */
export function lanesOf(
  rows: readonly LaneRow[],
  threads: readonly { readonly lane: number; readonly at: number }[],
  made: readonly GrownCall[],
): LaneRow[] {
  const lanes = rows.map((row) => ({ ...row }));
  for (const { lane, depth } of made) {
    const row = lanes[lane];
    if (row) row.depth = Math.max(row.depth, depth + 1);
  }
  for (const { lane, at: seen } of threads) {
    const row = lanes[lane];
    if (row) row.end = ns(Math.max(row.end, seen));
  }
  return lanes;
}

export function measured(base: Metrics, came: readonly Reading[]): Metrics {
  const column = (name: Exclude<keyof Metrics, "count">) =>
    Float64Array.from([...base[name].subarray(0, base.count), ...came.map((row) => row[name] ?? Number.NaN)]);
  return {
    count: base.count + came.length,
    time: column("time"),
    cpu: column("cpu"),
    systemCpu: column("systemCpu"),
    memory: column("memory"),
    modules: column("modules"),
    threads: column("threads"),
    gcObjects: column("gcObjects"),
  };
}

/** The next whole view tells in which node new functions are. */
export function wider(graph: GraphNodes, functions: number): GraphNodes {
  return { ...graph, nodeOf: Array.from({ length: functions }, (_, id) => graph.nodeOf[id] ?? -1) };
}
