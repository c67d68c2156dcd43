import { barOf } from "../data/room";
import type { CallId, FunctionId, Metrics, PackageId } from "../data/types";
import { stripRange } from "../logic/family";
import { formatDuration, formatNumberOf, formatOrdinal } from "../logic/format";
import { cpuLine } from "../logic/inside";
import type { Context } from "./context";
import { el } from "./dom";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 308;
const HEIGHT = 40;
/** The label of the current call's value needs this much above its bar. */
const AIR = 2;
/** A bar is never so low that it cannot be seen. */
const LEAST = 2;
/** From this width on the value stands inside the bar. */
const VALUE_FROM = 36;

/** All calls of a function in order, as bars: where this one stands among them, and which were anomalies. */
export function createStrip(context: Context, call: CallId, family: Int32Array): HTMLElement {
  const { data } = context;
  const { calls, functions } = data;
  const id = (calls.function[call] ?? -1) as FunctionId;
  const row = functions[id];
  const at = family.indexOf(barOf(data, call));
  const { from, to } = stripRange(family.length, at);
  const duration = (other: number) => calls.duration[other] ?? 0;
  const shown = family.subarray(from, to);
  const median = row?.median ?? 0;
  const top = Math.max(...Array.from(shown, duration), median, 1);
  const y = (ns: number) => HEIGHT - Math.max(((HEIGHT - AIR) * ns) / top, LEAST);

  const svg = shape("svg", {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    preserveAspectRatio: "none",
    class: "microlog-strip-plot",
  });
  const colors = context.theme().swatches[(row?.package ?? 0) as PackageId];
  const step = WIDTH / shown.length;
  const air = step > 6 ? 2 : step > 3 ? 1 : 0;
  shown.forEach((other, i) => {
    const current = other === call;
    const anomalous = (calls.anomaly[other] ?? -1) >= 0;
    const fill = anomalous ? "var(--ml-hover)" : (colors?.fill ?? "var(--ml-fg-3)");
    const bar = {
      x: i * step,
      y: y(duration(other)),
      width: Math.max(step - air, 0.5),
      height: HEIGHT - y(duration(other)),
    };
    const rect = shape("rect", { ...bar, rx: step > 6 ? 1.5 : 0 });
    rect.style.fill = fill;
    if (current && !anomalous) rect.style.stroke = "var(--ml-fg)";
    svg.append(rect);
  });
  const line = shape("line", { x1: 0, x2: WIDTH, y1: y(median), y2: y(median), class: "microlog-strip-median" });
  svg.append(line);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `${formatDuration(duration(call))}, median ${formatDuration(median)}`);

  svg.addEventListener("click", (event) => {
    const box = svg.getBoundingClientRect();
    const place = Math.floor(((event.clientX - box.left) / Math.max(box.width, 1)) * shown.length);
    const meant = shown[Math.min(Math.max(place, 0), shown.length - 1)];
    if (meant !== undefined) context.select(meant as CallId);
  });
  const plot = el("div", "microlog-strip-frame");
  plot.append(svg);
  const value = el("span", "microlog-strip-value", formatDuration(duration(call)));
  value.style.left = `${((at - from + 0.5) / shown.length) * 100}%`;
  if ((calls.anomaly[call] ?? -1) >= 0 && step >= VALUE_FROM) value.classList.add("microlog-strip-inside");
  plot.append(value);
  const part =
    shown.length < family.length
      ? `Calls ${from + 1} to ${to} of ${family.length}, in order`
      : `All ${formatNumberOf(family.length, "call")}, in order`;
  return el(
    "div",
    "microlog-strip",
    el("div", "microlog-strip-title", part, el("span", "", `this is the ${formatOrdinal(at + 1)}`)),
    el(
      "div",
      "microlog-strip-row",
      plot,
      el("div", "microlog-strip-legend", "median ", el("b", "", formatDuration(median))),
    ),
  );
}

/** The process's CPU while a call ran, 84 × 14; null where that is no curve. */
export function createSparkline(metrics: Metrics, start: number, end: number): SVGElement | null {
  const [width, height] = [84, 14];
  const points = cpuLine(metrics, start, end, width);
  if (!points) return null;
  const path = Array.from({ length: points.n }, (_, i) => {
    const [x, y] = [points.x[i] ?? 0, points.y[i] ?? 0];
    return `${x.toFixed(1)} ${(height - 0.5 - y * (height - 1)).toFixed(1)}`;
  });
  const svg = shape("svg", {
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    class: "microlog-sparkline",
    role: "img",
  });
  svg.setAttribute("aria-label", "CPU of the process during the call");
  const [first, last] = [path[0]?.split(" ")[0] ?? "0", path.at(-1)?.split(" ")[0] ?? "0"];
  const area = shape("path", { d: `M${first} ${height}L${path.join("L")}L${last} ${height}Z` });
  area.style.fill = "var(--ml-cpu-fill)";
  const line = shape("path", { d: `M${path.join("L")}` });
  line.style.fill = "none";
  line.style.stroke = "var(--ml-cpu)";
  svg.append(area, line);
  return svg;
}

function shape(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS(SVG, name) as SVGElement;
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, String(value));
  return made;
}
