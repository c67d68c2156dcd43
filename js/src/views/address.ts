import type { CallId } from "../data/types";
import { addressOf, fragmentOf } from "../logic/address";
import { clampWindow } from "../logic/viewport";
import { TABS, type UiState } from "../state/store";
import type { Context } from "./context";

/** A link to what a report shows now. */
export function linkHere({ store }: Context): string {
  return `${location.href.replace(/#.*$/s, "")}#${fragmentOf(store.get())}`;
}

/** Goes where the address of a report's page says, at once and whenever it changes, until it is ended. */
export function followAddress(context: Context): () => void {
  const { data, store } = context;
  const go = () => {
    const place = addressOf(location.hash, data, TABS);
    if (!place) return;
    const { start, end } = place.window;
    // Checked against this recording one by one, which the types cannot see.
    store.set({ ...place, window: clampWindow(start, end, data.facts.duration), pinned: false } as Partial<UiState>);
    // Also a call that is scrolled out of sight is brought into view.
    if (place.tab === "timeline" && place.selected !== null) context.select(place.selected as CallId);
  };
  go();
  window.addEventListener("hashchange", go);
  return () => window.removeEventListener("hashchange", go);
}
