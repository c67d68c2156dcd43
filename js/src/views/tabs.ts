import type { PackageId } from "../data/types";
import { formatCount } from "../logic/format";
import { TABS, type Tab } from "../state/store";
import type { Context, View } from "./context";
import { button, el } from "./dom";

const NAMES: Readonly<Record<Tab, string>> = {
  timeline: "Timeline",
  functions: "Functions",
  log: "Log",
  anomalies: "Anomalies",
  design: "Design",
  explain: "Explain",
};

/** The row of tabs, and at its right what belongs to the view that is open. */
export function createTabs({ data, store }: Context, controls: HTMLElement): View {
  const counts: Partial<Record<Tab, number>> = { log: data.logs.length, anomalies: data.anomalies.length };
  const tabs = TABS.map((tab) => {
    const count = counts[tab];
    const made = button(
      "microlog-tab",
      () => store.set({ tab }),
      NAMES[tab],
      count === undefined
        ? null
        : el(
            "span",
            `microlog-tab-count${tab === "anomalies" && count > 0 ? " microlog-amber" : ""}`,
            formatCount(count),
          ),
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
      const on = TABS[i] === tab;
      made.setAttribute("aria-selected", String(on));
      made.tabIndex = on ? 0 : -1;
    }
  };
  // Arrows go through the tabs, as in every list of tabs (WAI-ARIA authoring practices).
  list.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    const at = (TABS.indexOf(store.get().tab) + step + TABS.length) % TABS.length;
    store.set({ tab: TABS[at] ?? "timeline" });
    tabs[at]?.focus({ preventScroll: true });
    event.preventDefault();
  });
  update();
  return { el: el("div", "microlog-tabs", list, controls), dispose: store.subscribe(update) };
}

/** The tab of a digit key, or null. */
export function tabOf(digit: string): Tab | null {
  return TABS[Number(digit) - 1] ?? null;
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
