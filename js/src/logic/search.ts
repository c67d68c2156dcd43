import type { CallId, ViewData } from "../data/types";
import { covered } from "./covered";

/** Characters of a text that are searched: one log entry may be a megabyte in one line. */
const SEARCHED_MOST = 20_000;

/** What a view searches among. */
export type Kind = "call" | "function" | "log" | "anomaly";

/** How many there are of how many, and their total time in nanoseconds: what is inside another is not counted again. */
export interface Matches {
  readonly count: number;
  readonly of: number;
  readonly time: number;
}

/** What a query finds. Rows are looked up by id: 1 where they match. */
export interface Found {
  readonly query: string;
  readonly functions: Uint8Array;
  readonly logs: Uint8Array;
  readonly anomalies: Uint8Array;
  /** The time of functions is that of their calls, the time of log entries that of the calls that wrote them. */
  readonly matches: Readonly<Record<Kind, Matches>>;
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
  const anomalies = Uint8Array.from(data.anomalies, (row) => functions[row.function] ?? 0);
  const inside = new Uint8Array(calls.count);
  let count = 0;
  let time = 0;
  for (let call = 0; call < calls.count; call++) {
    // A caller comes before what it calls.
    const parent = calls.parent[call] ?? -1;
    const within = parent >= 0 && inside[parent] === 1;
    const match = functions[calls.function[call] ?? -1] === 1;
    inside[call] = Number(within || match);
    if (!match) continue;
    count++;
    if (!within) time += calls.duration[call] ?? 0;
  }
  const among = (found: Uint8Array, of: number) => ({ count: sum(found), of: found.length, time: of });
  return {
    query,
    functions,
    logs,
    anomalies,
    matches: {
      call: { count, of: calls.count, time },
      function: among(functions, time),
      log: among(logs, timeOfWriters(data, logs)),
      anomaly: among(anomalies, covered(data.anomalies.filter((_, id) => anomalies[id] === 1))),
    },
  };
}

/** Time of the calls that wrote these entries. */
function timeOfWriters({ calls, logs }: ViewData, found: Uint8Array): number {
  const writers = new Set(logs.flatMap(({ call }, id) => (found[id] === 1 && call >= 0 ? [call] : [])));
  let time = 0;
  for (const writer of writers) {
    let caller = calls.parent[writer] ?? -1;
    while (caller >= 0 && !writers.has(caller)) caller = calls.parent[caller] ?? -1;
    if (caller < 0) time += calls.duration[writer] ?? 0;
  }
  return time;
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
