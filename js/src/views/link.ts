import type { Ns, Place, ViewData } from "../data/types";
import { barAt } from "../logic/bar-at";
import type { Interval } from "../state/store";
import { followAddress } from "./address";
import type { Context } from "./context";

/** So long the range has to rest before the others are told. */
const REST_MS = 100;

/** What Python says to `rec.show`; `row` is that of a log entry or an anomaly. */
interface Shown extends Interval {
  readonly kind: "range" | "call" | "log" | "anomaly" | "span";
  readonly lane?: number;
  readonly depth?: number;
  readonly row?: number;
}

/** Keeps the selected range the same here, on the other views and in Python, and goes where Python says; in a file, its address. */
export function createLink(context: Context): () => void {
  const { data, store, host, show } = context;
  if (host.kind === "none") return followAddress(context);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const isShared = () => String(wholeOf(store.get().range)) === String(host.range.get());
  const take = () => {
    clearTimeout(timer);
    if (!isShared()) store.set({ range: intervalOf(host.range.get(), data.facts.duration) });
  };
  const tell = () => {
    if (!isShared()) host.range.set(wholeOf(store.get().range));
  };
  const ends = [
    store.subscribe((state, before) => {
      if (state.range === before.range) return;
      clearTimeout(timer);
      timer = setTimeout(tell, REST_MS);
    }),
    host.range.listen(take),
    host.listen("show", (body) => show(placeOf(data, body as Shown))),
  ];
  // What was selected before this page was there, unless somebody here was quicker.
  if (store.get().range) tell();
  else take();
  return () => {
    clearTimeout(timer);
    for (const end of ends) end();
  };
}

/** A call goes by its place: a view of many calls numbers its bars in its own way, and may hold fewer logs. */
function placeOf(data: ViewData, { kind, start, end, lane = -1, depth = -1, row = -1 }: Shown): Place {
  const call = kind === "call" ? barAt(data.calls, lane, depth, start) : null;
  if (call !== null) return { call };
  if (kind === "anomaly" && data.anomalies[row]?.start === start) return { anomaly: row };
  if (kind === "log" && data.logs[row]?.time === start) return { log: row };
  return { start, end };
}

/** In whole nanoseconds, of which a range has at least one. */
function wholeOf(range: Interval | null): readonly [number, number] | null {
  if (!range) return null;
  const start = Math.round(range.start);
  return [start, Math.max(Math.round(range.end), start + 1)];
}

function intervalOf(range: readonly [number, number] | null, duration: Ns): Interval | null {
  const start = Math.max(range?.[0] ?? 0, 0) as Ns;
  const end = Math.min(range?.[1] ?? 0, duration) as Ns;
  return start < end ? { start, end } : null;
}
