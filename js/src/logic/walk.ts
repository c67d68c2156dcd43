import type { CallId, Calls } from "../data/types";
import { at, firstAbove, type Row, type RowIndex } from "./rows";

export type Step = "left" | "right" | "up" | "down";

/** The row that shows a call; null for one that is not drawn. */
export function rowOf(index: RowIndex, calls: Calls, call: CallId): Row | null {
  return index.lanes[at(calls.lane, call)]?.[index.place(call)] ?? null;
}

/**
 * Where an arrow key leads from a call: to its neighbours in the row, its caller, its first callee; null at an end. Places, not
 * ids, say what is meant: the rows may be finer than those that the call was chosen in.
 */
export function walk(index: RowIndex, calls: Calls, call: CallId, step: Step): CallId | null {
  const row = rowOf(index, calls, call);
  if (!row) return null;
  const here = positionOf(row, call, at(calls.start, call));
  if (step === "left" || step === "right") return (row.ids[here + (step === "left" ? -1 : 1)] ?? null) as CallId | null;
  const start = at(row.start, here);
  const lane = index.lanes[row.lane] ?? [];
  if (step === "up") {
    const above = lane[row.place - 1];
    const caller = above ? firstAbove(above.start, start) - 1 : -1;
    if (above && caller >= 0 && at(above.end, caller) >= start) return at(above.ids, caller) as CallId;
    return neighbour(index, row.lane, -1, start);
  }
  const below = lane[row.place + 1];
  const callee = below ? firstAbove(below.end, start) : 0;
  if (below && callee < below.ids.length && at(below.start, callee) < at(row.end, here))
    return at(below.ids, callee) as CallId;
  return neighbour(index, row.lane, 1, start);
}

/** Past the top or bottom of a lane the arrows go on to the next lane with calls, at about the same time. */
function neighbour(index: RowIndex, lane: number, direction: 1 | -1, time: number): CallId | null {
  for (let next = lane + direction; next >= 0 && next < index.lanes.length; next += direction) {
    const row = index.lanes[next]?.[0];
    if (row && row.ids.length > 0) return at(row.ids, Math.max(firstAbove(row.start, time) - 1, 0)) as CallId;
  }
  return null;
}

/** The first call of the first lane that the window shows: where the arrows begin. */
export function firstVisible(index: RowIndex, start: number, end: number): CallId | null {
  for (const rows of index.lanes) {
    const row = rows[0];
    if (!row) continue;
    const place = firstAbove(row.end, start);
    if (place < row.ids.length && at(row.start, place) < end) return at(row.ids, place) as CallId;
  }
  return null;
}

/** Where a call is in its row, or the bar that stands there: several may begin at one moment. */
function positionOf(row: Row, call: CallId, start: number): number {
  const last = Math.max(firstAbove(row.start, start) - 1, 0);
  for (let place = last; place >= 0 && at(row.start, place) === start; place--)
    if (at(row.ids, place) === call) return place;
  return last;
}
