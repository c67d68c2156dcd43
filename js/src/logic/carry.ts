import type { CallId, Ns, ViewData } from "../data/types";
import { barAt } from "./bar-at";
import { clampWindow, type TimeWindow, whole } from "./viewport";

/** The same call in newer or finer data. */
export function sameCall(from: ViewData, to: ViewData, id: CallId | null): CallId | null {
  if (id === null) return null;
  const { calls } = from;
  return barAt(to.calls, calls.lane[id] ?? -1, calls.depth[id] ?? -1, calls.start[id] ?? -1);
}

/** The window when a recording has grown: the whole stays the whole, one at the end follows it, any other stays. */
export function follow(window: TimeWindow, before: Ns, after: Ns): TimeWindow {
  const span = window.end - window.start;
  const all = whole(before);
  if (window.end < all.end - span * 0.01) return window;
  if (window.start <= span * 0.01) return whole(after);
  return clampWindow(after - span, after, after);
}
