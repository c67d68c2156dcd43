import type { CallId, Calls, Metrics, ViewData } from "../../data/types";
import type { TimeWindow } from "../viewport";

/** The part of a recording that a range of time touches: whole calls, with their callers; ids are counted anew. */
export function between(data: ViewData, range: TimeWindow): ViewData {
  const touches = (start: number, duration: number) => start <= range.end && start + duration >= range.start;
  const { calls, metrics } = data;
  const kept: number[] = [];
  const place = new Int32Array(calls.count).fill(-1);
  for (let call = 0; call < calls.count; call++) {
    if (!touches(calls.start[call] ?? 0, calls.duration[call] ?? 0)) continue;
    place[call] = kept.length;
    kept.push(call);
  }
  const renamed = (call: number) => (call >= 0 ? (place[call] ?? -1) : -1) as CallId;
  const columns = picked(calls, kept);
  const anomalies = data.anomalies.filter((row) => touches(row.start, row.duration));
  const anomalyAt = new Map(anomalies.map((row, at) => [data.anomalies.indexOf(row), at]));
  const ticks = Array.from(metrics.time.keys()).filter((i) => touches(metrics.time[i] ?? 0, 0));
  return {
    ...data,
    calls: {
      ...columns,
      parent: columns.parent.map(renamed),
      anomaly: columns.anomaly.map((id) => anomalyAt.get(id) ?? -1),
    },
    metrics: picked<Metrics>(metrics, ticks),
    logs: data.logs.filter((log) => touches(log.time, 0)).map((log) => ({ ...log, call: renamed(log.call) })),
    spans: data.spans.filter((span) => touches(span.start, span.duration)),
    gaps: data.gaps.filter((gap) => touches(gap.start, gap.duration)),
    anomalies: anomalies.map((row) => ({ ...row, call: renamed(row.call) })),
  };
}

/** Some rows of a table of columns. */
function picked<T extends Calls | Metrics>(table: T, rows: readonly number[]): T {
  const columns = Object.entries(table).map(([name, column]) => [
    name,
    typeof column === "number" ? rows.length : column.constructor.from(rows, (row: number) => column[row]),
  ]);
  return Object.fromEntries(columns) as T;
}
