import type { FunctionRow, GraphNodes, LineRuns, LineSets, Lines, Ns, PackageRow, SourceRow } from "../src/data/types";

/** What Python works out of a recording's calls, made up as far as the eyes need it. */

const BODY = [
  "rows = read(source, limit=None)",
  'log.debug(f"{len(rows)} rows")',
  "for part in split(rows, 8):  # one after the other",
  '    result = transform(part, "numbers")',
  "    store(result)",
];
const SHARES = [0.06, 0.002, 0.012, 0.86, 0.05];

export interface Derived {
  readonly lines: Lines;
  readonly lineRuns: LineRuns;
  readonly lineSets: LineSets;
  readonly lineStep: Ns;
  readonly sources: readonly SourceRow[];
  readonly graphs: { readonly module: GraphNodes; readonly class: GraphNodes; readonly function: GraphNodes };
}

export function derived(functions: readonly FunctionRow[], packages: readonly PackageRow[], duration: Ns): Derived {
  const kindOf = (row: FunctionRow) => packages[row.package]?.kind;
  const own = functions.flatMap((row, id) => (kindOf(row) === "library" ? [] : [{ row, id }]));
  const texts = new Map<string, string[]>();
  for (const { row } of own) {
    const text = texts.get(row.path) ?? ["import pandas as pd", ""];
    texts.set(row.path, text);
    while (text.length < row.line - 1) text.push("");
    text.push(`def ${row.name}(source, folds=8):`, ...BODY.map((line) => `    ${line}`));
  }
  const seen = own.flatMap(({ row, id }) =>
    SHARES.map((share, i) => ({
      function: id,
      line: row.line + 1 + i,
      self: row.self * share,
      total: row.total * share,
    })),
  );
  const graph = (nameOf: (row: FunctionRow) => string): GraphNodes => {
    const nodes = [...new Set(functions.map(nameOf))];
    const nodeOf = functions.map((row) => nodes.indexOf(nameOf(row)));
    return { nodes, cycle: nodes.map(() => 0), nodeOf };
  };
  return {
    lines: {
      count: seen.length,
      function: Int32Array.from(seen, (line) => line.function),
      line: Int32Array.from(seen, (line) => line.line),
      self: Float64Array.from(seen, (line) => Math.round(line.self)),
      total: Float64Array.from(seen, (line) => Math.round(line.total)),
      samples: Int32Array.from(seen, (line) => Math.ceil(line.total / 1e6)),
    },
    ...spread(seen, duration),
    sources: [...texts].map(([path, text]) => ({ path, text: `${text.join("\n")}\n` })),
    graphs: {
      module: graph((row) => (kindOf(row) === "notebook" ? row.file : row.module)),
      class: graph((row) => (row.name.includes(".") ? row.name.replace(/\.[^.]*$/, "") : row.name)),
      function: graph((row) => row.name),
    },
  };
}

/** Each line's own time, and the rest of its time, as if it was spread over the whole recording. */
function spread(lines: readonly { readonly self: number; readonly total: number }[], duration: Ns) {
  const runs = lines.flatMap((line, id) => [
    { line: id, own: 1, time: Math.round(line.self) },
    { line: id, own: 0, time: Math.round(line.total) - Math.round(line.self) },
  ]);
  const lineRuns: LineRuns = {
    count: runs.length,
    start: new Float64Array(runs.length),
    span: new Float64Array(runs.length).fill(duration),
    time: Float64Array.from(runs, ({ time }) => time),
    samples: Int32Array.from(runs, ({ time }) => Math.ceil(time / 1e6)),
    seen: Int32Array.from(runs, (_, set) => set),
  };
  const lineSets: LineSets = {
    count: runs.length,
    of: Int32Array.from(runs, (_, set) => set),
    line: Int32Array.from(runs, ({ line }) => line),
    own: Int32Array.from(runs, ({ own }) => own),
  };
  return { lineRuns, lineSets, lineStep: 0 as Ns };
}

/** The row of a function from the durations, self times and CPU times of its calls. */
export function measured(
  row: FunctionRow,
  calls: readonly {
    readonly duration: number;
    readonly self: number;
    readonly cpu: number;
    readonly inside: boolean;
  }[],
): FunctionRow {
  const durations = calls.map((call) => call.duration).sort((a, b) => a - b);
  const sum = (values: readonly number[]) => Math.round(values.reduce((a, b) => a + b, 0)) as Ns;
  const at = (share: number) => Math.round(durations[Math.floor(share * (durations.length - 1))] ?? 0) as Ns;
  const outer = calls.filter((call) => !call.inside);
  const total = sum(outer.map((call) => call.duration));
  const cpu = sum(outer.map((call) => call.cpu));
  return {
    ...row,
    calls: durations.length,
    mean: Math.round(sum(durations) / Math.max(durations.length, 1)) as Ns,
    median: Math.round(durations[durations.length >> 1] ?? 0) as Ns,
    p95: at(0.95),
    max: at(1),
    self: sum(calls.map((call) => call.self)),
    total,
    cpu,
    waiting: Math.max(total - cpu, 0) as Ns,
    contended: 0 as Ns,
  };
}
