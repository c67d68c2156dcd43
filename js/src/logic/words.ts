import type { CallId, ViewData } from "../data/types";
import { ofTask } from "./awaits";
import { formatDuration, formatNumberOf, formatPercent, formatRange, formatRatio } from "./format";
import { type CallNumbers, numbersOf } from "./numbers";

/** A sentence; the numbers that matter most in it are strong. */
export type Words = readonly (string | { readonly strong: string })[];

export function plain(words: Words): string {
  return words.map((word) => (typeof word === "string" ? word : word.strong)).join("");
}

const strong = (text: string) => ({ strong: text });

/** A call this many times its median is slower, or faster, than usual. */
const UNUSUAL = 1.2;

/** How a call compares with the others of its function. */
export function comparison(duration: number, median: number, family: readonly number[] | Float64Array): string {
  const count = family.length;
  if (count < 2 || median <= 0) return "The only call of this function.";
  const ratio = duration / median;
  const all = formatNumberOf(count, "call");
  if (ratio >= UNUSUAL) {
    const most = family.every((other) => other <= duration);
    return `${most ? `The slowest of ${all}` : "Slower than usual"}: ${formatRatio(ratio)} the median${most ? "" : ` of ${all}`}.`;
  }
  if (ratio <= 1 / UNUSUAL) {
    const least = family.every((other) => other >= duration);
    return `${least ? `The fastest of ${all}` : "Faster than usual"}: ${formatRatio(ratio)} the median${least ? "" : ` of ${all}`}.`;
  }
  return `As long as usual: the median of ${all} is ${formatDuration(median)}.`;
}

/** Less of a call is not worth the words. */
const LOCK_FROM = 0.01;

/** How much a call waited; "" where it is not known. */
export function waitingWords({ duration, waiting, contended, waitingPercent }: CallNumbers): string {
  if (waiting === null || waitingPercent === null) return "";
  if (waitingPercent < 5) return "It had the CPU nearly all the time.";
  const share = `${formatPercent(waitingPercent)} of the time`;
  const lock =
    contended !== null && contended >= LOCK_FROM * duration
      ? `, of it ${formatDuration(contended)} for Python's lock`
      : "";
  return `${waitingPercent >= 50 ? "It mostly waited:" : "It waited"} ${share}, ${formatDuration(waiting)}${lock}.`;
}

/** What an anomaly says; null when the call is none. */
export function anomalyWords(data: ViewData, call: CallId): Words | null {
  const row = data.anomalies[data.calls.anomaly[call] ?? -1];
  if (!row) return null;
  if (row.kind !== "slow call") return [`This call is an anomaly: ${row.reason}`];
  const [observed, expected] = [row.observed * 1e9, row.expected * 1e9];
  const median = data.functions[data.calls.function[call] ?? -1]?.median ?? expected;
  // The rule compares calls from one caller; where that median differs from the function's, it is said which it is.
  const same = formatDuration(median) === formatDuration(expected);
  return [
    "This call is an anomaly: ",
    strong(formatDuration(observed)),
    " against a median of ",
    strong(formatDuration(expected)),
    same ? "." : " for calls from the same place.",
  ];
}

/** A call as Markdown, for the clipboard. */
export function callAsMarkdown(data: ViewData, call: CallId, compared: string, logs: readonly string[]): string {
  const row = data.functions[data.calls.function[call] ?? -1];
  if (!row) return "";
  const numbers = numbersOf(data, call);
  const anomaly = anomalyWords(data, call);
  const place = data.facts.cell || data.facts.name;
  const lines = [
    `**\`${row.name}\`** in \`${row.module}\`, \`${row.file}:${row.line}\`${place ? `, recorded in ${place}` : ""}`,
    "",
    ...(anomaly ? [`* ${plain(anomaly)}`] : []),
    `* ${compared}`,
    `* time: ${formatRange(numbers.start, numbers.end)}, ${formatDuration(numbers.duration)}`,
  ];
  if (numbers.cpuPercent !== null && numbers.waitingPercent !== null) {
    lines.push(`* CPU ${formatPercent(numbers.cpuPercent)}, waiting ${formatPercent(numbers.waitingPercent)}`);
  }
  if (!ofTask(data, call))
    lines.push(
      `* ${formatNumberOf(row.calls, "call")}: average ${formatDuration(row.mean)}, median ${formatDuration(row.median)}`,
    );
  return `${[...lines, ...logs.map((log) => `* log: ${log}`)].join("\n")}\n`;
}
