import type { PackageId } from "../data/types";
import { formatCount, formatDuration } from "../logic/format";
import { TABS, type Tab } from "../state/store";
import type { Context, View } from "./context";
import { button, el } from "./dom";

/** Most modules that the legend names. */
const NAMED = 8;

const NAMES: Readonly<Record<Tab, string>> = {
  timeline: "Timeline",
  functions: "Functions",
  log: "Log",
  anomalies: "Anomalies",
  design: "Design",
  explain: "Explain",
};

/** The views that there are. */
const OFFERED: readonly Tab[] = ["timeline", "functions", "log", "anomalies", "design", "explain"];

/** The row of tabs, and at its right what belongs to the view that is open. */
export function createTabs({ data, store }: Context, controls: HTMLElement): View {
  const counts: Partial<Record<Tab, number>> = { log: data.logs.length, anomalies: data.anomalies.length };
  const tabs = OFFERED.map((tab) => {
    const count = counts[tab];
    const made = button(
      "microlog-tab",
      () => store.set({ tab }),
      NAMES[tab],
      count === undefined ? null : el("span", "microlog-tab-count", formatCount(count)),
    );
    made.setAttribute("role", "tab");
    made.title = `${NAMES[tab]} (${TABS.indexOf(tab) + 1})`;
    return made;
  });
  const list = el("div", "microlog-tab-list", ...tabs);
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", "Views");
  const update = () => {
    const { tab } = store.get();
    for (const [i, made] of tabs.entries()) {
      const on = OFFERED[i] === tab;
      made.setAttribute("aria-selected", String(on));
      made.tabIndex = on ? 0 : -1;
    }
  };
  // Arrows go through the tabs, as in every list of tabs (WAI-ARIA authoring practices).
  list.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    const at = (OFFERED.indexOf(store.get().tab) + step + OFFERED.length) % OFFERED.length;
    store.set({ tab: OFFERED[at] ?? "timeline" });
    tabs[at]?.focus({ preventScroll: true });
    event.preventDefault();
  });
  update();
  return { el: el("div", "microlog-tabs", list, controls), dispose: store.subscribe(update) };
}

export function isOffered(tab: Tab): boolean {
  return OFFERED.includes(tab);
}

/** The tab of a digit key, or null. */
export function tabOf(digit: string): Tab | null {
  const tab = TABS[Number(digit) - 1];
  return tab && OFFERED.includes(tab) ? tab : null;
}

/** Modules by self time: the longest few, as many as there is room for, then how many more there are. */
export function createLegend(context: Context): View & { fitTo(): void } {
  const { packages } = context.data;
  const ids = packages.map((_, id) => id).sort((a, b) => (packages[b]?.self ?? 0) - (packages[a]?.self ?? 0));
  const items = ids.slice(0, NAMED).map((id) => {
    const item = el("span", "microlog-module", swatch(context, id as PackageId), moduleName(context, id));
    item.title = `${moduleName(context, id)}: ${formatDuration(packages[id]?.self ?? 0)} in its own code`;
    return item;
  });
  const more = el("span", "microlog-more");
  const legend = el("div", "microlog-modules", ...items, more);
  const show = (count: number) => {
    items.forEach((item, i) => {
      item.hidden = i >= count;
    });
    const rest = ids.slice(count).map((id) => moduleName(context, id));
    more.hidden = rest.length === 0;
    more.textContent = `+${rest.length}`;
    more.title = rest.join(", ");
  };
  show(items.length);
  return {
    el: legend,
    fitTo() {
      let count = items.length;
      show(count);
      while (count > 0 && legend.scrollWidth > legend.clientWidth) show(--count);
    },
    dispose: context.onTheme(() => {
      for (const [i, item] of items.entries()) {
        const old = item.firstElementChild;
        old?.replaceWith(swatch(context, (ids[i] ?? 0) as PackageId));
      }
    }),
  };
}

/** What a module is called: code of the notebook by its cell. */
export function moduleName({ data }: Context, id: number): string {
  const row = data.packages[id];
  return (row?.kind === "notebook" && data.facts.cell) || (row?.name ?? "");
}

/** A small square in a module's colour. */
export function swatch(context: Context, id: PackageId): HTMLElement {
  const colors = context.theme().swatches[id];
  const square = el("span", "microlog-swatch");
  if (colors) {
    square.style.background = colors.fill;
    square.style.borderColor = colors.edge;
  }
  return square;
}
