import type { ViewData } from "../data/types";

/** A place in a report, as its address names it. Times are nanoseconds, ids positions in `ViewData`. */
export interface Address {
  readonly tab: string;
  readonly window: { readonly start: number; readonly end: number };
  readonly range: { readonly start: number; readonly end: number } | null;
  readonly selected: number | null;
  readonly log: number | null;
  readonly function: number | null;
  readonly anomaly: number | null;
  readonly query: string;
}

type Id = "selected" | "log" | "function" | "anomaly";
const IDS: readonly Id[] = ["selected", "log", "function", "anomaly"];
const NAMES: Readonly<Record<Id, string>> = { selected: "call", log: "log", function: "function", anomaly: "anomaly" };

/** The part of an address after "#": `tab=log&time=0-48200000000&range=8900000000-20200000000&call=12&search=fit`. */
export function fragmentOf(place: Address): string {
  const written = new URLSearchParams({ tab: place.tab, time: timesOf(place.window) });
  if (place.range) written.set("range", timesOf(place.range));
  for (const id of IDS) {
    const value = place[id];
    if (value !== null) written.set(NAMES[id], String(value));
  }
  if (place.query) written.set("search", place.query);
  return written.toString();
}

/** What a fragment says and this recording has; null for one that is none of ours. */
export function addressOf(fragment: string, data: ViewData, tabs: readonly string[]): Address | null {
  const read = new URLSearchParams(fragment.replace(/^#/, ""));
  const { duration } = data.facts;
  const window = intervalOf(read.get("time"), duration);
  const tab = read.get("tab") ?? "";
  if (!window || !tabs.includes(tab)) return null;
  const counts: Readonly<Record<Id, number>> = {
    selected: data.calls.count,
    log: data.logs.length,
    function: data.functions.length,
    anomaly: data.anomalies.length,
  };
  const idOf = (id: Id) => {
    const text = read.get(NAMES[id]) ?? "";
    return /^\d+$/.test(text) && Number(text) < counts[id] ? Number(text) : null;
  };
  return {
    tab,
    window,
    range: intervalOf(read.get("range"), duration),
    selected: idOf("selected"),
    log: idOf("log"),
    function: idOf("function"),
    anomaly: idOf("anomaly"),
    query: read.get("search") ?? "",
  };
}

function timesOf({ start, end }: { readonly start: number; readonly end: number }): string {
  return `${Math.round(start)}-${Math.round(end)}`;
}

function intervalOf(text: string | null, duration: number): { readonly start: number; readonly end: number } | null {
  const [, first, last] = /^(\d+)-(\d+)$/.exec(text ?? "") ?? [];
  const [start, end] = [Number(first), Math.min(Number(last), duration)];
  return start < end ? { start, end } : null;
}
