import type { Room } from "./room";

/**
 * What the app knows of a recording: immutable columns and small rows, decoded once from the bytes that Python sends.
 * Every index and unit is in its type. Times are nanoseconds from the recording's start, kept in doubles (exact to 104 days).
 */
export type Brand<T, B extends string> = T & { readonly __brand: B };
export type Ns = Brand<number, "Ns">;
export type CssPx = Brand<number, "CssPx">;
export type CallId = Brand<number, "CallId">;
export type FunctionId = Brand<number, "FunctionId">;
export type LaneId = Brand<number, "LaneId">;
export type LogId = Brand<number, "LogId">;
export type PackageId = Brand<number, "PackageId">;
export type AnomalyId = Brand<number, "AnomalyId">;

export const ns = (value: number): Ns => value as Ns;
export const px = (value: number): CssPx => value as CssPx;

/** What the header says of the whole recording. */
export interface Facts {
  readonly id: string;
  readonly name: string;
  /** "In [7]" for a notebook cell, else "". */
  readonly cell: string;
  /** Wall clock of the start, ISO 8601 with offset. */
  readonly started: string;
  readonly duration: Ns;
  readonly interval: Ns;
  readonly samples: number;
  /** Sampler ticks taken per second, in Hz. */
  readonly rate: number;
  /** Share of one core that the recorder itself used, 0 to 1; null when it could not be measured. */
  readonly overhead: number | null;
  /** Mean CPU of the process in percent of one core; null without metrics. */
  readonly cpu: number | null;
  /** Highest resident memory in bytes, and last minus first value; null without metrics. */
  readonly peakMemory: number | null;
  readonly memoryChange: number | null;
  readonly sampler: string;
  readonly python: string;
  readonly platform: string;
  /** Sentences about limits or faults of this recording, to be shown as they are. */
  readonly notes: readonly string[];
  /** Whether it is still going on; the view then is of what there is so far. */
  readonly running: boolean;
  /** What the view leaves out; null where it has everything. */
  readonly detail: Detail | null;
}

export interface Detail {
  /** Number of all calls, and of all log entries. */
  readonly calls: number;
  readonly logs: number;
  /** Calls shorter than half of it may be joined. */
  readonly resolution: Ns;
  readonly functions: number;
  /** Whether it is the main part of what travels to a page: who made the recording gives all of it. */
  readonly partial: boolean;
}

/** Top-level package of functions; decides the colour. */
export interface PackageRow {
  readonly name: string;
  readonly kind: "notebook" | "user" | "library";
  /** Self time of all its calls. */
  readonly self: Ns;
}

export interface FunctionRow {
  /** Qualified name, as `Class.method`. */
  readonly name: string;
  readonly module: string;
  readonly package: PackageId;
  /** Shown file: "In [7]", "pipeline.py". */
  readonly file: string;
  /** Full path, for a tooltip. */
  readonly path: string;
  readonly line: number;
  /** Number of calls, their mean, median, 95th percentile and longest duration. */
  readonly calls: number;
  readonly mean: Ns;
  readonly median: Ns;
  readonly p95: Ns;
  readonly max: Ns;
  /** Time in its own code, and with what it calls; recursion counts once. */
  readonly self: Ns;
  readonly total: Ns;
  /** Of the total: CPU time, waiting, and waiting for Python's lock; null where unknown. */
  readonly cpu: Ns | null;
  readonly waiting: Ns | null;
  readonly contended: Ns | null;
  /** Number of anomalies that name it. */
  readonly anomalies: number;
}

/** One thread, or one asyncio task; those of tasks come last. */
export interface LaneRow {
  readonly name: string;
  readonly kind: "main" | "thread" | "asyncio";
  readonly nativeId: number;
  readonly start: Ns;
  readonly end: Ns;
  /** Number of rows of calls. */
  readonly depth: number;
  /** CPU time divided by the time it was seen in user code, 0 to 1; null where the platform has no thread clocks. */
  readonly cpu: number | null;
}

/**
 * Inferred calls; the index is the CallId. Those of threads, ordered by start (then depth) over all lanes, are the first `count`
 * and all that sums are made of. Those of asyncio tasks follow, up to `drawn`: what a task ran is in its thread's calls, too.
 */
export interface Calls {
  readonly count: number;
  readonly drawn: number;
  readonly start: Float64Array;
  readonly duration: Float64Array;
  readonly self: Float64Array;
  /** Thread CPU time inside the call; NaN where unknown. */
  readonly cpu: Float64Array;
  /** Time in which its thread waited, for Python's lock apart; NaN where unknown. */
  readonly waiting: Float64Array;
  /** Time in which it waited for Python's lock; NaN where the sampler cannot tell: `waiting` contains it then. */
  readonly contended: Float64Array;
  readonly lane: Int32Array;
  readonly depth: Int32Array;
  readonly function: Int32Array;
  /** Caller's CallId, -1 at the root. */
  readonly parent: Int32Array;
  /** Line in the caller (its file is the caller's), 0 at the root. */
  readonly callerLine: Int32Array;
  readonly samples: Int32Array;
  /** AnomalyId that names the call, or -1. */
  readonly anomaly: Int32Array;
  /** Number of neighbouring short calls that it stands for, itself being the longest of them; 1 for a call of its own. */
  readonly merged: Int32Array;
}

export type Level = "debug" | "info" | "warning" | "error" | "critical";

export interface LogRow {
  readonly time: Ns;
  readonly level: Level;
  readonly source: "print" | "stderr" | "logging" | "warning" | "exception" | "microlog";
  readonly logger: string;
  /** The text as the user saw it. Hostile: only ever set as textContent. */
  readonly message: string;
  /** Sanitised HTML of the rendered Markdown, made in Python by nh3; "" when the entry is plain text. */
  readonly html: string;
  readonly lane: LaneId;
  /** CallId that wrote it, or -1. */
  readonly call: number;
  readonly function: string;
  readonly file: string;
  readonly line: number;
  /** Text of the traceback, or "". */
  readonly exception: string;
}

/** Metric samples of the process, one row a tick; NaN where a value is missing. */
export interface Metrics {
  readonly count: number;
  readonly time: Float64Array;
  /** Percent of one core. */
  readonly cpu: Float64Array;
  readonly systemCpu: Float64Array;
  /** Bytes. */
  readonly memory: Float64Array;
  readonly modules: Float64Array;
  readonly threads: Float64Array;
  readonly gcObjects: Float64Array;
}

export interface SpanRow {
  readonly kind: "gc" | "import" | "cell" | "user";
  readonly name: string;
  readonly start: Ns;
  readonly duration: Ns;
  readonly lane: LaneId;
}

export interface AnomalyRow {
  readonly kind: string;
  readonly start: Ns;
  readonly duration: Ns;
  /** CallId, or -1. */
  readonly call: number;
  /** FunctionId, or -1. */
  readonly function: number;
  /** LaneId, or -1 if it is about the process. */
  readonly lane: number;
  /** The place in words: "4th of 8 · MainThread at 24.0 s". */
  readonly where: string;
  /** Of `expected`, `observed` and `peers`: "s", "bytes" or "count". */
  readonly unit: string;
  readonly expected: number;
  readonly observed: number;
  /** Seconds lost, weighted by how sure it is. */
  readonly score: number;
  /** One or two sentences with the numbers. */
  readonly reason: string;
  /** At most 60 similar values, without this one. */
  readonly peers: readonly number[];
}

/** What to do about what takes the time; the one that could save most first. */
export interface TipRow {
  /** The rule's name, as "row-iteration". */
  readonly id: string;
  readonly title: string;
  /** What to do, in a sentence or two. */
  readonly advice: string;
  /** What could be saved at most; null if unknown. */
  readonly saving: Ns | null;
  /** Of the recording's time, 0 to 1. */
  readonly share: number;
  /** The user's function where it happens, "" if none; its shown file, its full path, the line. */
  readonly function: string;
  readonly file: string;
  readonly path: string;
  readonly line: number;
  /** CallId of an example, or -1. */
  readonly call: number;
  /** One sentence with the numbers. */
  readonly evidence: string;
  /** The evidence in a few words each. */
  readonly chips: readonly string[];
}

/** Lines of the user's own code that were seen, by function, then line. */
export interface Lines {
  readonly count: number;
  readonly function: Int32Array;
  readonly line: Int32Array;
  readonly self: Float64Array;
  readonly total: Float64Array;
  readonly samples: Int32Array;
}

/**
 * When the lines were seen: stretches of time in which one thread's stack showed the same lines, by thread, then time. Of very
 * many, the shorter ones are added up: one stands for the `time` that its lines were seen between `start` and `start + span`.
 */
export interface LineRuns {
  readonly count: number;
  readonly start: Float64Array;
  readonly span: Float64Array;
  /** Less than `span` where several are added up. */
  readonly time: Float64Array;
  readonly samples: Int32Array;
  /** Number of its set of lines in `LineSets.of`. */
  readonly seen: Int32Array;
}

/** The lines of each set. */
export interface LineSets {
  readonly count: number;
  readonly of: Int32Array;
  /** Row in `Lines`. */
  readonly line: Int32Array;
  /** 1 where it is the line on top of the stack. */
  readonly own: Int32Array;
}

/** Source text of a cell or of a file of the user's. */
export interface SourceRow {
  /** As `FunctionRow.path`. */
  readonly path: string;
  /** Null where the view had no room for it: the recording has it. */
  readonly text: string | null;
}

export const GRAPH_LEVELS = ["module", "class", "function"] as const;
export type GraphLevel = (typeof GRAPH_LEVELS)[number];

/** What stands as one node in the call graph. Times are the page's own: they depend on the range. */
export interface GraphNodes {
  readonly nodes: readonly string[];
  /** By node: 0, or the number of the cycle that it is in. */
  readonly cycle: readonly number[];
  /** By FunctionId: its node, or -1 where it is folded into its callers. */
  readonly nodeOf: readonly number[];
}

/** A call that was seen starting a thread, and the first call of that thread. */
export interface ThreadStart {
  readonly by: number;
  readonly first: number;
}

/** A place in the recording that a view can be asked to show, or to be about. */
export type Place =
  | { readonly call: number }
  | { readonly log: number }
  | { readonly anomaly: number }
  | { readonly start: Ns; readonly end: Ns };

/** Where a citation of an answer points; the numbers of calls are those of Python, which a view with joined calls has not. */
export interface CitedPlace {
  readonly start: Ns;
  /** 0 for a log entry. */
  readonly duration: Ns;
  /** FunctionId, or -1. */
  readonly function: number;
}

/** A question about the recording and what was said to it. */
export interface AnswerRow {
  /** Names the question. */
  readonly id: string;
  /** The user's words, or "" for the first, general one. */
  readonly question: string;
  /** Id of the answer that it follows, or "". */
  readonly after: string;
  /** What it is about, in words. */
  readonly about: string;
  /** Sanitised HTML, made in Python by nh3, with citations as `[call:12]`. */
  readonly html: string;
  /** What it cites and the recording has, by "call:12", "log:3", "anomaly:0" or "line:FILE:LINE". */
  readonly places: Readonly<Record<string, CitedPlace>>;
  /** Who said it; "" for the explanation by rules. */
  readonly model: string;
  readonly server: string;
  /** ISO 8601 with offset. */
  readonly time: string;
  /** Hash of the facts that it was said of. */
  readonly facts: string;
  /** Secrets taken out of what was sent. */
  readonly redacted: number;
  /** Citations that named nothing. */
  readonly dropped: number;
  /** The model ended for lack of room. */
  readonly cut: boolean;
}

/** Time without samples while C code held the GIL or the process was starved. */
export interface GapRow {
  readonly start: Ns;
  readonly duration: Ns;
}

export interface ViewData {
  readonly facts: Facts;
  readonly packages: readonly PackageRow[];
  readonly functions: readonly FunctionRow[];
  readonly lanes: readonly LaneRow[];
  readonly calls: Calls;
  readonly logs: readonly LogRow[];
  readonly metrics: Metrics;
  readonly spans: readonly SpanRow[];
  readonly anomalies: readonly AnomalyRow[];
  readonly tips: readonly TipRow[];
  readonly gaps: readonly GapRow[];
  readonly lines: Lines;
  readonly lineRuns: LineRuns;
  readonly lineSets: LineSets;
  /** Runs of lines shorter than this are added up; 0 where none is. */
  readonly lineStep: Ns;
  readonly sources: readonly SourceRow[];
  readonly graphs: Readonly<Record<GraphLevel, GraphNodes>>;
  readonly threadStarts: readonly ThreadStart[];
  readonly answers: readonly AnswerRow[];
  /** For parts of the bars, where a kernel may tell them. */
  readonly room?: Room;
}
