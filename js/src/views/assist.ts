import type { CallId } from "../data/types";
import { formatDuration, formatNumberOf, formatPercent } from "../logic/format";
import { longestCalls } from "../logic/longest";
import { numbersOf } from "../logic/words";
import type { Context, View } from "./context";
import { button, el, hostile } from "./dom";
import { swatch } from "./tabs";

/** Rows of the table behind the canvas: who hears it wants the main things. */
const ROWS_MOST = 200;
/** Calls in the list that takes the lanes' place in the narrowest widgets. */
const LISTED = 3;
/** The window moves many times a second while it is panned; the words follow when it rests. */
const REST_MS = 250;

/** The lanes in words: a table behind the canvas for those who do not see it, and a short list where there is no room for it. */
export function createAssist(context: Context, timeline: HTMLElement): View {
  const { data, store } = context;
  const caption = el("caption", "");
  const heads = ["Call", "Thread", "Duration", "Start", "CPU"].map((name) => {
    const head = el("th", "", name);
    head.scope = "col";
    return head;
  });
  const body = el("tbody", "");
  const table = el("table", "microlog-live", caption, el("thead", "", el("tr", "", ...heads)), body);
  table.setAttribute("role", "treegrid");
  table.setAttribute("aria-readonly", "true");
  const list = el("ol", "microlog-longest");
  const nameOf = (call: CallId) => data.functions[data.calls.function[call] ?? -1]?.name ?? "";

  const rowOf = (call: CallId) => {
    const { duration, start, cpuPercent } = numbersOf(data, call);
    const lane = data.calls.lane[call] ?? -1;
    const anomaly = (data.calls.anomaly[call] ?? -1) >= 0 ? ", anomaly" : "";
    const cells = [
      nameOf(call) + anomaly,
      data.lanes[lane]?.name ?? "",
      formatDuration(duration),
      formatDuration(start),
      cpuPercent === null ? "unknown" : formatPercent(cpuPercent),
    ];
    const row = el("tr", "", ...cells.map((text) => hostile("td", "", text)));
    row.setAttribute("role", "row");
    row.setAttribute("aria-level", String((data.calls.depth[call] ?? 0) - (context.rows().top[lane] ?? 0) + 1));
    for (const cell of row.children) cell.setAttribute("role", "gridcell");
    return row;
  };
  const itemOf = (call: CallId) => {
    const { duration, cpuPercent } = numbersOf(data, call);
    const id = data.functions[data.calls.function[call] ?? -1]?.package;
    const words = cpuPercent === null ? "" : `CPU ${formatPercent(cpuPercent)}`;
    const item = button(
      "microlog-longest-call",
      () => store.set({ selected: call }),
      id === undefined ? null : swatch(context, id),
      hostile("code", "", nameOf(call)),
      el("b", "", formatDuration(duration)),
      el("span", "microlog-pale", words),
    );
    return el("li", "", item);
  };
  const update = () => {
    const { window } = store.get();
    const shown = longestCalls(data.calls, context.rows(), window, ROWS_MOST);
    caption.textContent = `The longest calls of the time shown: ${formatNumberOf(shown.length, "call")} of ${data.calls.count}`;
    body.replaceChildren(...shown.map(rowOf));
    const duration = (call: CallId) => data.calls.duration[call] ?? 0;
    const seen = new Set<string>();
    // One of each function, without the frame around everything.
    const longest = [...shown]
      .filter((call) => (data.calls.parent[call] ?? -1) >= 0)
      .sort((a, b) => duration(b) - duration(a))
      .filter((call) => !seen.has(nameOf(call)) && seen.add(nameOf(call)))
      .slice(0, LISTED);
    list.replaceChildren(...(longest.length > 0 ? longest : shown.slice(0, LISTED)).map(itemOf));
  };
  let timer = 0;
  const unsubscribe = store.subscribe((state, before) => {
    if (state.window === before.window) return;
    clearTimeout(timer);
    timer = window.setTimeout(update, REST_MS);
  });
  const unsubscribeTheme = context.onTheme(update);
  update();
  timeline.append(table, list);
  return {
    el: table,
    dispose() {
      clearTimeout(timer);
      unsubscribe();
      unsubscribeTheme();
      table.remove();
      list.remove();
    },
  };
}
