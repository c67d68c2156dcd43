import type { Bars } from "./detail";
import { at, firstAbove } from "./rows";

/** A bar this near the pointer is meant, in CSS pixels: one that is a pixel wide could hardly be met otherwise. */
const REACH = 2;

/** Position of the bar at x, or the nearest within reach; -1 if none. What is drawn is what is hit. */
export function barAt(bars: Bars, x: number): number {
  const next = firstAbove(bars.x0.subarray(0, bars.count), x);
  if (next > 0 && x < at(bars.x1, next - 1)) return next - 1;
  const left = next > 0 ? x - at(bars.x1, next - 1) : Number.POSITIVE_INFINITY;
  const right = next < bars.count ? at(bars.x0, next) - x : Number.POSITIVE_INFINITY;
  if (Math.min(left, right) > REACH) return -1;
  return left <= right ? next - 1 : next;
}
