import type { ViewData } from "../data/types";
import { emptyBars, visibleBars } from "../logic/detail";
import { MINIMAP } from "../logic/layout";
import type { Row, RowIndex } from "../logic/rows";
import { reduce } from "../logic/series";
import { scaleOf, whole, xOf } from "../logic/viewport";
import type { Theme } from "../theme/theme";
import { drawIcon } from "./icons";
import type { Strip } from "./metrics";
import { horizontal, type Pen, snap } from "./surface";

/** A row with at least this many calls tells the phases of a run apart. */
const TELLING = 3;
/** … that together cover this share of the outermost row, none of them more than that share of its own row. */
const COVERS = 0.5;
const DOMINATES = 0.6;
const DEEPEST = 4;
/** Errors and anomalies nearer than this many pixels are drawn once. */
const MARK_DISTANCE = 4;

/** The whole recording: CPU, what the main thread and the workers ran, anomalies, errors. The brush is laid over it. */
export function drawMinimap(pen: Pen, theme: Theme, data: ViewData, index: RowIndex, strip: Strip): void {
  const { ctx } = pen;
  const { colors } = theme;
  const scale = scaleOf(whole(data.facts.duration), pen.width);
  const cpu = reduce(data.metrics.time, data.metrics.cpu, strip.cpu, scale);
  if (cpu.n > 1) {
    // Room above for the triangles.
    const height = MINIMAP.cpu - 6;
    ctx.beginPath();
    ctx.moveTo(cpu.x[0] as number, MINIMAP.cpu);
    for (let i = 0; i < cpu.n; i++)
      ctx.lineTo(cpu.x[i] as number, MINIMAP.cpu - Math.min(cpu.y[i] as number, 1) * height);
    ctx.lineTo(cpu.x[cpu.n - 1] as number, MINIMAP.cpu);
    ctx.fillStyle = colors["cpu-fill"];
    ctx.fill();
  }
  const bars = emptyBars();
  const band = (row: Row | undefined, y: number, height: number) => {
    if (!row) return;
    visibleBars(row, scale, bars);
    for (let i = 0; i < bars.count; i++) {
      const x = snap(pen, bars.x0[i] as number);
      const width = snap(pen, bars.x1[i] as number) - x;
      const swatch = theme.swatches[data.functions[data.calls.function[bars.call[i] as number] ?? 0]?.package ?? 0];
      ctx.fillStyle = swatch?.fill ?? colors["fg-3"];
      ctx.fillRect(x, y, Math.max(width - (width > 3 ? 1 : 0), 1), height);
    }
  };
  data.lanes.forEach((lane, id) => {
    const row = telling(index.lanes[id] ?? []);
    if (lane.kind === "main") band(row, MINIMAP.cpu + 1, MINIMAP.main);
    else if (lane.kind === "thread") band(row, MINIMAP.cpu + 1 + MINIMAP.main + 1, MINIMAP.worker);
  });
  let last = Number.NEGATIVE_INFINITY;
  for (const log of data.logs) {
    const x = snap(pen, xOf(scale, log.time));
    if ((log.level !== "error" && log.level !== "critical") || x - last < MARK_DISTANCE) continue;
    last = x;
    ctx.fillStyle = colors.hover;
    ctx.fillRect(x - 1, 0, 2, MINIMAP.height - 1);
  }
  last = Number.NEGATIVE_INFINITY;
  for (const anomaly of [...data.anomalies].sort((a, b) => a.start - b.start)) {
    const x = xOf(scale, anomaly.start);
    if (x - last < MARK_DISTANCE) continue;
    last = x;
    drawIcon(ctx, theme, "anomaly", Math.min(Math.max(x, 5), pen.width - 5), 4.5, 9);
  }
  horizontal(pen, MINIMAP.height - 1, colors.line);
}

/** The first row that shows the phases of the run: not one long call, and not too little; the outermost row if none does. */
function telling(rows: readonly Row[]): Row | undefined {
  const outer = rows[0];
  if (!outer) return undefined;
  const enough = sizes(outer).sum * COVERS;
  return (
    rows.slice(0, DEEPEST).find((row) => {
      const { sum, longest } = sizes(row);
      return row.ids.length >= TELLING && sum >= enough && longest < sum * DOMINATES;
    }) ?? outer
  );
}

function sizes(row: Row): { sum: number; longest: number } {
  let sum = 0;
  let longest = 0;
  row.end.forEach((end, i) => {
    const duration = end - (row.start[i] as number);
    sum += duration;
    if (duration > longest) longest = duration;
  });
  return { sum, longest };
}
