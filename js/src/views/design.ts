import { type CallId, type FunctionId, GRAPH_LEVELS, type GraphLevel } from "../data/types";
import { type Design, type DesignNode, designOf, widthOf } from "../logic/design";
import { formatCount, formatDuration, formatNumberOf, formatPercent, formatRange } from "../logic/format";
import { cpuShare } from "../logic/function-rows";
import { copyText } from "./clipboard";
import type { Context } from "./context";
import { type Box, type Layout, layoutOf, pathOf } from "./design-layout";
import { button, el, key } from "./dom";
import type { Panel } from "./panel";
import { moduleName, swatch } from "./tabs";

const SVG = "http://www.w3.org/2000/svg";
const FOLLOW_MS = 120;
const LISTED_MOST = 8;
/** Below this share of CPU in its own time a node is hollow: it mostly waits. */
const WAITS = 1 / 3;
const LEVEL_NAMES: Readonly<Record<GraphLevel, string>> = {
  module: "Modules",
  class: "Classes",
  function: "Functions",
};
const KEYS: readonly (readonly [keys: readonly string[], what: string])[] = [
  [["←", "→"], "follow a line"],
  [["↑", "↓"], "next node"],
  [["Enter"], "show longest call"],
];
let pictures = 0;

/** Who calls whom: a layered graph, its table, and the details of the selected node. */
export function createDesign(context: Context): Panel {
  const { data, store } = context;
  const id = `microlog-design-${++pictures}`;
  let level: GraphLevel = "class";
  let asTable = false;
  let design: Design = { nodes: [], edges: [], hidden: 0, least: 0 };
  let layout: Layout = layoutOf(design);
  let within = { start: -1, end: -1 };
  let visible = false;
  let timer = 0;

  const stage = el("div", "microlog-design-stage");
  const details = el("div", "microlog-design-details");
  const none = el("p", "microlog-none");
  const choice = el(
    "select",
    "microlog-select",
    ...GRAPH_LEVELS.map((each) => {
      const option = el("option", "", LEVEL_NAMES[each]);
      option.value = each;
      return option;
    }),
  );
  choice.value = level;
  choice.setAttribute("aria-label", "What a node is");
  choice.addEventListener("change", () => {
    level = choice.value as GraphLevel;
    measure();
  });
  const table = button(
    "microlog-button microlog-copy-table",
    () => {
      asTable = !asTable;
      table.setAttribute("aria-pressed", String(asTable));
      draw();
    },
    "Table",
  );
  table.setAttribute("aria-pressed", "false");
  const copy = button(
    "microlog-button microlog-copy-table",
    () => void copyText(designAsMarkdown(context, design), copy),
    "Copy as Markdown",
  );
  const controls = el(
    "div",
    "microlog-design-controls",
    el("span", "microlog-design-legend", "node height: self time · line width: total time · dashed: starts a thread"),
    choice,
    table,
    copy,
  );
  const words = el("span", "");
  words.setAttribute("role", "status");
  const foot = el(
    "div",
    "microlog-foot",
    words,
    el("div", "microlog-hints", ...KEYS.map(([keys, what]) => el("span", "microlog-hint", ...keys.map(key), what))),
  );

  const chosen = (): DesignNode | null => {
    const { function: selected } = store.get();
    if (selected === null) return null;
    const node = data.graphs[level].nodeOf[selected];
    return design.nodes.find((each) => each.id === node) ?? null;
  };
  const choose = (node: DesignNode | null) =>
    store.set({ function: node && node.function >= 0 ? (node.function as FunctionId) : null });

  const measure = () => {
    const { range, window } = store.get();
    within = range ?? window;
    design = designOf(data, level, within);
    layout = layoutOf(design);
    const part =
      within.start <= 0 && within.end >= data.facts.duration ? "" : ` in ${formatRange(within.start, within.end)}`;
    const noun = { module: "module", class: "class or module", function: "function" }[level];
    const nouns = { module: "modules", class: "classes and modules", function: "functions" }[level];
    const count = design.nodes.length;
    none.hidden = count > 0;
    none.textContent = `No calls${part}.`;
    stage.hidden = count === 0;
    words.textContent =
      count === 0
        ? "no calls"
        : `${formatCount(count)} ${count === 1 ? noun : nouns} with ${formatDuration(design.least)} or more${part}` +
          (design.hidden > 0 ? `; ${formatCount(design.hidden)} smaller are part of their callers` : "");
    draw();
  };
  const draw = () => {
    stage.replaceChildren(asTable ? tableOf(context, design, choose) : picture());
    select();
  };
  const picture = (): HTMLElement => {
    const svg = shape("svg", {
      width: layout.width,
      height: layout.height,
      viewBox: `0 0 ${layout.width} ${layout.height}`,
      class: "microlog-design-picture",
      "aria-hidden": "true",
    });
    design.edges.forEach((edge, i) => {
      const line = shape("path", {
        d: pathOf(layout.lines[i] ?? []),
        class: `microlog-design-line${edge.thread ? " microlog-design-thread" : ""}${edge.cycle ? " microlog-design-cycle" : ""}`,
        "stroke-width": edge.thread ? 1.4 : widthOf(edge).toFixed(2),
      });
      line.dataset.caller = String(edge.caller);
      line.dataset.callee = String(edge.callee);
      svg.append(line);
    });
    const options = design.nodes.map((node) =>
      optionOf(context, node, layout.boxes.get(node.id), `${id}-${node.id}`, choose),
    );
    const graph = el("div", "microlog-design-graph", ...options);
    graph.prepend(svg);
    graph.style.width = `${layout.width}px`;
    graph.style.height = `${layout.height}px`;
    const box = el("div", "microlog-design-area", graph);
    graph.tabIndex = 0;
    graph.setAttribute("role", "listbox");
    graph.setAttribute("aria-label", "Call graph");
    graph.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (act(event.key)) event.preventDefault();
    });
    return box;
  };
  const select = () => {
    const node = chosen();
    const { found } = store.get();
    const graph = stage.querySelector<HTMLElement>(".microlog-design-graph");
    if (graph && node) graph.setAttribute("aria-activedescendant", `${id}-${node.id}`);
    else graph?.removeAttribute("aria-activedescendant");
    for (const each of stage.querySelectorAll<HTMLElement>("[data-node]")) {
      const of = design.nodes.find((one) => String(one.id) === each.dataset.node);
      each.setAttribute("aria-selected", String(of === node));
      each.classList.toggle(
        "microlog-dimmed",
        found !== null && !of?.functions.some((one) => found.functions[one] === 1),
      );
    }
    for (const line of stage.querySelectorAll<SVGElement>(".microlog-design-line")) {
      const ends = [line.dataset.caller, line.dataset.callee];
      line.classList.toggle("microlog-design-chosen", node !== null && ends.includes(String(node.id)));
    }
    details.hidden = node === null;
    details.replaceChildren(...(node ? [detailsOf(context, design, node, choose)] : []));
  };
  const act = (pressed: string): boolean => {
    const node = chosen();
    const follow = (from: "caller" | "callee", to: "caller" | "callee") => {
      const lines = design.edges.filter((edge) => edge[from] === node?.id).sort((a, b) => b.time - a.time);
      return design.nodes.find((each) => each.id === lines[0]?.[to]) ?? null;
    };
    const step = (by: number) => {
      const place = (each: DesignNode) => layout.boxes.get(each.id) ?? { x: 0, y: 0 };
      const order = [...design.nodes].sort((a, b) => place(a).x - place(b).x || place(a).y - place(b).y);
      const at = node ? order.indexOf(node) : by > 0 ? -1 : order.length;
      return order[Math.min(Math.max(at + by, 0), order.length - 1)] ?? null;
    };
    if (pressed === "Enter" && node && node.longest >= 0) {
      context.show({ call: node.longest as CallId });
      return true;
    }
    if (pressed === "Escape" && node) {
      choose(null);
      return true;
    }
    const next =
      pressed === "ArrowRight"
        ? follow("caller", "callee")
        : pressed === "ArrowLeft"
          ? follow("callee", "caller")
          : pressed === "ArrowDown"
            ? step(1)
            : pressed === "ArrowUp"
              ? step(-1)
              : null;
    if (!next) return pressed.startsWith("Arrow");
    choose(next);
    stage.querySelector(`[data-node="${next.id}"]`)?.scrollIntoView({ block: "nearest", inline: "nearest" });
    return true;
  };
  const unsubscribe = store.subscribe((state, before) => {
    if (!visible) return;
    if (state.range !== before.range || state.window !== before.window) {
      clearTimeout(timer);
      timer = window.setTimeout(measure, FOLLOW_MS);
    } else if (state.function !== before.function || state.found !== before.found) select();
  });
  const unsubscribeTheme = context.onTheme(() => {
    if (visible) draw();
  });
  return {
    el: el("div", "microlog-view", el("div", "microlog-split", stage, none, details)),
    controls,
    foot,
    shown() {
      visible = true;
      measure();
    },
    hidden() {
      visible = false;
      clearTimeout(timer);
    },
    dispose() {
      clearTimeout(timer);
      unsubscribe();
      unsubscribeTheme();
    },
  };
}

function shape(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS(SVG, name) as SVGElement;
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, String(value));
  return made;
}

function optionOf(
  context: Context,
  node: DesignNode,
  box: Box | undefined,
  id: string,
  choose: (node: DesignNode) => void,
): HTMLElement {
  const colors = context.theme().swatches[node.package];
  const share = cpuShare(node.selfCpu, node.self);
  const where = moduleName(context, node.package);
  const cycle = node.cycle > 0 ? el("span", "microlog-design-mark", "⟳") : null;
  cycle?.setAttribute("title", `in cycle ${node.cycle}`);
  const made = el(
    "div",
    `microlog-design-node${node.cycle > 0 ? " microlog-design-in-cycle" : ""}`,
    el("b", "", node.name),
    el(
      "span",
      "microlog-design-sub",
      where === node.name ? formatDuration(node.self) : `${where} · ${formatDuration(node.self)}`,
    ),
    cycle,
  );
  made.id = id;
  made.dataset.node = String(node.id);
  made.setAttribute("role", "option");
  made.setAttribute(
    "aria-label",
    `${node.name}, ${where}, self ${formatDuration(node.self)}, total ${formatDuration(node.total)}${node.cycle > 0 ? ", in a cycle" : ""}`,
  );
  made.title = `${node.name}: self ${formatDuration(node.self)}, total ${formatDuration(node.total)}`;
  if (box) {
    made.style.transform = `translate(${box.x}px, ${box.y}px)`;
    made.style.width = `${box.width}px`;
    made.style.height = `${box.height}px`;
  }
  if (colors) {
    const hollow = !Number.isNaN(share) && share < WAITS;
    made.style.background = hollow ? colors.wait : colors.fill;
    made.style.borderColor = colors.edge;
    if (hollow) made.classList.add("microlog-design-hollow");
  }
  made.addEventListener("click", () => choose(node));
  return made;
}

function tableOf(context: Context, design: Design, choose: (node: DesignNode) => void): HTMLElement {
  const titles = ["Name", "Module", "Self", "Total", "CPU", "Calls", "Called by", "Calls to", "Cycle"];
  const head = el(
    "tr",
    "",
    ...titles.map((title) => {
      const cell = el("th", "", title);
      cell.scope = "col";
      return cell;
    }),
  );
  const rows = design.nodes.map((node) => {
    const [callers, callees] = (["callee", "caller"] as const).map(
      (end) => design.edges.filter((edge) => edge[end] === node.id).length,
    );
    const row = el(
      "tr",
      "",
      el(
        "td",
        "",
        button("microlog-link", () => choose(node), node.name),
      ),
      el("td", "", moduleName(context, node.package)),
      el("td", "", formatDuration(node.self)),
      el("td", "", formatDuration(node.total)),
      el("td", "", formatPercent(cpuShare(node.cpu, node.total) * 100)),
      el("td", "", formatCount(node.calls)),
      el("td", "", formatCount(callers ?? 0)),
      el("td", "", formatCount(callees ?? 0)),
      el("td", "", node.cycle > 0 ? String(node.cycle) : ""),
    );
    return row;
  });
  const made = el("table", "microlog-design-table", el("thead", "", head), el("tbody", "", ...rows));
  made.setAttribute("aria-label", "Call graph");
  const area = el("div", "microlog-design-area", made);
  area.tabIndex = 0;
  return area;
}

function detailsOf(
  context: Context,
  design: Design,
  node: DesignNode,
  choose: (node: DesignNode) => void,
): HTMLElement {
  const { data, store } = context;
  const row = data.functions[node.function];
  const share = cpuShare(node.cpu, node.total);
  const stat = (value: string, word: string) => el("div", "", el("b", "", value), el("span", "", word));
  const byId = (other: number) => design.nodes.find((each) => each.id === other);
  const lines = (end: "caller" | "callee", other: "caller" | "callee") =>
    design.edges
      .filter((edge) => edge[end] === node.id)
      .sort((a, b) => b.time - a.time)
      .flatMap((edge) => {
        const to = byId(edge[other]);
        return to ? [{ name: to.name, id: to.package, time: edge.time, press: () => choose(to) }] : [];
      });
  const functions = node.functions.map((each) => {
    const of = data.functions[each];
    const press = () => store.set({ function: each as FunctionId, tab: "functions" });
    return { name: of?.name ?? "", id: node.package, time: of?.total ?? 0, press };
  });
  const list = (title: string, items: ReturnType<typeof lines>) => {
    if (items.length === 0) return null;
    const most = Math.max(...items.map(({ time }) => time), 1);
    const shown = items.slice(0, LISTED_MOST).map(({ name, id, time, press }) => {
      const colors = context.theme().swatches[id];
      const bar = el("span", "microlog-flow-bar");
      bar.style.width = `${Math.max((time / most) * 66, 1)}px`;
      if (colors) {
        bar.style.background = colors.fill;
        bar.style.borderColor = colors.edge;
      }
      const label = el("span", "microlog-flow-name microlog-flow-wide", name);
      return button(
        "microlog-flow",
        press,
        swatch(context, id),
        label,
        el("span", "microlog-flow-track", bar),
        el("span", "microlog-flow-time", formatDuration(time)),
      );
    });
    const rest = items.length - shown.length;
    return el(
      "div",
      "microlog-flows",
      el("h4", "", title),
      ...shown,
      rest > 0 ? el("p", "microlog-pale", `${rest} more`) : null,
    );
  };
  const others = design.nodes.filter((each) => node.cycle > 0 && each.cycle === node.cycle && each !== node);
  const words =
    others.length > 0
      ? `In a cycle with ${others.map(({ name }) => name).join(", ")}: each reaches the others.`
      : node.cycle > 0
        ? "In a cycle with nodes that are too small to be shown."
        : "In no cycle.";
  const made = el(
    "section",
    "microlog-design-card",
    el("h3", "microlog-source-name", node.name),
    el(
      "p",
      "microlog-pale",
      moduleName(context, node.package),
      " · ",
      el("code", "", `${row?.file ?? ""}:${row?.line ?? 0}`),
    ),
    el(
      "div",
      "microlog-design-stats",
      stat(formatDuration(node.self), "self"),
      stat(formatDuration(node.total), "total"),
      stat(formatCount(node.calls), "calls"),
      stat(formatPercent(share * 100), "CPU"),
    ),
    list("Called by", lines("callee", "caller")),
    list("Calls", lines("caller", "callee")),
    node.functions.length > 1 ? list("Functions, whole recording", functions) : null,
    el("p", "", words),
    el(
      "div",
      "microlog-actions",
      node.longest >= 0
        ? button("microlog-button", () => context.show({ call: node.longest as CallId }), "Show call")
        : null,
      button("microlog-button", () => store.set({ tab: "functions" }), "Source"),
      button("microlog-button", () => store.set({ function: null }), "Close"),
    ),
  );
  made.setAttribute("aria-label", `Details of ${node.name}`);
  return made;
}

function designAsMarkdown(context: Context, design: Design): string {
  const name = (id: number) => design.nodes.find((node) => node.id === id)?.name ?? "";
  const nodes = design.nodes.map(
    (node) =>
      `* \`${node.name}\` (${moduleName(context, node.package)}): self ${formatDuration(node.self)}, total ${formatDuration(node.total)}`,
  );
  const edges = [...design.edges]
    .sort((a, b) => b.time - a.time)
    .map((edge) => {
      const how = edge.thread ? "starts a thread with" : "calls";
      return `* \`${name(edge.caller)}\` ${how} \`${name(edge.callee)}\`: ${formatNumberOf(edge.calls, "call")}, ${formatDuration(edge.time)}${edge.cycle ? ", in a cycle" : ""}`;
    });
  return `${[...nodes, "", ...edges].join("\n")}\n`;
}
