import { awaited } from "../logic/awaits";
import type { Bars } from "../logic/detail";
import { LABEL_PADDING, labelOf, shownName } from "../logic/labels";
import { BAR } from "../logic/layout";
import { type BarScene, DIMMED, FALLBACK } from "./bar";
import type { Strips } from "./strips";
import { type Pen, snap } from "./surface";
import { fontOf } from "./text";

const THICK = 2;
/** A line at least this wide says what it is. */
const WORD_FROM = 84;
const WORD = "awaiting";

/** Draws what asyncio tasks await in as thin lines, over what draws the small bars of the other lanes. */
export function createAwaits(others: Strips | null): Strips {
  let lines: (() => void)[] = [];
  return {
    begin(pen, scene) {
      lines = [];
      others?.begin(pen, scene);
    },
    take(pen, scene, list, y) {
      const lane = scene.data.calls.lane[list.call[0] as number] as number;
      const all = Array.from({ length: list.count }, (_, i) => i);
      if (scene.data.lanes[lane]?.kind !== "asyncio") return others?.take(pen, scene, list, y) ?? all;
      const awaits = new Set(all.filter((i) => isLine(scene, list, i)));
      lines.push(() => {
        for (const i of awaits) drawLine(pen, scene, list, i, y);
      });
      return all.filter((i) => !awaits.has(i));
    },
    flush(pen) {
      others?.flush(pen);
      for (const draw of lines) draw();
    },
  };
}

/** What is joined, under the pointer or selected is drawn as every bar is. */
function isLine({ data, marks }: BarScene, list: Bars, i: number): boolean {
  const call = list.call[i] as number;
  return list.merged[i] === 1 && call !== marks.hover && call !== marks.selected && awaited(data, call);
}

function drawLine(pen: Pen, scene: BarScene, list: Bars, i: number, y: number): void {
  const { ctx } = pen;
  const { data, theme } = scene;
  const id = data.calls.function[list.call[i] as number] ?? -1;
  const row = data.functions[id];
  const left = snap(pen, Math.max(list.x0[i] as number, -6));
  const right = snap(pen, Math.min(list.x1[i] as number, pen.width + 6));
  const middle = y + (BAR - 1) / 2;
  if (scene.found !== null && scene.found[id] !== 1) ctx.globalAlpha = DIMMED;
  const similar = id === scene.similar;
  ctx.fillStyle = similar ? theme.colors.hover : (theme.swatches[row?.package ?? 0] ?? FALLBACK).edge;
  ctx.fillRect(left, middle - THICK / 2, Math.max(right - left - 1, 1), THICK);
  // Where a bar would have its edge: one wait begins here.
  ctx.fillRect(left, y + 4, 1, BAR - 8);
  const [from, to] = [Math.max(left, 0), Math.min(right, pen.width)];
  const said = { name: shownName(row?.name ?? ""), count: 1, written: "", mixed: false, duration: WORD };
  const label = to - from < WORD_FROM ? null : labelOf(said, to - from - 4 * LABEL_PADDING, scene.measure);
  if (label && !label.fades) {
    const x = from + 2 * LABEL_PADDING;
    const word = label.duration && x + label.width + LABEL_PADDING;
    const end = word ? word + scene.measure(WORD, "duration") : x + label.width;
    ctx.fillStyle = theme.colors.bg;
    ctx.fillRect(x - LABEL_PADDING, y, end - x + 2 * LABEL_PADDING, BAR);
    ctx.textBaseline = "alphabetic";
    ctx.textAlign = "left";
    ctx.font = fontOf(theme, "name");
    ctx.fillStyle = theme.colors.fg;
    ctx.fillText(label.text, x, y + 12.5);
    if (word) {
      ctx.font = fontOf(theme, "duration");
      ctx.fillStyle = theme.colors["fg-2"];
      ctx.fillText(WORD, word, y + 12.5);
    }
  }
  ctx.globalAlpha = 1;
}
