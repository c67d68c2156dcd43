import type { CallId, FunctionId, PackageId } from "../data/types";
import { formatCount, formatDuration, formatNumberOf, formatPercent, formatRange } from "../logic/format";
import {
  cpuShare,
  type FunctionCosts,
  functionCosts,
  functionsAsMarkdown,
  type Order,
  orderedFunctions,
  type Sort,
} from "../logic/function-rows";
import { shownName } from "../logic/labels";
import { copyText } from "./clipboard";
import type { Context } from "./context";
import { button, el, key } from "./dom";
import { createSourcePane } from "./function-source";
import { icon } from "./icon";
import { moduleName } from "./legend";
import { createOverview } from "./overview";
import type { Panel } from "./panel";
import { createRows } from "./rows";
import { swatch } from "./tabs";

const ROW = 24;
/** Widths of the bars of self and total. */
const BARS = { self: 56, total: 46 } as const;
/** While the window moves the table follows after so long; a pass over a million calls takes some of it. */
const FOLLOW_MS = 60;
/** The pane stands beside the table from here on, else over it. */
const BESIDE = 800;

const COLUMNS: readonly (readonly [sort: Sort, title: string, meaning: string])[] = [
  ["name", "Function", "qualified name"],
  ["module", "Module", "top-level package, or cell"],
  ["self", "Self", "time in its own code"],
  ["total", "Total", "time in it and in what it calls; recursion counts once"],
  ["cpu", "CPU", "CPU time as a share of the total"],
  ["calls", "Calls", "calls seen; very short ones between two samples are missed"],
  ["median", "Median", "median duration of its calls"],
  ["anomalies", "", "anomalies that name it"],
];
const KEYS: readonly (readonly [keys: readonly string[], what: string])[] = [
  [["↑", "↓"], "move"],
  [["Enter"], "show longest call"],
  [["/"], "search"],
];
let tables = 0;

/** All functions with what they cost, and beside them the source of the selected one. */
export function createFunctions(context: Context): Panel {
  const { data, store } = context;
  const overview = createOverview(context);
  const id = `microlog-functions-${++tables}`;
  let order: Order = { by: "total", down: true };
  let within = { start: -1, end: -1 };
  let costs: FunctionCosts = functionCosts(data, { start: 0, end: data.facts.duration });
  let shown: readonly number[] = [];
  let most = { self: 1, total: 1 };
  let inPane: number | null = null;
  let visible = false;
  let timer = 0;

  const choose = (next: FunctionId | null) => store.set({ function: next });
  const jump = (chosen: number) => {
    const call = costs.costs.longest[chosen] ?? -1;
    if (call >= 0) context.show({ call: call as CallId });
  };
  const rows = createRows(ROW, (chosen, place) => {
    const row = rowOf(context, chosen, costs, most);
    row.id = `${id}-${chosen}`;
    row.setAttribute("aria-rowindex", String(place + 2));
    row.setAttribute("aria-selected", String(inPane === chosen));
    row.addEventListener("click", () => {
      choose(chosen as FunctionId);
      // Not the scrolling part, which browsers focus by themselves: keys belong to the whole table.
      grid.focus({ preventScroll: true });
    });
    row.addEventListener("dblclick", () => jump(chosen));
    return row;
  });
  rows.el.setAttribute("role", "rowgroup");
  rows.el.tabIndex = 0;
  rows.el.firstElementChild?.setAttribute("role", "presentation");

  const heads = COLUMNS.map(([sort, title, meaning]) => {
    const sorter = button("microlog-sorter", () => sortBy(sort), title || icon("anomaly", 10));
    if (!title) sorter.setAttribute("aria-label", "Anomalies");
    const head = el("div", `microlog-function-cell microlog-function-${sort}`, sorter);
    head.setAttribute("role", "columnheader");
    head.title = meaning;
    return head;
  });
  const headRow = el("div", "microlog-function-row microlog-function-head", ...heads);
  headRow.setAttribute("role", "row");
  headRow.setAttribute("aria-rowindex", "1");
  const none = el("p", "microlog-none");
  const grid = el("div", "microlog-functions", headRow, rows.el);
  grid.tabIndex = 0;
  grid.setAttribute("role", "grid");
  grid.setAttribute("aria-label", "Functions");
  grid.setAttribute("aria-colcount", String(COLUMNS.length));
  const makePane = createSourcePane(context, { choose, close: () => choose(null) });
  const pane = el("div", "microlog-pane");
  const words = el("span", "");
  words.setAttribute("role", "status");
  const foot = el(
    "div",
    "microlog-foot",
    words,
    el("div", "microlog-hints", ...KEYS.map(([keys, what]) => el("span", "microlog-hint", ...keys.map(key), what))),
  );
  const copy = button(
    "microlog-button microlog-copy-table",
    () => void copyText(functionsAsMarkdown(data, costs, shown, within), copy),
    "Copy as Markdown",
  );
  copy.dataset.action = "copy";

  const sortBy = (by: Sort) => {
    const words = by === "name" || by === "module";
    order = { by, down: order.by === by ? !order.down : !words };
    list();
  };
  const list = () => {
    for (const [i, head] of heads.entries()) {
      const on = COLUMNS[i]?.[0] === order.by;
      head.setAttribute("aria-sort", on ? (order.down ? "descending" : "ascending") : "none");
    }
    const { found } = store.get();
    shown = orderedFunctions(data, costs, order, found?.functions ?? null);
    most = {
      self: Math.max(...shown.map((each) => costs.self[each] ?? 0), 1),
      total: Math.max(...shown.map((each) => costs.total[each] ?? 0), 1),
    };
    rows.show(shown);
    grid.hidden = shown.length === 0;
    none.hidden = shown.length > 0;
    const part =
      within.start <= 0 && within.end >= data.facts.duration ? "" : ` in ${formatRange(within.start, within.end)}`;
    none.textContent = `No function of ${formatCount(data.functions.length)} matches${part}.`;
    grid.setAttribute("aria-rowcount", String(shown.length + 1));
    const all = shown.length === data.functions.length ? "" : ` of ${formatCount(data.functions.length)}`;
    words.replaceChildren(
      all ? `${formatCount(shown.length)}${all} functions` : formatNumberOf(shown.length, "function"),
      part,
      el("span", "microlog-foot-legend", "solid bar: CPU, hollow: waiting"),
    );
    select();
  };
  const measure = () => {
    const { range, window } = store.get();
    const next = range ?? window;
    if (next.start !== within.start || next.end !== within.end) {
      within = next;
      costs = functionCosts(data, within);
    }
    list();
  };
  const select = () => {
    const chosen = store.get().function;
    if (chosen !== null && shown.includes(chosen)) grid.setAttribute("aria-activedescendant", `${id}-${chosen}`);
    else grid.removeAttribute("aria-activedescendant");
    // Beside the table there is room for the first one, too.
    const beside = context.root.clientWidth >= BESIDE;
    const seen = chosen ?? (beside ? (shown[0] ?? null) : null);
    pane.hidden = seen === null;
    const place = seen === inPane ? (pane.querySelector(".microlog-source-body")?.scrollTop ?? 0) : 0;
    inPane = seen;
    rows.each((row, each) => row.setAttribute("aria-selected", String(each === seen)));
    pane.replaceChildren(...(seen === null ? [] : [makePane(seen as FunctionId, costs, within)]));
    pane.querySelector(".microlog-source-body")?.scrollTo(0, place);
  };
  const follow = () => {
    clearTimeout(timer);
    timer = window.setTimeout(measure, FOLLOW_MS);
  };

  const act = (pressed: string): boolean => {
    const chosen = store.get().function;
    const page = Math.max(Math.floor(rows.el.clientHeight / ROW) - 1, 1);
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
    const at = chosen === null ? -1 : shown.indexOf(chosen);
    if (pressed in steps || pressed === "Home" || pressed === "End") {
      if (shown.length === 0) return false;
      const to = pressed === "Home" ? 0 : pressed === "End" ? shown.length - 1 : at + (steps[pressed] ?? 0);
      const next = shown[Math.min(Math.max(to, 0), shown.length - 1)] as FunctionId;
      choose(next);
      rows.reveal(next);
    } else if (pressed === "Enter" && inPane !== null) jump(inPane);
    else if (pressed === "Escape" && chosen !== null) choose(null);
    else return false;
    return true;
  };
  grid.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || (event.target as Element).closest("button")) return;
    if (act(event.key)) event.preventDefault();
  });
  const unsubscribe = store.subscribe((state, before) => {
    if (!visible) return;
    if (state.range !== before.range || state.window !== before.window) follow();
    else if (state.found !== before.found) list();
    if (state.function !== before.function) select();
  });
  const unsubscribeTheme = context.onTheme(() => {
    if (visible) list();
  });
  const sizes = new ResizeObserver(() => {
    if (visible) select();
  });
  sizes.observe(context.root);
  const panel = el("div", "microlog-view", overview.el, el("div", "microlog-split", grid, none, pane));
  return {
    el: panel,
    controls: copy,
    foot,
    shown() {
      visible = true;
      measure();
      const chosen = store.get().function;
      if (chosen !== null) rows.reveal(chosen);
    },
    hidden() {
      visible = false;
      clearTimeout(timer);
    },
    dispose() {
      clearTimeout(timer);
      sizes.disconnect();
      unsubscribe();
      unsubscribeTheme();
      rows.dispose();
      overview.dispose();
    },
  };
}

function rowOf(
  context: Context,
  id: number,
  costs: FunctionCosts,
  most: { readonly self: number; readonly total: number },
): HTMLElement {
  const row = context.data.functions[id];
  const packageId = (row?.package ?? 0) as PackageId;
  const name = el("span", "microlog-function-label", shownName(row?.name ?? ""));
  const share = cpuShare(costs.cpu[id], costs.total[id]);
  const anomalies = costs.anomalies[id] ?? 0;
  const cells: Readonly<Record<Sort, readonly (Node | string)[]>> = {
    name: [swatch(context, packageId), name],
    module: [moduleName(context, packageId)],
    self: [
      formatDuration(costs.self[id] ?? 0),
      barOf(context, packageId, costs.self[id] ?? 0, most.self, BARS.self, cpuShare(costs.selfCpu[id], costs.self[id])),
    ],
    total: [
      formatDuration(costs.total[id] ?? 0),
      barOf(context, packageId, costs.total[id] ?? 0, most.total, BARS.total, share),
    ],
    cpu: [formatPercent(share * 100)],
    calls: [formatCount(costs.calls[id] ?? 0)],
    median: [formatDuration(costs.median[id] ?? Number.NaN)],
    anomalies: anomalies > 0 ? [icon("anomaly", 10), String(anomalies)] : [],
  };
  const made = el(
    "div",
    "microlog-function-row",
    ...COLUMNS.map(([sort]) => {
      const cell = el("div", `microlog-function-cell microlog-function-${sort}`, ...cells[sort]);
      cell.setAttribute("role", "gridcell");
      return cell;
    }),
  );
  made.setAttribute("role", "row");
  made.title = `${row?.name ?? ""}, ${row?.file ?? ""}:${row?.line ?? 0}`;
  return made;
}

/** A bar whose solid part is CPU and whose hollow part is waiting; all of it is solid where CPU is not known. */
export function barOf(
  context: Context,
  packageId: PackageId,
  value: number,
  most: number,
  widest: number,
  share: number,
): HTMLElement {
  const colors = context.theme().swatches[packageId];
  const bar = el("span", "microlog-cost-bar");
  bar.style.width = `${Math.max((value / most) * widest, value > 0 ? 2 : 0)}px`;
  if (colors) {
    const solid = Number.isNaN(share) ? 100 : share * 100;
    bar.style.borderColor = colors.edge;
    bar.style.background = `linear-gradient(to right, ${colors.fill} ${solid}%, ${colors.wait} ${solid}%)`;
  }
  bar.hidden = value <= 0;
  return el("span", "microlog-cost-track", bar);
}
