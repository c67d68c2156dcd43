import {
  type Calls,
  type LaneId,
  type LaneRow,
  type LogRow,
  ns,
  type PackageId,
  type PackageRow,
  type ViewData,
} from "../data/types";
import { counted, type GrownCall, joined, lanesOf, measured, type Reading, wider } from "./grown";
import { type Frame, fits, framesIn, type Observation, observations, type Piece } from "./piece";
import { at } from "./rows";

/** Takes what comes after a view of a running recording. */
export interface Growth {
  /** Whether the piece was taken: one that leaves a hole is not, nor one that says nothing new. */
  add(piece: Piece, numbers: Int32Array): boolean;
  /** The view with all that was taken. */
  view(): ViewData;
}

/** States of a sample: `SAMPLE_STATES` in Python. */
const UNKNOWN = 0;
const WAITING = 2;
const CONTENDED = 3;

/** A sample that is so many intervals behind the one before is late: C code held Python's lock. */
const LATE = 3;
/** Pieces may be so far apart that nothing is missed which could be seen. */
const HOLE = 100e6;
/** A call that ends so shortly before the end of the view goes on. */
const OPEN = 20e6;

interface Call extends GrownCall {
  readonly parent: Call | null;
  /** Where it was seen last; null where only the view has seen it. */
  frame: Frame | null;
}

interface Thread {
  readonly lane: number;
  open: Call[];
  /** When it was seen last, and by a sample. */
  at: number;
  sampled: number;
  /** CPU time by time, and what it did then. */
  rate: number;
  state: number;
  /** On top of its stack; null where it is outside of the user's code. */
  top: Frame | null;
}

/**
 * Calls go on and begin as Python infers them (`analysis/calls.py`), but for what only the whole tells: samples that came late,
 * entries that stand the wrong way round, what is unusual, tasks. The next whole view has that, and takes the place of this.
 */
export function createGrowth(data: ViewData): Growth {
  const { interval, duration } = data.facts;
  const names = createNames(data);
  const threads = createThreads(data);
  const made: Call[] = [];
  const known: Call[] = threads.all().flatMap(({ open }) => open);
  const logs: { readonly row: LogRow; readonly call: Call | null }[] = [];
  const metrics: Reading[] = [];
  let samples = 0;
  let end: number = duration;

  const see = (thread: Thread, { time, sample }: Observation, top: Frame | null) => {
    const before = thread.at;
    const now = Math.max(time, before);
    const span = now - thread.sampled;
    const rate = sample ? rateOf(sample.cpu, span) : thread.rate;
    const state = sample?.state ?? thread.state;
    let edge = (before + now) / 2;
    if (thread.open.length === 0) edge = Math.max(before, now - interval / 2);
    // Who had no CPU has not left where it was.
    else if (sample && sample.cpu >= 0 && now - before > LATE * interval) edge = Math.max(before, now - sample.cpu);
    // What the view has of the time before stays.
    edge = Math.max(edge, duration);
    pass(thread, before, edge, rate, thread.state);
    if (top !== thread.top || top === null) {
      const stack = framesOf(top);
      let on = 0;
      while (on < stack.length && on < thread.open.length && goesOn(thread.open[on] as Call, stack[on] as Frame)) on++;
      thread.open.length = on;
      stack.forEach((frame, depth) => {
        const call = thread.open[depth];
        if (call) {
          call.frame = frame;
          return;
        }
        const parent = thread.open[depth - 1] ?? null;
        const begun: Call = {
          id: -1,
          parent,
          lane: thread.lane,
          depth,
          function: frame.function,
          line: frame.caller?.line ?? 0,
          start: edge,
          outermost: thread.open.every((other) => other.function !== frame.function),
          frame,
          end: edge,
          ...NOTHING,
        };
        thread.open.push(begun);
        made.push(begun);
      });
      thread.top = top;
    }
    pass(thread, edge, now, rate, state);
    thread.at = now;
    if (!sample) return;
    thread.sampled = now;
    thread.rate = rate;
    thread.state = state;
    for (const call of thread.open) call.samples++;
  };

  return {
    add(piece, numbers) {
      if (piece.from > end + HOLE || piece.to <= end || !fits(piece, numbers)) return false;
      const functions = piece.functions.map(names.id);
      const frames = framesIn(piece, numbers, functions);
      const lanes = piece.threads.map(threads.of);
      const by: (Call | null)[] = [];
      for (const one of observations(piece, numbers, duration)) {
        const thread = lanes[one.thread];
        if (!thread) continue;
        see(thread, one, frames[one.node] ?? null);
        if (one.sample) samples++;
        else by[one.log] = thread.open.at(-1) ?? null;
      }
      piece.logs.forEach((entry, i) => {
        if (entry.time <= duration) return;
        const { thread, node, ...said } = entry;
        const frame = frames[node];
        const where = names.functions[frame?.function ?? -1];
        logs.push({
          row: {
            ...said,
            html: "",
            lane: (lanes[thread]?.lane ?? -1) as LaneId,
            call: -1,
            function: where?.name ?? "",
            file: where?.file ?? "",
            line: frame?.line ?? 0,
          },
          call: by[i] ?? null,
        });
      });
      metrics.push(...piece.metrics.filter(({ time }) => time > duration));
      end = piece.to;
      return true;
    },
    view() {
      const undo = threads.all().map((thread) => tail(thread, interval, end));
      const calls = joined(data.calls, made, known);
      const shift = (id: number) => (id >= data.calls.count ? id + made.length : id);
      const view: ViewData = {
        ...data,
        facts: {
          ...data.facts,
          duration: ns(end),
          samples: data.facts.samples + samples,
          detail: data.facts.detail && {
            ...data.facts.detail,
            calls: data.facts.detail.calls + made.length,
            logs: data.facts.detail.logs + logs.length,
          },
        },
        packages: [...names.packages],
        functions: counted(names.functions, data.calls, calls, [...made, ...known]),
        lanes: lanesOf(threads.rows(), threads.all(), made),
        calls,
        logs: [
          ...data.logs.map((row) => (row.call >= data.calls.count ? { ...row, call: shift(row.call) } : row)),
          ...logs.map(({ row, call }) => ({ ...row, call: call ? call.id : -1 })),
        ],
        metrics: measured(data.metrics, metrics),
        anomalies: data.anomalies.map((row) => ({ ...row, call: shift(row.call) })),
        tips: data.tips.map((row) => ({ ...row, call: shift(row.call) })),
        threadStarts: data.threadStarts.map(({ by, first }) => ({ by: shift(by), first: shift(first) })),
        graphs: {
          module: wider(data.graphs.module, names.functions.length),
          class: wider(data.graphs.class, names.functions.length),
          function: wider(data.graphs.function, names.functions.length),
        },
      };
      for (const each of undo) each();
      return view;
    },
  };
}

const NOTHING = { self: 0, cpu: 0, waiting: 0, contended: 0, samples: 0, told: false };

/** CPU time by time; NaN where it is unknown. */
function rateOf(cpu: number, span: number): number {
  if (cpu < 0) return Number.NaN;
  return span > 0 ? Math.min(cpu / span, 1) : 0;
}

/** The calls that a thread is in get the time from `from` to `until`. */
function pass(thread: Thread, from: number, until: number, rate: number, state: number): void {
  const time = until - from;
  if (time <= 0) return;
  for (const call of thread.open) {
    call.end = until;
    call.cpu += time * rate;
    if (state !== UNKNOWN) call.told = true;
    if (state === WAITING) call.waiting += time;
    if (state === CONTENDED) call.contended += time;
  }
  const top = thread.open.at(-1);
  if (top) top.self += time;
}

/** A thread is where it was seen last for another half of an interval; returns what takes that back. */
function tail(thread: Thread, interval: number, end: number): () => void {
  const before = thread.open.map((call) => ({ ...call }));
  pass(thread, thread.at, Math.min(thread.at + interval / 2, end), thread.rate, thread.state);
  return () => {
    for (const [i, call] of thread.open.entries()) Object.assign(call, { ...before[i], id: call.id });
  };
}

/** Whether a call that was seen before can be the one that is seen at this frame, its callers being the same. */
function goesOn(call: Call, now: Frame): boolean {
  if (call.function !== now.function) return false;
  const was = call.frame;
  if (!was || now.cell) return true;
  return now.instruction >= was.instruction || (was.loop >= 0 && was.loop === now.loop);
}

/** The frames of a stack from the root on. */
function framesOf(top: Frame | null): Frame[] {
  const frames: Frame[] = [];
  for (let frame = top; frame; frame = frame.caller) frames.push(frame);
  return frames.reverse();
}

/** The functions and packages of a view, and those that come. */
function createNames(data: ViewData) {
  const packages = [...data.packages];
  const functions = [...data.functions];
  const key = (path: string, line: number, name: string, cell: boolean) =>
    JSON.stringify([path, cell ? 0 : line, name]);
  const known = new Map<string, number>();
  functions.forEach((row, id) => {
    const cell = row.name === row.file && packages[row.package]?.kind === "notebook";
    const own = key(row.path, row.line, row.name, cell);
    if (!known.has(own)) known.set(own, id);
  });
  const packageOf = ({ kind, name }: Pick<PackageRow, "kind" | "name">): PackageId => {
    const found = packages.findIndex((row) => row.kind === kind && row.name === name);
    return (found >= 0 ? found : packages.push({ kind, name, self: ns(0) }) - 1) as PackageId;
  };
  const id = ({ cell, package: of, ...row }: Piece["functions"][number]): number => {
    const own = key(row.path, row.line, row.name, cell);
    let found = known.get(own);
    if (found === undefined) {
      const none = ns(0);
      const times = { mean: none, median: none, p95: none, max: none, self: none, total: none };
      const waits = { cpu: none, waiting: none, contended: none };
      found = functions.push({ ...row, ...times, ...waits, package: packageOf(of), calls: 0, anomalies: 0 }) - 1;
      known.set(own, found);
    }
    return found;
  };
  return { packages, functions, id };
}

/** The threads of a view with the calls that go on at its end, and those that come. */
function createThreads(data: ViewData) {
  const { calls, facts } = data;
  const rows = [...data.lanes];
  const all: Thread[] = [];
  const key = (nativeId: number, name: string) => `${nativeId} ${name}`;
  const known = new Map<string, Thread>();
  const add = (lane: number, open: Call[]) => {
    const { nativeId, name } = rows[lane] as LaneRow;
    const at = open.at(-1)?.end ?? facts.duration;
    const thread = { lane, open, at, sampled: at, rate: 0, state: UNKNOWN, top: null };
    all.push(thread);
    known.set(key(nativeId, name), thread);
    return thread;
  };
  const open = openAt(calls, rows.length, facts.duration - Math.max(LATE * facts.interval, OPEN));
  rows.forEach(({ kind }, lane) => {
    if (kind !== "asyncio") add(lane, open[lane] ?? []);
  });
  return {
    all: () => all,
    rows: () => rows,
    of({ name, nativeId, main }: Piece["threads"][number]): Thread {
      const found = known.get(key(nativeId, name));
      if (found) return found;
      const kind = main ? "main" : "thread";
      rows.push({ name, nativeId, kind, start: facts.duration, end: facts.duration, depth: 0, cpu: null });
      return add(rows.length - 1, []);
    },
  };
}

/** By lane, the calls of its thread that go on at the end of the view, from the root on. */
function openAt(calls: Calls, lanes: number, from: number): Call[][] {
  // The last call of a row is the only one that can.
  const last: number[][] = Array.from({ length: lanes }, () => []);
  for (let id = 0; id < calls.count; id++) {
    const rows = last[at(calls.lane, id)];
    if (rows) rows[at(calls.depth, id)] = id;
  }
  return last.map((rows, lane) => {
    const open: Call[] = [];
    for (const [depth, id] of rows.entries()) {
      const parent = open[depth - 1] ?? null;
      const start = at(calls.start, id);
      const end = start + at(calls.duration, id);
      if (end < from || at(calls.parent, id) !== (parent?.id ?? -1)) break;
      const of = at(calls.function, id);
      const outermost = open.every((other) => other.function !== of);
      const line = at(calls.callerLine, id);
      open.push({ id, parent, lane, depth, function: of, line, start, outermost, frame: null, end, ...NOTHING });
    }
    return open;
  });
}
