import type { CallId, ViewData } from "../data/types";
import type { Bars } from "../logic/detail";
import { formatCount, formatDuration } from "../logic/format";
import { DURATION_GAP, FADE, LABEL_PADDING, labelOf, type Measure, NO_TEXT_UNDER, shownName } from "../logic/labels";
import { BAR } from "../logic/layout";
import { ANOMALOUS, MIXED, WAITING } from "../logic/rows";
import type { Scale } from "../logic/viewport";
import type { Swatch, Theme } from "../theme/theme";
import { hatch } from "./hatch";
import { type Pen, snap } from "./surface";
import { clear, fontOf } from "./text";

export interface Marks {
  readonly hover: CallId | null;
  readonly selected: CallId | null;
  /** The selection was moved by keys: its ring is dashed. */
  readonly keyboard: boolean;
}

export interface BarScene {
  readonly data: ViewData;
  readonly scale: Scale;
  readonly theme: Theme;
  readonly marks: Marks;
  readonly measure: Measure;
  /** By FunctionId: 1 where it matches what is searched for; null while nothing is. */
  readonly found: Uint8Array | null;
  /** FunctionId of the hovered call, or -1. */
  readonly similar: number;
}

const RADIUS = 2;
/** Narrower bars are plain rectangles without an edge: there are thousands of them, and nothing more could be seen. */
export const PLAIN_UNDER = 3;
/** A bar at least this wide keeps a pixel of air to the next one. */
export const AIR_FROM = PLAIN_UNDER + 1;
/** Round corners are seen from this width on. */
export const ROUND_FROM = 5;
export const COMB = 4;
export const TOOTH = 2;
const WEDGE = 8;
const CHEVRON = 8;
export const FALLBACK: Swatch = { fill: "#999999", edge: "#555555", wait: "#cccccc" };

interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  /** The text may use this part: inside the plot. */
  readonly left: number;
  readonly right: number;
  /** Where the call begins, also outside the plot: patterns keep to it while it is panned. */
  readonly origin: number;
}

function boxOf(pen: Pen, list: Bars, i: number, y: number): Box {
  const x0 = list.x0[i] as number;
  const x1 = list.x1[i] as number;
  // A little beyond the plot is enough, and keeps the numbers small at deep zoom.
  const x = snap(pen, Math.max(x0, -6));
  const end = snap(pen, Math.min(x1, pen.width + 6));
  const w = end - x;
  const air = w >= AIR_FROM ? 1 : w >= 2 ? 1 / pen.ratio : 0;
  const width = Math.max(w - air, 1);
  return { x, y, w: width, left: Math.max(x, 0), right: Math.min(x + width, pen.width), origin: x0 };
}

/** How much of a bar is left that does not match what is searched for. */
export const DIMMED = 0.28;

export function drawBar(pen: Pen, scene: BarScene, list: Bars, i: number, y: number): void {
  const dimmed = scene.found !== null && scene.found[list.own[i] as number] !== 1;
  if (dimmed) pen.ctx.globalAlpha = DIMMED;
  paintBar(pen, scene, list, i, y);
  if (dimmed) pen.ctx.globalAlpha = 1;
}

function paintBar(pen: Pen, scene: BarScene, list: Bars, i: number, y: number): void {
  const { ctx } = pen;
  const { data, theme, marks } = scene;
  const call = list.call[i] as number;
  const count = list.merged[i] as number;
  const id = list.own[i] as number;
  const kind = list.kind[i] as number;
  const row = data.functions[id];
  const swatch = theme.swatches[row?.package ?? 0] ?? FALLBACK;
  const hovered = marks.hover === call;
  const anomalous = (kind & ANOMALOUS) !== 0;
  const waits = count === 1 && (kind & WAITING) !== 0;
  const box = boxOf(pen, list, i, y);
  const fill = hovered ? theme.colors.hover : waits ? swatch.wait : swatch.fill;
  if (box.w < PLAIN_UNDER) {
    ctx.fillStyle = anomalous && !hovered ? theme.colors.warn : hovered || box.w > 1.5 ? fill : swatch.fill;
    ctx.fillRect(box.x, y, box.w, count > 1 ? BAR - COMB / 2 : BAR);
    return;
  }
  ctx.fillStyle = fill;
  if (count > 1) comb(pen, box, scene.scale, fill);
  else if (box.w < ROUND_FROM) ctx.fillRect(box.x, y, box.w, BAR);
  else {
    ctx.beginPath();
    ctx.roundRect(box.x, y, box.w, BAR, RADIUS);
    ctx.fill();
  }
  if (!hovered && !waits) leftEdge(pen, box, swatch.edge, count > 1);
  const label = box.right - box.left >= NO_TEXT_UNDER ? text(pen, scene, box, list, i, hovered, row?.name ?? "") : null;
  if (hovered) {
    if (anomalous) wedge(pen, box, "#ffffff");
    return;
  }
  if (waits) outline(pen, box, swatch.edge, 1);
  if (anomalous) {
    hatched(pen, theme, box, label?.end ?? box.left);
    outline(pen, box, theme.colors.warn, 1.25);
    wedge(pen, box, theme.colors.warn);
  }
  if (id === scene.similar) {
    outline(pen, box, theme.colors.hover, 1.5, count > 1 ? BAR - COMB : BAR);
  }
}

/** Joined calls: the bottom is a comb, 2 px on and 2 px off. */
function comb(pen: Pen, box: Box, scale: Scale, color: string): void {
  const { ctx } = pen;
  ctx.fillRect(box.x, box.y, box.w, BAR - COMB);
  // The teeth keep to the time, not to the bar: a bar that starts before the plot changes its start while it is panned.
  ctx.beginPath();
  ctx.moveTo(box.x, box.y + BAR - COMB / 2);
  ctx.lineTo(Math.min(box.x + box.w, pen.width), box.y + BAR - COMB / 2);
  ctx.strokeStyle = color;
  ctx.lineWidth = COMB;
  ctx.setLineDash([TOOTH, TOOTH]);
  ctx.lineDashOffset = snap(pen, (scale.start * scale.density) % (2 * TOOTH)) + box.x;
  ctx.stroke();
  ctx.setLineDash([]);
}

function leftEdge(pen: Pen, box: Box, color: string, joined: boolean): void {
  if (box.x < 0) return;
  pen.ctx.fillStyle = color;
  // Not into the round corners. A clip would follow them, but is the dearest thing a canvas does.
  pen.ctx.fillRect(box.x, box.y + 1, 1, joined ? BAR - COMB - 1 : BAR - 2);
}

function outline(pen: Pen, box: Box, color: string, width: number, height = BAR): void {
  const { ctx } = pen;
  ctx.beginPath();
  ctx.roundRect(box.x + width / 2, box.y + width / 2, box.w - width, height - width, RADIUS - 0.25);
  ctx.strokeStyle = color;
  ctx.lineWidth = width;
  ctx.stroke();
}

/** Amber lines over the bar, but not behind its label. */
function hatched(pen: Pen, theme: Theme, box: Box, from: number): void {
  const left = Math.max(from, box.left);
  hatch(pen, left, box.y + 1, box.right - left, BAR - 2, {
    color: theme.colors["warn-hatch"],
    width: 1.5,
    period: 6,
    phase: box.origin - left,
  });
}

function wedge(pen: Pen, box: Box, color: string): void {
  const { ctx } = pen;
  const right = box.x + box.w;
  const size = Math.min(WEDGE, box.w);
  if (right > pen.width + 1) return;
  ctx.beginPath();
  ctx.moveTo(right - size, box.y);
  ctx.lineTo(right - RADIUS, box.y);
  ctx.quadraticCurveTo(right, box.y, right, box.y + RADIUS);
  ctx.lineTo(right, box.y + size);
  ctx.closePath();
  ctx.fillStyle = color;
  ctx.fill();
}

function text(
  pen: Pen,
  scene: BarScene,
  box: Box,
  list: Bars,
  i: number,
  hovered: boolean,
  name: string,
): { end: number } | null {
  const { ctx } = pen;
  const { theme, data } = scene;
  const call = list.call[i] as number;
  const count = list.merged[i] as number;
  const cut = (list.x0[i] as number) < 0 && box.right - box.left >= NO_TEXT_UNDER + CHEVRON;
  const x = box.left + LABEL_PADDING + (cut ? CHEVRON : 0);
  const room = box.right - LABEL_PADDING - x;
  const label = labelOf(
    {
      name: shownName(name),
      count,
      written: count > 1 ? formatCount(count) : "",
      mixed: (list.function[i] as number) === MIXED,
      duration: count > 1 ? "" : formatDuration(data.calls.duration[call] ?? 0),
    },
    room,
    scene.measure,
  );
  if (!label) return null;
  const baseline = box.y + (count > 1 ? 10.5 : 12.5);
  const ink = hovered ? "#ffffff" : theme.colors["on-mod"];
  const pale = hovered ? "#ffffff" : theme.colors["on-mod-2"];
  ctx.textBaseline = "alphabetic";
  ctx.textAlign = "left";
  ctx.font = fontOf(theme, "name");
  if (cut) {
    ctx.fillStyle = pale;
    ctx.fillText("‹", box.left + LABEL_PADDING, baseline);
  }
  ctx.fillStyle = ink;
  if (label.fades) {
    const end = box.right - 1;
    const fade = ctx.createLinearGradient(end - FADE, 0, end, 0);
    fade.addColorStop(0, ink);
    fade.addColorStop(1, clear(ink));
    // Past its end the gradient stays clear, so what is too long for the bar needs no clip.
    ctx.fillStyle = fade;
    ctx.fillText(label.text, x, baseline);
    return { end: box.right };
  }
  ctx.fillText(label.text, x, baseline);
  if (!label.duration) return { end: x + label.width + LABEL_PADDING };
  const after = x + label.width + DURATION_GAP;
  ctx.font = fontOf(theme, "duration");
  ctx.fillStyle = pale;
  ctx.fillText(label.duration, after, baseline);
  return { end: after + scene.measure(label.duration, "duration") + DURATION_GAP };
}

/** The selection: a ring around the bar with a gap of ground between them; dashed when keys moved it there. */
export function drawRing(pen: Pen, scene: BarScene, list: Bars, i: number, y: number, bar: () => void): void {
  const { ctx } = pen;
  const { theme, marks } = scene;
  const box = boxOf(pen, list, i, y);
  ctx.beginPath();
  ctx.roundRect(box.x - 2.25, box.y - 2.25, box.w + 4.5, BAR + 4.5, RADIUS + 2);
  ctx.fillStyle = theme.colors.bg;
  ctx.fill();
  ctx.strokeStyle = theme.colors.accent;
  ctx.lineWidth = marks.keyboard ? 1.5 : 2;
  ctx.setLineDash(marks.keyboard ? [3, 2] : []);
  ctx.stroke();
  ctx.setLineDash([]);
  bar();
}
