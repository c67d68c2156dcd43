import type { CallId, FunctionId } from "../data/types";
import type { Design, DesignNode } from "../logic/design";
import { formatCount, formatDuration, formatNumberOf, formatPercent } from "../logic/format";
import { cpuShare } from "../logic/function-rows";
import type { Context } from "./context";
import { button, el } from "./dom";
import { moduleName } from "./legend";
import { sourceLink } from "./source-link";
import { swatch } from "./tabs";

const LISTED_MOST = 8;

/** The graph as a table. */
export function tableOf(context: Context, design: Design, choose: (node: DesignNode) => void): HTMLElement {
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

/** What is known of a node: its times, who calls it, what it calls, what is in it. */
export function detailsOf(
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
    el("p", "microlog-pale", moduleName(context, node.package), " · ", row ? sourceLink(context, row) : null),
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

/** Nodes and edges as Markdown, for the clipboard. */
export function designAsMarkdown(context: Context, design: Design): string {
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
