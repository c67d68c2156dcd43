import type { CallId } from "../data/types";
import { BAR, ROW } from "../logic/layout";
import { around, KEY_ZOOM, pan, reveal, whole, zoomAt } from "../logic/viewport";
import { firstVisible, type Step, walk } from "../logic/walk";
import { loadMore } from "./load-more";
import { closeLogs, type Stage, select, zoomToCall } from "./timeline-stage";

/** A and D move by this share of the window. */
const PAN_SHARE = 0.15;

const ARROWS: Readonly<Record<string, Step>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};

/** Keys of the timeline while the focus is in the widget; none of them reaches the notebook. */
export function listenToKeys(stage: Stage, signal: AbortSignal): void {
  const { context, motion } = stage;
  const { store, data, root } = context;
  const { duration } = data.facts;

  const zoom = (factor: number) => {
    const goal = motion.goal();
    const { pointer } = store.get();
    const inside = pointer !== null && pointer > goal.start && pointer < goal.end;
    motion.glide(zoomAt(goal, inside ? pointer : (goal.start + goal.end) / 2, factor, duration));
  };
  const move = (share: number) => {
    const goal = motion.goal();
    motion.glide(pan(goal, share * (goal.end - goal.start), duration));
  };
  const step = (direction: Step) => {
    const { selected, window } = store.get();
    const next =
      selected === null
        ? firstVisible(stage.index, window.start, window.end)
        : walk(stage.index, data.calls, selected, direction);
    if (next === null) return;
    stage.keyboard = true;
    bringIntoView(stage, next);
    select(stage, next, false);
  };
  const back = (): boolean => {
    const state = store.get();
    if (state.log !== null) closeLogs(stage);
    else if (state.pinned) select(stage, state.selected, false);
    else if (state.range !== null) store.set({ range: null });
    else if (state.selected !== null) select(stage, null, false);
    else return false;
    return true;
  };

  /** True when the key means something here. */
  const act = (key: string, onControl: boolean): boolean => {
    const { tab, hover, selected, pinned, sheet, range } = store.get();
    const arrow = ARROWS[key];
    // The window of time is every view's; the calls are only here.
    if (key === "w") zoom(KEY_ZOOM);
    else if (key === "s") zoom(1 / KEY_ZOOM);
    else if (key === "a") move(-PAN_SHARE);
    else if (key === "d") move(PAN_SHARE);
    else if (key === "f") motion.glide(whole(duration));
    else if (tab !== "timeline") return false;
    else if (arrow) step(arrow);
    else if (key === "z" && hover === null && range) motion.glide(around(range.start, range.end, duration));
    else if (key === "z") zoomTo(hover ?? selected);
    else if (key === "p") select(stage, pinned ? selected : (hover ?? selected), !pinned);
    // Enter on a button presses it.
    else if (key === "Enter" && !onControl) zoomTo(selected);
    // What lies over the view closes first; it is not the timeline's.
    else if (key === "Escape" && !sheet) return back();
    else return false;
    return true;
  };
  const zoomTo = (call: CallId | null) => {
    if (call !== null) zoomToCall(stage, call);
  };

  root.addEventListener(
    "keydown",
    (event) => {
      // Save, copy, run and the like stay the notebook's and the browser's.
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      event.stopPropagation();
      const target = event.target as HTMLElement;
      if (event.defaultPrevented || target.closest("input, textarea, select, [contenteditable]")) return;
      if (event.shiftKey && ARROWS[event.key] && store.get().tab === "timeline") {
        event.preventDefault();
        void loadMore(context).then((more) => more.keyRange(context, event.key));
        return;
      }
      if (!act(keyOf(event), target.closest("button, a, [role=button]") !== null)) return;
      event.preventDefault();
      stage.keyboard = target === stage.frame.lanes.surface.canvas;
    },
    { signal },
  );
}

/** The letter on the key, or, where the layout has no Latin letters, the one that a US keyboard has there. */
function keyOf(event: KeyboardEvent): string {
  if (/^[a-z]$/i.test(event.key)) return event.key.toLowerCase();
  return event.key.length === 1 && event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : event.key;
}

/** Moves time and scrolls the lanes as little as needed to show a call. */
export function bringIntoView(stage: Stage, call: CallId): void {
  const { data } = stage.context;
  const start = data.calls.start[call] ?? 0;
  const goal = stage.motion.goal();
  const next = reveal(goal, start, start + (data.calls.duration[call] ?? 0), data.facts.duration);
  if (next !== goal) stage.motion.glide(next);
  const lane = data.calls.lane[call] ?? -1;
  const box = stage.layout().lanes[lane];
  if (!box) return;
  const y = box.bars + stage.index.place(call) * ROW;
  const area = stage.frame.lanes.el;
  if (y < area.scrollTop) area.scrollTop = y - ROW;
  else if (y + BAR > area.scrollTop + area.clientHeight) area.scrollTop = y + BAR + ROW - area.clientHeight;
}
