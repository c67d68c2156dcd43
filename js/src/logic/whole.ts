import type { ViewData } from "../data/types";
import { formatCount, formatDuration, formatNumberOf } from "./format";

/** What the whole recording has, and what of it the view leaves out; `asked`: whether there is a kernel that tells more. */
export function wholeWords(
  { facts, calls, functions, lanes, logs }: Pick<ViewData, "facts" | "calls" | "functions" | "lanes" | "logs">,
  asked: boolean,
): string {
  if (calls.count === 0) return "no calls";
  const { detail } = facts;
  const what = [
    formatNumberOf(detail?.calls ?? calls.count, "call"),
    `of ${formatNumberOf(detail?.functions ?? functions.length, "function")}`,
    `in ${formatNumberOf(lanes.filter((lane) => lane.kind !== "asyncio").length, "thread")}`,
  ].join(" ");
  const missing = [];
  // Joined are neighbours that are shorter than half of it.
  if (detail && detail.calls > calls.count)
    missing.push(
      `neighbours under ${formatDuration(detail.resolution / 2)} are joined${facts.running ? "" : asked ? " until you zoom in" : ": their detail is not in this file"}`,
    );
  if (detail && detail.logs > logs.length)
    missing.push(`${formatCount(logs.length)} of ${formatNumberOf(detail.logs, "log")} are here`);
  return [what, ...missing].join("; ");
}
