import type { LogId } from "../data/types";
import { byLevel } from "../logic/by-level";
import { firstLine } from "../logic/first-line";
import { formatCount, formatDuration, formatNumberOf } from "../logic/format";
import type { Context } from "./context";
import { button, el, hostile } from "./dom";
import { icon } from "./icon";

/** Entries that the card names before it counts the rest. */
const NAMED = 8;

/** What is under a marker, the gravest first: how many of each level, and how the first of them begin. */
export function createMarkerCard(
  { data }: Context,
  entries: readonly LogId[],
  open: (entries: readonly LogId[]) => void,
): HTMLElement {
  const { counts, first } = byLevel(data.logs, entries, NAMED);
  const levels = counts.map(([level, count]) =>
    el("span", "microlog-marker-level", icon(level, 14), `${formatCount(count)} ${level}`),
  );
  const lines = first.map((id) => {
    const log = data.logs[id];
    const time = el("span", "microlog-log-time", formatDuration(log?.time ?? 0));
    const line = button(
      "microlog-log-line",
      () => open([id as LogId]),
      time,
      icon(log?.level ?? "info", 14),
      hostile("span", "", log ? firstLine(log) : ""),
    );
    line.setAttribute("aria-label", `${log?.level} at ${formatDuration(log?.time ?? 0)}: ${log ? firstLine(log) : ""}`);
    return line;
  });
  const rest = entries.length - lines.length;
  const alone = entries.length === 1;
  const card = el(
    "div",
    "microlog-marker-card",
    alone ? null : el("div", "microlog-card-head", el("h3", "", formatNumberOf(entries.length, "log")), ...levels),
    ...lines,
    rest > 0 ? button("microlog-log-line microlog-log-rest", () => open(entries), `${formatCount(rest)} more`) : null,
    el("p", "microlog-pale", alone ? "Click to open it." : "Click the marker to zoom in."),
  );
  card.dataset.marker = `${entries[0]}+${entries.length}`;
  return card;
}
