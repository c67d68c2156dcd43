import type { AnomalyRow, TipRow, ViewData } from "../data/types";
import { formatBytes, formatCount, formatDuration } from "./format";
import type { Found } from "./search";

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Anomalies of an interval, those with the highest score first, without the muted kinds and what the search does not find. */
export function shownAnomalies(
  { anomalies }: ViewData,
  within: Span,
  muted: ReadonlySet<string>,
  found: Found | null,
): number[] {
  return anomalies
    .flatMap((row, id) => {
      const inside = row.start <= within.end && row.start + row.duration >= within.start;
      const matches = found === null || found.anomalies[id] === 1;
      return inside && matches && !muted.has(row.kind) ? [id] : [];
    })
    .sort((a, b) => (anomalies[b]?.score ?? 0) - (anomalies[a]?.score ?? 0) || a - b);
}

/** A value in the anomaly's own unit. */
export function inUnit({ unit }: Pick<AnomalyRow, "unit">, value: number): string {
  if (unit === "bytes") return formatBytes(value);
  return unit === "count" ? formatCount(value) : formatDuration(value * 1e9);
}

export interface Dot {
  readonly x: number;
  /** Dots at one place stand on each other. */
  readonly level: number;
}

export interface DotPlot {
  readonly dots: readonly Dot[];
  readonly expected: number;
  readonly observed: number;
}

/** Widest a dot is, and how many stand on each other before they are drawn over each other. */
const STEP = 4;
const LEVELS = 4;

/** Places of similar values, of what is usual and of this one on an axis of this width that begins at zero. */
export function dotPlot({ peers, expected, observed }: AnomalyRow, width: number): DotPlot {
  const known = [...peers, expected, observed].filter((value) => Number.isFinite(value));
  const top = Math.max(...known, 0);
  const x = (value: number) => (top > 0 ? (Math.max(value, 0) / top) * width : 0);
  const stacked = new Map<number, number>();
  const dots = peers.map((value) => {
    const column = Math.round(x(value) / STEP);
    const level = stacked.get(column) ?? 0;
    stacked.set(column, level + 1);
    return { x: x(value), level: Math.min(level, LEVELS - 1) };
  });
  return { dots, expected: x(expected), observed: x(observed) };
}

/** The table as Markdown, for the clipboard. */
export function anomaliesAsMarkdown(data: ViewData, ids: readonly number[], shown: readonly TipRow[]): string {
  const rows = ids.flatMap((id) => {
    const row = data.anomalies[id];
    if (!row) return [];
    const name = data.functions[row.function]?.name;
    const against = `${inUnit(row, row.observed)} against ${inUnit(row, row.expected)}`;
    return [`* **${row.kind}**${name ? ` in \`${name}\`` : ""}, ${row.where}: ${against}. ${row.reason}`];
  });
  const tips = shown.map((tip) => `* **${tip.title}**: ${tip.evidence} ${tip.advice}`);
  return `${[...rows, ...(tips.length > 0 ? ["", "Tips", "", ...tips] : [])].join("\n")}\n`;
}
