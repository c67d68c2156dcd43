import { firstAbove, type Level, lowerBound, MIXED, type Row } from "./rows";
import type { Scale } from "./viewport";

/** Narrower calls, in CSS pixels, join into one bar. */
export const MERGE_BELOW = 0.5;
/** A gap at least this wide, in CSS pixels, ends a joined bar. */
export const SPLIT_AT = 1;

/** The bars of one row as parallel arrays, reused from frame to frame. */
export interface Bars {
  count: number;
  /** Left and right edges in CSS pixels, not clipped to the plot. */
  x0: Float64Array;
  x1: Float64Array;
  /** The CallId shown: the call, or the longest of the joined calls. */
  call: Int32Array;
  /** How many calls the bar stands for. */
  merged: Int32Array;
  /** FunctionId of all calls of the bar, or MIXED. */
  function: Int32Array;
  /** FunctionId of the call shown, and what is special about it as in `Row.kind`. */
  own: Int32Array;
  kind: Uint8Array;
}

export function emptyBars(): Bars {
  const ints = () => new Int32Array(64);
  return {
    count: 0,
    x0: new Float64Array(64),
    x1: new Float64Array(64),
    call: ints(),
    merged: ints(),
    function: ints(),
    own: ints(),
    kind: new Uint8Array(64),
  };
}

function push(bars: Bars, x0: number, x1: number, row: Row, shown: number, merged: number, same: number): void {
  const i = bars.count++;
  if (i === bars.call.length) {
    bars.x0 = grown(bars.x0, new Float64Array(i * 2));
    bars.x1 = grown(bars.x1, new Float64Array(i * 2));
    bars.call = grown(bars.call, new Int32Array(i * 2));
    bars.merged = grown(bars.merged, new Int32Array(i * 2));
    bars.function = grown(bars.function, new Int32Array(i * 2));
    bars.own = grown(bars.own, new Int32Array(i * 2));
    bars.kind = grown(bars.kind, new Uint8Array(i * 2));
  }
  bars.x0[i] = x0;
  bars.x1[i] = x1;
  bars.call[i] = row.ids[shown] as number;
  bars.merged[i] = merged;
  bars.function[i] = same;
  bars.own[i] = row.function[shown] as number;
  bars.kind[i] = row.kind[shown] as number;
}

function grown<A extends Float64Array | Int32Array | Uint8Array>(from: A, to: A): A {
  to.set(from);
  return to;
}

/**
 * The bars of a row that the scale shows. Calls under half a pixel join with their neighbours while the gap between them is
 * under a pixel. Each bar, or the gap after it, is half a pixel or more, and joined calls are skipped by whole blocks: so the
 * work is bound to the pixels, whatever the number of calls.
 */
export function visibleBars(row: Row, scale: Scale, bars: Bars): Bars {
  bars.count = 0;
  const { start, end, levels, before, function: functions } = row;
  const shortest = MERGE_BELOW / scale.density;
  const split = SPLIT_AT / scale.density;
  const last = lowerBound(start, scale.end);
  let i = firstAbove(end, scale.start);
  // A call without duration at the very start of the window ends there, too, and is seen.
  while (i > 0 && start[i - 1] === scale.start) i--;
  while (i < last) {
    const first = i;
    let longest = i;
    let duration = (end[i] as number) - (start[i] as number);
    let same = functions[i] as number;
    i++;
    if (duration < shortest) {
      while (i < last) {
        const block = blockAt(levels, i, last, shortest, split);
        if (block) {
          const n = i / block.size;
          if ((block.longest[n] as number) > duration) {
            duration = block.longest[n] as number;
            longest = block.longestAt[n] as number;
          }
          if (block.function[n] !== same) same = MIXED;
          i += block.size;
          continue;
        }
        const next = (end[i] as number) - (start[i] as number);
        if (next >= shortest || (start[i] as number) - (end[i - 1] as number) >= split) break;
        if (next > duration) {
          duration = next;
          longest = i;
        }
        if (functions[i] !== same) same = MIXED;
        i++;
      }
    }
    const x0 = ((start[first] as number) - scale.start) * scale.density;
    const x1 = ((end[i - 1] as number) - scale.start) * scale.density;
    const count = (before[i] as number) - (before[first] as number);
    push(bars, x0, Math.max(x1, x0 + 1), row, longest, count, same);
  }
  return bars;
}

/** The largest block that begins at `i`, ends before `last`, and can be taken in whole. */
function blockAt(levels: readonly Level[], i: number, last: number, shortest: number, split: number): Level | null {
  let found: Level | null = null;
  for (const level of levels) {
    if (i % level.size !== 0 || i + level.size > last) break;
    const n = i / level.size;
    if ((level.longest[n] as number) >= shortest || (level.gap[n] as number) >= split) break;
    found = level;
  }
  return found;
}
