import type { AnomalyId, AnomalyRow, PackageId } from "../data/types";
import { anomaliesAsMarkdown, dotPlot, inUnit, shownAnomalies } from "../logic/anomaly-rows";
import { formatCount, formatNumberOf, pluralOf } from "../logic/format";
import { KINDS } from "./anomaly-icons";
import { copyText } from "./clipboard";
import type { Context } from "./context";
import { button, el, key } from "./dom";
import { drawn, icon } from "./icon";
import { isThere } from "./kernel-state";
import { createOverview } from "./overview";
import type { Panel } from "./panel";
import { createRows } from "./rows";
import { swatch } from "./tabs";
import { createTips } from "./tips";

const ROW = 49;
const HEAD = 25;
const PLOT = { width: 160, height: 30, axis: 20 };
const SVG = "http://www.w3.org/2000/svg";
const COLUMNS = ["Kind", "Where", "Observed, expected", "Score", "Why it stands out", "All similar values"] as const;
const KEYS: readonly (readonly [keys: readonly string[], what: string])[] = [
  [["↑", "↓"], "move"],
  [["Enter"], "show on timeline"],
  [["E"], "explain"],
  [["M"], "mute this kind"],
];
const MUTED = "muted";
let tables = 0;

/** What is unusual, with what was expected and the reason in words; under it what to do about what takes the time. */
export function createAnomalies(context: Context): Panel {
  const { data, store, host } = context;
  const overview = createOverview(context);
  const id = `microlog-anomalies-${++tables}`;
  const muted = new Set((host.recall(MUTED) ?? "").split("\n").filter(Boolean));
  let shown: readonly number[] = [];
  let visible = false;

  const choose = (anomaly: number | null) => store.set({ anomaly: anomaly as AnomalyId | null });
  const jump = (anomaly: number) => {
    const call = data.anomalies[anomaly]?.call ?? -1;
    context.show(call >= 0 ? { call } : { anomaly });
  };
  const rows = createRows(ROW, (anomaly, place) => {
    const made = rowOf(context, anomaly);
    made.id = `${id}-${anomaly}`;
    made.setAttribute("aria-rowindex", String(place + 2));
    made.setAttribute("aria-selected", String(store.get().anomaly === anomaly));
    made.addEventListener("click", () => {
      choose(anomaly);
      // Not the scrolling part, which browsers focus by themselves: keys belong to the whole table.
      grid.focus({ preventScroll: true });
    });
    made.addEventListener("dblclick", () => jump(anomaly));
    return made;
  });
  rows.el.setAttribute("role", "rowgroup");
  rows.el.tabIndex = 0;
  rows.el.firstElementChild?.setAttribute("role", "presentation");
  const heads = COLUMNS.map((title) => {
    const head = el("div", "microlog-anomaly-cell", title);
    head.setAttribute("role", "columnheader");
    return head;
  });
  const head = el("div", "microlog-anomaly-row microlog-anomaly-head", ...heads);
  head.setAttribute("role", "row");
  const grid = el("div", "microlog-anomalies", head, rows.el);
  grid.tabIndex = 0;
  grid.setAttribute("role", "grid");
  grid.setAttribute("aria-label", "Anomalies");
  grid.setAttribute("aria-colcount", String(COLUMNS.length));
  const none = el("p", "microlog-none");
  const words = el("span", "");
  words.setAttribute("role", "status");
  const unmute = button("microlog-link", () => mute(null));
  const foot = el(
    "div",
    "microlog-foot",
    words,
    unmute,
    el("div", "microlog-hints", ...KEYS.map(([keys, what]) => el("span", "microlog-hint", ...keys.map(key), what))),
  );
  const copy = button("microlog-button microlog-copy-table", () => void copyText(markdown(), copy), "Copy as Markdown");
  copy.dataset.action = "copy";

  /** The anomaly that is chosen, or all that are shown, and the tips. */
  const markdown = () => {
    const chosen = store.get().anomaly;
    return chosen === null ? anomaliesAsMarkdown(data, shown, data.tips) : anomaliesAsMarkdown(data, [chosen], []);
  };

  /** Mutes a kind, or with null none any more; kept for the notebook. */
  const mute = (kind: string | null) => {
    if (kind === null) muted.clear();
    else muted.add(kind);
    host.keep(MUTED, [...muted].join("\n"));
    list();
  };
  const list = () => {
    const { window, range, found } = store.get();
    shown = shownAnomalies(data, range ?? window, muted, found);
    rows.show(shown);
    grid.hidden = shown.length === 0;
    grid.style.flexBasis = `${HEAD + shown.length * ROW}px`;
    grid.setAttribute("aria-rowcount", String(shown.length + 1));
    none.hidden = shown.length > 0;
    const all = data.anomalies.length;
    none.textContent =
      all === 0
        ? `No anomalies in ${formatNumberOf(data.functions.length, "function")}.`
        : `None of ${formatNumberOf(all, "anomaly")} is here: change the search, the muted kinds or the time shown.`;
    const part = shown.length === all ? "" : ` of ${formatCount(all)}`;
    words.textContent = `${formatCount(shown.length)}${part} ${pluralOf(all, "anomaly")}, sorted by score`;
    unmute.hidden = muted.size === 0;
    unmute.textContent = `${formatNumberOf(muted.size, "kind")} muted: show`;
    select();
  };
  const select = () => {
    const chosen = store.get().anomaly;
    rows.each((row, each) => row.setAttribute("aria-selected", String(each === chosen)));
    if (chosen !== null && shown.includes(chosen)) grid.setAttribute("aria-activedescendant", `${id}-${chosen}`);
    else grid.removeAttribute("aria-activedescendant");
  };
  const act = (pressed: string): boolean => {
    const chosen = store.get().anomaly;
    const at = chosen === null ? -1 : shown.indexOf(chosen);
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -shown.length, End: shown.length }[pressed];
    if (step !== undefined) {
      const next = shown[Math.min(Math.max(at + step, 0), shown.length - 1)];
      if (next === undefined) return false;
      choose(next);
    } else if (chosen === null) return false;
    else if (pressed === "Enter") jump(chosen);
    else if (pressed === "m") mute(data.anomalies[chosen]?.kind ?? null);
    else if (pressed === "Escape") choose(null);
    else return false;
    return true;
  };
  grid.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || (event.target as Element).closest("button")) return;
    if (act(event.key.length === 1 ? event.key.toLowerCase() : event.key)) event.preventDefault();
  });
  const unsubscribe = store.subscribe((state, before) => {
    if (!visible) return;
    if (state.range !== before.range || state.window !== before.window || state.found !== before.found) list();
    else if (state.anomaly !== before.anomaly) {
      select();
      if (state.anomaly !== null) rows.reveal(state.anomaly);
    }
  });
  const ends = [context.onTheme, host.onState.bind(host)].map((listen) =>
    listen(() => {
      if (visible) list();
    }),
  );
  return {
    el: el("div", "microlog-view", overview.el, grid, none, createTips(context)),
    controls: copy,
    foot,
    shown() {
      visible = true;
      list();
    },
    hidden() {
      visible = false;
    },
    dispose() {
      unsubscribe();
      for (const end of ends) end();
      rows.dispose();
      overview.dispose();
    },
  };
}

function rowOf(context: Context, id: number): HTMLElement {
  const row = context.data.anomalies[id] as AnomalyRow;
  const anomaly = id as AnomalyId;
  const explain = isThere(context)
    ? button("microlog-link", () => context.store.set({ tab: "explain", anomaly, about: { anomaly } }), "Explain")
    : null;
  const known = context.data.functions[row.function];
  const place = known
    ? el("div", "microlog-anomaly-name", swatch(context, known.package as PackageId), el("code", "", known.name))
    : null;
  const parts = KINDS[row.kind];
  const cells: readonly (readonly [name: string, children: readonly (Node | string | null)[]])[] = [
    [
      "kind",
      [
        parts ? drawn(parts) : icon(row.kind === "error" ? "error" : "warning"),
        el("div", "", capital(row.kind), explain),
      ],
    ],
    ["where", [place, el("div", "microlog-pale", row.where)]],
    [
      "values",
      [el("div", "", el("b", "", inUnit(row, row.observed)), ` against ${inUnit(row, row.expected)}`), bullet(row)],
    ],
    ["score", [row.score >= 10 ? row.score.toFixed(1) : row.score.toFixed(2)]],
    ["reason", [row.reason]],
    ["peers", [plotOf(row)]],
  ];
  const made = el(
    "div",
    "microlog-anomaly-row",
    ...cells.map(([name, children]) => {
      const cell = el("div", `microlog-anomaly-cell microlog-anomaly-${name}`, ...children);
      cell.setAttribute("role", "gridcell");
      return cell;
    }),
  );
  made.setAttribute("role", "row");
  return made;
}

function capital(word: string): string {
  return (word[0]?.toUpperCase() ?? "") + word.slice(1);
}

/** What is usual, grey, and what is beyond it, amber. */
function bullet({ expected, observed }: AnomalyRow): HTMLElement {
  const usual = observed > 0 ? Math.min(Math.max(expected / observed, 0), 1) : 1;
  const grey = el("span", "microlog-bullet-usual");
  grey.style.width = `${usual * 100}%`;
  return el("div", "microlog-bullet", grey);
}

/** Similar values as dots, the usual one as a line, this one as a triangle. */
function plotOf(row: AnomalyRow): Node | string {
  if (row.peers.length === 0) return "";
  const { width, height, axis } = PLOT;
  const { dots, expected, observed } = dotPlot(row, width - 10);
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${width} ${height + 2}`);
  svg.setAttribute("width", String(width));
  svg.setAttribute("height", String(height + 2));
  svg.setAttribute("role", "img");
  svg.setAttribute(
    "aria-label",
    `${formatNumberOf(row.peers.length, "similar value")}, usually ${inUnit(row, row.expected)}, this one ${inUnit(row, row.observed)}`,
  );
  const add = (name: string, attributes: Readonly<Record<string, string | number>>, text = "") => {
    const made = document.createElementNS(SVG, name);
    for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, String(value));
    made.textContent = text;
    svg.append(made);
  };
  add("line", { x1: 0, x2: width, y1: axis, y2: axis, class: "microlog-plot-axis" });
  for (const { x, level } of dots)
    add("circle", { cx: x + 5, cy: axis - 4 - level * 4, r: 2.2, class: "microlog-plot-dot" });
  add("line", { x1: expected + 5, x2: expected + 5, y1: 1, y2: axis, class: "microlog-plot-usual" });
  add("path", { d: `M${observed} ${axis - 11}h10l-5 9z`, class: "microlog-plot-this" });
  const apart = observed - expected > 60;
  const anchor = (x: number) => (x < 25 ? "start" : x > width - 35 ? "end" : "middle");
  const at = (x: number) => (x < 25 ? 0 : x > width - 35 ? width : x + 5);
  if (apart) {
    add(
      "text",
      { x: at(expected), y: height, "text-anchor": anchor(expected), class: "microlog-plot-text" },
      inUnit(row, row.expected),
    );
  }
  add(
    "text",
    { x: at(observed), y: height, "text-anchor": anchor(observed), class: "microlog-plot-amber" },
    inUnit(row, row.observed),
  );
  return svg;
}
