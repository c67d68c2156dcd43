import type { Sent } from "../data/parts";
import type { Room } from "../data/room";
import type { Calls, Ns } from "../data/types";
import { at, firstAbove, lowerBound, makeRow, type Row, type RowIndex } from "./rows";
import type { TimeWindow } from "./viewport";

/** A part of the recording at a level of detail: neighbours shorter than half of the resolution are joined. */
export interface Part {
  readonly start: number;
  readonly end: number;
  readonly resolution: number;
}

/** More than the window is asked for, so that a small pan needs no question: this share of it on each side. */
const AROUND = 1;
/** A resolution so many times as fine as the pixels: so that some zooming in needs none either. */
const AHEAD = 8;

function covers(part: Part, window: TimeWindow): boolean {
  return part.start <= window.start && part.end >= window.end;
}

/** The part to show: the finest that covers the window; null where the view's own bars are as fine as the pixels, or there is none. */
export function chosen<P extends Part>(parts: readonly P[], window: TimeWindow, pixel: number, own: number): P | null {
  if (own <= pixel) return null;
  let found: P | null = null;
  for (const part of parts) {
    if (covers(part, window) && part.resolution < own && (!found || part.resolution < found.resolution)) found = part;
  }
  return found;
}

/** What to ask for; null where it is there, or as fine as it can be had: one that was asked for this window and no wider one. */
export function wanted(
  parts: readonly Part[],
  window: TimeWindow,
  pixel: number,
  own: number,
  duration: Ns,
): Part | null {
  if (own <= pixel) return null;
  const span = window.end - window.start;
  const widest = span * (1 + 2 * AROUND) * 1.5;
  const enough = (part: Part) => covers(part, window) && (part.resolution <= pixel || part.end - part.start <= widest);
  if (parts.some(enough)) return null;
  return {
    start: Math.floor(Math.max(window.start - AROUND * span, 0)),
    end: Math.ceil(Math.min(window.end + AROUND * span, duration)) + 1,
    resolution: Math.floor(pixel / AHEAD),
  };
}

/** Puts what Python has sent behind the view's bars, where there is room; the id of the first, or −1 where there is not. */
export function stored(calls: Calls, room: Room, sent: Sent): number {
  if (room.used + sent.count > room.of.length) return -1;
  const first = calls.drawn + room.used;
  for (const [name, column] of Object.entries(sent)) {
    const own = calls[name as keyof Calls];
    if (typeof own !== "number" && typeof column !== "number" && own) own.set(column, first);
  }
  room.of.set(sent.of, room.used);
  for (let i = 0; i < sent.count; i++) {
    const parent = at(sent.parent, i);
    calls.parent[first + i] = parent < -1 ? -2 - parent : parent < 0 ? -1 : first + parent;
  }
  room.used += sent.count;
  return first;
}

/**
 * The rows of a part: the view's bars in it, and in place of those that were sent in parts, these.
 *
 *     view     ▆▆▆▆ ▂▂▂▂▂▂▂▂ ▆▆▆       ▂ joined
 *     part      ▆▆▆ ▆▂▂ ▆▆ ▂ ▆
 */
export function finerRows(
  index: RowIndex,
  calls: Calls,
  room: Room,
  first: number,
  count: number,
  part: Part,
): RowIndex {
  // The parts of a bar in order of time: the first one, and of each the next.
  const begins = new Map<number, number>();
  const next = new Int32Array(count).fill(-1);
  for (let i = count - 1; i >= 0; i--) {
    const bar = at(room.of, first + i - calls.drawn);
    next[i] = begins.get(bar) ?? -1;
    begins.set(bar, i);
  }
  const rowOf = (row: Row): Row => {
    const ids: number[] = [];
    const last = lowerBound(row.start, part.end);
    for (let place = firstAbove(row.end, part.start); place < last; place++) {
      const whole = at(row.ids, place);
      let i = begins.get(whole) ?? -1;
      // A bar that could not be divided is itself.
      if (i < 0 || at(next, i) < 0) ids.push(whole);
      else for (; i >= 0; i = at(next, i)) ids.push(first + i);
    }
    return makeRow(calls, row.lane, row.place, Int32Array.from(ids));
  };
  return { place: index.place, lanes: index.lanes.map((rows) => rows.map(rowOf)) };
}
