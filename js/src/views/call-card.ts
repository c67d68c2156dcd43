import { barOf } from "../data/room";
import type { CallId, FunctionId, LogId, PackageId } from "../data/types";
import { ofTask, taskWords } from "../logic/awaits";
import { familyOf } from "../logic/family";
import { firstLine } from "../logic/first-line";
import { formatDuration, formatNumberOf, formatPercent } from "../logic/format";
import { gapTime, logsInside } from "../logic/inside";
import { type CallNumbers, numbersOf } from "../logic/numbers";
import { visibleText } from "../logic/visible";
import { anomalyWords, callAsMarkdown, comparison, waitingWords } from "../logic/words";
import { copyText } from "./clipboard";
import type { Context } from "./context";
import { button, el, hostile, key, sentence } from "./dom";
import { icon } from "./icon";
import { isThere } from "./kernel-state";
import { sourceLink, toSource } from "./source-link";
import { createSparkline, createStrip } from "./strip";
import { swatch } from "./tabs";

export interface CallActions {
  readonly zoom: (call: CallId) => void;
  readonly pin: (call: CallId) => void;
  readonly close: () => void;
  readonly logs: (entries: readonly LogId[]) => void;
}

/** Logs that a card lists before it counts the rest. */
const LOGS_MOST = 3;
/** Logs that the copied text has. */
const COPIED_LOGS = 20;
/** A gap is named as a cause when it is at least this share of the call. */
const GAP_FROM = 0.05;

/** What a card says of one call. */
export function createCallCard(context: Context, call: CallId, pinned: boolean, actions: CallActions): HTMLElement {
  const { data } = context;
  const { calls, functions } = data;
  const row = functions[calls.function[call] as FunctionId];
  const numbers = numbersOf(data, call);
  const entries = logsInside(calls, data.logs, call);
  const family = familyOf(calls, calls.function[call] as FunctionId);
  const durations = new Float64Array(family.length);
  for (let i = 0; i < family.length; i++) durations[i] = calls.duration[family[i] as number] as number;
  const compared = ofTask(data, call)
    ? taskWords(data, call)
    : comparison(numbers.duration, row?.median ?? 0, durations);
  const pin = button("microlog-pin", () => actions.pin(call), key("P"), pinned ? "unpin" : "pin");
  pin.setAttribute("aria-pressed", String(pinned));
  const close = button("microlog-tool microlog-card-close", actions.close, icon("close"));
  close.setAttribute("aria-label", "Close");
  const square = swatch(context, (row?.package ?? 0) as PackageId);
  const name = el("h3", "microlog-card-name", row?.name ?? "");
  name.title = `${row?.module ?? ""}.${row?.name ?? ""}`;
  const logLines = () =>
    entries
      .slice(0, COPIED_LOGS)
      .flatMap((id) => data.logs[id] ?? [])
      .map((log) => `${formatDuration(log.time)} ${log.level}: ${visibleText(log.message)}`);
  const copy = button(
    "microlog-button",
    () => void copyText(callAsMarkdown(data, call, compared, logLines()), copy),
    "Copy",
    key("C"),
  );
  copy.dataset.action = "copy";
  // Two halves: one under the other beside a bar, side by side where the card is low and wide.
  return el(
    "div",
    "microlog-call-card",
    el(
      "div",
      "microlog-card-half",
      el("div", "microlog-card-head", square, name, pin, close),
      places(context, call),
      el("div", "microlog-card-words", ...said(context, call, numbers, compared)),
      entries.length > 0 ? logList(context, entries, actions) : null,
    ),
    el(
      "div",
      "microlog-card-half",
      el("p", "microlog-card-line microlog-pale", briefly(numbers, entries.length)),
      stats(context, call, numbers),
      family.length > 1 && family.includes(barOf(data, call)) ? createStrip(context, call, family) : null,
      el(
        "div",
        "microlog-actions",
        button("microlog-button", () => actions.zoom(call), "Zoom", key("Z")),
        isThere(context)
          ? button("microlog-button", () => context.store.set({ tab: "explain", about: { call } }), "Explain", key("E"))
          : null,
        copy,
        row ? button("microlog-button", () => toSource(context, row), "Open source", key("O")) : null,
      ),
    ),
  );
}

/** Module, source and call site. */
function places(context: Context, call: CallId): HTMLElement {
  const { data } = context;
  const { calls, functions } = data;
  const row = functions[calls.function[call] ?? -1];
  const caller = functions[calls.function[calls.parent[call] ?? -1] ?? -1];
  const line = el(
    "div",
    "microlog-card-places",
    el("span", "", row?.module ?? ""),
    row ? sourceLink(context, row) : null,
  );
  const from = calls.callerLine[call] ?? 0;
  if (caller && from > 0) line.append(el("span", "", "called at ", sourceLink(context, { ...caller, line: from })));
  return line;
}

/** The anomaly, how the call compares, and how much it waited, in sentences. */
function said(context: Context, call: CallId, numbers: CallNumbers, compared: string): HTMLElement[] {
  const { data } = context;
  const anomaly = anomalyWords(data, call);
  const gap = gapTime(data.gaps, numbers.start, numbers.end);
  const missing = gap > numbers.duration * GAP_FROM ? `${formatDuration(gap)} of it have no samples.` : "";
  const second = [compared, ofTask(data, call) ? "" : waitingWords(numbers), missing].filter(Boolean).join(" ");
  if (!anomaly) return [el("p", "", second)];
  const first = sentence("", anomaly);
  first.prepend(icon("anomaly", 11));
  return [el("div", "microlog-card-anomaly", first, el("p", "microlog-pale", second))];
}

/** The numbers in one line, for the sheet of narrow widgets. */
function briefly({ duration, cpuPercent, waitingPercent }: CallNumbers, logs: number): string {
  const parts = [formatDuration(duration)];
  if (cpuPercent !== null && waitingPercent !== null) {
    parts.push(`CPU ${formatPercent(cpuPercent)}`, `waiting ${formatPercent(waitingPercent)}`);
  }
  if (logs > 0) parts.push(formatNumberOf(logs, "log"));
  return parts.join(", ");
}

function stats(context: Context, call: CallId, numbers: CallNumbers): HTMLElement {
  const { data } = context;
  const row = data.functions[data.calls.function[call] ?? -1];
  const list = el("dl", "microlog-stats");
  const add = (word: string, value: string, more: Node | string | null = null) =>
    list.append(el("div", "", el("dt", "", word), el("dd", "", el("b", "", value), more ? " " : null, more)));
  add("Start", formatDuration(numbers.start));
  add("Wall", formatDuration(numbers.duration));
  if (numbers.cpuPercent !== null && numbers.waitingPercent !== null && numbers.waiting !== null) {
    add(
      "CPU",
      formatPercent(numbers.cpuPercent),
      createSparkline(data.metrics, numbers.start, numbers.start + numbers.duration),
    );
    add("Waiting", formatPercent(numbers.waitingPercent), el("span", "microlog-pale", formatDuration(numbers.waiting)));
  }
  if (row && row.calls > 1 && !ofTask(data, call)) {
    add("Average", formatDuration(row.mean));
    add("Median", formatDuration(row.median), el("span", "microlog-pale", `of ${formatNumberOf(row.calls, "call")}`));
  }
  return list;
}

function logList({ data }: Context, entries: readonly LogId[], actions: CallActions): HTMLElement {
  const rows = entries.slice(0, LOGS_MOST).map((id) => {
    const log = data.logs[id];
    const line = log ? firstLine(log) : "";
    const time = el("span", "microlog-log-time", formatDuration(log?.time ?? 0));
    const row = button(
      "microlog-log-line",
      () => actions.logs([id]),
      time,
      icon(log?.level ?? "info", 14),
      hostile("span", "", line),
    );
    row.setAttribute("aria-label", `${log?.level ?? ""} at ${formatDuration(log?.time ?? 0)}: ${line}`);
    return row;
  });
  const rest = entries.length - rows.length;
  return el(
    "div",
    "microlog-card-logs",
    button("microlog-log-all", () => actions.logs(entries), `${formatNumberOf(entries.length, "log")} inside`),
    ...rows,
    rest > 0 ? button("microlog-log-line microlog-log-rest", () => actions.logs(entries), `${rest} more`) : null,
  );
}
