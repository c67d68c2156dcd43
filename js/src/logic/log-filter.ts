import type { LaneId, Level, LogRow } from "../data/types";
import type { TimeWindow } from "./viewport";

export const LEVELS: readonly Level[] = ["critical", "error", "warning", "info", "debug"];

/** Which entries the log shows; empty sets and nulls leave nothing out. */
export interface LogFilter {
  readonly levels: ReadonlySet<Level>;
  readonly source: string | null;
  readonly lane: LaneId | null;
}

/** What an entry is listed under: its logger, else what said it. */
export function sourceOf(log: Pick<LogRow, "logger" | "source">): string {
  return log.logger || log.source;
}

/** Entries of a window of time that the filter lets through, in order of time. */
export function filtered(logs: readonly LogRow[], window: TimeWindow, filter: LogFilter): number[] {
  return logs.flatMap((log, id) => {
    const shown =
      log.time >= window.start &&
      log.time <= window.end &&
      (filter.levels.size === 0 || filter.levels.has(log.level)) &&
      (filter.source === null || sourceOf(log) === filter.source) &&
      (filter.lane === null || log.lane === filter.lane);
    return shown ? [id] : [];
  });
}

/** How often each value of a property occurs, the most frequent first. */
export function counted<T>(logs: readonly LogRow[], property: (log: LogRow) => T): [T, number][] {
  const counts = new Map<T, number>();
  for (const log of logs) counts.set(property(log), (counts.get(property(log)) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}
