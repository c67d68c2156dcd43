import type { CallId, Calls } from "../data/types";

/** The callers of a call, outermost first, the call itself last. */
export function pathOf(calls: Calls, call: CallId): CallId[] {
  const path: CallId[] = [];
  for (let id: number = call; id >= 0; id = calls.parent[id] ?? -1) path.push(id as CallId);
  return path.reverse();
}
