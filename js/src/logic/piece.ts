import type { FunctionRow, LaneRow, Level, LogRow, Ns, PackageRow } from "../data/types";
import type { Reading } from "./grown";

/** What a running recording has grown by, as `widget/growth.py` tells it; times are nanoseconds from the recording's start. */
export interface Piece {
  readonly from: Ns;
  readonly to: Ns;
  /** Numbers of samples and of nodes in `numbers`. */
  readonly samples: number;
  readonly nodes: number;
  readonly threads: readonly (Pick<LaneRow, "name" | "nativeId"> & { readonly main: boolean })[];
  readonly functions: readonly (Pick<FunctionRow, "name" | "module" | "file" | "path" | "line"> & {
    /** Whether it is the code of a cell itself, whose statements are compiled one by one. */
    readonly cell: boolean;
    readonly package: Pick<PackageRow, "kind" | "name">;
  })[];
  readonly logs: readonly (Pick<LogRow, "time" | "source" | "logger" | "message" | "exception"> & {
    readonly level: Level;
    readonly thread: number;
    readonly node: number;
  })[];
  readonly metrics: readonly Reading[];
}

/** Columns of a piece's samples, and behind them of its nodes: each as many numbers as there are of them. */
const SAMPLES = { time: 0, thread: 1, node: 2, cpu: 3, state: 4 } as const;
const NODES = { caller: 0, function: 1, line: 2, instruction: 3, loop: 4 } as const;
const COLUMNS = 5;

/** A place on a stack. */
export interface Frame {
  readonly caller: Frame | null;
  readonly function: number;
  readonly line: number;
  readonly instruction: number;
  readonly loop: number;
  /** Whether it is the outermost one of a cell. */
  readonly cell: boolean;
}

export interface Observation {
  readonly time: number;
  readonly thread: number;
  readonly node: number;
  /** Null of a log entry. */
  readonly sample: { readonly cpu: number; readonly state: number } | null;
  readonly log: number;
}

export function framesIn({ samples, nodes, functions }: Piece, numbers: Int32Array, ids: readonly number[]): Frame[] {
  const read = (column: number, node: number) => numbers[COLUMNS * samples + column * nodes + node] ?? -1;
  const frames: Frame[] = [];
  // A caller comes before what it calls.
  for (let node = 0; node < nodes; node++) {
    const caller = frames[read(NODES.caller, node)] ?? null;
    const of = read(NODES.function, node);
    frames.push({
      caller,
      function: ids[of] ?? -1,
      line: read(NODES.line, node),
      instruction: read(NODES.instruction, node),
      loop: read(NODES.loop, node),
      cell: caller === null && functions[of]?.cell === true,
    });
  }
  return frames;
}

/** Samples and log entries behind a moment, in order: an entry knows its stack exactly. */
export function observations(piece: Piece, numbers: Int32Array, after: number): Observation[] {
  const seen: Observation[] = [];
  const read = (column: number, i: number) => numbers[column * piece.samples + i] ?? -1;
  for (let i = 0; i < piece.samples; i++) {
    seen.push({
      time: piece.from + 1000 * read(SAMPLES.time, i),
      thread: read(SAMPLES.thread, i),
      node: read(SAMPLES.node, i),
      sample: { cpu: read(SAMPLES.cpu, i), state: read(SAMPLES.state, i) },
      log: -1,
    });
  }
  piece.logs.forEach(({ time, thread, node }, log) => {
    if (node >= 0) seen.push({ time, thread, node, sample: null, log });
  });
  return seen.filter(({ time }) => time > after).sort((a, b) => a.time - b.time);
}

/** Whether there are as many numbers as the piece says. */
export function fits({ samples, nodes }: Piece, numbers: Int32Array): boolean {
  return numbers.length === COLUMNS * (samples + nodes);
}
