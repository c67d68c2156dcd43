import type { CallId, Ns, ViewData } from "../data/types";
import { barAt } from "./bar-at";
import { clampWindow, type TimeWindow, whole } from "./viewport";

/** The same call in newer or finer data. */
export function sameCall(from: ViewData, to: ViewData, id: CallId | null): CallId | null {
  if (id === null) return null;
  const { calls } = from;
  return barAt(to.calls, calls.lane[id] ?? -1, calls.depth[id] ?? -1, calls.start[id] ?? -1);
}

/** The functions of the same packages in newer data, as what is chosen is chosen by them. */
export function sameChosen(from: ViewData, to: ViewData, chosen: Uint8Array | null): Uint8Array | null {
  if (!chosen) return null;
  const packageOf = ({ functions, packages }: ViewData, id: number) => {
    const row = packages[functions[id]?.package ?? -1];
    return `${row?.kind} ${row?.name}`;
  };
  const meant = new Set<string>();
  for (const [id, on] of chosen.entries()) if (on) meant.add(packageOf(from, id));
  return Uint8Array.from(to.functions, (_, id) => Number(meant.has(packageOf(to, id))));
}

/** The window when a recording has grown: the whole stays the whole, one at the end follows it, any other stays. */
export function followed(window: TimeWindow, before: Ns, after: Ns): TimeWindow {
  const span = window.end - window.start;
  const all = whole(before);
  if (window.end < all.end - span * 0.01) return window;
  if (window.start <= span * 0.01) return whole(after);
  return clampWindow(after - span, after, after);
}
