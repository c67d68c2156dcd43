import { at, firstAbove, type Level, levelsOf, lowerBound } from "./rows";
import { type Scale, timeAt, xOf } from "./viewport";

/** Intervals that do not overlap, in order of time, with what is needed to find the long ones among very many. */
export interface Intervals {
  readonly start: Float64Array;
  readonly end: Float64Array;
  readonly levels: readonly Level[];
}

export function intervalsOf<Row>(
  rows: readonly Row[],
  startOf: (row: Row) => number,
  endOf: (row: Row) => number,
): Intervals {
  const start = Float64Array.from(rows, startOf);
  const end = Float64Array.from(rows, endOf);
  return { start, end, levels: levelsOf(start, end, new Int32Array(start.length)) };
}

/** Positions of those in view that are at least so many pixels wide. Work is bound to them, however many are shorter. */
export function wideOnes({ start, end, levels }: Intervals, scale: Scale, width: number): number[] {
  const found: number[] = [];
  const shortest = width / scale.density;
  const last = lowerBound(start, scale.end);
  for (let i = firstAbove(end, scale.start); i < last; ) {
    const block = shortBlock(levels, i, last, shortest);
    if (block === 0 && at(end, i) - at(start, i) >= shortest) found.push(i);
    i += Math.max(block, 1);
  }
  return found;
}

/** Size of the largest block that begins at `i`, ends before `last`, and has no interval as long as that; 0 if there is none. */
function shortBlock(levels: readonly Level[], i: number, last: number, shortest: number): number {
  let size = 0;
  for (const level of levels) {
    if (i % level.size !== 0 || i + level.size > last || at(level.longest, i / level.size) >= shortest) break;
    size = level.size;
  }
  return size;
}

/**
 * Visits the intervals in view from left to right, but none that ends within a pixel of the last one's end: what is drawn is
 * bound to the pixels.
 */
export function eachSeen(
  { start, end }: Pick<Intervals, "start" | "end">,
  scale: Scale,
  visit: (i: number) => void,
): void {
  for (let i = firstAbove(end, scale.start); i < start.length && at(start, i) <= scale.end; ) {
    visit(i);
    i = Math.max(i + 1, lowerBound(end, timeAt(scale, xOf(scale, at(end, i)) + 1)));
  }
}
