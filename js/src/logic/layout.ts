import type { LaneRow } from "../data/types";
import type { RowIndex } from "./rows";

export const BAR = 17;
export const ROW = 18;
export const PADDING = 4;
export const LINE = 1;
export const GUTTER = 128;
/** A lane in the gutter has room for two lines of text. */
const LEAST_HEIGHT = 37;
/** Height of the row of names that takes the gutter's place. */
export const NAME_ROW = 18;
/** Containers narrower than this have no gutter. */
export const NARROW = 640;

export const MINIMAP = { height: 36, cpu: 24, main: 5, worker: 3 } as const;
export const RULER = 20;
export const MARKERS = 22;
export const METRICS = { height: 64, scale: 13, plot: 43, gc: 8 } as const;

/** One lane in the scrolling area; y counts from its top, in CSS pixels. */
export interface LaneBox {
  readonly lane: number;
  readonly y: number;
  readonly height: number;
  /** Top of the first row of bars. */
  readonly bars: number;
  readonly rows: number;
  readonly collapsed: boolean;
}

export interface Layout {
  readonly gutter: number;
  /** Width of the plot right of the gutter. */
  readonly width: number;
  /** The track of measured spans above the lanes; null without any. */
  readonly spans: { readonly height: number; readonly bars: number } | null;
  readonly lanes: readonly LaneBox[];
  /** Height of all lanes. */
  readonly height: number;
  /** Tops inside the head: ruler, markers, metrics, and its whole height. */
  readonly head: { readonly markers: number; readonly metrics: number; readonly height: number };
}

export function layoutOf(width: number, index: RowIndex, collapsed: ReadonlySet<number>, spanRows = 0): Layout {
  const narrow = width < NARROW;
  const gutter = narrow ? 0 : GUTTER;
  const metrics = RULER + MARKERS + (narrow ? NAME_ROW : 0);
  const spans =
    spanRows > 0
      ? { bars: narrow ? NAME_ROW : PADDING, height: (narrow ? NAME_ROW : PADDING) + spanRows * ROW + PADDING + LINE }
      : null;
  let y = spans?.height ?? 0;
  const lanes: LaneBox[] = index.lanes.map((rows, lane) => {
    const shut = collapsed.has(lane);
    const shown = shut ? Math.min(rows.length, 1) : rows.length;
    const bars = y + (narrow ? NAME_ROW : PADDING);
    const needed = bars - y + shown * ROW + PADDING + LINE;
    const height = narrow ? needed : Math.max(needed, LEAST_HEIGHT);
    const box = { lane, y, height, bars, rows: shown, collapsed: shut };
    y += height;
    return box;
  });
  return {
    gutter,
    width: Math.max(width - gutter, 0),
    spans,
    lanes,
    height: y,
    head: { markers: RULER, metrics, height: metrics + METRICS.height },
  };
}

/** The lane at a height of the scrolling area. */
export function laneAt(layout: Layout, y: number): LaneBox | null {
  return layout.lanes.find((box) => y >= box.y && y < box.y + box.height) ?? null;
}

/** The row of a lane at a height, -1 between rows. */
export function rowAt(box: LaneBox, y: number): number {
  const row = Math.floor((y - box.bars) / ROW);
  return row >= 0 && row < box.rows && (y - box.bars) % ROW < BAR ? row : -1;
}

/** What stands under a lane's name: of a thread how much of its time it had the CPU. */
export function laneNote(lane: LaneRow): string {
  const percent = (share: number) => `${Math.round(Math.min(Math.max(share, 0), 1) * 100)}%`;
  if (lane.kind === "main") return lane.cpu === null ? "" : `${percent(lane.cpu)} CPU`;
  if (lane.kind === "asyncio") return lane.kind;
  return lane.cpu === null ? "thread" : `thread · ${percent(1 - lane.cpu)} waiting`;
}
