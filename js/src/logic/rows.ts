import { barOf } from "../data/room";
import type { CallId, Calls, ViewData } from "../data/types";
import { isWaiting } from "./numbers";

/** Calls a block of the lowest level covers, and blocks a block of the next level covers. */
export const FAN = 16;

/**
 * Blocks of neighbouring calls of one row: the longest call, the widest gap before any of them, their function.
 *
 *     level 0   [ 16 calls ][ 16 calls ] …        level 1   [ 16 blocks ] …
 *
 * A run of calls too short to see may take in a whole block when both are small enough, without a look at its calls.
 */
export interface Level {
  readonly size: number;
  readonly longest: Float64Array;
  /** Position, in the row, of the longest call. */
  readonly longestAt: Int32Array;
  readonly gap: Float64Array;
  /** FunctionId of all its calls, or MIXED. */
  readonly function: Int32Array;
}

/** Stands for the function of calls of several functions. */
export const MIXED = -1;

/** The call is an anomaly's. */
export const ANOMALOUS = 1;
/** It waited for most of its time. */
export const WAITING = 2;

/** One row of one lane: its calls do not overlap, and are in order of time. */
export interface Row {
  readonly lane: number;
  /** Its place in the lane, from 0. */
  readonly place: number;
  readonly ids: Int32Array;
  readonly start: Float64Array;
  readonly end: Float64Array;
  readonly function: Int32Array;
  /** What is special about each call: bits of ANOMALOUS and WAITING. */
  readonly kind: Uint8Array;
  /** Number of calls that those before each one stand for; one more at the end for all. */
  readonly before: Int32Array;
  readonly levels: readonly Level[];
}

export interface RowIndex {
  /** Rows by lane, then by their place in it. */
  readonly lanes: readonly (readonly Row[])[];
  /** The place of the row in which a call is drawn; -1 for the outer frame of a cell where that is left out. */
  place(call: CallId): number;
}

/**
 * The outer frame of a cell is left out, and what it calls is a row higher. What a task of the cell does while the cell awaits
 * has another root and stays where it is:
 *
 *     seen     In [7]━━━━━━┓ work━━┓ In [7]━━┓        drawn     load━━━┓  work━━┓ load━━┓
 *              load━━━┓      sleep┓  load━━┓                              sleep┓
 */
export function indexRows(data: ViewData): RowIndex {
  const { calls, lanes } = data;
  const higher = leftOut(data);
  const base = new Int32Array(lanes.length + 1);
  // One more than a lane's deepest: what is left out is sorted into the first of each.
  for (let lane = 0; lane < lanes.length; lane++) base[lane + 1] = at(base, lane) + (lanes[lane]?.depth ?? 0) + 1;
  const total = at(base, lanes.length);
  const rowAt = (i: number) => at(base, at(calls.lane, i)) + 1 + at(calls.depth, i) - at(higher, i);
  // A counting sort by row: calls are already ordered by start, and it keeps that order.
  const offset = new Int32Array(total + 1);
  for (let i = 0; i < calls.drawn; i++) {
    const row = rowAt(i);
    offset[row + 1] = at(offset, row + 1) + 1;
  }
  for (let row = 0; row < total; row++) offset[row + 1] = at(offset, row + 1) + at(offset, row);
  const order = new Int32Array(calls.drawn);
  const next = offset.slice();
  for (let i = 0; i < calls.drawn; i++) {
    const row = rowAt(i);
    const place = at(next, row);
    order[place] = i;
    next[row] = place + 1;
  }
  return {
    place: (call) => at(calls.depth, call) - at(higher, barOf(data, call)),
    lanes: lanes.map((lane, id) => {
      const rows: Row[] = [];
      for (let place = 0; place < lane.depth; place++) {
        const row = at(base, id) + 1 + place;
        const ids = order.subarray(at(offset, row), at(offset, row + 1));
        // The deepest row is empty where all is a row higher.
        if (ids.length > 0 || place < lane.depth - 1) rows.push(makeRow(calls, id, place, ids));
      }
      return rows;
    }),
  };
}
/**
 * How much higher than its depth each call is drawn: 1 for the outer frame of a cell and what is in it. The frame stays where
 * the cell's own code took most of the time: then it is all there is to see.
 */
function leftOut({ calls, functions, lanes, packages }: ViewData): Uint8Array {
  // A cell's own frame bears the cell's label.
  const cells = functions.map((row) => row.name === row.file && packages[row.package]?.kind === "notebook");
  const isFrame = (root: number) => cells[at(calls.function, root)] === true;
  const others = new Float64Array(lanes.length);
  for (let i = 0; i < calls.count; i++) {
    if (at(calls.parent, i) >= 0) continue;
    const own = isFrame(i) ? at(calls.self, i) : 0;
    const lane = at(calls.lane, i);
    others[lane] = at(others, lane) + at(calls.duration, i) - 2 * own;
  }
  const higher = new Uint8Array(calls.drawn);
  for (let i = 0; i < calls.count; i++) {
    const parent = at(calls.parent, i);
    // A caller comes before what it calls.
    higher[i] = parent >= 0 ? at(higher, parent) : Number(isFrame(i) && at(others, at(calls.lane, i)) > 0);
  }
  return higher;
}

export function makeRow(
  calls: Pick<Calls, "start" | "duration" | "function" | "merged" | "anomaly" | "cpu" | "waiting" | "contended">,
  lane: number,
  place: number,
  ids: Int32Array,
): Row {
  const start = new Float64Array(ids.length);
  const end = new Float64Array(ids.length);
  const functions = new Int32Array(ids.length);
  const kind = new Uint8Array(ids.length);
  const before = new Int32Array(ids.length + 1);
  for (let i = 0; i < ids.length; i++) {
    const id = at(ids, i);
    functions[i] = at(calls.function, id);
    kind[i] = (at(calls.anomaly, id) >= 0 ? ANOMALOUS : 0) | (isWaiting(calls, id) ? WAITING : 0);
    before[i + 1] = at(before, i) + at(calls.merged, id);
    start[i] = at(calls.start, id);
    end[i] = at(calls.start, id) + at(calls.duration, id);
  }
  return { lane, place, ids, start, end, function: functions, kind, before, levels: levelsOf(start, end, functions) };
}

export function levelsOf(start: Float64Array, end: Float64Array, functions: Int32Array): Level[] {
  const levels: Level[] = [];
  let below: Level | null = null;
  for (let size = FAN; size <= start.length; size *= FAN) {
    const blocks = Math.floor(start.length / size);
    const longest = new Float64Array(blocks);
    const longestAt = new Int32Array(blocks);
    const gap = new Float64Array(blocks);
    const same = new Int32Array(blocks);
    for (let block = 0; block < blocks; block++) {
      longest[block] = -1;
      same[block] = below ? at(below.function, block * FAN) : at(functions, block * FAN);
      for (let k = block * FAN; k < (block + 1) * FAN; k++) {
        const duration: number = below ? at(below.longest, k) : at(end, k) - at(start, k);
        const before: number = below ? at(below.gap, k) : k > 0 ? at(start, k) - at(end, k - 1) : 0;
        if (duration > at(longest, block)) {
          longest[block] = duration;
          longestAt[block] = below ? at(below.longestAt, k) : k;
        }
        if (before > at(gap, block)) gap[block] = before;
        if ((below ? at(below.function, k) : at(functions, k)) !== at(same, block)) same[block] = MIXED;
      }
    }
    below = { size, longest, longestAt, gap, function: same };
    levels.push(below);
  }
  return levels;
}

/** First position whose value is above `value`. */
export function firstAbove(values: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** First position whose value is not below `value`. */
export function lowerBound(values: Float64Array, value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at(values, middle) >= value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Reads a typed array at a place known to be inside it. */
export function at(values: ArrayLike<number>, index: number): number {
  return values[index] as number;
}
