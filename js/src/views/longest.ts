import type { CallId } from "../data/types";
import { formatDuration, formatPercent } from "../logic/format";
import { longestCalls } from "../logic/longest";
import { numbersOf } from "../logic/numbers";
import type { Context, View } from "./context";
import { button, el, hostile } from "./dom";
import { swatch } from "./tabs";

/** Calls in the list, and those among which they are looked for: one of each function. */
const LISTED = 3;
const LOOKED_AT = 200;
/** The window moves many times a second while it is panned; the list follows when it rests. */
const REST_MS = 250;

/** The longest calls of the time shown, in place of the lanes where those have no room. */
export function createLongest(context: Context): View {
  const { data, store } = context;
  const list = el("ol", "microlog-longest");
  const nameOf = (call: CallId) => data.functions[data.calls.function[call] ?? -1]?.name ?? "";
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
    if (list.clientWidth === 0) return;
    const shown = longestCalls(data.calls, context.rows(), store.get().window, LOOKED_AT);
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
  // It exists at any width, and is made when there is first a place for it.
  const sizes = new ResizeObserver(update);
  sizes.observe(list);
  return {
    el: list,
    dispose() {
      clearTimeout(timer);
      sizes.disconnect();
      unsubscribe();
      unsubscribeTheme();
      list.remove();
    },
  };
}
