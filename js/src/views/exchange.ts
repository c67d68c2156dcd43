import type { ViewData } from "../data/types";
import { follow, sameCall } from "../logic/carry";
import type { Shown } from "./mount";
import type { More } from "./panel";

/** Over the view that is seen; the theme's tokens stand in the same style. */
const UNSEEN = { position: "absolute", inset: "0 0 auto", visibility: "hidden", "pointer-events": "none" };

/**
 * Newer data of the recording that is seen takes the place of the older: its view is made beside the one that is seen, out
 * of sight, and takes over what the user was doing once it is painted and no button is held down. While the recording goes
 * on, what somebody reads stays as it is: another view than the timeline, or a card that is open for the pointer.
 */
export const createExchange: More["exchange"] = (place, newRoot, make, took, signal) => {
  let coming: Shown | null = null;
  let held = false;
  let released: (() => void) | null = null;
  let unsubscribe: (() => void) | null = null;
  const hold = (on: boolean) => {
    held = on;
    if (!on) released?.();
  };
  place.addEventListener("pointerdown", () => hold(true), { signal, capture: true });
  for (const type of ["pointerup", "pointercancel"] as const)
    window.addEventListener(type, () => hold(false), { signal, capture: true });

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
  const begin = (before: Shown, data: ViewData) => {
    drop();
    const { running } = data.facts;
    if (running && before.app.store.get().tab !== "timeline") {
      unsubscribe = before.app.store.subscribe(({ tab }) => {
        if (tab === "timeline") begin(before, data);
      });
      return;
    }
    const root = newRoot();
    for (const [name, value] of Object.entries(UNSEEN)) root.style.setProperty(name, value);
    root.style.height = before.root.style.height;
    place.style.position = "relative";
    place.append(root);
    const next = make(root, data);
    coming = next;
    next.app.store.set(carried({ data: before.data, state: before.app.store.get() }, data));
    const ready = () => {
      if (running && isRead(before)) return;
      if (held) released = () => take(before, next);
      else take(before, next);
    };
    // Other views are painted by the browser.
    if (before.app.store.get().tab !== "timeline" || data.calls.count === 0) ready();
    else root.addEventListener("microlog:painted", ready, { once: true });
  };
  return { drop, begin };
};

/** Whether a card is open that is there as long as the pointer stays. */
function isRead({ root, app }: Shown): boolean {
  return !app.store.get().pinned && root.querySelector(".microlog-card") !== null;
}

export const carried: More["carried"] = ({ data, state }, next) => {
  const { tab, range, query, collapsed, sheet } = state;
  const selected = sameCall(data, next, state.selected);
  const { log, anomaly } = state;
  return {
    tab,
    range,
    query,
    collapsed,
    sheet,
    selected,
    hover: sameCall(data, next, state.hover),
    pointer: state.pointer,
    pinned: state.pinned && selected !== null,
    log: log !== null && next.logs[log]?.time === data.logs[log]?.time ? log : null,
    anomaly: anomaly !== null && anomaly < next.anomalies.length ? anomaly : null,
    window: follow(state.window, data.facts.duration, next.facts.duration),
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
