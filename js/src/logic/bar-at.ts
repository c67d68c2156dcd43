import type { CallId, Calls } from "../data/types";

/** The bar at a depth of a lane that covers a moment: the call itself, or what stands for it; null if there is none. */
export function barAt(calls: Calls, lane: number, depth: number, time: number): CallId | null {
  let low = 0;
  let high = calls.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((calls.start[middle] ?? 0) > time) high = middle;
    else low = middle + 1;
  }
  for (let id = low - 1; id >= 0; id--) {
    if (calls.lane[id] !== lane || calls.depth[id] !== depth) continue;
    const start = calls.start[id] ?? 0;
    return time < start + (calls.duration[id] ?? 0) || time === start ? (id as CallId) : null;
  }
  return null;
}
