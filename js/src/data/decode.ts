import { readVarints, unfold } from "./compact";
import type {
  AnomalyRow,
  AnswerRow,
  Calls,
  Facts,
  FunctionRow,
  GapRow,
  GraphLevel,
  GraphNodes,
  LaneRow,
  LineRuns,
  LineSets,
  Lines,
  LogRow,
  Metrics,
  Ns,
  PackageRow,
  SourceRow,
  SpanRow,
  ThreadStart,
  TipRow,
  ViewData,
} from "./types";

const MAGIC = "MLVIEW";
const VERSION = "04";
const PREFIX = 16;

type Json = Readonly<Record<string, unknown>>;
const METRIC_COLUMNS = {
  time: "f64",
  cpu: "f64",
  systemCpu: "f64",
  memory: "f64",
  modules: "f64",
  threads: "f64",
  gcObjects: "f64",
} as const;

const LINE_COLUMNS = {
  function: "i32",
  line: "i32",
  self: "f64",
  total: "f64",
  samples: "i32",
} as const;

const LINE_RUN_COLUMNS = {
  start: "f64",
  span: "f64",
  time: "f64",
  samples: "i32",
  seen: "i32",
} as const;

const LINE_SET_COLUMNS = {
  of: "i32",
  line: "i32",
  own: "i32",
} as const;

type Shape = Readonly<Record<string, "f64" | "i32">>;
type Columns<S extends Shape> = { [K in keyof S]: S[K] extends "f64" ? Float64Array : Int32Array };
type Read = (table: string, column: string) => Float64Array;

/** The view's data from its bytes (see FORMAT.md). Throws an Error that names what is wrong with bytes it cannot read. */
export async function decode(bytes: Uint8Array): Promise<ViewData> {
  return read(startsWithMagic(bytes) ? bytes : await inflate(bytes));
}

/** Reads columns of tables by where each is. */
export function readerOf(columns: Json, body: Uint8Array): Read {
  return (table, column) =>
    numbers(
      object(object(columns[table], `columns.${table}`)[column], `${table}.${column}`),
      `${table}.${column}`,
      body,
    );
}

/** Bytes from their zlib format. */
export async function inflate(bytes: Uint8Array): Promise<Uint8Array> {
  // RFC 1950: the low four bits of the first byte say deflate, and the first two bytes are a multiple of 31.
  const zlib =
    bytes.length >= 2 && ((bytes[0] ?? 0) & 15) === 8 && (((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)) % 31 === 0;
  if (!zlib) throw new Error("This is not a microlog view: the bytes begin with neither MLVIEW nor a zlib header.");
  const copy = new Uint8Array(bytes);
  try {
    const stream = new Blob([copy]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch (cause) {
    throw new Error(`The microlog view is cut short or damaged: its ${bytes.length} compressed bytes do not inflate.`, {
      cause,
    });
  }
}

function startsWithMagic(bytes: Uint8Array): boolean {
  return text(bytes.subarray(0, MAGIC.length)) === MAGIC;
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function read(bytes: Uint8Array): ViewData {
  if (!startsWithMagic(bytes)) throw new Error("This is not a microlog view: the bytes do not begin with MLVIEW.");
  if (bytes.length < PREFIX)
    throw new Error(`The microlog view is cut short: ${bytes.length} bytes, less than its prefix.`);
  const version = text(bytes.subarray(6, 8));
  if (version !== VERSION) {
    throw new Error(`The microlog view has version ${version}; this page reads version ${VERSION}.`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(8, true);
  const base = PREFIX + length;
  if (base > bytes.length) {
    throw new Error(`The microlog view is cut short: its header ends at byte ${base} of ${bytes.length}.`);
  }
  const header = parse(text(bytes.subarray(PREFIX, base)));
  const body = bytes.subarray(base);
  const read = readerOf(object(header.columns, "columns"), body);
  const calls = folded(read, header);
  const metrics = block(read, "metrics", METRIC_COLUMNS);
  const lines = block(read, "lines", LINE_COLUMNS);
  const lineRuns = block(read, "lineRuns", LINE_RUN_COLUMNS);
  const lineSets = block(read, "lineSets", LINE_SET_COLUMNS);
  const graphs = object(header.graphs, "graphs");
  const data: ViewData = {
    facts: object(header.facts, "facts") as unknown as Facts,
    packages: rows<PackageRow>(header, "packages"),
    functions: rows<FunctionRow>(header, "functions"),
    lanes: rows<LaneRow>(header, "lanes"),
    logs: rows<LogRow>(header, "logs"),
    spans: rows<SpanRow>(header, "spans"),
    anomalies: rows<AnomalyRow>(header, "anomalies"),
    tips: rows<TipRow>(header, "tips"),
    gaps: rows<GapRow>(header, "gaps"),
    calls,
    metrics: metrics satisfies Metrics,
    lines: lines satisfies Lines,
    lineRuns: lineRuns satisfies LineRuns,
    lineSets: lineSets satisfies LineSets,
    lineStep: header.lineStep as Ns,
    sources: rows<SourceRow>(header, "sources"),
    graphs: {
      module: graphOf(graphs, "module"),
      class: graphOf(graphs, "class"),
      function: graphOf(graphs, "function"),
    },
    threadStarts: rows<ThreadStart>(header, "threadStarts"),
    answers: rows<AnswerRow>(header, "answers"),
  };
  checkReferences(data);
  return data;
}

function parse(header: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(header);
  } catch (error) {
    throw new Error(
      `The microlog view is damaged: its header is not JSON (${error instanceof Error ? error.message : error}).`,
    );
  }
  return object(value, "header");
}

/** A value that must be an object. */
export function object(value: unknown, name: string): Json {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Json;
  throw new Error(`The microlog view is damaged: "${name}" is missing or is not an object.`);
}

/** A table as an array of its rows, or as an object of its columns. */
function rows<Row>(header: Json, name: string): readonly Row[] {
  const value = header[name];
  if (Array.isArray(value)) return value as Row[];
  const columns = Object.entries(value ?? {}) as [string, readonly unknown[]][];
  const first = columns[0]?.[1];
  if (Array.isArray(first))
    return first.map((_, i) => Object.fromEntries(columns.map(([column, values]) => [column, values[i]]))) as Row[];
  throw new Error(`The microlog view is damaged: table "${name}" is missing or is not an array.`);
}

function graphOf(graphs: Json, level: GraphLevel): GraphNodes {
  const graph = object(graphs[level], `graphs.${level}`);
  for (const name of ["nodes", "cycle", "nodeOf"]) rows(graph, name);
  return graph as unknown as GraphNodes;
}

/** Columns of a table, all of one length. */
export function block<S extends Shape>(read: Read, table: string, shape: S): Columns<S> & { count: number } {
  const arrays = Object.entries(shape).map(([column, type]) => {
    const values = read(table, column);
    return [column, type === "f64" ? values.map(unknownBelow0) : Int32Array.from(values)];
  });
  return counted(table, Object.fromEntries(arrays) as Columns<S>);
}

const unknownBelow0 = (value: number) => (value < 0 ? Number.NaN : value);

function folded(read: Read, header: Json): Calls {
  const calls = unfold(read, (header.facts as Facts).interval);
  for (const name of ["start", "duration"] as const)
    if (calls[name].some(Number.isNaN)) throw new Error(`The microlog view is damaged: calls.${name} is not complete.`);
  const made = counted("calls", calls);
  const count = header.threadCalls ?? made.count;
  if (!isCount(count) || count > made.count)
    throw new Error("The microlog view is damaged: threadCalls is no number of calls.");
  return { ...made, count, drawn: made.count };
}

/** The columns of a table and how many values each of them has. */
function counted<C extends object>(table: string, columns: C): C & { count: number } {
  let count = -1;
  for (const [column, { length }] of Object.entries(columns)) {
    if (count >= 0 && length !== count)
      throw new Error(`The microlog view is damaged: column ${table}.${column} has ${length} values, not ${count}.`);
    count = length;
  }
  return { ...columns, count };
}

/** A column: doubles, or whole numbers of a unit, or the steps between such. */
function numbers(entry: Json, name: string, body: Uint8Array): Float64Array {
  const { type, offset, length, unit = 1, steps } = entry;
  if (!isCount(offset) || !isCount(length) || typeof unit !== "number") {
    throw new Error(`The microlog view is damaged: column ${name} has offset ${offset}, length ${length}.`);
  }
  const end = offset + length * (type === "f64" ? 8 : 1);
  if (end > body.length)
    throw new Error(`The microlog view is cut short: column ${name} ends at byte ${end} of ${body.length}.`);
  // A copy: the transport's buffer may start at any byte, and typed arrays need a multiple of their element's size.
  if (type === "f64") return new Float64Array(body.slice(offset, end).buffer);
  let sum = 0;
  return readVarints(body, offset, length).map((value) => {
    sum = steps ? sum + value : value;
    return sum * unit;
  });
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** Every index must name a row that exists, so that no view has to check again. */
function checkReferences(data: ViewData): void {
  const { calls, lanes, functions, packages, anomalies } = data;
  within("calls.lane", calls.lane, 0, lanes.length);
  within("calls.function", calls.function, 0, functions.length);
  within("calls.parent", calls.parent, -1, calls.drawn);
  within("calls.anomaly", calls.anomaly, -1, anomalies.length);
  within(
    "functions.package",
    functions.map((row) => row.package),
    0,
    packages.length,
  );
  within(
    "logs.lane",
    data.logs.map((row) => row.lane),
    -1,
    lanes.length,
  );
  within(
    "logs.call",
    data.logs.map((row) => row.call),
    -1,
    calls.count,
  );
  within(
    "anomalies.call",
    anomalies.map((row) => row.call),
    -1,
    calls.count,
  );
  within(
    "anomalies.function",
    anomalies.map((row) => row.function),
    -1,
    functions.length,
  );
  within(
    "anomalies.lane",
    anomalies.map((row) => row.lane),
    -1,
    lanes.length,
  );
  within(
    "tips.call",
    data.tips.map((row) => row.call),
    -1,
    calls.count,
  );
  within("lines.function", data.lines.function, 0, functions.length);
  within("lineSets.line", data.lineSets.line, 0, data.lines.count);
  for (const [level, graph] of Object.entries(data.graphs)) {
    if (graph.nodeOf.length !== functions.length || graph.cycle.length !== graph.nodes.length) {
      throw new Error(`The microlog view is damaged: graphs.${level} is not about all functions and nodes.`);
    }
    within(`graphs.${level}.nodeOf`, graph.nodeOf, -1, graph.nodes.length);
  }
  for (const name of ["by", "first"] as const) {
    within(
      `threadStarts.${name}`,
      data.threadStarts.map((row) => row[name]),
      0,
      calls.count,
    );
  }
  for (let call = 0; call < calls.drawn; call++) {
    const depth = calls.depth[call] ?? -1;
    const limit = lanes[calls.lane[call] ?? -1]?.depth ?? 0;
    if (depth < 0 || depth >= limit) {
      throw new Error(`The microlog view is damaged: calls.depth has ${depth} at ${call}, its lane has ${limit} rows.`);
    }
  }
}

function within(name: string, values: ArrayLike<number>, low: number, limit: number): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? Number.NaN;
    if (!(value >= low && value < limit)) {
      throw new Error(`The microlog view is damaged: ${name} has ${value} at ${i}, allowed is ${low} to ${limit - 1}.`);
    }
  }
}
