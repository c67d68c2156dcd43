import type { Ns, SpanRow } from "../data/types";
import { type Cluster, clusterAt, entriesOf } from "../logic/clusters";
import { MARKERS } from "../logic/layout";
import { pan, scaleOf, type TimeWindow, timeAt, whole, zoomAt } from "../logic/viewport";
import {
  anchorOf,
  callAt,
  closeLogs,
  markerAnchor,
  openMarker,
  type Stage,
  select,
  zoomToCall,
} from "./timeline-stage";
import { listenToWheel } from "./wheel";

/** A press that moved less is a click, in CSS pixels. */
const CLICK_PX = 3;
/** So long after they moved, bars are taken to stand still, and the one under the pointer is looked up again. */
const STILL_MS = 150;

interface Press {
  readonly id: number;
  readonly x: number;
  readonly y: number;
  readonly window: TimeWindow;
  readonly scrolled: number;
  moved: boolean;
  /** With Shift the drag selects a range from here, in place of panning. */
  readonly from: Ns | null;
}

interface Pinch {
  readonly window: TimeWindow;
  readonly distance: number;
  readonly anchor: number;
}

export interface Pointer {
  /** Other bars may be under the pointer, though it did not move. */
  again(): void;
}

/** Mouse, pen and touch on the head and the lanes. Plain vertical wheels are left to the page. */
export function listenToPointer(stage: Stage, signal: AbortSignal): Pointer {
  const { context, cards, frame, motion } = stage;
  const { store, data } = context;
  const { duration } = data.facts;
  const lanes = frame.lanes.surface.canvas;
  const head = frame.head.surface.canvas;
  const touches = new Map<number, { x: number; y: number }>();
  let press: Press | null = null;
  let pinch: Pinch | null = null;
  /** Where the pointer rests on the lanes, from the corner of their canvas; null elsewhere and while it drags. */
  let resting: { x: number; y: number } | null = null;
  let timer = 0;

  const xIn = (event: { clientX: number }) => event.clientX - lanes.getBoundingClientRect().left;
  const again = () => {
    if (!resting) return;
    const hover = callAt(stage, resting.x, resting.y);
    store.set({ pointer: timeAt(stage.scale(), resting.x), hover });
    cards.point(hover, hover === null ? null : anchorOf(stage, hover));
  };
  const point = (event: PointerEvent) => {
    const { left, top } = lanes.getBoundingClientRect();
    const x = event.clientX - left;
    resting = event.target === lanes ? { x, y: event.clientY - top } : null;
    const pointer = timeAt(stage.scale(), x);
    const hover = resting ? callAt(stage, resting.x, resting.y) : null;
    const changed = hover !== store.get().hover;
    store.set({ pointer, hover });
    if (changed) cards.point(hover, hover === null ? null : anchorOf(stage, hover));
    pointAtMarker(event.target === head ? markerAt(stage, head, event) : null);
    const span = hover === null && event.target === lanes ? spanAt(stage, event) : null;
    const title = span ? (stage.spans()?.words(span) ?? "") : "";
    if (lanes.title !== title) lanes.title = title;
    lanes.style.cursor = hover === null && !span ? "" : "pointer";
  };
  const pointAtMarker = (cluster: Cluster | null) => {
    const name = cluster ? `${cluster.first}+${cluster.count}` : "";
    if ((head.dataset.marker ?? "") === name) return;
    head.dataset.marker = name;
    head.style.cursor = cluster ? "pointer" : "";
    if (cluster) cards.point(entriesOf(cluster), markerAnchor(stage, cluster));
    else if (store.get().hover === null) cards.point(null, null);
  };
  const leave = () => {
    resting = null;
    if (store.get().hover !== null) cards.point(null, null);
    pointAtMarker(null);
    store.set({ pointer: null, hover: null });
  };
  const spread = () => {
    const [a, b] = [...touches.values()];
    return a && b ? { distance: Math.max(Math.hypot(a.x - b.x, a.y - b.y), 1), middle: (a.x + b.x) / 2 } : null;
  };

  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    lanes.focus({ preventScroll: true });
    stage.keyboard = false;
    const target = event.target as HTMLElement;
    target.setPointerCapture(event.pointerId);
    if (event.pointerType === "touch") touches.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const two = spread();
    if (two) {
      press = null;
      pinch = {
        window: motion.goal(),
        distance: two.distance,
        anchor: timeAt(stage.scale(), xIn({ clientX: two.middle })),
      };
      return;
    }
    press = {
      id: event.pointerId,
      x: event.clientX,
      y: event.clientY,
      window: motion.goal(),
      scrolled: frame.lanes.el.scrollTop,
      moved: false,
      from: event.shiftKey ? timeAt(stage.scale(), xIn(event)) : null,
    };
  };
  const move = (event: PointerEvent) => {
    if (touches.has(event.pointerId)) touches.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const two = spread();
    if (pinch && two) {
      motion.jump(zoomAt(pinch.window, pinch.anchor, two.distance / pinch.distance, duration));
      return;
    }
    if (!press || press.id !== event.pointerId) {
      if (event.pointerType !== "touch") point(event);
      return;
    }
    const dx = event.clientX - press.x;
    const dy = event.clientY - press.y;
    if (!press.moved && Math.hypot(dx, dy) <= CLICK_PX) return;
    if (!press.moved) {
      press.moved = true;
      leave();
      (event.target as HTMLElement).style.cursor = press.from === null ? "grabbing" : "col-resize";
    }
    if (press.from !== null) {
      const to = timeAt(stage.scale(), Math.min(Math.max(xIn(event), 0), stage.scale().width));
      const [start, end] = to < press.from ? [to, press.from] : [press.from, to];
      const last = duration as Ns;
      store.set({ range: { start: start < 0 ? (0 as Ns) : start, end: end > last ? last : end } });
      return;
    }
    motion.jump(pan(press.window, -dx / stage.scale().density, duration));
    // Fingers scroll by themselves: the canvas lets vertical touches through.
    if (event.target === lanes && event.pointerType !== "touch") frame.lanes.el.scrollTop = press.scrolled - dy;
  };
  const up = (event: PointerEvent) => {
    touches.delete(event.pointerId);
    if (touches.size < 2) pinch = null;
    (event.target as HTMLElement).style.cursor = "";
    if (!press || press.id !== event.pointerId) return;
    const clicked = !press.moved && event.type === "pointerup";
    press = null;
    if (clicked) click(event);
  };
  const click = (event: PointerEvent) => {
    if (event.target === lanes) {
      const rect = lanes.getBoundingClientRect();
      const call = callAt(stage, event.clientX - rect.left, event.clientY - rect.top);
      const span = call === null ? spanAt(stage, event) : null;
      if (span) store.set({ range: { start: span.start, end: (span.start + span.duration) as Ns } });
      else select(stage, call, true);
      return;
    }
    const cluster = markerAt(stage, head, event);
    closeLogs(stage);
    if (cluster) openMarker(stage, cluster);
  };
  const wheelAnchor = (event: WheelEvent) => {
    const { start, end } = store.get().window;
    const overview = frame.minimap.plot.contains(event.target as Node);
    const scale = overview ? scaleOf(whole(duration), stage.scale().width) : stage.scale();
    return Math.min(Math.max(timeAt(scale, xIn(event)), start), end);
  };

  for (const canvas of [lanes, head]) {
    canvas.addEventListener("pointerdown", down, { signal });
    canvas.addEventListener("pointermove", move, { signal });
    canvas.addEventListener("pointerup", up, { signal });
    canvas.addEventListener("pointercancel", up, { signal });
    canvas.addEventListener("pointerleave", leave, { signal });
  }
  lanes.addEventListener(
    "dblclick",
    () => {
      const { selected } = store.get();
      if (selected !== null) zoomToCall(stage, selected);
    },
    { signal },
  );
  const axis = { anchor: wheelAnchor, density: () => stage.scale().density, duration };
  listenToWheel(frame.el, motion, axis, signal);
  listenToWheel(context.root, motion, axis, signal, ".microlog-card");
  const unsubscribe = store.subscribe((state, before) => {
    if (state.window === before.window) return;
    cards.moved();
    clearTimeout(timer);
    timer = window.setTimeout(again, STILL_MS);
  });
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    unsubscribe();
  });
  return { again };
}

/** The measured span under the pointer. */
function spanAt(stage: Stage, event: PointerEvent): SpanRow | null {
  const box = stage.layout().spans;
  const rect = stage.frame.lanes.surface.canvas.getBoundingClientRect();
  const y = event.clientY - rect.top + stage.frame.lanes.el.scrollTop - (box?.bars ?? 0);
  return (box && stage.spans()?.at(stage.scale(), event.clientX - rect.left, y)) ?? null;
}

function markerAt(stage: Stage, head: HTMLCanvasElement, event: PointerEvent) {
  const rect = head.getBoundingClientRect();
  const y = event.clientY - rect.top - stage.layout().head.markers;
  return y >= 0 && y < MARKERS ? clusterAt(stage.markers(), event.clientX - rect.left) : null;
}
