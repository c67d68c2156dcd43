import type { CitedPlace, LogRow, Ns, Place, ViewData } from "../data/types";
import { formatDuration, formatRange } from "./format";
import { shownName } from "./labels";
import { visibleText } from "./visible";

/** A log entry is cut here where it names itself. */
const WORDS = 40;
/** So many nanoseconds before and after a log entry are about it, as in `microlog_nb/explain/focus.py`. */
const AROUND = 5e8;

/** What a question is about, in words: "the call fit_fold, 24.0 s". */
export function aboutWords(data: ViewData, place: Place | null): string {
  if (place === null) return "the whole recording";
  if ("start" in place) return `the range ${formatRange(place.start, place.end)}`;
  if ("log" in place) {
    const log = data.logs[place.log];
    return `the log entry at ${formatDuration(log?.time ?? 0)}: ${log ? beginning(log) : ""}`;
  }
  const row = "anomaly" in place ? data.anomalies[place.anomaly] : undefined;
  const call = "call" in place ? place.call : (row?.call ?? -1);
  const name = shownName(data.functions[data.calls.function[call] ?? -1]?.name ?? "");
  if (row) return `the anomaly ${[row.kind, name].filter(Boolean).join(" ")}, ${formatDuration(row.start)}`;
  return `the call ${name}, ${formatDuration(data.calls.start[call] ?? 0)}`;
}

function beginning(log: LogRow): string {
  const line = visibleText(log.message.trimStart().split("\n", 1)[0] ?? "");
  return line.length > WORDS ? `${line.slice(0, WORDS - 1)}…` : line;
}

/** The same as Python reads it. Where the view joins calls, or leaves log entries out, its numbers are not Python's: the time says it. */
export function focusOf(data: ViewData, place: Place | null): object | undefined {
  if (place === null) return undefined;
  const { detail, duration } = data.facts;
  const range = (start: number, end: number) => ({
    range: [Math.max(start, 0) / 1e9, Math.min(end, duration) / 1e9],
  });
  if ("start" in place) return range(place.start, place.end);
  if ("anomaly" in place) return place;
  // Of what a task was seen in, Python is told the time.
  if (!detail && !("call" in place && place.call >= data.calls.count)) return place;
  if ("log" in place) {
    const time = data.logs[place.log]?.time ?? 0;
    return range(time - AROUND, time + AROUND);
  }
  const start = data.calls.start[place.call] ?? 0;
  return range(start, start + (data.calls.duration[place.call] ?? 0));
}

/** What the user may have chosen in any view. */
export interface Chosen {
  readonly range: { readonly start: Ns; readonly end: Ns } | null;
  readonly selected: number | null;
  readonly anomaly: number | null;
  readonly log: number | null;
}

/** What the user has chosen, the whole recording first. */
export function choices(state: Chosen, chosen: Place | null): readonly (Place | null)[] {
  const all: (Place | null)[] = [null, chosen];
  if (state.range) all.push({ start: state.range.start, end: state.range.end });
  if (state.selected !== null) all.push({ call: state.selected });
  if (state.anomaly !== null) all.push({ anomaly: state.anomaly });
  if (state.log !== null) all.push({ log: state.log });
  const keys = all.map((place) => JSON.stringify(place));
  return all.filter((_, i) => keys.indexOf(keys[i] ?? "") === i);
}

/** The bar of a cited call, -1 where the view has none of its own for it. */
export function callAt(data: ViewData, place: CitedPlace): number {
  const { calls } = data;
  for (let call = 0; call < calls.count; call++) {
    if (
      calls.start[call] === place.start &&
      calls.function[call] === place.function &&
      calls.duration[call] === place.duration
    )
      return call;
  }
  return -1;
}
