import { type Ns, ns } from "../data/types";

/** Visible time; start < end. */
export interface TimeWindow {
  readonly start: Ns;
  readonly end: Ns;
}

/** Maps times to pixels of a plot that starts at x = 0. */
export interface Scale {
  readonly start: number;
  readonly end: number;
  readonly width: number;
  /** Pixels per nanosecond. */
  readonly density: number;
}

/** Below this a window shows less than the sampler can know. */
export const SHORTEST_WINDOW = 10_000;

/** Zoom by one key press. */
export const KEY_ZOOM = 1.4;

export function scaleOf(window: TimeWindow, width: number): Scale {
  return { start: window.start, end: window.end, width, density: width / (window.end - window.start) };
}

export function xOf(scale: Scale, time: number): number {
  return (time - scale.start) * scale.density;
}

export function timeAt(scale: Scale, x: number): Ns {
  return ns(scale.start + x / scale.density);
}

/** The whole recording. One without duration still gets a window, so that every scale is finite. */
export function whole(duration: number): TimeWindow {
  return { start: ns(0), end: ns(Math.max(duration, SHORTEST_WINDOW)) };
}

/** The nearest window inside the recording, not shorter than the shortest. */
export function clampWindow(start: number, end: number, duration: number): TimeWindow {
  const all = whole(duration);
  const span = Math.min(Math.max(end - start, SHORTEST_WINDOW), all.end);
  // A window too short grows around its middle, so that the place the user looks at stays.
  const wanted = end - start < SHORTEST_WINDOW ? (start + end - span) / 2 : start;
  const first = Math.min(Math.max(wanted, 0), all.end - span);
  return { start: ns(first), end: ns(first + span) };
}

/** Zooms by `factor` (above 1 shows less time) while `anchor` stays under the same pixel. */
export function zoomAt(window: TimeWindow, anchor: number, factor: number, duration: number): TimeWindow {
  const span = Math.min(Math.max((window.end - window.start) / factor, SHORTEST_WINDOW), whole(duration).end);
  const share = (anchor - window.start) / (window.end - window.start);
  const start = anchor - share * span;
  return clampWindow(start, start + span, duration);
}

export function pan(window: TimeWindow, delta: number, duration: number): TimeWindow {
  return clampWindow(window.start + delta, window.end + delta, duration);
}

/** The window that shows an interval with a little air on both sides. */
export function around(start: number, end: number, duration: number, air = 0.04): TimeWindow {
  const margin = (end - start) * air;
  return clampWindow(start - margin, end + margin, duration);
}

/** The window moved as little as needed so that the interval, or its start if it is longer, can be seen. */
export function reveal(window: TimeWindow, start: number, end: number, duration: number): TimeWindow {
  if (start < window.end && end > window.start) return window;
  const span = window.end - window.start;
  const first = end - start < span * 0.8 ? (start + end - span) / 2 : start - span * 0.1;
  return clampWindow(first, first + span, duration);
}

/** Cubic ease-out, 0 to 1. */
export function easeOut(t: number): number {
  return 1 - (1 - Math.min(Math.max(t, 0), 1)) ** 3;
}

/** The window between two at share `t`; spans change by ratio, so that a zoom feels even. */
export function between(from: TimeWindow, to: TimeWindow, t: number): TimeWindow {
  if (t >= 1) return to;
  const a = from.end - from.start;
  const b = to.end - to.start;
  const span = a * (b / a) ** t;
  // The fixed point of the zoom keeps its pixel; without a change of span this is a plain pan.
  const share = Math.abs(b - a) < 1e-9 * a ? t : (span - a) / (b - a);
  const start = from.start + (to.start - from.start) * share;
  return { start: ns(start), end: ns(start + span) };
}
