import type { CallId, ViewData } from "../data/types";
import { type Bars, emptyBars, visibleBars } from "../logic/detail";
import { barAt } from "../logic/hit";
import type { Intervals } from "../logic/intervals";
import type { Measure } from "../logic/labels";
import { BAR, type LaneBox, type Layout, LINE, ROW } from "../logic/layout";
import type { RowIndex } from "../logic/rows";
import type { Ticks } from "../logic/ruler";
import { type Scale, xOf } from "../logic/viewport";
import type { Theme } from "../theme/theme";
import { type BarScene, drawBar, drawRing, type Marks } from "./bar";
import { drawGaps, gapsInView } from "./gaps";
import { drawGrid } from "./ruler";
import type { Strips } from "./strips";
import { horizontal, type Pen } from "./surface";

export interface LanesScene {
  readonly data: ViewData;
  readonly index: RowIndex;
  readonly layout: Layout;
  readonly scale: Scale;
  readonly ticks: Ticks;
  readonly gaps: Intervals;
  readonly theme: Theme;
  readonly marks: Marks;
  readonly measure: Measure;
  readonly found: Uint8Array | null;
  /** How far the lanes are scrolled, in CSS pixels. */
  readonly scrolled: number;
  /** Draws the track of measured spans, where there is one. */
  readonly spans: ((pen: Pen, scene: LanesScene) => void) | null;
  /** Draws the small bars; without it, each is drawn by itself. */
  readonly strips: Strips | null;
}

/** The bars last drawn, by lane and row: what the pointer is tested against. */
export interface Drawn {
  row(lane: number, row: number): Bars | undefined;
  /** How many there are in all. */
  count: number;
  fill(lane: number, row: number): Bars;
}

export function createDrawn(): Drawn {
  const kept = new Map<number, Bars>();
  const key = (lane: number, row: number) => lane * 65_536 + row;
  return {
    count: 0,
    row: (lane, row) => kept.get(key(lane, row)),
    fill(lane, row) {
      let bars = kept.get(key(lane, row));
      if (!bars) {
        bars = emptyBars();
        kept.set(key(lane, row), bars);
      }
      return bars;
    },
  };
}

/** All lanes that the scrolled area shows. Work is bound to the rows and pixels in view. True if the selection is seen. */
export function drawLanes(pen: Pen, scene: LanesScene, drawn: Drawn): boolean {
  const { layout, scrolled, theme, scale } = scene;
  drawGrid(pen, theme, scale, scene.ticks, 0, pen.height);
  drawGaps(
    pen,
    theme,
    gapsInView(scene.gaps, scale),
    0,
    Math.min(layout.height - scrolled, pen.height),
    scrolled,
    false,
  );
  const similar = scene.marks.hover === null ? -1 : (scene.data.calls.function[scene.marks.hover] ?? -1);
  const bars: BarScene = { ...scene, similar };
  scene.spans?.(pen, scene);
  scene.strips?.begin(pen, bars);
  const rest: (() => void)[] = [];
  drawn.count = 0;
  for (const box of layout.lanes) {
    if (box.y + box.height < scrolled || box.y > scrolled + pen.height) continue;
    drawLane(pen, bars, box, drawn, scene, rest);
    horizontal(pen, box.y + box.height - LINE - scrolled, theme.colors.line);
  }
  scene.strips?.flush(pen);
  for (const draw of rest) draw();
  return scene.marks.selected !== null && drawSelected(pen, bars, scene, drawn, scene.marks.selected);
}

function drawLane(pen: Pen, bars: BarScene, box: LaneBox, drawn: Drawn, scene: LanesScene, rest: (() => void)[]): void {
  const rows = scene.index.lanes[box.lane] ?? [];
  for (let row = 0; row < box.rows; row++) {
    const y = box.bars + row * ROW - scene.scrolled;
    if (y + BAR < 0 || y > pen.height) continue;
    const source = rows[row];
    if (!source) continue;
    const list = visibleBars(source, scene.scale, drawn.fill(box.lane, row));
    drawn.count += list.count;
    const others = scene.strips?.take(pen, bars, list, y) ?? Array.from({ length: list.count }, (_, i) => i);
    // Over the small ones: the edge of a bar and its label are whole.
    rest.push(() => {
      for (const i of others) drawBar(pen, bars, list, i, y);
    });
  }
}

function drawSelected(pen: Pen, bars: BarScene, scene: LanesScene, drawn: Drawn, call: CallId): boolean {
  const { calls } = scene.data;
  const lane = calls.lane[call] ?? -1;
  const box = scene.layout.lanes[lane];
  const row = scene.index.place(call);
  if (!box || row < 0 || row >= box.rows) return false;
  const y = box.bars + row * ROW - scene.scrolled;
  const list = drawn.row(lane, row);
  if (!list || y + BAR < 0 || y > pen.height) return false;
  const x0 = xOf(scene.scale, calls.start[call] ?? 0);
  const x1 = xOf(scene.scale, (calls.start[call] ?? 0) + (calls.duration[call] ?? 0));
  if (x1 < 0 || x0 > pen.width) return false;
  // Of a joined call the bar that stands for it gets the ring.
  const i = barAt(list, (Math.max(x0, 0) + Math.min(x1, pen.width)) / 2);
  if (i < 0) return false;
  // The ring's ground covers the neighbours, so the bar is drawn once more on it.
  drawRing(pen, bars, list, i, y, () => drawBar(pen, bars, list, i, y));
  return true;
}
