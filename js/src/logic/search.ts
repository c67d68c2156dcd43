import type { CallId, ViewData } from "../data/types";

/** Characters of a text that are searched: one log entry may be a megabyte in one line. */
const SEARCHED_MOST = 20_000;

/** What a query finds. Rows are looked up by id: 1 where they match. */
export interface Found {
  readonly query: string;
  readonly functions: Uint8Array;
  readonly logs: Uint8Array;
  readonly callCount: number;
  readonly logCount: number;
  readonly functionCount: number;
  /** Time of the matching calls in nanoseconds; a call inside another that matches is not counted again. */
  readonly time: number;
}

/**
 * Whether a text matches: without regard to case, as plain text or as `/regex/`. One that is not written to its end, or is no
 * regular expression yet, is taken as far as it can be; null for nothing to search for.
 */
export function matcherOf(query: string): ((text: string) => boolean) | null {
  const wanted = query.trim();
  if (wanted === "" || wanted === "/" || wanted === "//") return null;
  if (wanted.startsWith("/")) {
    const pattern = compiled(wanted.slice(1).replace(/(?<!\\)\/$/, ""));
    return pattern && ((text) => pattern.test(text.slice(0, SEARCHED_MOST)));
  }
  const plain = wanted.toLowerCase();
  return (text) => text.slice(0, SEARCHED_MOST).toLowerCase().includes(plain);
}

/** What closes a pattern that is typed up to the middle of a group or a set. */
const CLOSERS = ["", ")", "]", "])", "))"];

/**
 * The longest beginning of a pattern that is a regular expression, with what is open in it closed; null if there is none. One
 * that is not whole and matches the empty text, as "(" would, says nothing yet.
 */
function compiled(pattern: string): RegExp | null {
  for (let end = pattern.length; end > 0; end--) {
    const begun = pattern.slice(0, end);
    for (const closer of CLOSERS) {
      // A closer that closes nothing would be a letter to look for.
      if ((closer.includes("]") && !begun.includes("[")) || (closer && begun.endsWith("\\"))) continue;
      const found = regex(begun + closer);
      const whole = end === pattern.length && closer === "";
      if (found && (whole || !found.test(""))) return found;
    }
  }
  return null;
}

function regex(source: string): RegExp | null {
  try {
    return new RegExp(source, "i");
  } catch {
    return null;
  }
}

/** Functions by name, module or file; log entries by message, logger or function. Null when nothing is searched for. */
export function search(data: ViewData, query: string): Found | null {
  const matches = matcherOf(query);
  if (!matches) return null;
  const { calls } = data;
  const functions = Uint8Array.from(data.functions, (row) =>
    Number(matches(row.name) || matches(row.module) || matches(row.file)),
  );
  const logs = Uint8Array.from(data.logs, (row) =>
    Number(matches(row.message) || matches(row.logger) || matches(row.function)),
  );
  const inside = new Uint8Array(calls.count);
  let callCount = 0;
  let time = 0;
  for (let call = 0; call < calls.count; call++) {
    // A caller comes before what it calls.
    const parent = calls.parent[call] ?? -1;
    const within = parent >= 0 && inside[parent] === 1;
    const match = functions[calls.function[call] ?? -1] === 1;
    inside[call] = Number(within || match);
    if (!match) continue;
    callCount++;
    if (!within) time += calls.duration[call] ?? 0;
  }
  return { query, functions, logs, callCount, logCount: sum(logs), functionCount: sum(functions), time };
}

function sum(values: Uint8Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** The matching call after, or before, one; round the ends; null if none matches. */
export function nextCall(data: ViewData, found: Found, from: CallId | null, step: 1 | -1): CallId | null {
  const { calls } = data;
  return next(calls.count, from, step, (call) => found.functions[calls.function[call] ?? -1] === 1) as CallId | null;
}

/** The next position, round the ends, at which something holds; null if it holds nowhere. */
export function next(count: number, from: number | null, step: 1 | -1, holds: (at: number) => boolean): number | null {
  let at = from ?? (step > 0 ? -1 : 0);
  for (let tried = 0; tried < count; tried++) {
    at = (at + step + count) % count;
    if (holds(at)) return at;
  }
  return null;
}
