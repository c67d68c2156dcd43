import { barOf } from "../data/room";
import type { AnomalyId, FunctionId, LogId } from "../data/types";
import { formatCount, formatDuration, formatNumberOf } from "../logic/format";
import { type Kind, next, nextCall, search } from "../logic/search";
import type { Tab } from "../state/store";
import type { Context, View } from "./context";
import type { SearchParts } from "./search-box";

/** What a view searches among; the others are about calls. */
const AMONG: Partial<Readonly<Record<Tab, Kind>>> = {
  log: "log",
  functions: "function",
  design: "function",
  anomalies: "anomaly",
};

/** What the time beside the count is of, for the tooltip. */
const TIMED: Readonly<Record<Kind, string>> = {
  call: "in all",
  function: "in all their calls",
  log: "in the calls that wrote them",
  anomaly: "in all",
};

/**
 * What the field in the header does. It owns what is found; every view dims what does not match. Enter goes to the next match
 * of the view that is open, Shift+Enter to the one before, Escape clears.
 */
export function createSearchField(context: Context, { box, input, count, hint }: SearchParts): View {
  const { data, store } = context;
  const ending = new AbortController();
  const { signal } = ending;
  const go = (step: 1 | -1) => {
    const { found, tab, selected, log, anomaly, function: chosen } = store.get();
    if (!found) return;
    const among = AMONG[tab];
    if (among === "log") {
      const hit = next(data.logs.length, log, step, (id) => found.logs[id] === 1);
      if (hit !== null) store.set({ log: hit as LogId });
    } else if (among === "function") {
      const hit = next(data.functions.length, chosen, step, (id) => found.functions[id] === 1);
      if (hit !== null) store.set({ function: hit as FunctionId });
    } else if (among === "anomaly") {
      const hit = next(data.anomalies.length, anomaly, step, (id) => found.anomalies[id] === 1);
      if (hit !== null) store.set({ anomaly: hit as AnomalyId });
    } else {
      const call = nextCall(data, found, selected === null ? null : barOf(data, selected), step);
      if (call !== null) context.select(call);
    }
  };
  input.addEventListener("input", () => store.set({ query: input.value }), { signal });
  input.addEventListener(
    "blur",
    () => {
      if (store.get().query === "") box.classList.remove("microlog-search-opened");
    },
    { signal },
  );
  input.addEventListener(
    "keydown",
    (event) => {
      if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
      event.preventDefault();
      event.stopPropagation();
      if (event.key === "Enter") go(event.shiftKey ? -1 : 1);
      else if (store.get().query !== "") store.set({ query: "" });
      else input.blur();
    },
    { signal },
  );

  const say = () => {
    const { query, found, tab } = store.get();
    if (input.value !== query) input.value = query;
    hint.hidden = query !== "";
    count.hidden = !found;
    if (!found) return;
    const among = AMONG[tab] ?? "call";
    const matches = found.matches[among];
    const time = matches.time > 0 ? formatDuration(matches.time) : "";
    count.textContent = `${formatCount(matches.count)} of ${formatCount(matches.of)}${time && ` · ${time}`}`;
    count.title = `${formatNumberOf(matches.count, among)}${time && `, ${time} ${TIMED[among]}`}`;
  };
  const unsubscribe = store.subscribe((state, before) => {
    if (state.query !== before.query) store.set({ found: search(data, state.query) });
    else if (state.found !== before.found || state.tab !== before.tab) say();
  });
  // What was typed, or set, before this was here.
  const query = store.get().query || input.value;
  store.set({ query, found: search(data, query) });
  say();
  return {
    el: box,
    dispose() {
      ending.abort();
      unsubscribe();
    },
  };
}
