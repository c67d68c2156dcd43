import type { LogId, LogRow } from "../data/types";
import { formatCount, formatDuration, formatNumberOf } from "../logic/format";
import type { Context } from "./context";
import { button, el } from "./dom";
import { messageOf, tracebackOf } from "./entry";
import { icon } from "./icon";

/** Entries that a card shows; a cluster may have thousands. */
const ENTRIES_MOST = 100;

/** The entries of a marker: when, how grave, by what and where, and the text itself. */
export function createLogCard(context: Context, entries: readonly LogId[], close: () => void): HTMLElement {
  const shown = entries.slice(0, ENTRIES_MOST).flatMap((id) => context.data.logs[id] ?? []);
  const rest = entries.length - shown.length;
  const closer = button("microlog-tool microlog-card-close", close, icon("close"));
  closer.setAttribute("aria-label", "Close");
  const title = entries.length === 1 ? "Log entry" : formatNumberOf(entries.length, "log entry");
  return el(
    "div",
    "microlog-log-card",
    el(
      "div",
      "microlog-card-head",
      el("h3", "", title),
      button("microlog-link", () => context.store.set({ tab: "log", log: entries[0] ?? null }), "Open in Log"),
      closer,
    ),
    el(
      "div",
      "microlog-entries",
      ...shown.map(entryOf),
      rest > 0 ? el("p", "microlog-pale", `${formatCount(rest)} more: zoom in to see them.`) : null,
    ),
  );
}

function entryOf(log: LogRow): HTMLElement {
  const grave = log.level === "error" || log.level === "critical" ? " microlog-entry-error" : "";
  const place = log.function || log.file ? el("code", "microlog-entry-place") : null;
  if (place) {
    place.textContent = log.function;
    if (log.file) place.append(el("span", "microlog-pale", ` ${log.file}:${log.line}`));
  }
  return el(
    "article",
    `microlog-entry${grave}`,
    el(
      "div",
      "microlog-entry-head",
      icon(log.level, 14),
      el("span", "microlog-entry-level", log.level),
      el("span", "microlog-pale", formatDuration(log.time)),
      el("span", "microlog-pale", log.logger ? `${log.source} ${log.logger}` : log.source),
      place,
    ),
    messageOf(log),
    log.exception ? tracebackOf(log.exception) : null,
  );
}
