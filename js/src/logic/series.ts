import { at, firstAbove } from "./rows";
import { type Scale, xOf } from "./viewport";

/** Points of a line in CSS pixels over a 0 to 1 height; `n` pairs are valid. */
export interface Line {
  n: number;
  x: Float64Array;
  y: Float64Array;
}

/** CPU below this many percent of a core, for this long, is waiting. */
const WAITING_BELOW = 10;
const WAITING_FOR = 200e6;

/**
 * A metric as the points of a line: its samples, or per pixel the lowest and the highest when there are more than two to a
 * pixel, so that no peak is lost. Missing values are left out. One sample beyond each edge lets the line run out of the plot.
 */
export function reduce(time: Float64Array, values: Float64Array, top: number, scale: Scale): Line {
  const first = Math.max(firstAbove(time, scale.start) - 1, 0);
  const last = Math.min(firstAbove(time, scale.end) + 1, time.length);
  const dense = last - first > scale.width * 2;
  const capacity = dense ? Math.ceil(scale.width) * 2 + 8 : Math.max(last - first, 0);
  const line: Line = { n: 0, x: new Float64Array(capacity), y: new Float64Array(capacity) };
  const add = (x: number, value: number) => {
    line.x[line.n] = x;
    line.y[line.n++] = value / top;
  };
  if (!dense) {
    for (let i = first; i < last; i++) {
      const value = at(values, i);
      if (!Number.isNaN(value)) add(xOf(scale, at(time, i)), value);
    }
    return line;
  }
  let column = Number.NaN;
  let low = 0;
  let high = 0;
  let rising = true;
  const flush = () => {
    if (Number.isNaN(column)) return;
    add(column, rising ? low : high);
    if (high !== low) add(column, rising ? high : low);
  };
  for (let i = first; i < last; i++) {
    const value = at(values, i);
    if (Number.isNaN(value)) continue;
    const pixel = Math.min(Math.max(Math.floor(xOf(scale, at(time, i))), -1), Math.ceil(scale.width));
    if (pixel !== column) {
      flush();
      column = pixel;
      low = value;
      high = value;
    } else if (value < low) {
      low = value;
      rising = false;
    } else if (value > high) {
      high = value;
      rising = true;
    }
  }
  flush();
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
  let top = Number.NaN;
  for (const value of values) if (!(value <= top) && !Number.isNaN(value)) top = value;
  return top;
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
  let sum = 0;
  let count = 0;
  let peak = Number.NaN;
  let end = Number.NaN;
  for (let i = first; i < last; i++) {
    const value = at(values, i);
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
    if (!(value <= peak)) peak = value;
    end = value;
  }
  return { mean: count > 0 ? sum / count : Number.NaN, peak, last: end };
}
