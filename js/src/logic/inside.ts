import type { CallId, Calls, GapRow, LogId, LogRow, Metrics, Ns } from "../data/types";
import { highest, type Line, range, reduce } from "./series";
import { scaleOf } from "./viewport";

const ONE_CORE = 100;
/** Fewer samples make no curve. */
const FEWEST = 3;

/** Entries written by a call or by anything that it called. */
export function logsInside(calls: Calls, logs: readonly LogRow[], call: CallId): LogId[] {
  const depth = calls.depth[call] ?? 0;
  const start = calls.start[call] ?? 0;
  const end = start + (calls.duration[call] ?? 0);
  const found: LogId[] = [];
  for (let id = firstNotBefore(logs, start); id < logs.length; id++) {
    const { time, call: writer } = logs[id] as LogRow;
    if (time > end) break;
    if (call >= calls.drawn) {
      // Entries know the view's bars, of which this is a part: its time says which of them are its own.
      const inside = calls.lane[writer] === calls.lane[call] && (calls.depth[writer] ?? -1) >= depth;
      if (inside && time < end) found.push(id as LogId);
      continue;
    }
    let caller = writer;
    while (caller >= 0 && (calls.depth[caller] ?? 0) > depth) caller = calls.parent[caller] ?? -1;
    if (caller === call) found.push(id as LogId);
  }
  return found;
}

/** Position of the first entry at or after a moment. */
function firstNotBefore(logs: readonly LogRow[], when: number): number {
  let low = 0;
  let high = logs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((logs[middle] as LogRow).time >= when) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** How much of an interval is without samples. */
export function gapTime(gaps: readonly GapRow[], start: number, end: number): Ns {
  let sum = 0;
  for (const gap of gaps) sum += Math.max(Math.min(gap.start + gap.duration, end) - Math.max(gap.start, start), 0);
  return sum as Ns;
}

/** The process's CPU within an interval, in shares of its highest value or of one core; null of fewer than three samples. */
export function cpuLine({ time, cpu }: Metrics, start: number, end: number, width: number): Line | null {
  const { first, last } = range(time, { start, end });
  const inside = cpu.subarray(first, last);
  const scale = scaleOf({ start: start as Ns, end: end as Ns }, width);
  const line = reduce(time.subarray(first, last), inside, Math.max(highest(inside), ONE_CORE), scale);
  return line.n < FEWEST ? null : line;
}
