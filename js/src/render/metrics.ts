import type { AnomalyRow, Metrics, SpanRow, ViewData } from "../data/types";
import { formatBytes, formatCount, formatDuration, formatPercent } from "../logic/format";
import { eachSeen, type Intervals, intervalsOf, wideOnes } from "../logic/intervals";
import { METRICS } from "../logic/layout";
import { at } from "../logic/rows";
import { cpuTop, highest, type Line, niceTop, reduce, waiting } from "../logic/series";
import { type Scale, xOf } from "../logic/viewport";
import type { Theme } from "../theme/theme";
import { type GapSpan, gapIndex } from "./gaps";
import { drawIcon } from "./icons";
import { horizontal, type Pen, snap } from "./surface";
import { fontOf } from "./text";

/** What the strip shows whatever the window: scales that do not jump while zooming, waits, collections. */
export interface Strip {
  readonly metrics: Metrics;
  readonly cpu: number;
  readonly memory: number;
  readonly modules: number;
  readonly waits: Intervals;
  readonly gaps: Intervals;
  /** Collections by start; the long ones also apart. */
  readonly collections: Collections;
  readonly long: Collections;
  /** Anomalies of the process, which no bar can carry. */
  readonly anomalies: readonly AnomalyRow[];
}

export interface Collections {
  readonly start: Float64Array;
  readonly end: Float64Array;
  /** Time spent in all before each one, and in all of them at the end. */
  readonly spent: Float64Array;
}

/** A collection at least this long is a block with its length beside it. */
const LONG_COLLECTION = 100e6;
/** Shorter waits could not be seen, in CSS pixels. */
const SHORTEST_WAIT = 0.5;
const WAITING_WORD_FROM = 38;
const LABEL_GAP_FROM = 40;
const FULL_LABEL_FROM = 92;

export function stripOf({ metrics, spans, anomalies, gaps }: ViewData): Strip {
  const collections = spans.filter((span) => span.kind === "gc").sort((a, b) => a.start - b.start);
  return {
    metrics,
    cpu: cpuTop(highest(metrics.cpu)),
    memory: niceTop(highest(metrics.memory)),
    modules: niceTop(highest(metrics.modules)),
    waits: intervalsOf(
      waiting(metrics.time, metrics.cpu),
      (wait) => wait.start,
      (wait) => wait.end,
    ),
    gaps: gapIndex(gaps),
    collections: collectionsOf(collections),
    long: collectionsOf(collections.filter((span) => span.duration >= LONG_COLLECTION)),
    anomalies: anomalies.filter((anomaly) => anomaly.call < 0),
  };
}

function collectionsOf(spans: readonly SpanRow[]): Collections {
  const spent = new Float64Array(spans.length + 1);
  spans.forEach((span, i) => {
    spent[i + 1] = at(spent, i) + span.duration;
  });
  return {
    start: Float64Array.from(spans, (span) => span.start),
    end: Float64Array.from(spans, (span) => span.start + span.duration),
    spent,
  };
}

/** CPU, memory, modules and collections. Everything is under the gaps' veil but the words. */
export function drawMetrics(pen: Pen, theme: Theme, scale: Scale, strip: Strip, top: number): void {
  const { ctx } = pen;
  const { colors } = theme;
  const { time } = strip.metrics;
  const plot = top + METRICS.scale;
  const floor = plot + METRICS.plot;
  for (const i of wideOnes(strip.waits, scale, SHORTEST_WAIT)) {
    const x0 = snap(pen, Math.max(xOf(scale, at(strip.waits.start, i)), 0));
    const x1 = snap(pen, Math.min(xOf(scale, at(strip.waits.end, i)), pen.width));
    ctx.fillStyle = colors["wait-bg"];
    if (x1 > x0) ctx.fillRect(x0, plot, x1 - x0, METRICS.height - METRICS.scale - 1);
  }
  if (strip.metrics.count > 0) {
    dashed(pen, colors.line, plot);
    const cpu = reduce(time, strip.metrics.cpu, strip.cpu, scale);
    area(pen, cpu, plot, colors["cpu-fill"]);
    line(pen, cpu, plot, colors.cpu, 1, []);
    steps(pen, reduce(time, strip.metrics.modules, strip.modules, scale), plot, colors.modules);
    line(pen, reduce(time, strip.metrics.memory, strip.memory, scale), plot, colors.mem, 1.5, []);
  }
  ctx.fillStyle = colors["line-2"];
  ctx.fillRect(0, floor, pen.width, 1);
  for (const anomaly of strip.anomalies) {
    const x = middleOf(pen, scale, anomaly);
    if (x !== null) drawIcon(ctx, theme, "anomaly", x, floor - 6, 9);
  }
  collections(pen, theme, scale, strip, floor);
  horizontal(pen, top + METRICS.height - 1, colors.line);
}

/** The words of the strip, over the hatch: top values, "waiting", "no samples". */
export function drawMetricWords(
  pen: Pen,
  theme: Theme,
  scale: Scale,
  strip: Strip,
  gaps: readonly GapSpan[],
  top: number,
): void {
  const { ctx } = pen;
  const { colors } = theme;
  // Above the words of collections.
  const middle = top + METRICS.scale + METRICS.plot - 25;
  ctx.textBaseline = "alphabetic";
  ctx.font = fontOf(theme, "small");
  ctx.textAlign = "left";
  if (strip.metrics.count > 0) {
    let x = 5;
    for (const [text, color] of [
      [formatPercent(strip.cpu), colors["cpu-fg"]],
      [formatBytes(strip.memory).replace(/\.0+ /, " "), colors.mem],
      [formatCount(strip.modules), colors.modules],
    ] as const) {
      ctx.fillStyle = color;
      ctx.fillText(text, x, top + 10);
      x += ctx.measureText(text).width + 8;
    }
  }
  collectionWords(pen, theme, scale, strip, top + METRICS.scale + METRICS.plot);
  ctx.textAlign = "center";
  for (const i of wideOnes(strip.waits, scale, WAITING_WORD_FROM)) {
    const x0 = Math.max(xOf(scale, at(strip.waits.start, i)), 0);
    const x1 = Math.min(xOf(scale, at(strip.waits.end, i)), pen.width);
    const x = (x0 + x1) / 2;
    // A gap has a word of its own.
    if (x1 - x0 < WAITING_WORD_FROM || gaps.some((gap) => gap.x0 < x + 40 && gap.x1 > x - 40)) continue;
    ctx.fillStyle = colors["fg-2"];
    // Below the lines: there is no CPU there.
    ctx.fillText("waiting", x, middle + 11);
  }
  for (const { duration, x0, x1 } of gaps) {
    if (x1 - x0 < LABEL_GAP_FROM) continue;
    const text = x1 - x0 < FULL_LABEL_FROM ? "no samples" : `no samples ${formatDuration(duration)}`;
    const width = Math.ceil(ctx.measureText(text).width) + 10;
    const center = (Math.max(x0, 0) + Math.min(x1, pen.width)) / 2;
    const left = snap(pen, Math.min(Math.max(center - width / 2, 2), pen.width - width - 2));
    ctx.beginPath();
    ctx.roundRect(left, middle - 7, width, 15, 3);
    ctx.fillStyle = colors.bg;
    ctx.fill();
    ctx.strokeStyle = colors["line-2"];
    ctx.lineWidth = 1;
    ctx.stroke();
    ctx.fillStyle = colors["fg-2"];
    ctx.fillText(text, left + width / 2, middle + 4);
  }
  ctx.textAlign = "left";
}

function y(plot: number, share: number): number {
  return plot + METRICS.plot * (1 - Math.min(Math.max(share, 0), 1));
}

function area(pen: Pen, points: Line, plot: number, color: string): void {
  if (points.n < 2) return;
  const { ctx } = pen;
  ctx.beginPath();
  ctx.moveTo(points.x[0] as number, plot + METRICS.plot);
  for (let i = 0; i < points.n; i++) ctx.lineTo(points.x[i] as number, y(plot, points.y[i] as number));
  ctx.lineTo(points.x[points.n - 1] as number, plot + METRICS.plot);
  ctx.fillStyle = color;
  ctx.fill();
}

function line(pen: Pen, points: Line, plot: number, color: string, width: number, dash: number[]): void {
  const { ctx } = pen;
  ctx.beginPath();
  for (let i = 0; i < points.n; i++) ctx.lineTo(points.x[i] as number, y(plot, points.y[i] as number));
  stroke(ctx, color, width, dash);
}

function steps(pen: Pen, points: Line, plot: number, color: string): void {
  const { ctx } = pen;
  ctx.beginPath();
  for (let i = 0; i < points.n; i++) {
    if (i > 0) ctx.lineTo(points.x[i] as number, y(plot, points.y[i - 1] as number));
    ctx.lineTo(points.x[i] as number, y(plot, points.y[i] as number));
  }
  stroke(ctx, color, 1, [4, 2.5]);
}

function dashed(pen: Pen, color: string, at: number): void {
  pen.ctx.beginPath();
  pen.ctx.moveTo(0, at + 0.5);
  pen.ctx.lineTo(pen.width, at + 0.5);
  stroke(pen.ctx, color, 1, [3, 3]);
}

function stroke(ctx: CanvasRenderingContext2D, color: string, width: number, dash: number[]): void {
  ctx.strokeStyle = color;
  ctx.lineWidth = width;
  ctx.lineJoin = "round";
  ctx.setLineDash(dash);
  ctx.stroke();
  ctx.setLineDash([]);
}

/** Middle of the part of an interval in view, null outside it. */
function middleOf(pen: Pen, scale: Scale, span: { readonly start: number; readonly duration: number }): number | null {
  const x0 = Math.max(xOf(scale, span.start), 0);
  const x1 = Math.min(xOf(scale, span.start + span.duration), pen.width);
  return x0 <= x1 ? (x0 + x1) / 2 : null;
}

function collections(pen: Pen, theme: Theme, scale: Scale, strip: Strip, floor: number): void {
  const { ctx } = pen;
  const bottom = floor + METRICS.gc - 1;
  ctx.fillStyle = theme.colors.gc;
  eachSeen(strip.collections, scale, (i) => {
    const [start, end] = [at(strip.collections.start, i), at(strip.collections.end, i)];
    const duration = end - start;
    if (duration >= LONG_COLLECTION) return;
    const x0 = xOf(scale, start);
    // 1 ms is 3 px high, 100 ms is 6.
    const height = 3 + 1.5 * Math.min(Math.max(Math.log10(duration / 1e6), 0), 2);
    ctx.fillRect(snap(pen, x0), bottom - height, Math.max(1.5, xOf(scale, end) - x0), height);
  });
  eachSeen(strip.long, scale, (i) => {
    const { left, width } = blockOf(pen, scale, strip, i);
    ctx.fillRect(left, bottom - 6, width, 6);
  });
}

/** Where the block of a long collection stands. */
function blockOf(pen: Pen, scale: Scale, { long }: Strip, i: number): { left: number; width: number } {
  const left = snap(pen, Math.max(xOf(scale, at(long.start, i)), 0));
  return { left, width: Math.max(Math.min(xOf(scale, at(long.end, i)), pen.width) - left, 9) };
}

/** How long the long ones took, beside their blocks. */
function collectionWords(pen: Pen, theme: Theme, scale: Scale, strip: Strip, floor: number): void {
  const { ctx } = pen;
  let worded = Number.NEGATIVE_INFINITY;
  eachSeen(strip.long, scale, (i) => {
    const [begin, end] = [at(strip.long.start, i), at(strip.long.end, i)];
    const { left, width } = blockOf(pen, scale, strip, i);
    const text = `GC ${formatDuration(end - begin)}`;
    const room = ctx.measureText(text).width;
    // The words stand before the triangle of an anomaly that names this collection.
    const named = strip.anomalies.some((anomaly) => anomaly.start >= begin && anomaly.start < end);
    const place = (named ? left + width / 2 - 8 : left + width) - room;
    const start = place >= 4 ? place : left + width + 4;
    if (start < worded + 6) return;
    worded = start + room;
    ctx.fillStyle = theme.colors.fg;
    ctx.fillText(text, start, floor - 3);
  });
}
