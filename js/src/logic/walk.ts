import type { CallId, Calls } from "../data/types";
import { at, firstAbove, type Row, type RowIndex } from "./rows";

export type Step = "left" | "right" | "up" | "down";

/** The row that shows a call; null for one that is not drawn. */
export function rowOf(index: RowIndex, calls: Calls, call: CallId): Row | null {
  const lane = at(calls.lane, call);
  return index.lanes[lane]?.[at(calls.depth, call) - (index.top[lane] ?? 0)] ?? null;
}

/** Where an arrow key leads from a call: to its neighbours in the row, its caller, its first callee; null at an end. */
export function walk(index: RowIndex, calls: Calls, call: CallId, step: Step): CallId | null {
  const row = rowOf(index, calls, call);
  if (!row) return null;
  const start = at(calls.start, call);
  if (step === "left" || step === "right") {
    const place = positionOf(row, call, start) + (step === "left" ? -1 : 1);
    return (row.ids[place] ?? null) as CallId | null;
  }
  const lane = index.lanes[row.lane] ?? [];
  const depth = row.depth - (index.top[row.lane] ?? 0);
  if (step === "up") {
    const parent = at(calls.parent, call);
    if (depth > 0 && parent >= 0) return parent as CallId;
    return neighbour(index, row.lane, -1, start);
  }
  const below = lane[depth + 1];
  if (below) {
    const callee = below.ids[firstAbove(below.end, start)];
    if (callee !== undefined && at(calls.parent, callee) === call) return callee as CallId;
  }
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

function positionOf(row: Row, call: CallId, start: number): number {
  let place = firstAbove(row.start, start) - 1;
  while (place > 0 && at(row.ids, place) !== call) place--;
  return place;
}
