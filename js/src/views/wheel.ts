import { pan, zoomAt } from "../logic/viewport";
import type { Motion } from "./motion";

/** One notch of a wheel is about 100; a pinch sends many small ones. */
const WHEEL_ZOOM = 0.008;
const WHEEL_MOST = 60;
const LINE_PX = 16;

export interface WheelAxis {
  /** The time that stays where it is while the wheel zooms. */
  readonly anchor: (event: WheelEvent) => number;
  /** Pixels per nanosecond, for wheels that turn sideways. */
  readonly density: () => number;
  readonly duration: number;
}

/**
 * Ctrl-wheel and pinch zoom, a sideways wheel pans; plain vertical wheels are left to the page. With `through`, only zooming,
 * and only over what that selects: it lies over the axis because the hand rested there, and must not be in its way.
 */
export function listenToWheel(
  place: HTMLElement,
  motion: Motion,
  axis: WheelAxis,
  signal: AbortSignal,
  through?: string,
): void {
  const wheel = (event: WheelEvent) => {
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PX : 1;
    const dx = event.deltaX * unit;
    const dy = event.deltaY * unit;
    if (through && !(event.target as Element).closest(through)) return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const factor = Math.exp(-Math.min(Math.max(dy, -WHEEL_MOST), WHEEL_MOST) * WHEEL_ZOOM);
      motion.jump(zoomAt(motion.goal(), axis.anchor(event), factor, axis.duration));
    } else if (!through && Math.abs(dx) > Math.abs(dy)) {
      event.preventDefault();
      motion.jump(pan(motion.goal(), dx / axis.density(), axis.duration));
    }
  };
  place.addEventListener("wheel", wheel, { signal, passive: false });
}
