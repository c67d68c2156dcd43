import type { LogId } from "../data/types";
import { type Cluster, clusterAt, clusters, indexLogs, listing } from "../logic/clusters";
import { formatCount, formatDuration } from "../logic/format";
import { GUTTER, MARKERS, MINIMAP, NARROW } from "../logic/layout";
import { firstAbove } from "../logic/rows";
import { ticks } from "../logic/ruler";
import { around, scaleOf, timeAt, whole } from "../logic/viewport";
import { drawMarkers } from "../render/markers";
import { stripOf } from "../render/metrics";
import { drawMinimap } from "../render/minimap";
import { drawGrid } from "../render/ruler";
import { createSurface, horizontal } from "../render/surface";
import type { Context, View } from "./context";
import { el } from "./dom";
import { createMotion } from "./motion";
import { createBrush } from "./timeline-brush";
import { listenToWheel } from "./wheel";

/**
 * Minimap and markers on top of a table: the same axis of time and the same brush as on the timeline. The window it shows is
 * the store's; the table below is about it. A click on a marker marks its entry in the log, or zooms a cluster apart.
 */
export function createOverview(context: Context): View {
  const { data, store } = context;
  const { duration } = data.facts;
  const index = context.rows();
  const strip = stripOf(data);
  const motion = createMotion(store, duration);
  const ending = new AbortController();
  const { signal } = ending;

  const total = el("div", "microlog-note", `of ${formatDuration(duration)}`);
  const shown = el("div", "microlog-shown");
  const count = el("span", "microlog-value");
  const minimap = { plot: el("div", "microlog-plot"), surface: createSurface() };
  const lane = { plot: el("div", "microlog-plot"), surface: createSurface() };
  minimap.plot.append(minimap.surface.canvas);
  lane.plot.append(lane.surface.canvas);
  for (const { canvas } of [minimap.surface, lane.surface]) canvas.setAttribute("aria-hidden", "true");
  const overview = el(
    "div",
    "microlog-overview",
    el("div", "microlog-minimap", el("div", "microlog-gutter", shown, total), minimap.plot),
    el(
      "div",
      "microlog-head",
      el("div", "microlog-gutter", el("div", "microlog-gutter-logs", el("span", "microlog-word", "Logs"), count)),
      lane.plot,
    ),
  );
  const brush = createBrush(minimap.plot, motion, duration, signal);
  const logs = indexLogs(data.logs);

  let markers: readonly Cluster[] = [];
  let width = 0;
  let request = 0;
  let visible = true;
  let stale = true;
  const scale = () => scaleOf(store.get().window, Math.max(width, 1));
  const touch = (everything = false) => {
    stale ||= everything;
    if (request === 0 && visible) request = requestAnimationFrame(paint);
  };

  function paint(): void {
    request = 0;
    if (width <= 0) return;
    const { window, log, found } = store.get();
    const theme = context.theme();
    const map = stale ? minimap.surface.begin(width, MINIMAP.height) : null;
    if (map) drawMinimap(map, theme, data, index, strip);
    stale = false;
    brush.update(window, width);
    shown.textContent = `${formatDuration(window.end - window.start)} shown`;
    count.textContent = formatCount(firstAbove(logs.time, window.end) - firstAbove(logs.time, window.start - 1));
    const pen = lane.surface.begin(width, MARKERS);
    if (!pen) return;
    markers = clusters(logs, scale());
    drawGrid(pen, theme, scale(), ticks(window, width), 0, MARKERS);
    horizontal(pen, MARKERS - 1, theme.colors.line);
    drawMarkers(pen, theme, markers, 0, log, found?.logs ?? null);
  }

  const { canvas } = lane.surface;
  const markerAt = (event: MouseEvent) => clusterAt(markers, event.clientX - canvas.getBoundingClientRect().left);
  canvas.addEventListener(
    "pointermove",
    (event) => {
      const cluster = markerAt(event);
      canvas.style.cursor = cluster ? "pointer" : "";
      canvas.title = cluster ? listing(data.logs, cluster) : "";
    },
    { signal },
  );
  canvas.addEventListener(
    "click",
    (event) => {
      const cluster = markerAt(event);
      if (!cluster) return;
      const [first = 0, last = 0] = [cluster.first, cluster.first + cluster.count - 1].map((id) => logs.time[id]);
      const apart = around(first, last, duration, 0.25);
      const { start, end } = store.get().window;
      // Entries at one time stay together at any zoom.
      if (last > first && apart.end - apart.start < (end - start) * 0.9) motion.glide(apart);
      else store.set({ tab: "log", log: cluster.first as LogId });
    },
    { signal },
  );
  const anchor = (event: WheelEvent) => {
    const { start, end } = store.get().window;
    const axis = minimap.plot.contains(event.target as Node) ? scaleOf(whole(duration), Math.max(width, 1)) : scale();
    return Math.min(Math.max(timeAt(axis, event.clientX - canvas.getBoundingClientRect().left), start), end);
  };
  listenToWheel(overview, motion, { anchor, density: () => scale().density, duration }, signal);

  const sizes = new ResizeObserver(() => {
    const whole = overview.clientWidth;
    overview.classList.toggle("microlog-narrow", whole < NARROW);
    width = Math.max(whole - (whole < NARROW ? 0 : GUTTER), 0);
    touch(true);
  });
  sizes.observe(overview);
  const sight = new IntersectionObserver((entries) => {
    visible = entries.at(-1)?.isIntersecting ?? true;
    if (visible) touch();
  });
  sight.observe(overview);
  const unsubscribe = store.subscribe((state, before) => {
    if (state.window !== before.window || state.log !== before.log || state.found !== before.found) touch();
  });
  const unsubscribeTheme = context.onTheme(() => touch(true));
  return {
    el: overview,
    dispose() {
      cancelAnimationFrame(request);
      request = -1;
      ending.abort();
      sizes.disconnect();
      sight.disconnect();
      unsubscribe();
      unsubscribeTheme();
      motion.dispose();
    },
  };
}
