import type { PackageId } from "../data/types";
import { formatDuration, formatPercent } from "../logic/format";
import { byOwner, byPackage, type Group, type Owner } from "../logic/owners";
import type { Context } from "./context";
import { button, el, hostile } from "./dom";
import { swatch } from "./tabs";

/** Most modules that the legend names. */
const NAMED = 8;
/** Whether the colours say whose code it is, kept for the notebook. */
const OWNERS = "owners";

const OWNER_NAMES: Readonly<Record<Owner, string>> = {
  notebook: "notebook",
  user: "own",
  library: "libraries",
};

/**
 * What the colours mean: modules by self time, the longest few, as many as there is room for; or, at a press, whose code it is:
 * the user's own keeps its colours, libraries are grey on every view. An entry that is pressed dims the calls of the others.
 */
export function createLegend(context: Context, place: HTMLElement): () => void {
  const { data, store, host } = context;
  const { packages } = data;
  const kinds = byOwner(packages);
  const modules = byPackage(packages);
  let owners = kinds.length > 1 && host.recall(OWNERS) === "yes";
  const functionsOf = (group: Group) => {
    const meant = new Set<number>(group.packages);
    return Uint8Array.from(data.functions, (row) => Number(meant.has(row.package)));
  };
  const isChosen = (group: Group) => {
    const { chosen } = store.get();
    return chosen !== null && functionsOf(group).every((meant, id) => meant === chosen[id]);
  };
  const choose = (group: Group) => store.set({ chosen: isChosen(group) ? null : functionsOf(group) });
  const itemOf = (group: Group) => {
    const { cell } = data.facts;
    const owner = (group.kind === "notebook" && cell) || OWNER_NAMES[group.kind];
    const name = owners ? owner : moduleName(context, group.packages[0] ?? -1);
    const item = button(
      "microlog-module",
      () => choose(group),
      swatch(context, (group.packages[0] ?? 0) as PackageId),
      hostile("span", "", name),
      owners ? el("b", "", formatPercent(group.share * 100)) : null,
    );
    item.title = `${name}: ${formatDuration(group.self)} in its own code, ${formatPercent(group.share * 100)}. Press to dim the others.`;
    item.dataset.packages = String(group.packages);
    return item;
  };
  const second = el("span", "", " / libraries");
  const toggle = button("microlog-module microlog-owners", () => paint(!owners), el("span", "", "mine", second));
  toggle.setAttribute("aria-label", "mine / libraries");
  toggle.title = "Colour by whose code it is, not by module";
  toggle.hidden = kinds.length < 2;
  const more = button("microlog-module microlog-more", () => store.set({ sheet: "help" }));
  let groups: readonly Group[] = [];
  let items: HTMLElement[] = [];

  const mark = () => {
    for (const [i, group] of groups.entries()) items[i]?.setAttribute("aria-pressed", String(isChosen(group)));
  };
  const fill = () => {
    groups = owners ? kinds : modules.slice(0, NAMED);
    items = groups.map(itemOf);
    toggle.setAttribute("aria-pressed", String(owners));
    place.replaceChildren(toggle, ...items, more);
    mark();
    squeeze();
  };
  const show = (count: number) => {
    items.forEach((item, i) => {
      item.hidden = i >= count;
    });
    const rest = owners ? [] : modules.slice(count);
    const names = rest.map((group) => moduleName(context, group.packages[0] ?? -1));
    more.hidden = rest.length === 0;
    more.textContent = `+${rest.length}`;
    more.title = names.join(", ");
  };
  const squeeze = () => {
    const isTooMuch = () => place.scrollWidth > place.clientWidth;
    let count = items.length;
    second.hidden = false;
    show(count);
    second.hidden = owners && isTooMuch();
    while (count > 0 && isTooMuch()) show(--count);
  };
  const paint = (next: boolean) => {
    owners = next;
    host.keep(OWNERS, owners ? "yes" : "");
    store.set({ chosen: null });
    recolor();
    fill();
  };
  const recolor = () =>
    context.recolor(
      owners ? packages.map((row) => (row.kind === "library" ? { ...row, kind: "rest" as const } : row)) : packages,
    );

  if (owners) recolor();
  fill();
  const sizes = new ResizeObserver(squeeze);
  sizes.observe(place);
  const ends = [
    context.onTheme(fill),
    store.subscribe((state, before) => {
      if (state.chosen !== before.chosen) mark();
    }),
  ];
  return () => {
    sizes.disconnect();
    for (const end of ends) end();
  };
}

/** What a module is called: code of the notebook by its cell. */
export function moduleName({ data }: Context, id: number): string {
  const row = data.packages[id];
  return (row?.kind === "notebook" && data.facts.cell) || (row?.name ?? "");
}
