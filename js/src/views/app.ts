import type { AnomalyId, CallId, LogId, ViewData } from "../data/types";
import type { Host } from "../host/host";
import { indexRows, type RowIndex } from "../logic/rows";
import { whole } from "../logic/viewport";
import { createStore, initial, type Store } from "../state/store";
import { watchTheme } from "../theme/watch";
import { createCards } from "./cards";
import type { Context, View } from "./context";
import { el } from "./dom";
import { createHeader } from "./header";
import { createHeight } from "./height";
import { loadMore } from "./load-more";
import { intervalOf, type Panel } from "./panel";
import { createPanels } from "./panels";
import { createSheets } from "./sheets";
import { createEmpty } from "./states";
import { hideStaticPicture } from "./static-picture";
import { createStatus } from "./status";
import { createTabs, tabOf } from "./tabs";
import { createTimeline } from "./timeline";

/** Widths at which the look changes; the style sheet reads the classes. */
const BELOW = [960, 800, 640, 400] as const;

export interface App {
  readonly store: Store;
  dispose(): void;
}

/** Whether keys pressed there are letters that somebody writes. */
function takesText(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}

/** Keys pressed on this element are no shortcuts of JupyterLab's. */
function mute(el: HTMLElement): void {
  el.dataset.lmSuppressShortcuts = "true";
}

/** Opens Explain about what is under the pointer, else about what is chosen, the view's own choice first. */
function explain(store: Store): void {
  const { tab, hover, selected, range, log, anomaly } = store.get();
  const row = tab === "log" && log !== null ? { log } : tab === "anomalies" && anomaly !== null ? { anomaly } : null;
  const call = (id: CallId | null) => (id === null ? null : { call: id });
  store.set({ tab: "explain", about: row ?? call(hover) ?? range ?? call(selected) });
}

/** The whole view of one recording inside `root`, a `.microlog` element that is already in the page. */
export function createApp(root: HTMLElement, data: ViewData, host: Host): App {
  const theme = watchTheme(root, data.packages);
  const store = createStore(initial(whole(data.facts.duration)));
  let index: RowIndex | null = null;
  const context: Context = {
    data,
    rows() {
      index ??= indexRows(data);
      return index;
    },
    store,
    host,
    select(call) {
      store.set({ tab: "timeline" });
      timeline?.select(call);
    },
    theme: theme.get,
    onTheme: theme.subscribe,
    recolor: theme.recolor,
    show(place) {
      const { start, end } = intervalOf(data, place);
      store.set({
        tab: "timeline",
        selected: "call" in place ? (place.call as CallId) : null,
        pinned: false,
        log: "log" in place ? (place.log as LogId) : null,
        anomaly: "anomaly" in place ? (place.anomaly as AnomalyId) : null,
      });
      if ("log" in place) timeline?.showLog(place.log as LogId);
      else timeline?.zoomTo(start, end);
    },
    root,
  };
  const ending = new AbortController();
  const { signal } = ending;

  const cards = createCards(context, { zoom: (call) => zoomTo(call) });
  const empty = data.calls.count === 0 && data.logs.length === 0 && data.metrics.count === 0;
  const timeline = empty ? null : createTimeline(context, cards);
  const zoomTo = (call: CallId) => {
    const { start, end } = intervalOf(data, { call });
    timeline?.zoomTo(start, end);
  };

  const header = createHeader(context, {
    fit: timeline?.fit ?? null,
  });
  const controls = el("div", "microlog-controls");
  const tabs = createTabs(context, controls);
  const legend = el("div", "microlog-modules");
  const status = createStatus(context);
  const first: Panel = {
    el: timeline?.el ?? createEmpty(data.facts.running),
    controls: legend,
    shown: () => undefined,
    hidden: () => undefined,
    dispose: () => timeline?.dispose(),
  };
  first.el.setAttribute("role", "group");
  first.el.setAttribute("aria-label", "Timeline");
  root.replaceChildren();
  const panels = createPanels(context, first, controls, status.instead);
  const sheets = createSheets(context);
  const views: readonly View[] = [header, tabs, status, panels];
  root.append(header.el, tabs.el, panels.el, status.el);
  root.classList.toggle("microlog-without-calls", empty);
  // A page of its own fills the window, and an empty view has nothing to be enlarged.
  if (!empty && !root.classList.contains("microlog-page")) root.append(createHeight(root, host));
  root.tabIndex = -1;
  root.setAttribute("role", "region");
  root.setAttribute("aria-label", `microlog: ${data.facts.name || data.facts.cell || "recording"}`);
  // JupyterLab asks for this before it acts on a key; other hosts listen further up, where keys from here do not arrive.
  mute(root);

  /** True when the key means something to the app; those of the timeline are its own. */
  const act = (name: string): boolean => {
    const tab = tabOf(name);
    if (tab) store.set({ tab });
    else if (name === "?") store.set({ sheet: store.get().sheet === "help" ? null : "help" });
    else if (name === "Escape" && store.get().sheet) store.set({ sheet: null });
    else if (name === "/") header.search();
    else if (name === "Escape" && store.get().query) store.set({ query: "" });
    else if (name === "Escape" && store.get().chosen) store.set({ chosen: null });
    else if (name === "Escape") return cards.dismiss();
    else if (name === "c") return cards.copy();
    else if (name === "o") void loadMore(context).then((more) => more.openChosen(context));
    else if (name === "e") explain(store);
    else return false;
    return true;
  };
  root.addEventListener(
    "keydown",
    (event) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || takesText(event.target)) return;
      if (act(event.key.length === 1 ? event.key.toLowerCase() : event.key)) event.preventDefault();
    },
    { signal },
  );
  // Notebook 7 looks at keys before anything of ours does, from the focused element upwards, and takes the first shortcut
  // that fits: the mark must be on that very element.
  root.addEventListener("focusin", (event) => mute(event.target as HTMLElement), { signal });
  for (const type of ["keydown", "keypress", "keyup"] as const) {
    root.addEventListener(
      type,
      (event) => {
        // Save, run and the like stay the notebook's and the browser's.
        if (!event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
      },
      { signal },
    );
  }

  const fitToWidth = () => {
    const width = root.clientWidth;
    if (width === 0) return;
    for (const bound of BELOW) root.classList.toggle(`microlog-below-${bound}`, width < bound);
    header.fitTo(width);
    cards.settle();
  };
  fitToWidth();
  const sizes = new ResizeObserver(fitToWidth);
  sizes.observe(root);
  sizes.observe(header.facts);
  // Without its code a view is alone, but it is there.
  const joined = loadMore(context).then((more) => [
    more.link(context),
    more.legend(context, legend),
    more.running(context, fitToWidth),
  ]);
  joined.catch(() => undefined);
  const showPicture = hideStaticPicture(root, data.facts.id);

  return {
    store,
    dispose() {
      ending.abort();
      joined.then((ends) => ends.forEach((end) => void end())).catch(() => undefined);
      sizes.disconnect();
      sheets.dispose();
      for (const view of views) view.dispose();
      cards.dispose();
      theme.dispose();
      showPicture();
      root.replaceChildren();
    },
  };
}
