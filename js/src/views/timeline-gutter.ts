import type { LaneId, ViewData } from "../data/types";
import { formatBytes, formatCount, formatDuration, formatPercent } from "../logic/format";
import { type Layout, laneNote } from "../logic/layout";
import { firstAbove } from "../logic/rows";
import { summary, valueAt } from "../logic/series";
import type { TimeWindow } from "../logic/viewport";
import type { Strip } from "../render/metrics";
import { ICONS, type Icon } from "../theme/icon-paths";
import { element, type Frame } from "./timeline-frame";

const SVG = "http://www.w3.org/2000/svg";

type Series = "cpu" | "memory" | "modules" | "gc";
const SERIES: readonly Series[] = ["cpu", "memory", "modules", "gc"];
const WORDS: Readonly<Record<Series, string>> = { cpu: "CPU", memory: "Memory", modules: "Modules", gc: "GC" };
/** What a value stands for while no pointer is on the plot. */
const WITHOUT_POINTER: Readonly<Record<Series, string>> = {
  cpu: "average of the time shown",
  memory: "highest of the time shown",
  modules: "at the end of the time shown",
  gc: "sum of the time shown",
};

/** Small pictures of the series' line styles, 16 × 12. */
const KEYS: Readonly<Record<Series, Icon>> = {
  cpu: [
    { d: "M1 11V5L4 3L7 5L10 2.5L13 5L15 4V11Z", color: "cpu-fill" },
    { d: "M1 11V5L4 3L7 5L10 2.5L13 5L15 4V11Z", color: "cpu", width: 1 },
  ],
  memory: [{ d: "M1 9C5 9 5 6 8 6S11 3 15 3", color: "mem", width: 1.5 }],
  modules: [{ d: "M1 9H5M7 9V6H10M11.5 6H12M12 5V3H15", color: "modules", width: 1 }],
  gc: [{ d: "M2 11V4M6.5 11V6M11 11V3M15 11V8", color: "gc", width: 1.5 }],
};

/** Says what is shown in the gutter: the window, the logs in it, the metrics at the pointer. */
export interface Gutter {
  update(window: TimeWindow, pointer: number | null): void;
  /** Puts the names beside, or above, their lanes. */
  place(layout: Layout): void;
}

export function createGutter(frame: Frame, data: ViewData, strip: Strip, toggle: (lane: LaneId) => void): Gutter {
  const shown = element("div", "microlog-shown");
  frame.minimap.gutter.append(shown, element("div", "microlog-note", `of ${formatDuration(data.facts.duration)}`));
  const logCount = element("span", "microlog-value");
  frame.head.logs.append(element("span", "microlog-word", "Logs"), logCount);
  const logTimes = Float64Array.from(data.logs, (log) => log.time);
  const values = {} as Record<Series, HTMLElement>;
  const lines = {} as Record<Series, HTMLElement>;
  for (const series of SERIES) {
    values[series] = element("span", "microlog-value");
    lines[series] = element(
      "div",
      "microlog-series",
      svg(KEYS[series], 12),
      element("span", "microlog-word", WORDS[series]),
      values[series],
    );
    frame.head.legend.append(lines[series]);
  }
  const buttons = data.lanes.map((lane, id) => {
    const button = element("button", "microlog-lane") as HTMLButtonElement;
    const name = element("span", "microlog-lane-name", lane.name);
    button.append(
      element("span", "microlog-lane-title", svg(ICONS[lane.kind], 16), name),
      element("span", "microlog-note", laneNote(lane)),
    );
    button.type = "button";
    button.title = `${lane.name}, native id ${lane.nativeId}`;
    button.addEventListener("click", () => toggle(id as LaneId));
    frame.lanes.names.append(button);
    return button;
  });
  if (data.calls.count === 0) frame.lanes.names.append(element("div", "microlog-nothing", "No calls were sampled."));
  const collectionStarts = Float64Array.from(strip.collections, (span) => span.start);
  return {
    update(window, pointer) {
      set(shown, `${formatDuration(window.end - window.start)} shown`);
      set(logCount, formatCount(firstAbove(logTimes, window.end) - firstAbove(logTimes, window.start - 1)));
      const { time, cpu, memory, modules } = strip.metrics;
      const read = (values: Float64Array, kind: "mean" | "peak" | "last") =>
        pointer === null ? summary(time, values, window)[kind] : valueAt(time, values, pointer);
      set(values.cpu, formatPercent(read(cpu, "mean")));
      set(values.memory, formatBytes(read(memory, "peak")));
      set(values.modules, formatCount(read(modules, "last")));
      let collected = 0;
      const last = firstAbove(collectionStarts, window.end);
      for (let i = firstAbove(collectionStarts, window.start - 1); i < last; i++)
        collected += strip.collections[i]?.duration ?? 0;
      set(values.gc, formatDuration(collected));
      for (const series of SERIES) {
        const what = pointer === null || series === "gc" ? WITHOUT_POINTER[series] : "at the pointer";
        if (lines[series].title !== what) lines[series].title = what;
      }
    },
    place(layout) {
      frame.el.classList.toggle("microlog-narrow", layout.gutter === 0);
      frame.lanes.names.style.height = `${layout.height}px`;
      layout.lanes.forEach((box, i) => {
        const button = buttons[i];
        if (!button) return;
        button.style.top = `${box.y}px`;
        button.style.height = layout.gutter === 0 ? "" : `${box.height}px`;
        button.classList.toggle("microlog-flat", layout.gutter === 0);
        button.setAttribute("aria-expanded", String(!box.collapsed));
      });
    },
  };
}

/** Writes only what changed: the values follow the pointer. */
function set(el: HTMLElement, text: string): void {
  if (el.textContent !== text) el.textContent = text;
}

function svg(icon: Icon, height: number): SVGElement {
  const el = document.createElementNS(SVG, "svg");
  el.setAttribute("viewBox", `0 0 16 ${height}`);
  el.setAttribute("aria-hidden", "true");
  for (const part of icon) {
    const path = document.createElementNS(SVG, "path");
    const color = part.color === "current" ? "currentColor" : `var(--ml-${part.color})`;
    path.setAttribute("d", part.d);
    path.style.fill = part.width === undefined ? color : "none";
    if (part.width !== undefined) {
      path.style.stroke = color;
      path.style.strokeWidth = String(part.width);
      path.style.strokeLinecap = "round";
    }
    el.append(path);
  }
  return el;
}
