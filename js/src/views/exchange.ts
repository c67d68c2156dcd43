import type { ViewData } from "../data/types";
import { follow, sameCall } from "../logic/carry";
import type { UiState } from "../state/store";
import type { Shown } from "./mount";
import type { More } from "./panel";

/**
 * Newer data of the recording that is seen takes the place of the older: its view is made beside the one that is seen, out
 * of sight, and takes over what the user was doing once it is painted and no button is held down.
 */
export const createExchange: More["exchange"] = (place, newRoot, make, took, signal) => {
  let coming: Shown | null = null;
  let held = false;
  let released: (() => void) | null = null;
  const hold = (on: boolean) => {
    held = on;
    if (!on) released?.();
  };
  place.addEventListener("pointerdown", () => hold(true), { signal, capture: true });
  for (const type of ["pointerup", "pointercancel"] as const)
    window.addEventListener(type, () => hold(false), { signal, capture: true });

  const drop = () => {
    coming?.app.dispose();
    coming?.root.remove();
    coming = null;
    released = null;
  };
  const take = (before: Shown, next: Shown) => {
    if (coming !== next) return;
    const focus = focusIn(before.root);
    next.app.store.set(carried(before, next.data));
    next.root.removeAttribute("style");
    next.root.style.height = before.root.style.height;
    coming = null;
    released = null;
    took(next);
    before.app.dispose();
    before.root.remove();
    focus?.(next.root);
  };
  return {
    drop,
    begin(before, data) {
      drop();
      const root = newRoot();
      root.style.cssText = "position: absolute; inset: 0 0 auto; visibility: hidden; pointer-events: none";
      root.style.height = before.root.style.height;
      place.style.position = "relative";
      place.append(root);
      const next = make(root, data);
      coming = next;
      next.app.store.set(carried(before, data));
      const ready = () => {
        if (held) released = () => take(before, next);
        else take(before, next);
      };
      // Other views are painted by the browser.
      if (before.app.store.get().tab !== "timeline" || data.calls.count === 0) ready();
      else root.addEventListener("microlog:painted", ready, { once: true });
    },
  };
};

/** What the user was doing, in terms of other data of the same recording. */
function carried({ app, data }: Shown, next: ViewData): Partial<UiState> {
  const state = app.store.get();
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
    pinned: state.pinned && selected !== null,
    log: log !== null && next.logs[log]?.time === data.logs[log]?.time ? log : null,
    anomaly: anomaly !== null && anomaly < next.anomalies.length ? anomaly : null,
    window: follow(state.window, data.facts.duration, next.facts.duration),
  };
}

/** Where the focus is inside an element, as what sets it at the same place of another one; null if it is elsewhere. */
function focusIn(root: HTMLElement): ((other: HTMLElement) => void) | null {
  const { activeElement } = root.getRootNode() as Document | ShadowRoot;
  if (!(activeElement instanceof HTMLElement) || !root.contains(activeElement)) return null;
  const selector = [activeElement.tagName.toLowerCase(), ...activeElement.classList].map((part) => CSS.escape(part));
  const alike = (inside: HTMLElement) =>
    activeElement === root ? [inside] : [...inside.querySelectorAll<HTMLElement>(selector.join("."))];
  const at = alike(root).indexOf(activeElement);
  return (other) => alike(other)[at]?.focus({ preventScroll: true });
}
