import type { CallId, Calls, FunctionId } from "../data/types";

/** Most calls that the strip of a card shows, and how many of them come before the one in question. */
export const STRIP_MOST = 60;
const STRIP_BEFORE = 30;

/** All calls of a function, in order. Looked up once per function: a recording may have a million calls. */
export function createFamilies(calls: Calls): (id: FunctionId) => Int32Array {
  const known = new Map<FunctionId, Int32Array>();
  return (id) => {
    const found = known.get(id);
    if (found) return found;
    const family: number[] = [];
    for (let call = 0; call < calls.count; call++) if (calls.function[call] === id) family.push(call);
    const made = Int32Array.from(family);
    known.set(id, made);
    return made;
  };
}

/** The part of a family that the strip shows: all, or 30 before and 29 after; moved, not shortened, at the ends. */
export function stripRange(count: number, at: number): { readonly from: number; readonly to: number } {
  if (count <= STRIP_MOST) return { from: 0, to: count };
  const from = Math.min(Math.max(at - STRIP_BEFORE, 0), count - STRIP_MOST);
  return { from, to: from + STRIP_MOST };
}

/** The callers of a call, outermost first, the call itself last. */
export function pathOf(calls: Calls, call: CallId): CallId[] {
  const path: CallId[] = [];
  for (let id: number = call; id >= 0; id = calls.parent[id] ?? -1) path.push(id as CallId);
  return path.reverse();
}
