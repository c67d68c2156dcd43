import type { CallId, LaneId, LogId, Ns } from "../data/types";
import { type Cluster, clusters, indexLogs, isIn } from "../logic/clusters";
import { type Layout, layoutOf, METRICS, MINIMAP } from "../logic/layout";
import { litFunctions } from "../logic/lit";
import { niceStep, tickLabel, ticks } from "../logic/ruler";
import { around, reveal, type Scale, scaleOf, whole, xOf } from "../logic/viewport";
import { drawGaps, gapsInView } from "../render/gaps";
import { createDrawn, drawLanes } from "../render/lanes";
import { drawMarkers } from "../render/markers";
import { drawMetrics, drawMetricWords, stripOf } from "../render/metrics";
import { drawMinimap } from "../render/minimap";
import { drawGrid, drawRuler } from "../render/ruler";
import type { Strips } from "../render/strips";
import { horizontal } from "../render/surface";
import { createMeasure } from "../render/text";
import type { Cards } from "./cards";
import type { Context, View } from "./context";
import type { Finer } from "./finer";
import { loadMore } from "./load-more";
import { createMotion } from "./motion";
import type { SpanTrackView } from "./spans";
import { createBrush } from "./timeline-brush";
import { createFrame } from "./timeline-frame";
import { createGutter } from "./timeline-gutter";
import { bringIntoView, listenToKeys } from "./timeline-keys";
import { listenToPointer } from "./timeline-pointer";
import { anchorOf, openEntries, type Stage, select } from "./timeline-stage";

export interface Timeline extends View {
  /** Shows the whole recording. */
  fit(): void;
  /** Selects a call and brings it into view. */
  select(call: CallId): void;
  /** Moves to an entry of the log and opens it. */
  showLog(log: LogId): void;
  /** Shows an interval with a little air on both sides. */
  zoomTo(start: Ns, end: Ns): void;
}

/** What of the picture is out of date. */
interface Stale {
  minimap: boolean;
  head: boolean;
  lanes: boolean;
  /** Bars are elsewhere than before. */
  places: boolean;
}

/** Minimap, ruler, markers, metrics and lanes over one axis of time. */
export function createTimeline(context: Context, cards: Cards): Timeline {
  const { data, store, root } = context;
  const { duration } = data.facts;
  const own = context.rows();
  /** What is drawn: the view's bars, or what a kernel has told of them. */
  let index = own;
  const strip = stripOf(data);
  const logs = indexLogs(data.logs);
  const frame = createFrame();
  const motion = createMotion(store, duration);
  const drawn = createDrawn();
  const measureWith = createMeasure();
  const ending = new AbortController();
  const { signal } = ending;

  let layout: Layout = layoutOf(0, index, store.get().collapsed);
  let scale: Scale = scaleOf(store.get().window, 1);
  let markers: readonly Cluster[] = [];
  let request = 0;
  let visible = true;
  let painted = 0;
  let spans: SpanTrackView | null = null;
  let strips: Strips | null = null;
  let finer: Finer | null = null;
  /** An entry whose card opens when its marker is there. */
  let wanted: LogId | null = null;
  const stale: Stale = { minimap: true, head: true, lanes: true, places: false };

  const stage: Stage = {
    context,
    cards,
    frame,
    get index() {
      return index;
    },
    drawn,
    motion,
    layout: () => layout,
    scale: () => scale,
    markers: () => markers,
    spans: () => spans,
    keyboard: false,
  };
  const toggle = (lane: LaneId) => {
    const collapsed = new Set(store.get().collapsed);
    if (!collapsed.delete(lane)) collapsed.add(lane);
    store.set({ collapsed });
  };
  const gutter = createGutter(frame, data, strip, toggle);
  const brush = createBrush(frame.minimap.plot, motion, duration, signal);
  const pointer = listenToPointer(stage, signal);
  listenToKeys(stage, signal);

  const touch = (...parts: (keyof Stale)[]) => {
    for (const part of parts) stale[part] = true;
    // Out of sight nothing is drawn; what is stale stays stale until it is seen.
    if (request === 0 && visible) request = requestAnimationFrame(paint);
  };
  const measureLayout = () => {
    layout = layoutOf(frame.el.clientWidth, index, store.get().collapsed, spans?.rows);
    gutter.place(layout);
  };

  function paint(): void {
    request = 0;
    const { window } = store.get();
    if (layout.width <= 0) return;
    // Asked for before anything is written: after that the answer would take another layout of the page.
    const area = areaOf(frame.lanes.el);
    scale = scaleOf(window, layout.width);
    const before = index;
    index = finer?.rows(window, 1 / scale.density) ?? own;
    if (index !== before) stale.lanes = true;
    const theme = context.theme();
    if (stale.minimap) {
      const pen = frame.minimap.surface.begin(layout.width, MINIMAP.height);
      if (pen) drawMinimap(pen, theme, data, own, strip);
    }
    if (stale.head) paintHead();
    if (stale.lanes) paintLanes(area);
    if (stale.places) followPinned();
    if (index !== before) pointer.again();
    Object.assign(stale, { minimap: false, head: false, lanes: false, places: false });
    if (wanted !== null) openLog(wanted);
    paintPointer();
    report();
  }

  function paintHead(): void {
    const theme = context.theme();
    const state = store.get();
    const { head } = layout;
    brush.update(state.window, layout.width);
    const pen = frame.head.surface.begin(layout.width, head.height);
    if (!pen) return;
    const axis = ticks(state.window, layout.width);
    markers = clusters(logs, scale);
    const gaps = gapsInView(strip.gaps, scale);
    drawGrid(pen, theme, scale, axis, head.markers, head.height);
    drawRuler(pen, theme, scale, axis);
    drawMetrics(pen, theme, scale, strip, head.metrics);
    drawGaps(pen, theme, gaps, head.metrics, head.metrics + METRICS.height - 1, 0, true);
    drawMetricWords(pen, theme, scale, strip, gaps, head.metrics);
    horizontal(pen, head.metrics - 1, theme.colors.line);
    drawMarkers(pen, theme, markers, head.markers, state.log, state.found?.logs ?? null);
  }

  function paintLanes(area: Area): void {
    const theme = context.theme();
    const { window, hover, selected } = store.get();
    const pen = frame.lanes.surface.begin(layout.width, area.height);
    showThumb(frame.lanes.thumb, area);
    if (!pen) return;
    const ringed = drawLanes(
      pen,
      {
        data,
        index,
        layout,
        scale,
        ticks: ticks(window, layout.width),
        gaps: strip.gaps,
        theme,
        marks: { hover, selected, keyboard: stage.keyboard },
        measure: measureWith(pen.ctx, theme),
        found: litFunctions(store.get()),
        scrolled: area.scrolled,
        spans: spans?.draw ?? null,
        strips,
      },
      drawn,
    );
    // The ring of the call says where the focus is; without one in view, and without a range, the whole plot does.
    frame.lanes.surface.canvas.classList.toggle("microlog-ringed", ringed);
  }

  function openLog(log: LogId): void {
    wanted = null;
    const marker = markers.find((cluster) => isIn(cluster, log));
    if (marker) openEntries(stage, marker, [log]);
  }

  /** A card that stays open stays beside its bar. */
  function followPinned(): void {
    const { pinned, selected } = store.get();
    const anchor = pinned && selected !== null ? anchorOf(stage, selected) : null;
    if (anchor && selected !== null) cards.pin(selected, anchor);
  }

  /** The hairline and its time, and the values of the gutter, follow the pointer without any canvas being drawn again. */
  function paintPointer(): void {
    const { pointer, window } = store.get();
    gutter.update(window, pointer);
    const x = pointer === null ? -1 : xOf(scale, pointer);
    const on = x >= 0 && x <= layout.width;
    frame.hairline.hidden = frame.time.hidden = !on;
    if (!on || pointer === null) return;
    frame.hairline.style.transform = `translateX(${Math.round(layout.gutter + x)}px)`;
    // As exact as a few pixels of the axis: more digits would be a guess about the hand.
    const step = niceStep(4 / scale.density);
    frame.time.textContent = tickLabel(Math.round(pointer / step) * step, step, window.end);
    // Inside the plot whatever its width, which is not asked for: that would lay out the page once more.
    const middle = `calc(${Math.round(layout.gutter + x)}px - 50%)`;
    const last = `calc(${layout.gutter + layout.width}px - 100%)`;
    frame.time.style.transform = `translateX(clamp(${layout.gutter}px, ${middle}, ${last}))`;
  }

  /** For tests in a browser: what is on the canvas, in words. */
  function report(): void {
    const { window, hover, selected } = store.get();
    const name = (call: CallId | null) =>
      call === null ? "" : (data.functions[data.calls.function[call] ?? -1]?.name ?? "");
    root.dataset.painted = String(++painted);
    root.dataset.window = `${Math.round(window.start)},${Math.round(window.end)}`;
    root.dataset.bars = String(drawn.count);
    root.dataset.hover = name(hover);
    root.dataset.selected = name(selected);
    root.dispatchEvent(new CustomEvent("microlog:painted"));
  }

  const zoomToRange = () => {
    const { range: shown } = store.get();
    if (shown) motion.glide(around(shown.start, shown.end, duration));
  };
  /** Made at the first selection; it shows and hides by itself then. */
  let range: Promise<View> | null = null;

  const unsubscribe = store.subscribe((state, before) => {
    if (state.window !== before.window) {
      scale = scaleOf(state.window, Math.max(layout.width, 1));
      touch("head", "lanes", "places");
    }
    if (state.pointer !== before.pointer) touch();
    if (state.hover !== before.hover) touch("lanes");
    if (state.log !== before.log || state.found !== before.found) touch("head");
    if (state.found !== before.found || state.chosen !== before.chosen) touch("lanes");
    if (state.range && !range)
      range = loadMore(context).then((more) => more.range(context, frame.el, { zoom: zoomToRange }));
    if (state.collapsed !== before.collapsed) {
      measureLayout();
      touch("lanes", "places");
    }
    if (state.selected !== before.selected) touch("lanes");
  });
  loadMore(context).then(
    (more) => {
      strips = more.strips();
      if (data.room) finer = more.finer(context, () => touch("lanes", "places"));
      if (!data.spans.some((span) => span.kind !== "gc")) return;
      spans = more.spans(data);
      measureLayout();
      touch("lanes", "places");
    },
    // Without its code the view has no track, and every bar is drawn by itself; the lanes are there.
    () => undefined,
  );
  const unsubscribeTheme = context.onTheme(() => touch("minimap", "head", "lanes"));

  /** The lanes in words; without their code the picture is there. */
  const assist = loadMore(context).then((more) => more.assist(context, frame.el));
  assist.catch(() => undefined);
  const sizes = new ResizeObserver(() => {
    measureLayout();
    touch("minimap", "head", "lanes", "places");
  });
  sizes.observe(frame.el);
  sizes.observe(frame.lanes.el);
  const sight = new IntersectionObserver((entries) => {
    visible = entries.at(-1)?.isIntersecting ?? true;
    if (visible) touch();
  });
  sight.observe(frame.el);
  frame.lanes.el.addEventListener("scroll", () => touch("lanes", "places"), { signal, passive: true });
  watchRatio(() => touch("minimap", "head", "lanes"), signal);
  frame.lanes.surface.canvas.addEventListener(
    "blur",
    () => {
      stage.keyboard = false;
      touch("lanes");
    },
    { signal },
  );

  return {
    el: frame.el,
    fit: () => motion.glide(whole(duration)),
    select(call) {
      stage.keyboard = true;
      bringIntoView(stage, call);
      select(stage, call, false);
    },
    showLog(log) {
      const time = data.logs[log]?.time ?? 0;
      motion.jump(reveal(motion.goal(), time, time, duration));
      wanted = log;
      touch("head");
    },
    zoomTo: (start, end) => motion.glide(around(start, end, duration)),
    dispose() {
      cancelAnimationFrame(request);
      request = -1;
      ending.abort();
      unsubscribe();
      unsubscribeTheme();
      sizes.disconnect();
      sight.disconnect();
      motion.dispose();
      finer?.dispose();
      for (const made of [range, assist]) void made?.then((view) => view.dispose()).catch(() => undefined);
    },
  };
}

/** The scrolling area of the lanes, in CSS pixels. */
interface Area {
  readonly top: number;
  readonly height: number;
  /** Of all that is in it. */
  readonly whole: number;
  readonly scrolled: number;
}

function areaOf(el: HTMLElement): Area {
  return { top: el.offsetTop, height: el.clientHeight, whole: el.scrollHeight, scrolled: el.scrollTop };
}

/** A thin mark at the right: the browser's own scroll bar would take width from the lanes but not from the rows above them. */
function showThumb(thumb: HTMLElement, area: Area): void {
  thumb.hidden = area.whole <= area.height + 1;
  if (thumb.hidden) return;
  const height = Math.max((area.height / area.whole) * area.height, 16);
  const share = area.scrolled / (area.whole - area.height);
  thumb.style.height = `${height}px`;
  thumb.style.top = `${area.top + share * (area.height - height)}px`;
}

/** Calls back when the page moves to a screen of another density, or the browser's zoom changes. */
function watchRatio(changed: () => void, signal: AbortSignal): void {
  if (signal.aborted) return;
  const query = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
  const again = () => {
    changed();
    watchRatio(changed, signal);
  };
  query.addEventListener("change", again, { once: true, signal });
}
