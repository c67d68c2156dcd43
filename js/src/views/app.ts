import type { CallId, ViewData } from "../data/types";
import type { Host } from "../host/host";
import { whole } from "../logic/viewport";
import { createStore } from "../state/store";
import { watchTheme } from "../theme/watch";
import { createCards } from "./cards";
import type { Context, View } from "./context";
import { createHeader } from "./header";
import { createHeight } from "./height";
import { createHelp } from "./help";
import { createEmpty } from "./states";
import { hideStaticPicture } from "./static-picture";
import { createStatus } from "./status";
import { createTabs } from "./tabs";
import { createTimeline } from "./timeline";

/** Widths at which the look changes; the style sheet reads the classes. */
const BELOW = [960, 640, 400] as const;

export interface App {
  dispose(): void;
}

/** Keys pressed on this element are no shortcuts of JupyterLab's. */
function mute(el: HTMLElement): void {
  el.dataset.lmSuppressShortcuts = "true";
}

/** The whole view of one recording inside `root`, a `.microlog` element that is already in the page. */
export function createApp(root: HTMLElement, data: ViewData, host: Host): App {
  const theme = watchTheme(root, data.packages);
  const store = createStore({
    tab: "timeline",
    window: whole(data.facts.duration),
    hover: null,
    pointer: null,
    selected: null,
    pinned: false,
    log: null,
    collapsed: new Set(),
    help: false,
  });
  const context: Context = { data, store, host, theme: theme.get, onTheme: theme.subscribe, root };
  const ending = new AbortController();
  const { signal } = ending;

  const cards = createCards(context, { zoom: (call) => zoomTo(call) });
  const empty = data.calls.count === 0 && data.logs.length === 0 && data.metrics.count === 0;
  const timeline = empty ? null : createTimeline(context, cards);
  const zoomTo = (call: CallId) => {
    const start = data.calls.start[call] ?? 0;
    const end = start + (data.calls.duration[call] ?? 0);
    timeline?.zoomTo(start as typeof data.facts.duration, end as typeof data.facts.duration);
  };

  const header = createHeader(context, {
    fit: timeline?.fit ?? null,
    help: () => store.set({ help: !store.get().help }),
  });
  const tabs = createTabs(context);
  const status = createStatus(context);
  const views: readonly View[] = [header, tabs, status, ...(timeline ? [timeline] : [])];
  const panel = timeline?.el ?? createEmpty();
  panel.setAttribute("role", "group");
  panel.setAttribute("aria-label", "Timeline");

  root.replaceChildren(header.el, tabs.el, panel, status.el);
  root.classList.toggle("microlog-without-calls", empty);
  // A page of its own fills the window, and an empty view has nothing to be enlarged.
  if (!empty && !root.classList.contains("microlog-page")) root.append(createHeight(root, host));
  root.tabIndex = -1;
  root.setAttribute("role", "region");
  root.setAttribute("aria-label", `microlog: ${data.facts.name || data.facts.cell || "recording"}`);
  // JupyterLab asks for this before it acts on a key; other hosts listen further up, where keys from here do not arrive.
  mute(root);

  let help: HTMLElement | null = null;
  let focused: Element | null = null;
  const showHelp = (on: boolean) => {
    help?.remove();
    help = null;
    if (on) {
      const scope = root.getRootNode() as Document | ShadowRoot;
      focused = scope.activeElement;
      help = createHelp(context, () => store.set({ help: false }));
      root.append(help);
      help.querySelector("button")?.focus({ preventScroll: true });
    } else if (focused instanceof HTMLElement && root.contains(focused)) {
      focused.focus({ preventScroll: true });
    }
  };
  const unsubscribe = store.subscribe((state, before) => {
    if (state.help !== before.help) showHelp(state.help);
  });
  root.addEventListener(
    "pointerdown",
    (event) => {
      const path = event.composedPath();
      if (help && !path.includes(help) && !path.includes(header.el)) store.set({ help: false });
    },
    { signal, capture: true },
  );

  /** True when the key means something to the app; those of the timeline are its own. */
  const act = (name: string): boolean => {
    if (name === "?") store.set({ help: !store.get().help });
    else if (name === "Escape" && store.get().help) store.set({ help: false });
    else if (name === "Escape") return cards.dismiss();
    else if (name === "c") return cards.copy();
    else return false;
    return true;
  };
  root.addEventListener(
    "keydown",
    (event) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
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
    tabs.fitTo(width);
    cards.settle();
  };
  fitToWidth();
  const sizes = new ResizeObserver(fitToWidth);
  sizes.observe(root);
  const showPicture = hideStaticPicture(root, data.facts.id);

  return {
    dispose() {
      ending.abort();
      sizes.disconnect();
      unsubscribe();
      for (const view of views) view.dispose();
      cards.dispose();
      theme.dispose();
      showPicture();
      root.replaceChildren();
    },
  };
}
