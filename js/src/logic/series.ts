import { at, firstAbove, lowerBound } from "./rows";
import { type Scale, timeAt, xOf } from "./viewport";

/** Points of a line in CSS pixels over a 0 to 1 height; `n` pairs are valid. */
export interface Line {
  n: number;
  x: Float64Array;
  y: Float64Array;
}

/** CPU below this many percent of a core, for this long, is waiting. */
const WAITING_BELOW = 10;
const WAITING_FOR = 200e6;

/** Blocks of so many values know their lowest and highest, and blocks of so many blocks. */
const FAN = 16;

/** What is looked up of a series, whatever its length: made once for its array of values. */
interface Sums {
  /** Of the values before each one, and of all; missing ones are left out. */
  readonly sum: Float64Array;
  readonly known: Int32Array;
  readonly levels: readonly { readonly size: number; readonly low: Float64Array; readonly high: Float64Array }[];
}

const made = new WeakMap<Float64Array, Sums>();

function sumsOf(values: Float64Array): Sums {
  const before = made.get(values);
  if (before) return before;
  const sum = new Float64Array(values.length + 1);
  const known = new Int32Array(values.length + 1);
  values.forEach((value, i) => {
    const missing = Number.isNaN(value);
    sum[i + 1] = at(sum, i) + (missing ? 0 : value);
    known[i + 1] = at(known, i) + Number(!missing);
  });
  const levels: Sums["levels"][number][] = [];
  let [lows, highs] = [values, values];
  for (let size = FAN; size <= values.length; size *= FAN) {
    const low = new Float64Array(Math.floor(lows.length / FAN));
    const high = low.slice();
    for (let block = 0; block < low.length; block++) {
      low[block] = extreme(lows.subarray(block * FAN, (block + 1) * FAN), -1);
      high[block] = extreme(highs.subarray(block * FAN, (block + 1) * FAN), 1);
    }
    levels.push({ size, low, high });
    [lows, highs] = [low, high];
  }
  const sums = { sum, known, levels };
  made.set(values, sums);
  return sums;
}

/** The highest value, or with −1 the lowest; NaN without one. */
function extreme(values: Float64Array, sign: 1 | -1): number {
  let found = Number.NaN;
  for (const value of values) if (!(value * sign <= found * sign) && !Number.isNaN(value)) found = value;
  return found;
}

/** The lowest and the highest of some values; NaN without one. */
function extremes(values: Float64Array, { levels }: Sums, from: number, to: number): { low: number; high: number } {
  let low = Number.NaN;
  let high = Number.NaN;
  for (let i = from; i < to; ) {
    let level: Sums["levels"][number] | undefined;
    for (const each of levels) if (i % each.size === 0 && i + each.size <= to) level = each;
    const least = level ? at(level.low, i / level.size) : at(values, i);
    const most = level ? at(level.high, i / level.size) : at(values, i);
    if (!(least >= low) && !Number.isNaN(least)) low = least;
    if (!(most <= high) && !Number.isNaN(most)) high = most;
    i += level?.size ?? 1;
  }
  return { low, high };
}

/**
 * A metric as the points of a line: its samples, or per pixel the lowest and the highest when there are more than two to a
 * pixel, so that no peak is lost. Missing values are left out. One sample beyond each edge lets the line run out of the plot.
 */
export function reduce(time: Float64Array, values: Float64Array, top: number, scale: Scale): Line {
  const first = Math.max(firstAbove(time, scale.start) - 1, 0);
  const last = Math.min(firstAbove(time, scale.end) + 1, time.length);
  const dense = last - first > scale.width * 2;
  const columns = Math.ceil(scale.width);
  const capacity = dense ? columns * 2 + 8 : Math.max(last - first, 0);
  const line: Line = { n: 0, x: new Float64Array(capacity), y: new Float64Array(capacity) };
  const add = (x: number, value: number) => {
    if (Number.isNaN(value)) return;
    line.x[line.n] = x;
    line.y[line.n++] = value / top;
  };
  if (!dense) {
    for (let i = first; i < last; i++) add(xOf(scale, at(time, i)), at(values, i));
    return line;
  }
  const sums = sumsOf(values);
  let from = first;
  let before = Number.NaN;
  for (let column = -1; column <= columns; column++) {
    const to = column === columns ? last : lowerBound(time, timeAt(scale, column + 1));
    if (to <= from) continue;
    const { low, high } = extremes(values, sums, from, to);
    // The nearer one first: so a line that rises goes on rising.
    const falls = Math.abs(before - high) < Math.abs(before - low);
    add(column, falls ? high : low);
    if (high !== low) add(column, falls ? low : high);
    before = falls ? low : high;
    from = to;
  }
  return line;
}

/** An interval of time in nanoseconds. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

/**
 * Times when the process waited. A CPU value speaks of the time since the sample before it, so an interval begins at the
 * sample before the first low one.
 */
export function waiting(time: Float64Array, cpu: Float64Array): Interval[] {
  const found: Interval[] = [];
  let first = -1;
  for (let i = 0; i <= time.length; i++) {
    const low = i < time.length && at(cpu, i) < WAITING_BELOW;
    if (low && first < 0) first = i;
    if (low || first < 0) continue;
    const start = at(time, Math.max(first - 1, 0));
    const end = at(time, i - 1);
    if (end - start >= WAITING_FOR) found.push({ start, end });
    first = -1;
  }
  return found;
}

const TOPS = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];

/** The end of a scale that starts at 0: a round number not below `value`. */
export function niceTop(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return (TOPS.find((factor) => factor * power >= value) ?? 10) * power;
}

/** The CPU scale: 100 % is one core; a value a little over it is noise of the clock, not a second core. */
export function cpuTop(highest: number): number {
  return highest <= 110 ? 100 : niceTop(highest);
}

export function highest(values: Float64Array): number {
  return extremes(values, sumsOf(values), 0, values.length).high;
}

/** Positions of the samples inside a window. */
export function range(time: Float64Array, window: Interval): { first: number; last: number } {
  return { first: firstAbove(time, window.start - 1), last: firstAbove(time, window.end) };
}

/** The value that holds at a time: of the first sample not before it, as a CPU value speaks of the time up to it. */
export function valueAt(time: Float64Array, values: Float64Array, when: number): number {
  const place = Math.min(firstAbove(time, when - 1), time.length - 1);
  return place < 0 ? Number.NaN : at(values, place);
}

export interface Summary {
  readonly mean: number;
  readonly peak: number;
  readonly last: number;
}

/** Mean, highest and last value in a window; NaN without a value. */
export function summary(time: Float64Array, values: Float64Array, window: Interval): Summary {
  const { first, last } = range(time, window);
  const sums = sumsOf(values);
  const { sum, known } = sums;
  const count = at(known, last) - at(known, first);
  let end = last - 1;
  while (count > 0 && Number.isNaN(at(values, end))) end--;
  return {
    mean: count > 0 ? (at(sum, last) - at(sum, first)) / count : Number.NaN,
    peak: extremes(values, sums, first, last).high,
    last: count > 0 ? at(values, end) : Number.NaN,
  };
}
