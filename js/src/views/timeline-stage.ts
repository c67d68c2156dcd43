import type { CallId, LogId } from "../data/types";
import { type Cluster, entriesOf } from "../logic/clusters";
import { barAt } from "../logic/hit";
import { BAR, type Layout, laneAt, MARKERS, ROW, rowAt } from "../logic/layout";
import type { RowIndex } from "../logic/rows";
import { around, type Scale, xOf } from "../logic/viewport";
import type { Drawn } from "../render/lanes";
import type { Anchor, Cards } from "./cards";
import type { Context } from "./context";
import type { Motion } from "./motion";
import type { SpanTrackView } from "./spans";
import type { Frame } from "./timeline-frame";

/** What the parts of the timeline share: what is drawn where, now. */
export interface Stage {
  readonly context: Context;
  readonly cards: Cards;
  readonly frame: Frame;
  readonly index: RowIndex;
  readonly drawn: Drawn;
  readonly motion: Motion;
  layout(): Layout;
  scale(): Scale;
  markers(): readonly Cluster[];
  /** The track of measured spans; null until it is there, or without one. */
  spans(): SpanTrackView | null;
  /** Keys, not the pointer, moved the selection last. */
  keyboard: boolean;
}

/** The call drawn at a place of the lanes' canvas. */
export function callAt(stage: Stage, x: number, y: number): CallId | null {
  const scrolled = stage.frame.lanes.el.scrollTop;
  const box = laneAt(stage.layout(), y + scrolled);
  const row = box ? rowAt(box, y + scrolled) : -1;
  const bars = box && row >= 0 ? stage.drawn.row(box.lane, row) : undefined;
  const i = bars ? barAt(bars, x) : -1;
  return bars && i >= 0 ? (bars.call[i] as CallId) : null;
}

/** The place of a call's bar, as far as the plot shows it. */
export function anchorOf(stage: Stage, call: CallId): Anchor | null {
  const { calls } = stage.context.data;
  const lane = calls.lane[call] ?? -1;
  const box = stage.layout().lanes[lane];
  const row = stage.index.place(call);
  if (!box || row < 0 || row >= box.rows) return null;
  const scale = stage.scale();
  const start = calls.start[call] ?? 0;
  const x0 = Math.min(Math.max(xOf(scale, start), 0), scale.width);
  const x1 = Math.min(Math.max(xOf(scale, start + (calls.duration[call] ?? 0)), x0 + 1), scale.width);
  const canvas = stage.frame.lanes.surface.canvas.getBoundingClientRect();
  const root = stage.context.root.getBoundingClientRect();
  const y = canvas.top - root.top + box.bars + row * ROW - stage.frame.lanes.el.scrollTop;
  return { x: canvas.left - root.left + x0, y, width: x1 - x0, height: BAR };
}

export function select(stage: Stage, call: CallId | null, pinned: boolean): void {
  const { store } = stage.context;
  const anchor = call === null ? null : anchorOf(stage, call);
  if (store.get().log !== null) closeLogs(stage);
  store.set({ selected: call, pinned: pinned && anchor !== null });
  if (call !== null && pinned && anchor) stage.cards.pin(call, anchor);
  else stage.cards.unpin();
}

export function closeLogs(stage: Stage): void {
  stage.cards.logs(null, null);
  stage.context.store.set({ log: null });
}

export function zoomToCall(stage: Stage, call: CallId): void {
  const { calls, facts } = stage.context.data;
  const start = calls.start[call] ?? 0;
  stage.motion.glide(around(start, start + (calls.duration[call] ?? 0), facts.duration));
}

/** Zooms a cluster apart; where no zoom could, or for a single entry, opens the card. */
export function openMarker(stage: Stage, cluster: Cluster): void {
  const { data, store } = stage.context;
  const first = data.logs[cluster.first]?.time ?? 0;
  const last = data.logs[cluster.first + cluster.count - 1]?.time ?? 0;
  const { start, end } = store.get().window;
  const apart = around(first, last, data.facts.duration, 0.25);
  // Entries at one time stay together at any zoom.
  if (last > first && apart.end - apart.start < (end - start) * 0.9) {
    stage.motion.glide(apart);
    return;
  }
  openEntries(stage, cluster, entriesOf(cluster));
}

/** The card of entries, beside their marker. */
export function openEntries(stage: Stage, cluster: Cluster, entries: readonly LogId[]): void {
  stage.context.store.set({ log: entries[0] ?? null });
  stage.cards.logs(entries, markerAnchor(stage, cluster));
}

/** The place of a marker. */
export function markerAnchor(stage: Stage, cluster: Cluster): Anchor {
  const canvas = stage.frame.head.surface.canvas.getBoundingClientRect();
  const box = stage.context.root.getBoundingClientRect();
  return {
    x: canvas.left - box.left + cluster.x - cluster.width / 2,
    y: canvas.top - box.top + stage.layout().head.markers,
    width: cluster.width,
    height: MARKERS,
  };
}
