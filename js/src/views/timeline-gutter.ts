import type { LaneId, ViewData } from "../data/types";
import { formatBytes, formatCount, formatDuration, formatPercent } from "../logic/format";
import { type Layout, laneNote } from "../logic/layout";
import { at, firstAbove } from "../logic/rows";
import { summary, valueAt } from "../logic/series";
import type { TimeWindow } from "../logic/viewport";
import { visibleText } from "../logic/visible";
import type { Strip } from "../render/metrics";
import { button, el, hostile } from "./dom";
import { icon } from "./icon";
import type { Frame } from "./timeline-frame";

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

/** A track that is less high has room for its name only, in CSS pixels. */
const TWO_LINES = 36;

/** Says what is shown in the gutter: the window, the logs in it, the metrics at the pointer. */
export interface Gutter {
  update(window: TimeWindow, pointer: number | null): void;
  /** Puts the names beside, or above, their lanes. */
  place(layout: Layout): void;
}

export function createGutter(frame: Frame, data: ViewData, strip: Strip, toggle: (lane: LaneId) => void): Gutter {
  const shown = el("div", "microlog-shown");
  frame.minimap.gutter.append(shown, el("div", "microlog-note", `of ${formatDuration(data.facts.duration)}`));
  const logCount = el("span", "microlog-value");
  frame.head.logs.append(el("span", "microlog-word", "Logs"), logCount);
  const logTimes = Float64Array.from(data.logs, (log) => log.time);
  const values = {} as Record<Series, HTMLElement>;
  const lines = {} as Record<Series, HTMLElement>;
  for (const series of SERIES) {
    values[series] = el("span", "microlog-value");
    lines[series] = el(
      "div",
      "microlog-series",
      icon(series, 14),
      el("span", "microlog-word", WORDS[series]),
      values[series],
    );
    frame.head.legend.append(lines[series]);
  }
  const buttons = data.lanes.map((lane, id) => {
    const made = button(
      "microlog-lane",
      () => toggle(id as LaneId),
      el("span", "microlog-lane-title", icon(lane.kind, 12), hostile("span", "microlog-lane-name", lane.name)),
      el("span", "microlog-note", laneNote(lane)),
    );
    made.title = visibleText(lane.kind === "asyncio" ? lane.name : `${lane.name}, native id ${lane.nativeId}`);
    frame.lanes.names.append(made);
    return made;
  });
  const kinds = el("span", "microlog-note", "cells, spans, imports");
  const measured = el(
    "div",
    "microlog-lane microlog-lane-spans",
    el("span", "microlog-lane-title", el("span", "microlog-lane-name", "Measured")),
    kinds,
  );
  measured.hidden = true;
  frame.lanes.names.append(measured);
  if (data.calls.count === 0) frame.lanes.names.append(el("div", "microlog-nothing", "No calls were sampled."));
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
      const { start, spent } = strip.collections;
      const before = (when: number) => at(spent, firstAbove(start, when));
      set(values.gc, formatDuration(before(window.end) - before(window.start - 1)));
      for (const series of SERIES) {
        const what = pointer === null || series === "gc" ? WITHOUT_POINTER[series] : "at the pointer";
        if (lines[series].title !== what) lines[series].title = what;
      }
    },
    place(layout) {
      frame.el.classList.toggle("microlog-narrow", layout.gutter === 0);
      frame.lanes.names.style.height = `${layout.height}px`;
      measured.hidden = !layout.spans;
      measured.style.height = layout.gutter === 0 ? "" : `${layout.spans?.height ?? 0}px`;
      measured.classList.toggle("microlog-flat", layout.gutter === 0);
      kinds.hidden = (layout.spans?.height ?? 0) < TWO_LINES;
      layout.lanes.forEach((box, i) => {
        const name = buttons[i];
        if (!name) return;
        name.style.top = `${box.y}px`;
        name.style.height = layout.gutter === 0 ? "" : `${box.height}px`;
        name.classList.toggle("microlog-flat", layout.gutter === 0);
        name.setAttribute("aria-expanded", String(!box.collapsed));
      });
    },
  };
}

/** Writes only what changed: the values follow the pointer. */
function set(el: HTMLElement, text: string): void {
  if (el.textContent !== text) el.textContent = text;
}
