import type { CallId } from "../data/types";
import { formatDuration, formatNumberOf, formatPercent, formatRange } from "../logic/format";
import { numbersOf } from "../logic/numbers";
import { pathOf } from "../logic/path";
import { wholeWords } from "../logic/whole";
import type { Interval } from "../state/store";
import type { Context, View } from "./context";
import { el, key } from "./dom";
import { createKernelState, isThere } from "./kernel-state";

/** Keys that the status line names, with what they do. */
const HINTS: readonly (readonly [keys: readonly string[], what: string])[] = [
  [["W", "S"], "zoom"],
  [["A", "D"], "pan"],
  [["⇧", "drag"], "range"],
  [["F"], "fit"],
  [["E"], "explain"],
];
/** While a range is selected. */
const RANGE_HINTS: typeof HINTS = [
  [["Z"], "zoom to range"],
  [["Esc"], "clear"],
];

/** Most callers that the path names: the outermost, and those next to the call. */
const PATH_MOST = 4;

/** Where the selected call, or the one under the pointer, is, and its numbers; the keys at the right. */
export function createStatus(context: Context): View & { instead(own: HTMLElement | null): void } {
  const { data, store } = context;
  const path = el("div", "microlog-path");
  const numbers = el("div", "microlog-numbers");
  const last = el("span", "microlog-hint microlog-hint-last", key("?"), "keys");
  const hints = el("div", "microlog-hints", last);
  const hint = (list: typeof HINTS) => {
    const usable = list.filter(([keys]) => keys[0] !== "E" || isThere(context));
    hints.replaceChildren(...usable.map(([keys, what]) => el("span", "microlog-hint", ...keys.map(key), what)), last);
  };
  const kernel = createKernelState(context);
  const usual = [path, numbers, hints];
  const status = el("div", "microlog-status", kernel.el, ...usual);

  let shown: CallId | null | undefined;
  let about: Interval | null = null;
  const update = () => {
    const { selected, hover, range } = store.get();
    const call = range ? hover : (selected ?? hover);
    if (range !== about || shown === undefined) hint(range ? RANGE_HINTS : data.calls.count > 0 ? HINTS : []);
    if (call === shown && range === about) return;
    shown = call;
    about = range;
    path.replaceChildren(...(call === null ? [] : pathWords(context, call)));
    numbers.replaceChildren(
      ...(call !== null
        ? numberWords(context, call)
        : range
          ? rangeWords(range)
          : [wholeWords(data, isThere(context))]),
    );
  };
  update();
  const unsubscribe = store.subscribe(update);
  const unwatch = context.host.onState(() => {
    shown = undefined;
    update();
  });
  return {
    el: status,
    instead: (own) => status.replaceChildren(kernel.el, ...(own ? [own] : usual)),
    dispose() {
      unsubscribe();
      unwatch();
      kernel.dispose();
    },
  };
}

function rangeWords({ start, end }: Interval): HTMLElement[] {
  const length = el("span", "", `${formatDuration(end - start)}`);
  return [
    el("span", "", "Range ", el("b", "", formatRange(start, end))),
    length,
    el("span", "", "drag an edge to adjust"),
  ];
}

function pathWords({ data }: Context, call: CallId): Node[] {
  const { calls, functions, lanes } = data;
  const name = (id: number) => functions[calls.function[id] ?? -1]?.name ?? "";
  const path = pathOf(calls, call);
  const callers = path.slice(0, -1);
  const cut = callers.length > PATH_MOST ? callers.length - PATH_MOST : 0;
  const named = cut > 0 ? [callers[0] as CallId, ...callers.slice(cut + 1)] : callers;
  const words = [
    el("span", "microlog-path-lane", lanes[calls.lane[call] ?? -1]?.name ?? ""),
    ...named.map((id, i) =>
      el("span", i === named.length - 1 ? "microlog-path-caller" : "microlog-path-far", name(id)),
    ),
    el("b", "", name(call)),
  ];
  if (cut > 0) {
    const gap = el("span", "microlog-path-far", "…");
    gap.title = `${formatNumberOf(cut, "more caller")}`;
    words.splice(2, 0, gap);
  }
  return words;
}

function numberWords({ data }: Context, call: CallId): HTMLElement[] {
  const row = data.functions[data.calls.function[call] ?? -1];
  const { start, end, duration, cpuPercent } = numbersOf(data, call);
  const parts = [
    el("span", "", formatDuration(duration)),
    el("span", "microlog-numbers-range", formatRange(start, end)),
  ];
  if (cpuPercent !== null) parts.push(el("span", "", `CPU ${formatPercent(cpuPercent)}`));
  if (row && row.calls > 1)
    parts.push(el("span", "", `median ${formatDuration(row.median)} of ${formatNumberOf(row.calls, "call")}`));
  return parts;
}
