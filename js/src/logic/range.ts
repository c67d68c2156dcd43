import { startsOf } from "../data/room";
import type { FunctionId, Level, ViewData } from "../data/types";
import { formatChange, formatDuration, formatNumberOf, formatPercent, formatRange } from "./format";
import { firstAbove } from "./rows";
import { summary, valueAt } from "./series";
import type { TimeWindow } from "./viewport";

/** A function's own time inside a range, over all lanes, in nanoseconds. */
export interface FunctionShare {
  readonly function: FunctionId;
  readonly self: number;
  /** CPU time of its own; NaN where it is not known. */
  readonly cpu: number;
}

export interface RangeSummary {
  /** Mean CPU of the process in per cent of one core; NaN without a sample. */
  readonly cpu: number;
  /** Bytes at the end less bytes at the start; NaN when one is unknown. */
  readonly memory: number;
  readonly gc: { readonly time: number; readonly pauses: number };
  readonly logs: { readonly count: number; readonly worst: Level };
  /** By self time, the longest first. */
  readonly functions: readonly FunctionShare[];
}

const RANK: readonly Level[] = ["debug", "info", "warning", "error", "critical"];

/** What happened inside a range of time. Calls count with exactly the part of them that lies in it. */
export function summaryOf(data: ViewData, range: TimeWindow): RangeSummary {
  const { time, cpu, memory } = data.metrics;
  const collections = data.spans.filter((span) => span.kind === "gc" && overlap(span.start, span.duration, range) > 0);
  const logs = data.logs.filter((log) => log.time >= range.start && log.time <= range.end);
  const worst = logs.reduce((rank, log) => Math.max(rank, RANK.indexOf(log.level)), 0);
  return {
    cpu: summary(time, cpu, range).mean,
    memory: valueAt(time, memory, range.end) - valueAt(time, memory, range.start),
    gc: {
      time: collections.reduce((sum, span) => sum + overlap(span.start, span.duration, range), 0),
      pauses: collections.length,
    },
    logs: { count: logs.length, worst: RANK[worst] as Level },
    functions: sharesOf(data, range),
  };
}

/** A call's own time is its part of the range less the parts of what it called. */
function sharesOf({ calls, functions }: ViewData, range: TimeWindow): FunctionShare[] {
  const self = new Float64Array(functions.length);
  const cpu = new Float64Array(functions.length);
  const last = firstAbove(startsOf(calls), range.end);
  for (let call = 0; call < last; call++) {
    const duration = calls.duration[call] as number;
    const part = overlap(calls.start[call] as number, duration, range);
    if (part <= 0) continue;
    const share = ((calls.cpu[call] as number) * part) / duration;
    const id = calls.function[call] as number;
    self[id] = (self[id] as number) + part;
    cpu[id] = (cpu[id] as number) + share;
    const parent = calls.parent[call] as number;
    if (parent < 0) continue;
    const caller = calls.function[parent] as number;
    self[caller] = (self[caller] as number) - part;
    cpu[caller] = (cpu[caller] as number) - share;
  }
  return Array.from(self, (time, id) => ({ function: id as FunctionId, self: time, cpu: cpu[id] as number }))
    .filter((share) => share.self > 0)
    .sort((a, b) => b.self - a.self);
}

function overlap(start: number, duration: number, range: TimeWindow): number {
  return Math.max(Math.min(start + duration, range.end) - Math.max(start, range.start), 0);
}

/** A range as Markdown, for the clipboard: what the panel says of it. */
export function rangeAsMarkdown(data: ViewData, range: TimeWindow, most: number): string {
  const { cpu, memory, gc, logs, functions } = summaryOf(data, range);
  const place = [data.facts.cell, data.facts.name].filter(Boolean).join(" ");
  const of = place ? ` of ${place}` : "";
  const lines = [
    `**${formatRange(range.start, range.end)}**${of}, ${formatDuration(range.end - range.start)}`,
    "",
    ...(Number.isNaN(cpu) ? [] : [`* CPU ${formatPercent(cpu)}`]),
    ...(Number.isNaN(memory) ? [] : [`* memory ${formatChange(memory)}`]),
    `* GC ${formatDuration(gc.time)}, ${formatNumberOf(gc.pauses, "pause")}`,
    `* ${formatNumberOf(logs.count, "log")}`,
    ...functions.slice(0, most).map(({ function: id, self }) => {
      const row = data.functions[id];
      return `* \`${row?.name ?? ""}\` in \`${row?.module ?? ""}\`: ${formatDuration(self)} in its own code`;
    }),
  ];
  return `${lines.join("\n")}\n`;
}
