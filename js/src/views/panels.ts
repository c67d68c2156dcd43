import type { Tab } from "../state/store";
import type { Context, View } from "./context";
import { el } from "./dom";
import { loadMore } from "./load-more";
import type { Panel } from "./panel";
import { createError } from "./states";

/** Code is loaded in a blink; only longer waits need a word. */
const LOADING_MS = 400;

/**
 * The panels under the tabs, of which one is shown. The timeline is there from the start; the others come with the module
 * that the host loads when the first of them is opened, and are made once.
 */
export function createPanels(
  context: Context,
  timeline: Panel,
  controls: HTMLElement,
  foot: (own: HTMLElement | null) => void,
): View {
  const { store } = context;
  const place = el("div", "microlog-panels");
  const made = new Map<Tab, Panel>([["timeline", timeline]]);
  let shown: Panel | null = null;
  let ended = false;

  const show = (panel: Panel) => {
    if (shown === panel) return;
    // The focus goes on to the view that takes the place, or keys would go to the page.
    const focused = place.matches(":focus-within");
    shown?.hidden();
    shown = panel;
    place.replaceChildren(panel.el);
    controls.replaceChildren(...(panel.controls ? [panel.controls] : []));
    foot(panel.foot ?? null);
    panel.shown();
    if (focused)
      panel.el
        .querySelector<HTMLElement>("[tabindex='0']:is([role=grid], [role=application], [role=log], [role=listbox])")
        ?.focus();
  };
  const open = async (tab: Tab) => {
    const known = made.get(tab);
    if (known) return show(known);
    const loading = setTimeout(() => {
      if (store.get().tab === tab) place.replaceChildren(el("p", "microlog-none", "loading"));
    }, LOADING_MS);
    try {
      const more = await loadMore(context);
      if (ended) return;
      const maker = more.panels[tab];
      if (!maker) throw new Error(`There is no view "${tab}" in this version.`);
      const panel = made.get(tab) ?? maker(context);
      made.set(tab, panel);
      if (store.get().tab === tab) show(panel);
    } catch (error) {
      if (!ended && store.get().tab === tab) {
        shown?.hidden();
        shown = null;
        controls.replaceChildren();
        foot(null);
        place.replaceChildren(createError("This view cannot be shown; the others can.", error));
      }
    } finally {
      clearTimeout(loading);
    }
  };
  const unsubscribe = store.subscribe((state, before) => {
    if (state.tab !== before.tab) void open(state.tab);
  });
  show(timeline);
  return {
    el: place,
    dispose() {
      ended = true;
      unsubscribe();
      for (const panel of made.values()) panel.dispose();
    },
  };
}
