import { type CallId, type FunctionId, GRAPH_LEVELS, type GraphLevel } from "../data/types";
import { type Design, type DesignNode, designOf, widthOf } from "../logic/design";
import { formatCount, formatDuration, formatNumberOf, formatRange } from "../logic/format";
import { cpuShare } from "../logic/function-rows";
import { copyText } from "./clipboard";
import type { Context } from "./context";
import { designAsMarkdown, detailsOf, tableOf } from "./design-details";
import { type Box, type Layout, layoutOf, pathOf } from "./design-layout";
import { button, el, key } from "./dom";
import { icon } from "./icon";
import { moduleName } from "./legend";
import type { Panel } from "./panel";

const SVG = "http://www.w3.org/2000/svg";
const FOLLOW_MS = 120;
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
  copy.dataset.action = "copy";
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
  const odd = node.functions.reduce((sum, id) => sum + (context.data.functions[id]?.anomalies ?? 0), 0);
  const marks = el("span", "microlog-design-mark", node.cycle > 0 ? "⟳" : null, odd > 0 ? icon("anomaly", 11) : null);
  const made = el(
    "div",
    `microlog-design-node${node.cycle > 0 ? " microlog-design-in-cycle" : ""}`,
    el("b", "", node.name),
    el(
      "span",
      "microlog-design-sub",
      where === node.name ? formatDuration(node.self) : `${where} · ${formatDuration(node.self)}`,
    ),
    marks,
  );
  made.id = id;
  made.dataset.node = String(node.id);
  made.setAttribute("role", "option");
  made.setAttribute(
    "aria-description",
    `${node.name}, ${where}, self ${formatDuration(node.self)}, total ${formatDuration(node.total)}${node.cycle > 0 ? ", in a cycle" : ""}${odd > 0 ? `, ${formatNumberOf(odd, "anomaly")}` : ""}`,
  );
  made.title = [
    `${node.name}: self ${formatDuration(node.self)}, total ${formatDuration(node.total)}`,
    ...(node.cycle > 0 ? [`in cycle ${node.cycle}`] : []),
    ...(odd > 0 ? [formatNumberOf(odd, "anomaly")] : []),
  ].join(", ");
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
