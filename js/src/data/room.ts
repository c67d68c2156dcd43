import type { CallId, Calls, ViewData } from "./types";

/** Parts of bars that a page holds at a time: some eight answers of the kernel. */
const ROOM = 200_000;

/**
 * Of a long recording the view holds bars that stand for several calls. What they are made of, a kernel tells when it is
 * looked at; these bars stand behind those of the view, in the same columns:
 *
 *     ids     0 … drawn − 1        drawn … drawn + used − 1     …
 *     are     the view's bars      parts of them                room for more
 *
 * So an id is all that is needed to draw a bar and to speak of it, and what is about the whole recording goes up to `count` of `Calls`.
 */
export interface Room {
  /** The bar of the view that each part belongs to, from id `drawn` on. */
  readonly of: Int32Array;
  used: number;
}

/** The view with room for parts of its bars, where it has joined any for lack of it. */
export function withRoom(data: ViewData): ViewData {
  const { calls, facts } = data;
  if (facts.running || !facts.detail || facts.detail.partial || facts.detail.calls <= calls.count) return data;
  const wider = Object.entries(calls).map(([name, column]) => [
    name,
    typeof column === "number" ? column : longer(column),
  ]);
  return { ...data, calls: Object.fromEntries(wider) as unknown as Calls, room: { of: new Int32Array(ROOM), used: 0 } };
}

function longer(column: Float64Array | Int32Array): Float64Array | Int32Array {
  const size = column.length + ROOM;
  const made = column instanceof Float64Array ? new Float64Array(size) : new Int32Array(size);
  made.set(column);
  return made;
}

/** The bar of the view that a call is, or is a part of. */
export function barOf({ calls, room }: Pick<ViewData, "calls" | "room">, call: CallId): CallId {
  return call < calls.drawn ? call : ((room?.of[call - calls.drawn] ?? -1) as CallId);
}

/** Starts of the view's own bars of threads. */
export function startsOf(calls: Calls): Float64Array {
  return calls.start.subarray(0, calls.count);
}
