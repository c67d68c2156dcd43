import { startsOf } from "../data/room";
import type { CallId, Calls } from "../data/types";
import { firstAbove, type RowIndex } from "./rows";
import type { TimeWindow } from "./viewport";

/** The longest calls that a window shows, by the part of them in it; in order of lane and time. Those not drawn are left out. */
export function longestCalls(calls: Calls, index: RowIndex, window: TimeWindow, most: number): CallId[] {
  const last = firstAbove(startsOf(calls), window.end);
  const parts: { call: CallId; part: number }[] = [];
  // Kept to twice as many as are wanted: what is too short to stay is thrown away from time to time.
  const shrink = () => {
    parts.sort((a, b) => b.part - a.part);
    parts.length = Math.min(parts.length, most);
  };
  let least = 0;
  for (let call = 0; call < last; call++) {
    const start = calls.start[call] as number;
    const end = start + (calls.duration[call] as number);
    const part = Math.min(end, window.end) - Math.max(start, window.start);
    if (part <= least || index.place(call as CallId) < 0) continue;
    parts.push({ call: call as CallId, part });
    if (parts.length < 2 * most) continue;
    shrink();
    least = parts.at(-1)?.part ?? 0;
  }
  shrink();
  const lane = (call: number) => calls.lane[call] as number;
  return parts.map(({ call }) => call).sort((a, b) => lane(a) - lane(b) || a - b);
}
