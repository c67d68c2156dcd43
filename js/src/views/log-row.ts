import type { LogId, PackageId } from "../data/types";
import { formatDuration, formatNumberOf } from "../logic/format";
import { sourceOf } from "../logic/log-filter";
import { stackOf } from "../logic/stack";
import type { Context } from "./context";
import { button, el, hostile } from "./dom";
import { messageOf, stackList, tracebackOf } from "./entry";
import { icon } from "./icon";
import { swatch } from "./tabs";

/** Longer messages stand cut until they are asked for: characters and lines. */
const CUT_AT = 1000;
const CUT_LINES = 12;

/** What is open in a row; kept while the row is out of sight. */
export interface Opened {
  stack: boolean;
  whole: boolean;
}

export interface RowActions {
  /** Moves the timeline to the entry, or to a call. */
  readonly jump: (log: LogId) => void;
  readonly call: (call: number) => void;
  /** The row looks otherwise now: its height is another. */
  readonly changed: (log: LogId) => void;
}

/** One row of the log: when, how grave, by what, what, and where. */
export function createLogRow(context: Context, id: LogId, opened: Opened, actions: RowActions): HTMLElement {
  const log = context.data.logs[id];
  if (!log) return el("div", "microlog-log-row");
  const grave = log.level === "error" || log.level === "critical" ? " microlog-entry-error" : "";
  const time = button("microlog-link microlog-log-when", () => actions.jump(id), formatDuration(log.time));
  time.title = "Show on the timeline (Enter)";
  time.tabIndex = -1;
  const level = el("span", "microlog-log-level", icon(log.level, 14), el("span", "microlog-live", log.level));
  level.title = log.level;
  const source = hostile("span", "microlog-log-source", sourceOf(log));
  source.title = log.logger ? `${log.source} ${log.logger}` : log.source;
  const cells = [time, level, source, said(context, id, opened, actions), where(context, id, actions)];
  const row = el(
    "div",
    `microlog-log-row${grave}`,
    ...cells.map((cell) => {
      const made = el("div", "microlog-log-cell", cell);
      made.setAttribute("role", "gridcell");
      return made;
    }),
  );
  row.setAttribute("role", "row");
  return row;
}

function said(context: Context, id: LogId, opened: Opened, actions: RowActions): HTMLElement {
  const log = context.data.logs[id] as NonNullable<(typeof context.data.logs)[number]>;
  const cell = el("div", "microlog-log-said");
  const toggle = (what: keyof Opened) => () => {
    opened[what] = !opened[what];
    actions.changed(id);
  };
  const lines = log.html ? 0 : log.message.split("\n").length;
  const cut = !log.html && !opened.whole && (log.message.length > CUT_AT || lines > CUT_LINES);
  const most = cut ? Math.min(CUT_AT, endOfLine(log.message, CUT_LINES)) : undefined;
  cell.append(cut ? messageOf({ ...log, message: log.message.slice(0, most) }) : messageOf(log));
  if (cut) {
    const more = lines > CUT_LINES ? `all ${formatNumberOf(lines, "line")}` : "the whole message";
    cell.append(button("microlog-fold", toggle("whole"), more));
  }
  const frames = stackOf(context.data, log);
  if (frames.length > 0 || log.exception) {
    const opener = button(
      "microlog-fold",
      toggle("stack"),
      opened.stack ? "hide stack" : log.exception ? "traceback" : "stack",
    );
    opener.setAttribute("aria-expanded", String(opened.stack));
    opener.tabIndex = -1;
    cell.append(opener);
    if (opened.stack)
      cell.append(log.exception ? tracebackOf(log.exception) : stackList(context, frames, actions.call));
  }
  return cell;
}

function endOfLine(text: string, lines: number): number {
  let at = -1;
  for (let line = 0; line < lines; line++) {
    at = text.indexOf("\n", at + 1);
    if (at < 0) return text.length;
  }
  return at;
}

/** The call that said it, with its length; a sign when that call is an anomaly. */
function where(context: Context, id: LogId, actions: RowActions): HTMLElement {
  const { data } = context;
  const log = data.logs[id];
  const call = log?.call ?? -1;
  const row = data.functions[data.calls.function[call] ?? -1];
  const cell = el("div", "microlog-log-where");
  if (!row) {
    if (log?.function) cell.append(hostile("code", "", log.function));
    return cell;
  }
  const name = button("microlog-link", () => actions.call(call), hostile("code", "", row.name));
  name.title = `${log?.file || row.file}:${log?.line || row.line}`;
  name.tabIndex = -1;
  cell.append(swatch(context, row.package as PackageId), name);
  cell.append(el("span", "microlog-pale", formatDuration(data.calls.duration[call] ?? 0)));
  if ((data.calls.anomaly[call] ?? -1) >= 0) {
    const mark = icon("anomaly", 10);
    cell.append(mark, el("span", "microlog-live", "anomaly"));
  }
  return cell;
}
