import type { Pen } from "./surface";

/**
 * Diagonal lines, rising to the right, inside a rectangle: `width` wide, one every `period` across them. `phase` moves them
 * along, so that they keep still on what they mark while it is panned or scrolled.
 */
export function hatch(
  pen: Pen,
  x: number,
  y: number,
  w: number,
  h: number,
  style: { readonly color: string; readonly width: number; readonly period: number; readonly phase: number },
): void {
  const { ctx } = pen;
  if (w <= 0 || h <= 0) return;
  const step = style.period * Math.SQRT2;
  ctx.save();
  ctx.beginPath();
  ctx.rect(x, y, w, h);
  ctx.clip();
  ctx.beginPath();
  // A line meets the bottom edge at x + shift, and the top edge h further right.
  const origin = ((style.phase % step) + step) % step;
  for (let shift = origin - step * Math.ceil((h + step) / step); shift < w + step; shift += step) {
    ctx.moveTo(x + shift, y + h);
    ctx.lineTo(x + shift + h, y);
  }
  ctx.strokeStyle = style.color;
  ctx.lineWidth = style.width;
  ctx.stroke();
  ctx.restore();
}
