import type { CallId, Calls, LaneId, LogRow, ViewData } from "../data/types";
import { formatDuration, formatNumberOf, formatPercent } from "./format";
import { laneNote } from "./layout";
import { numbersOf } from "./numbers";
import { visibleText } from "./visible";

/** How many entries were written inside each call, in it or in what it called; by CallId. */
export function logsByCall(calls: Calls, logs: readonly LogRow[]): Int32Array {
  const counts = new Int32Array(calls.count);
  for (const log of logs) {
    for (let call: number = log.call; call >= 0; call = calls.parent[call] ?? -1)
      counts[call] = (counts[call] ?? 0) + 1;
  }
  return counts;
}

/** A call in one sentence, for those who hear it. */
export function spokenCall(data: ViewData, call: CallId, logs: number): string {
  const row = data.functions[data.calls.function[call] ?? -1];
  const { start, duration, cpuPercent } = numbersOf(data, call);
  const parts = [row?.name ?? "", row?.module ?? "", formatDuration(duration), `starts at ${formatDuration(start)}`];
  if (cpuPercent !== null) parts.push(`CPU ${formatPercent(cpuPercent)}`);
  if ((data.calls.anomaly[call] ?? -1) >= 0) parts.push("anomaly");
  if (logs > 0) parts.push(formatNumberOf(logs, "log"));
  return visibleText(parts.join(", "));
}

/** A lane in one sentence. */
export function spokenLane(data: ViewData, id: LaneId): string {
  const lane = data.lanes[id];
  return lane ? visibleText([lane.name, laneNote(lane).replace(" · ", ", ")].filter(Boolean).join(", ")) : "";
}
