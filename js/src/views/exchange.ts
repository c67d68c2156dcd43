import type { ViewData } from "../data/types";
import { followed, sameCall, sameChosen } from "../logic/carry";
import { createGrowth, type Growth } from "../logic/growth";
import type { Piece } from "../logic/piece";
import type { Shown } from "./mount";
import type { More } from "./panel";

/** Over the view that is seen; the theme's tokens stand in the same style. */
const UNSEEN = { position: "absolute", inset: "0 0 auto", visibility: "hidden", "pointer-events": "none" };

/** So long after a hand has moved something it is left alone: a glide, a wheel that turns on, a second click. */
const REST_MS = 300;
/** What is grown takes this much of the time at most. */
const SHARE = 0.2;

/**
 * Newer data of the recording that is seen takes the place of the older: its view is made beside the one that is seen, out
 * of sight, and takes over what the user was doing once it is painted and no button is held down. While the recording goes
 * on, what somebody reads stays as it is: another view than the timeline, or a card that is open for the pointer.
 *
 * Between two views from Python, which are whole, the one that is seen grows by pieces. These wait for every other thing.
 */
export const createExchange: More["exchange"] = (place, newRoot, make, now, took, host, signal) => {
  let coming: Shown | null = null;
  let held = false;
  let released: (() => void) | null = null;
  let unsubscribe: (() => void) | null = null;
  let growth: Growth | null = null;
  let pieces: (readonly [Piece, Int32Array])[] = [];
  let moved = 0;
  let rested = 0;
  const hold = (on: boolean) => {
    held = on;
    if (!on) released?.();
  };
  place.addEventListener("pointerdown", () => hold(true), { signal, capture: true });
  for (const type of ["pointerup", "pointercancel"] as const)
    window.addEventListener(type, () => hold(false), { signal, capture: true });
  const move = () => {
    moved = performance.now();
  };
  for (const type of ["pointerdown", "pointerup", "wheel", "keydown"] as const)
    place.addEventListener(type, move, { signal, capture: true, passive: true });

  const drop = () => {
    unsubscribe?.();
    coming?.app.dispose();
    coming?.root.remove();
    coming = null;
    released = null;
    unsubscribe = null;
  };
  const take = (before: Shown, next: Shown) => {
    if (coming !== next) return;
    const focus = focusIn(before.root);
    const scroll = scrolledIn(before.root);
    next.app.store.set(carried({ data: before.data, state: before.app.store.get() }, next.data));
    for (const name of Object.keys(UNSEEN)) next.root.style.removeProperty(name);
    next.root.style.height = before.root.style.height;
    coming = null;
    released = null;
    took(next);
    before.app.dispose();
    before.root.remove();
    scroll(next.root);
    focus?.(next.root);
  };
  /** Makes the view of newer data; if it is `unwanted` when it is painted, the next piece brings it. */
  const prepare = (before: Shown, data: ViewData, unwanted: () => boolean) => {
    const root = newRoot();
    for (const [name, value] of Object.entries(UNSEEN)) root.style.setProperty(name, value);
    root.style.height = before.root.style.height;
    place.style.position = "relative";
    place.append(root);
    const next = make(root, data);
    coming = next;
    next.app.store.set(carried({ data: before.data, state: before.app.store.get() }, data));
    const ready = () => {
      if (unwanted()) drop();
      else if (held) released = () => take(before, next);
      else take(before, next);
    };
    // Other views are painted by the browser.
    if (before.app.store.get().tab !== "timeline" || data.calls.count === 0) ready();
    else root.addEventListener("microlog:painted", ready, { once: true });
  };
  const begin = (data: ViewData) => {
    drop();
    follow(data);
    const before = now();
    if (!before) return;
    const { running } = data.facts;
    if (running && before.app.store.get().tab !== "timeline") {
      unsubscribe = before.app.store.subscribe(({ tab }) => {
        if (tab === "timeline") begin(data);
      });
      return;
    }
    prepare(before, running ? (growth?.view() ?? data) : data, () => running && isRead(before));
  };
  /** From now on this view grows, also by what came while it was on its way. */
  const follow = (data: ViewData) => {
    pieces = pieces.filter(([piece]) => piece.to > data.facts.duration);
    growth = data.facts.running ? createGrowth(data) : null;
    for (const piece of pieces) growth?.add(...piece);
  };
  const isBusy = (before: Shown) =>
    held ||
    performance.now() < moved + REST_MS ||
    isRead(before) ||
    isUsed(before) ||
    before.app.store.get().tab !== "timeline";
  const grow = () => {
    const before = now();
    const started = performance.now();
    if (!growth || !before || coming || started < rested || isBusy(before)) return;
    const data = growth.view();
    prepare(before, data, () => isBusy(before));
    rested = performance.now() + (performance.now() - started) / SHARE;
  };
  const unlisten = host.listen("growth", (body, [numbers]) => {
    if (!numbers) return;
    const piece = [body as Piece, integers(numbers)] as const;
    pieces.push(piece);
    if (growth?.add(...piece)) grow();
  });
  signal.addEventListener("abort", unlisten);
  const shown = now();
  if (shown) follow(shown.data);
  return { drop, begin };
};

/** Numbers as they travel: 32 bits, little-endian. */
function integers(view: DataView): Int32Array {
  return Int32Array.from({ length: view.byteLength / 4 }, (_, i) => view.getInt32(4 * i, true));
}

/** Whether a card is open that is there as long as the pointer stays. */
function isRead({ root, app }: Shown): boolean {
  return !app.store.get().pinned && root.querySelector(".microlog-card") !== null;
}

/** Whether somebody is at something that would be disturbed several times a second: a card, a sheet, a text, the lanes in words. */
function isUsed({ root, app }: Shown): boolean {
  const used = ".microlog-card, input:focus, [role=treegrid]:focus-within";
  return app.store.get().sheet !== null || root.querySelector(used) !== null;
}

export const carried: More["carried"] = ({ data, state }, next) => {
  const { tab, range, query, collapsed, sheet } = state;
  const selected = sameCall(data, next, state.selected);
  const { log, anomaly } = state;
  return {
    tab,
    range,
    query,
    chosen: sameChosen(data, next, state.chosen),
    collapsed,
    sheet,
    selected,
    hover: sameCall(data, next, state.hover),
    pointer: state.pointer,
    pinned: state.pinned && selected !== null,
    log: log !== null && next.logs[log]?.time === data.logs[log]?.time ? log : null,
    anomaly: anomaly !== null && anomaly < next.anomalies.length ? anomaly : null,
    window: followed(state.window, data.facts.duration, next.facts.duration),
  };
};

/** Where an element is in a root, as what finds the one at the same place of another root. */
function placeOf(root: HTMLElement, element: HTMLElement): (other: HTMLElement) => HTMLElement | undefined {
  const parts = [element.tagName.toLowerCase(), ...element.classList].map((part) => CSS.escape(part));
  const alike = (inside: HTMLElement) =>
    element === root ? [inside] : [...inside.querySelectorAll<HTMLElement>(parts.join("."))];
  const at = alike(root).indexOf(element);
  return (other) => alike(other)[at];
}

/** Where the focus is inside an element, as what sets it at the same place of another one; null if it is elsewhere. */
function focusIn(root: HTMLElement): ((other: HTMLElement) => void) | null {
  const { activeElement } = root.getRootNode() as Document | ShadowRoot;
  if (!(activeElement instanceof HTMLElement) || !root.contains(activeElement)) return null;
  const place = placeOf(root, activeElement);
  return (other) => place(other)?.focus({ preventScroll: true });
}

/** How far the lanes are scrolled, as what scrolls those of another root. */
function scrolledIn(root: HTMLElement): (other: HTMLElement) => void {
  const lanes = (within: HTMLElement) => within.querySelector(".microlog-lanes");
  const top = lanes(root)?.scrollTop ?? 0;
  return (other) => {
    const next = lanes(other);
    if (next) next.scrollTop = top;
  };
}
