import type { CallId, FunctionId, PackageId } from "../data/types";
import { sitesOf } from "../logic/costs";
import { familyOf } from "../logic/family";
import { formatDuration, formatNumberOf, formatRange } from "../logic/format";
import type { FunctionCosts } from "../logic/function-rows";
import { lineTimes } from "../logic/line-times";
import { extentOf, tokensOf } from "../logic/python";
import { visibleText } from "../logic/visible";
import type { Context } from "./context";
import { button, el } from "./dom";
import { icon } from "./icon";
import { moduleName } from "./legend";
import { sourceLink } from "./source-link";
import { createStrip } from "./strip";
import { swatch } from "./tabs";

/** Lines of a source that are shown; a generated file may have a hundred thousand. */
const LINES_MOST = 2000;
/** Callers and callees that are listed. */
const LISTED_MOST = 8;

interface Span {
  readonly start: number;
  readonly end: number;
}

export interface SourceActions {
  readonly choose: (id: FunctionId) => void;
  readonly close: () => void;
}

/** Makes the pane of a function: its source with the time of each line, who calls it, what it calls, its calls in order. */
export function createSourcePane(context: Context, actions: SourceActions) {
  const { data } = context;
  return (id: FunctionId, costs: FunctionCosts, within: Span): HTMLElement => {
    const row = data.functions[id];
    const longest = (costs.costs.longest[id] ?? -1) as CallId;
    const place = el("span", "microlog-source-place", row ? sourceLink(context, row) : null);
    const close = button("microlog-tool microlog-source-close", actions.close, icon("close"));
    close.setAttribute("aria-label", "Close");
    const jump = longest >= 0 ? button("microlog-button", () => context.show({ call: longest }), "Longest call") : null;
    jump?.setAttribute("title", "Show the longest call on the timeline (Enter)");
    const name = el("h3", "microlog-source-name", row?.name ?? "");
    name.title = row?.name ?? "";
    const pane = el(
      "section",
      "microlog-source",
      el("div", "microlog-source-head", swatch(context, (row?.package ?? 0) as PackageId), name, place, jump, close),
      el(
        "div",
        "microlog-source-body",
        sourceOf(context, id, within),
        siteList(context, id, within, actions.choose),
        calleeList(context, id, costs, actions.choose),
        longest >= 0 && (row?.calls ?? 0) > 1 ? createStrip(context, longest, familyOf(data.calls, id)) : null,
      ),
    );
    pane.setAttribute("aria-label", `Source of ${row?.name ?? ""}`);
    return pane;
  };
}

function sourceOf({ data }: Context, id: FunctionId, within: Span): HTMLElement {
  const row = data.functions[id];
  const source = data.sources.find(({ path }) => path === row?.path);
  const found = lineTimes(data, within);
  const times = new Map<number, { total: number; self: number; samples: number }>();
  for (let i = 0; i < data.lines.count; i++) {
    const samples = found.samples[i] ?? 0;
    if (data.lines.function[i] !== id || samples === 0) continue;
    times.set(data.lines.line[i] ?? 0, { total: found.total[i] ?? 0, self: found.self[i] ?? 0, samples });
  }
  if (!row || !source || source.text === null)
    return el("p", "microlog-source-none", whyNone(data, id, source !== undefined));
  const lines = source.text.replace(/\n$/, "").split("\n");
  // The code of a cell or a file itself is all of it.
  const { first, last } = extentOf(lines, row.name === row.file || row.name === "<module>" ? 0 : row.line);
  const most = Math.max(...[...times.values()].map(({ total }) => total), 1);
  const cells = [];
  let open = "";
  for (let line = first; line <= Math.min(last, first + LINES_MOST - 1); line++) {
    const read = tokensOf(lines[line - 1] ?? "", open);
    open = read.open;
    const time = times.get(line);
    const code = el(
      "code",
      "microlog-source-code",
      ...read.tokens.map(({ kind, text }) => {
        const shown = visibleText(text);
        return kind === "plain" ? shown : el("span", `microlog-code-${kind}`, shown);
      }),
    );
    const bar = el("span", "microlog-heat");
    bar.style.width = `${time ? Math.max((time.total / most) * 44, 1) : 0}px`;
    const made = el(
      "div",
      `microlog-source-line${time && time.total === most ? " microlog-source-hot" : ""}`,
      el("span", "microlog-source-time", time ? formatDuration(time.total) : ""),
      el("span", "microlog-source-heat", bar),
      el("span", "microlog-source-number", String(line)),
      code,
    );
    if (time) {
      made.title = `${formatDuration(time.total)} at this line, ${formatDuration(time.self)} of it in its own code; ${formatNumberOf(Math.ceil(time.samples), "sample")}`;
    }
    cells.push(made);
  }
  const rest = last - first + 1 - LINES_MOST;
  return el(
    "div",
    "microlog-source-text",
    el("p", "microlog-source-note", noteOf(data, within)),
    el("div", "microlog-source-lines", ...cells),
    rest > 0 ? el("p", "microlog-source-note", `${formatNumberOf(rest, "more line")}`) : null,
  );
}

/** Which part of the recording the times are of. */
function noteOf({ facts, lineStep }: Context["data"], { start, end }: Span): string {
  if (start <= 0 && end >= facts.duration) return "time per line";
  const rough = lineStep > 0 ? `, known in steps of ${formatDuration(lineStep)}` : "";
  return `time per line, ${formatRange(start, end)}${rough}`;
}

/** Why there is no source to show. */
function whyNone(data: Context["data"], id: FunctionId, kept: boolean): string {
  const row = data.functions[id];
  if (data.packages[row?.package ?? -1]?.kind === "library") {
    return `The source of libraries is not kept: ${row?.path ?? ""}, line ${row?.line ?? 0}.`;
  }
  if (kept) return `The source of ${row?.file ?? ""} is too long for this view; the recording has it.`;
  return `No source of ${row?.file ?? ""} was kept: it was left out, is too long, or was changed since it was loaded.`;
}

interface Item {
  readonly id: number;
  readonly name: string;
  readonly place: string;
  readonly calls: number;
  readonly time: number;
}

function siteList(
  context: Context,
  id: FunctionId,
  within: Span,
  choose: (id: FunctionId) => void,
): HTMLElement | null {
  const { data } = context;
  const items = sitesOf(data.calls, id, within).map(({ caller, line, calls, time }) => {
    const row = data.functions[caller];
    return {
      id: caller,
      name: row?.name ?? "from outside",
      place: row && line > 0 ? `${row.file}:${line}` : "",
      calls,
      time,
    };
  });
  return list(context, "Called by", items, choose);
}

function calleeList(
  context: Context,
  id: FunctionId,
  { costs }: FunctionCosts,
  choose: (id: FunctionId) => void,
): HTMLElement | null {
  const { data } = context;
  const items = costs.edges
    .filter(({ caller }) => caller === id)
    .sort((a, b) => b.time - a.time)
    .map(({ callee, calls, time }) => {
      const row = data.functions[callee];
      return { id: callee, name: row?.name ?? "", place: moduleName(context, row?.package ?? -1), calls, time };
    });
  return list(context, "Calls", items, choose);
}

function list(
  context: Context,
  title: string,
  items: readonly Item[],
  choose: (id: FunctionId) => void,
): HTMLElement | null {
  if (items.length === 0) return null;
  const most = Math.max(...items.map(({ time }) => time), 1);
  const rows = items.slice(0, LISTED_MOST).map(({ id, name, place, calls, time }) => {
    const known = id >= 0;
    const packageId = (context.data.functions[id]?.package ?? 0) as PackageId;
    const colors = context.theme().swatches[packageId];
    const bar = el("span", "microlog-flow-bar");
    bar.style.width = `${Math.max((time / most) * 70, 1)}px`;
    if (colors && known) {
      bar.style.background = colors.fill;
      bar.style.borderColor = colors.edge;
    }
    const parts = [
      known ? swatch(context, packageId) : el("span", "microlog-swatch"),
      el("span", "microlog-flow-name", name),
      el("span", "microlog-flow-place", place),
      el("span", "microlog-flow-calls", `× ${calls}`),
      el("span", "microlog-flow-time", formatDuration(time)),
      el("span", "microlog-flow-track", bar),
    ];
    const made = known
      ? button("microlog-flow", () => choose(id as FunctionId), ...parts)
      : el("div", "microlog-flow", ...parts);
    made.title = name;
    return made;
  });
  const rest = items.length - rows.length;
  return el(
    "div",
    "microlog-flows",
    el("h4", "", title),
    ...rows,
    rest > 0 ? el("p", "microlog-source-note", `${rest} more`) : null,
  );
}
