import type { ViewData } from "../data/types";
import { type Costs, costsOf, mediansOf } from "./costs";
import { formatCount, formatDuration, formatNumberOf, formatPercent, formatRange } from "./format";

/** What a table says of each function in an interval; columns by FunctionId. */
export interface FunctionCosts {
  readonly self: ArrayLike<number>;
  readonly selfCpu: ArrayLike<number>;
  readonly total: ArrayLike<number>;
  readonly cpu: ArrayLike<number>;
  readonly calls: ArrayLike<number>;
  readonly median: ArrayLike<number>;
  readonly anomalies: ArrayLike<number>;
  readonly costs: Costs;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** The functions' costs: of the whole recording as Python found them, of a part of it added up here. */
export function functionCosts(data: ViewData, within: Span): FunctionCosts {
  const { functions, calls, facts } = data;
  const size = functions.length;
  const ids = Int32Array.from(functions, (_, id) => id);
  const costs = costsOf(calls, ids, size, within);
  if (within.start <= 0 && within.end >= facts.duration) {
    return {
      costs,
      selfCpu: costs.selfCpu,
      self: functions.map((row) => row.self),
      total: functions.map((row) => row.total),
      cpu: functions.map((row) => row.cpu ?? Number.NaN),
      calls: functions.map((row) => row.calls),
      median: functions.map((row) => row.median),
      anomalies: functions.map((row) => row.anomalies),
    };
  }
  const anomalies = new Int32Array(size);
  for (const row of data.anomalies) {
    const id = calls.function[row.call] ?? -1;
    if (id >= 0 && row.start <= within.end && row.start + row.duration >= within.start) {
      anomalies[id] = (anomalies[id] ?? 0) + 1;
    }
  }
  return { ...costs, costs, median: mediansOf(calls, size, costs.owner), anomalies };
}

export const SORTS = ["name", "module", "self", "total", "cpu", "calls", "median", "anomalies"] as const;
export type Sort = (typeof SORTS)[number];

export interface Order {
  readonly by: Sort;
  readonly down: boolean;
}

/** The functions that were called, and match, in order; ties by name. */
export function orderedFunctions(
  { functions }: ViewData,
  costs: FunctionCosts,
  { by, down }: Order,
  matching: Uint8Array | null,
): number[] {
  const ids = functions.flatMap((_, id) => ((costs.calls[id] ?? 0) > 0 && matching?.[id] !== 0 ? [id] : []));
  const text = (id: number) => (by === "module" ? functions[id]?.module : functions[id]?.name) ?? "";
  const value = (id: number) => {
    if (by === "cpu") return cpuShare(costs.cpu[id], costs.total[id]);
    return by === "name" || by === "module" ? 0 : (costs[by][id] ?? 0);
  };
  const words = by === "name" || by === "module";
  const compare = (a: number, b: number) => {
    const first = words ? text(a).localeCompare(text(b)) : order(value(a), value(b));
    return (down ? -first : first) || (functions[a]?.name ?? "").localeCompare(functions[b]?.name ?? "") || a - b;
  };
  return ids.sort(compare);
}

/** What is not known is less than anything. */
function order(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
  return a - b;
}

/** CPU time as a share of the time, 0 to 1; NaN where it is not known. Two clocks may differ a little. */
export function cpuShare(cpu = Number.NaN, time = 0): number {
  return time > 0 ? Math.min(Math.max(cpu / time, 0), 1) : Number.NaN;
}

/** The table as Markdown, for the clipboard. */
export function functionsAsMarkdown(
  data: ViewData,
  costs: FunctionCosts,
  ids: readonly number[],
  within: Span,
): string {
  const whole = within.start <= 0 && within.end >= data.facts.duration;
  const head = [
    `**${data.facts.name || data.facts.cell}**: ${formatNumberOf(ids.length, "function")}${whole ? "" : `, ${formatRange(within.start, within.end)}`}`,
    "",
    "| function | module | self | total | CPU | calls | median |",
    "|---|---|---:|---:|---:|---:|---:|",
  ];
  const rows = ids.map((id) => {
    const row = data.functions[id];
    const share = cpuShare(costs.cpu[id], costs.total[id]);
    const cells = [
      `\`${row?.name.replaceAll("|", "\\|") ?? ""}\``,
      row?.module ?? "",
      formatDuration(costs.self[id] ?? 0),
      formatDuration(costs.total[id] ?? 0),
      formatPercent(share * 100),
      formatCount(costs.calls[id] ?? 0),
      formatDuration(costs.median[id] ?? Number.NaN),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return `${[...head, ...rows].join("\n")}\n`;
}
