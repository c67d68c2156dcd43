import { between, clampWindow, easeOut, type TimeWindow } from "../logic/viewport";
import type { Store } from "../state/store";

/** Length of a zoom by key, of fit, and of a jump to a call. */
const GLIDE_MS = 120;

/** The one way to change the visible window: at once under the hand, or in a short glide. */
export interface Motion {
  /** Where the window is going; steps by key start from here, so that held keys add up. */
  goal(): TimeWindow;
  jump(window: TimeWindow): void;
  glide(window: TimeWindow): void;
  dispose(): void;
}

export function createMotion(store: Store, duration: number): Motion {
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  let frame = 0;
  let goal: TimeWindow | null = null;
  const stop = () => {
    cancelAnimationFrame(frame);
    goal = null;
  };
  const show = (next: TimeWindow) => {
    const { window: now } = store.get();
    const clamped = clampWindow(next.start, next.end, duration);
    if (clamped.start !== now.start || clamped.end !== now.end) store.set({ window: clamped });
  };
  return {
    goal: () => goal ?? store.get().window,
    jump(next) {
      stop();
      show(next);
    },
    glide(next) {
      stop();
      if (still.matches) {
        show(next);
        return;
      }
      const from = store.get().window;
      const started = performance.now();
      goal = next;
      const step = (now: number) => {
        const t = (now - started) / GLIDE_MS;
        if (t >= 1) goal = null;
        show(between(from, next, easeOut(t)));
        if (t < 1) frame = requestAnimationFrame(step);
      };
      frame = requestAnimationFrame(step);
    },
    dispose: stop,
  };
}
