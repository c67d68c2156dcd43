import { RULER } from "../logic/layout";
import { type Ticks, tickLabel } from "../logic/ruler";
import { type Scale, xOf } from "../logic/viewport";
import type { Theme } from "../theme/theme";
import { horizontal, type Pen, snap, vertical } from "./surface";
import { fontOf } from "./text";

/** The ruler at the top of the head: labels right of their ticks, five small ticks to a step. */
export function drawRuler(pen: Pen, theme: Theme, scale: Scale, ticks: Ticks): void {
  const { ctx } = pen;
  const { colors } = theme;
  for (const time of ticks.minor) vertical(pen, xOf(scale, time), RULER - 4, RULER - 1, colors.line);
  ctx.font = fontOf(theme, "small");
  ctx.textBaseline = "alphabetic";
  ctx.textAlign = "left";
  for (const time of ticks.major) {
    const x = snap(pen, xOf(scale, time));
    vertical(pen, x, 0, RULER, colors.line);
    const label = tickLabel(time, ticks.step, scale.end);
    if (x + 5 + ctx.measureText(label).width > pen.width) continue;
    ctx.fillStyle = colors["fg-2"];
    ctx.fillText(label, x + 5, 14);
  }
  horizontal(pen, RULER - 1, colors.line);
}

/** The time grid behind everything below the ruler. */
export function drawGrid(pen: Pen, theme: Theme, scale: Scale, ticks: Ticks, top: number, bottom: number): void {
  for (const time of ticks.major) vertical(pen, xOf(scale, time), top, bottom, theme.colors.grid);
}
