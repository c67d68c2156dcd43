import type { PackageId } from "../data/types";
import { formatDuration } from "../logic/format";
import type { Context, View } from "./context";
import { el } from "./dom";

/** Most modules that the legend names. */
const NAMED = 8;

/** The row of tabs; the legend of module colours at its right. */
export function createTabs(context: Context): View & { fitTo(width: number): void } {
  const legend = createLegend(context);
  // With one view there is nothing to choose: a name, and no control.
  return {
    el: el("div", "microlog-tabs", el("span", "microlog-tab", "Timeline"), legend.el),
    fitTo: legend.fitTo,
    dispose: legend.dispose,
  };
}

/** Modules by self time: the longest few, as many as there is room for, then how many more there are. */
function createLegend(context: Context): View & { fitTo(): void } {
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
