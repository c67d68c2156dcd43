import type { Calls, FunctionId } from "../data/types";
import { at } from "./rows";

/** Most calls that the strip of a card shows, and how many of them come before the one in question. */
export const STRIP_MOST = 60;
const STRIP_BEFORE = 30;

const families = new WeakMap<Calls, readonly Int32Array[]>();

/** All calls of a function, in order. Those of all functions are sorted at the first use: there may be a million calls. */
export function familyOf(calls: Calls, id: FunctionId): Int32Array {
  let known = families.get(calls);
  if (!known) {
    known = sorted(calls);
    families.set(calls, known);
  }
  return known[id] ?? new Int32Array();
}

/** A counting sort: the calls of each function stand side by side, in their order. */
function sorted({ count, function: functions }: Calls): Int32Array[] {
  let size = 0;
  for (let call = 0; call < count; call++) size = Math.max(size, at(functions, call) + 1);
  const first = new Int32Array(size + 1);
  for (let call = 0; call < count; call++) {
    const id = at(functions, call);
    first[id + 1] = at(first, id + 1) + 1;
  }
  for (let id = 0; id < size; id++) first[id + 1] = at(first, id + 1) + at(first, id);
  const next = first.slice();
  const order = new Int32Array(count);
  for (let call = 0; call < count; call++) {
    const id = at(functions, call);
    const place = at(next, id);
    order[place] = call;
    next[id] = place + 1;
  }
  return Array.from({ length: size }, (_, id) => order.subarray(at(first, id), at(first, id + 1)));
}

/** The part of a family that the strip shows: all, or 30 before and 29 after; moved, not shortened, at the ends. */
export function stripRange(count: number, at: number): { readonly from: number; readonly to: number } {
  if (count <= STRIP_MOST) return { from: 0, to: count };
  const from = Math.min(Math.max(at - STRIP_BEFORE, 0), count - STRIP_MOST);
  return { from, to: from + STRIP_MOST };
}
