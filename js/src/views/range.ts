import type { Ns, PackageId } from "../data/types";
import { formatChange, formatDuration, formatNumberOf, formatPercent, formatRange, pluralOf } from "../logic/format";
import { shownName } from "../logic/labels";
import { GUTTER, MINIMAP, NARROW, RULER } from "../logic/layout";
import { placeBeside } from "../logic/place";
import { rangeAsMarkdown, summaryOf } from "../logic/range";
import { clampWindow, scaleOf, xOf } from "../logic/viewport";
import type { Interval } from "../state/store";
import { copyText } from "./clipboard";
import type { Context, View } from "./context";
import { button, el, key } from "./dom";
import { icon } from "./icon";
import { isThere } from "./kernel-state";
import { swatch } from "./tabs";

/** Functions that the panel names. */
const TOP = 6;
/** An arrow key on an edge moves it by this share of the window. */
const KEY_SHARE = 0.05;
const EDGE = 6;
const STATUS = 24;

export interface RangeActions {
  readonly zoom: () => void;
}

/** The selected range over the timeline: edges to drag, a veil over the rest, its length, and what happened in it. */
export function createRange(context: Context, timeline: HTMLElement, actions: RangeActions): View {
  const { data, store, host, root } = context;
  const { duration } = data.facts;
  const ending = new AbortController();
  const { signal } = ending;
  const veils = [el("div", "microlog-range-veil"), el("div", "microlog-range-veil")] as const;
  const pill = el("div", "microlog-range-pill");
  const ruler = el("div", "microlog-range-ruler");
  const edges = { start: edge("Start of the range"), end: edge("End of the range") };
  const layer = el("div", "microlog-range", ...veils, ruler, pill, edges.start, edges.end);
  const card = el("section", "microlog-card microlog-range-card");
  card.setAttribute("role", "dialog");
  card.setAttribute("aria-label", "Selected range");
  let request = 0;
  let summed: unknown = null;

  const clear = () => store.set({ range: null });
  const axis = () => {
    const gutter = timeline.clientWidth < NARROW ? 0 : GUTTER;
    return { gutter, scale: scaleOf(store.get().window, Math.max(timeline.clientWidth - gutter, 1)) };
  };
  const move = (side: "start" | "end", time: number) => {
    const { range } = store.get();
    if (!range) return;
    const other = side === "start" ? range.end : range.start;
    const inside = Math.min(Math.max(time, 0), duration) as Ns;
    store.set({ range: inside < other ? { start: inside, end: other } : { start: other, end: inside } });
  };
  for (const side of ["start", "end"] as const) {
    const handle = edges[side];
    handle.addEventListener(
      "pointerdown",
      (down) => {
        if (down.button !== 0) return;
        down.preventDefault();
        handle.setPointerCapture(down.pointerId);
        handle.focus({ preventScroll: true });
        // The other edge stays; past it the two change roles.
        const { range } = store.get();
        const still = side === "start" ? range?.end : range?.start;
        const drag = (event: PointerEvent) => {
          const { gutter, scale } = axis();
          const x = event.clientX - timeline.getBoundingClientRect().left - gutter;
          const time = Math.min(Math.max(scale.start + x / scale.density, 0), duration);
          if (still !== undefined && time !== still) store.set({ range: ordered(still, time as Ns) });
        };
        handle.addEventListener("pointermove", drag, { signal });
        handle.addEventListener("lostpointercapture", () => handle.removeEventListener("pointermove", drag), {
          once: true,
        });
      },
      { signal },
    );
    handle.addEventListener(
      "keydown",
      (event) => {
        const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        const { range, window } = store.get();
        if (!step || !range) return;
        event.preventDefault();
        event.stopPropagation();
        move(side, range[side] + step * KEY_SHARE * (window.end - window.start));
      },
      { signal },
    );
  }

  const place = () => {
    const { range, tab } = store.get();
    const on = range !== null && tab === "timeline";
    layer.hidden = !on;
    card.hidden = !on;
    if (!range || !on) return;
    const { gutter, scale } = axis();
    const clip = (time: number) => Math.min(Math.max(xOf(scale, time), 0), scale.width);
    const [x0, x1] = [clip(range.start), clip(range.end)];
    layer.style.left = `${gutter}px`;
    veils[0].style.width = `${x0}px`;
    veils[1].style.left = `${x1}px`;
    ruler.style.left = `${x0}px`;
    ruler.style.width = `${x1 - x0}px`;
    pill.textContent = formatDuration(range.end - range.start);
    pill.style.left = `${(x0 + x1) / 2}px`;
    pill.hidden = x1 <= x0;
    for (const side of ["start", "end"] as const) {
      const x = xOf(scale, range[side]);
      edges[side].hidden = x < -1 || x > scale.width + 1;
      edges[side].style.left = `${x}px`;
      edges[side].setAttribute("aria-valuemax", String(Math.round(duration)));
      edges[side].setAttribute("aria-valuenow", String(Math.round(range[side])));
      edges[side].setAttribute("aria-valuetext", formatDuration(range[side]));
    }
    fill();
    if (root.clientWidth < NARROW) {
      card.style.transform = "";
      return;
    }
    const bounds = {
      x: EDGE,
      y: EDGE,
      width: root.clientWidth - 2 * EDGE,
      height: root.clientHeight - STATUS - 2 * EDGE,
    };
    const top = timeline.getBoundingClientRect().top - root.getBoundingClientRect().top + MINIMAP.height + RULER;
    const size = { width: card.offsetWidth, height: card.offsetHeight };
    const beside = placeBeside({ x: gutter + x0, y: top, width: x1 - x0, height: 1 }, size, bounds);
    const x = beside?.x ?? bounds.x + bounds.width - size.width;
    card.style.maxHeight = `${bounds.height}px`;
    card.style.transform = `translate(${Math.round(x)}px, ${Math.round(beside?.y ?? bounds.y)}px)`;
  };
  const fill = () => {
    const { range } = store.get();
    if (!range || summed === range) return;
    summed = range;
    const found = summaryOf(data, range);
    const expression = pythonOf(context, range);
    const copy = button("microlog-tool", () => void copyText(expression, copy), icon("copy"));
    copy.setAttribute("aria-label", `Copy ${expression}`);
    const summary = button(
      "microlog-button",
      () => void copyText(rangeAsMarkdown(data, range, TOP), summary),
      "Copy",
      key("C"),
    );
    summary.dataset.action = "copy";
    const closer = button("microlog-pin", clear, key("Esc"));
    closer.setAttribute("aria-label", "Clear the range");
    const known = (value: number, text: (value: number) => string) => (Number.isNaN(value) ? "–" : text(value));
    const logs = el("b", "", found.logs.count > 0 ? icon(found.logs.worst, 14) : null, ` ${found.logs.count}`);
    card.replaceChildren(
      el(
        "div",
        "microlog-card-head",
        el("h3", "", formatRange(range.start, range.end)),
        el("span", "microlog-pale microlog-range-length", `${formatDuration(range.end - range.start)} selected`),
        closer,
      ),
      el(
        "div",
        "microlog-range-stats",
        stat(el("b", "", known(found.cpu, formatPercent)), "CPU"),
        stat(el("b", "", known(found.memory, formatChange)), "memory"),
        stat(el("b", "", formatDuration(found.gc.time)), `GC, ${formatNumberOf(found.gc.pauses, "pause")}`),
        stat(logs, pluralOf(found.logs.count, "log")),
      ),
      topOf(context, found.functions.slice(0, TOP)),
      el(
        "div",
        "microlog-range-python",
        el("div", "microlog-pale", "This range in Python"),
        el("div", "microlog-range-code", el("code", "", expression), copy),
      ),
      el(
        "div",
        "microlog-actions",
        button("microlog-button", actions.zoom, "Zoom", key("Z")),
        isThere(context)
          ? button("microlog-button", () => store.set({ tab: "explain", about: range }), "Explain", key("E"))
          : null,
        summary,
        button("microlog-button", () => store.set({ sheet: "export" }), "Export"),
      ),
    );
  };
  const touch = () => {
    if (request === 0) {
      request = requestAnimationFrame(() => {
        request = 0;
        place();
      });
    }
  };
  const unsubscribe = store.subscribe((state, before) => {
    if (state.range !== before.range || state.window !== before.window || state.tab !== before.tab) touch();
  });
  const unsubscribeTheme = context.onTheme(() => {
    summed = null;
    touch();
  });
  const unsubscribeState = host.onState(() => {
    summed = null;
    touch();
  });
  const sizes = new ResizeObserver(touch);
  sizes.observe(timeline);
  timeline.append(layer);
  root.append(card);
  place();
  return {
    el: layer,
    dispose() {
      cancelAnimationFrame(request);
      request = -1;
      ending.abort();
      unsubscribe();
      unsubscribeTheme();
      unsubscribeState();
      sizes.disconnect();
      layer.remove();
      card.remove();
    },
  };
}

/** How the range is called in Python: by its place in the session if there is one, else by its times. */
function pythonOf(context: Context, { start, end }: Interval): string {
  return isThere(context) ? "rec.selection" : `rec.between(${seconds(start)}, ${seconds(end)})`;
}

/** Exact to the nanosecond. */
function seconds(time: Ns): string {
  return String(Math.round(time) / 1e9);
}

function ordered(a: Ns, b: Ns): { start: Ns; end: Ns } {
  return a < b ? { start: a, end: b } : { start: b, end: a };
}

function edge(label: string): HTMLElement {
  const made = el("div", "microlog-range-edge");
  made.tabIndex = 0;
  made.setAttribute("role", "slider");
  made.setAttribute("aria-label", label);
  made.setAttribute("aria-valuemin", "0");
  return made;
}

function stat(value: HTMLElement, word: string): HTMLElement {
  return el("div", "", value, el("span", "microlog-pale", word));
}

function topOf(context: Context, shares: ReturnType<typeof summaryOf>["functions"]): HTMLElement {
  const { functions } = context.data;
  const longest = shares[0]?.self ?? 1;
  const waits = (share: (typeof shares)[number]) => share.cpu < share.self / 3;
  const rows = shares.map((share) => {
    const row = functions[share.function];
    const colors = context.theme().swatches[row?.package ?? 0];
    const bar = el("span", "microlog-range-bar");
    bar.style.width = `${Math.max((share.self / longest) * 100, 2)}%`;
    bar.style.background = (waits(share) ? colors?.wait : colors?.fill) ?? "";
    bar.style.borderColor = colors?.edge ?? "";
    const name = el("span", "microlog-range-name", shownName(row?.name ?? ""));
    name.title = `${row?.module ?? ""}, ${row?.file ?? ""}:${row?.line ?? 0}`;
    return el(
      "div",
      "microlog-range-function",
      swatch(context, (row?.package ?? 0) as PackageId),
      name,
      el("span", "microlog-range-track", bar),
      el("span", "microlog-range-value", formatDuration(share.self)),
    );
  });
  return el(
    "div",
    "microlog-range-top",
    el("div", "microlog-strip-title", "Top functions by self time", el("span", "", "all lanes")),
    ...(rows.length > 0 ? rows : [el("p", "microlog-pale", "No calls in this range.")]),
    shares.some(waits) ? el("p", "microlog-pale", "□ hollow: waiting, next to no CPU") : null,
  );
}

/** A range made with keys: the selected call's time at first, then its end, or both sides, moved. */
export function rangeByKey(context: Context, pressed: string): boolean {
  const { data, store } = context;
  const { range, selected, window } = store.get();
  const step = KEY_SHARE * (window.end - window.start);
  const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 1], ArrowDown: [1, -1] }[pressed];
  if (!by) return false;
  if (!range) {
    const start = selected === null ? window.start : (data.calls.start[selected] ?? 0);
    const end = selected === null ? window.end : start + (data.calls.duration[selected] ?? 0);
    store.set({ range: { start: start as Ns, end: end as Ns } });
    return true;
  }
  const [start = 0, end = 0] = by;
  store.set({ range: clampWindow(range.start + start * step, range.end + end * step, data.facts.duration) });
  return true;
}
