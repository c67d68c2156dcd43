import type { CitedPlace, FunctionId, LogId, PackageId } from "../data/types";
import { callAt } from "../logic/about";
import { formatDuration } from "../logic/format";
import { shownName } from "../logic/labels";
import type { Context } from "./context";
import { button, el, hostile } from "./dom";
import { icon } from "./icon";
import { swatch } from "./tabs";

/** A citation: a button that names its place and goes there, or its words, marked, where the recording has no such place. */
export function createChip(context: Context, name: string, text: string, place: CitedPlace | undefined): HTMLElement {
  if (!place) {
    const none = hostile("span", "microlog-chip-none", text);
    none.title = "The answer speaks of it, but it is not in this recording.";
    none.append(" (not in this recording)");
    return none;
  }
  const kind = name.slice(0, name.indexOf(":"));
  const row = context.data.functions[place.function];
  const called = shownName(row?.name ?? "") || context.data.facts.name || "recording";
  const at = `at ${formatDuration(place.start)}`;
  const square = () => swatch(context, (row?.package ?? 0) as PackageId);
  const [mark, words, time, what] = {
    call: () => [square(), called, formatDuration(place.duration), `call ${at}`] as const,
    anomaly: () => [icon("anomaly", 11), called, formatDuration(place.duration), `anomaly ${at}`] as const,
    log: () => {
      const log = context.data.logs[logOf(context, name)];
      return [icon(log?.level ?? "info", 12), "log", formatDuration(place.start), `log entry ${at}`] as const;
    },
    line: () => [square(), name.slice(5), "", called] as const,
  }[kind as "call" | "anomaly" | "log" | "line"]();
  const chip = button(
    "microlog-chip",
    () => go(context, name, kind, place),
    mark,
    hostile("code", "", words),
    time ? el("span", "microlog-pale", time) : null,
  );
  chip.title = `${what}: ${kind === "line" ? "show its source" : "show on the timeline"}`;
  chip.dataset.cites = name;
  return chip;
}

/** Row of a cited log entry in the view, -1 where the view has left some out. */
function logOf({ data }: Context, name: string): LogId {
  return (data.facts.detail ? -1 : Number(name.slice(4))) as LogId;
}

function go(context: Context, name: string, kind: string, place: CitedPlace): void {
  const { data, store } = context;
  if (kind === "line") {
    store.set({ tab: "functions", function: place.function as FunctionId });
    return;
  }
  const log = kind === "log" ? logOf(context, name) : -1;
  const call = kind === "log" ? -1 : callAt(data, place);
  if (kind === "anomaly") context.show({ anomaly: Number(name.slice(8)) });
  else if (log in data.logs) context.show({ log });
  else if (call >= 0) context.show({ call });
  else context.show({ start: place.start, end: (place.start + place.duration) as CitedPlace["start"] });
}
