import { formatDuration } from "../logic/format";
import { clampWindow, pan, scaleOf, type TimeWindow, timeAt, whole, xOf } from "../logic/viewport";
import { el } from "./dom";
import type { Motion } from "./motion";

/** The visible window on the minimap: drag it to pan, a handle to zoom, an empty place for a new one, double-click to fit. */
export interface Brush {
  update(window: TimeWindow, width: number): void;
}

type Grip = "frame" | "start" | "end" | "new";

const HANDLE = 7;
const NARROW_FRAME = 32;
const ASIDE = 6;
/** An arrow key on a handle moves it by this share of the window. */
const KEY_SHARE = 0.05;
/** A shorter drag on an empty place was a click: it moves the window there. */
const CLICK_PX = 3;

export function createBrush(plot: HTMLElement, motion: Motion, duration: number, signal: AbortSignal): Brush {
  const veils = [el("div", "microlog-veil"), el("div", "microlog-veil")] as const;
  const frame = el("div", "microlog-brush");
  const handles = { start: handle("start", "Start of the time shown"), end: handle("end", "End of the time shown") };
  plot.append(veils[0], veils[1], frame, handles.start, handles.end);
  let width = 1;
  const axis = () => scaleOf(whole(duration), width);
  const gripOf = (target: EventTarget | null, window: TimeWindow): Grip => {
    if (target === handles.start) return "start";
    if (target === handles.end) return "end";
    // A frame around everything has nowhere to go: a drag in it makes a window.
    return target === frame && window.end - window.start < whole(duration).end ? "frame" : "new";
  };
  const timeOf = (event: PointerEvent | MouseEvent) =>
    timeAt(axis(), event.clientX - plot.getBoundingClientRect().left);

  plot.addEventListener(
    "pointerdown",
    (event) => {
      if (event.button !== 0) return;
      const from = motion.goal();
      const grip = gripOf(event.target, from);
      const origin = timeOf(event);
      const downX = event.clientX;
      plot.setPointerCapture(event.pointerId);
      const drag = new AbortController();
      const move = (next: PointerEvent) => {
        if (next.pointerId !== event.pointerId) return;
        const time = timeOf(next);
        if (grip === "frame") motion.jump(pan(from, time - origin, duration));
        else if (grip === "new") {
          if (Math.abs(next.clientX - downX) > CLICK_PX) motion.jump(ordered(origin, time, duration));
        } else motion.jump(ordered(grip === "start" ? time : from.start, grip === "end" ? time : from.end, duration));
      };
      const end = (next: PointerEvent) => {
        drag.abort();
        if (grip !== "new" || next.type !== "pointerup" || Math.abs(next.clientX - downX) > CLICK_PX) return;
        const half = (from.end - from.start) / 2;
        motion.glide(clampWindow(origin - half, origin + half, duration));
      };
      plot.addEventListener("pointermove", move, { signal: drag.signal });
      plot.addEventListener("pointerup", end, { signal: drag.signal });
      plot.addEventListener("pointercancel", end, { signal: drag.signal });
      signal.addEventListener("abort", () => drag.abort(), { signal: drag.signal });
    },
    { signal },
  );
  plot.addEventListener("dblclick", () => motion.glide(whole(duration)), { signal });
  for (const side of ["start", "end"] as const) {
    handles[side].addEventListener(
      "keydown",
      (event) => {
        const direction = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
        if (direction === 0) return;
        event.preventDefault();
        const window = motion.goal();
        const step = direction * (window.end - window.start) * KEY_SHARE;
        motion.jump(
          ordered(window.start + (side === "start" ? step : 0), window.end + (side === "end" ? step : 0), duration),
        );
      },
      { signal },
    );
  }

  return {
    update(window, plotWidth) {
      width = Math.max(plotWidth, 1);
      const scale = axis();
      const x0 = xOf(scale, window.start);
      const x1 = xOf(scale, window.end);
      veils[0].style.width = `${x0}px`;
      veils[1].style.left = `${x1}px`;
      frame.style.left = `${x0}px`;
      frame.style.width = `${Math.max(x1 - x0, 2)}px`;
      const aside = x1 - x0 < NARROW_FRAME ? ASIDE : 0;
      for (const side of ["start", "end"] as const) {
        // On a narrow frame the handles stand outside it; at the edges of the plot they stay whole.
        const x = side === "start" ? x0 - aside : x1 + aside;
        handles[side].style.left = `${Math.min(Math.max(x, HANDLE / 2), width - HANDLE / 2)}px`;
        handles[side].setAttribute("aria-valuemax", String(Math.round(duration)));
        handles[side].setAttribute("aria-valuenow", String(Math.round(window[side])));
        handles[side].setAttribute("aria-valuetext", formatDuration(window[side]));
      }
    },
  };
}

/** A window between two times in either order, at least as long as the shortest. */
function ordered(a: number, b: number, duration: number): TimeWindow {
  const low = Math.max(Math.min(a, b), 0);
  const high = Math.min(Math.max(a, b), whole(duration).end);
  return clampWindow(low, high, duration);
}

function handle(side: string, label: string): HTMLElement {
  const made = el("div", `microlog-handle microlog-handle-${side}`);
  made.tabIndex = 0;
  made.setAttribute("role", "slider");
  made.setAttribute("aria-label", label);
  made.setAttribute("aria-valuemin", "0");
  return made;
}
