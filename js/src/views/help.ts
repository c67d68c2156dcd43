import type { PackageId } from "../data/types";
import {
  formatBytes,
  formatChange,
  formatCount,
  formatDuration,
  formatNumberOf,
  formatPercent,
  formatRate,
} from "../logic/format";
import type { IconName } from "../theme/icon-paths";
import type { Context } from "./context";
import { button, el, key } from "./dom";
import { icon } from "./icon";
import { moduleName } from "./legend";
import { swatch } from "./tabs";

const KEYS: readonly (readonly [keys: readonly string[], what: string])[] = [
  [["W", "S"], "zoom in and out at the pointer"],
  [["Ctrl", "wheel"], "the same; pinching works too"],
  [["A", "D"], "pan; so does dragging"],
  [["F"], "show the whole recording"],
  [["↑", "↓", "←", "→"], "go to the caller, the first call inside, the call before and after"],
  [["Enter"], "zoom to the selected call; in tables show the row on the timeline"],
  [["⇧", "drag"], "select a range; in tables and on its edges arrows move"],
  [["⇧", "←", "→", "↑", "↓"], "the same by keys: from the selected call, then its end, then both sides"],
  [["Z"], "zoom to the call under the pointer, or to the range"],
  [["P"], "pin its card"],
  [["E"], "explain the call under the pointer, the range, or what is selected"],
  [["C"], "copy the open card, the range or the table as Markdown"],
  [["M"], "mute the kind of the selected anomaly"],
  [["O"], "open the source of the call, or of what is selected; where that cannot be, copy its place"],
  [["/"], "search: text or /regex/; Enter and ⇧ Enter step through"],
  [["1", "…", "6"], "open a view"],
  [["Esc"], "one step back"],
  [["?"], "this card"],
];

const LEVELS: readonly (readonly [icon: IconName, what: string])[] = [
  ["error", "error"],
  ["critical", "critical error"],
  ["warning", "warning"],
  ["info", "said: print, info"],
  ["debug", "debug"],
  ["anomaly", "anomaly: slower than usual"],
];

const BARS: readonly (readonly [look: string, what: string])[] = [
  ["solid", "a call, in the colour of its module"],
  ["waiting", "mostly waiting: under a third of its time on the CPU"],
  ["joined", "several calls too short to be drawn alone, and how many"],
  ["anomaly", "an anomaly"],
  ["gap", "no samples: C code held the interpreter, or the process was starved"],
];

const NUMBERS: readonly (readonly [word: string, what: string])[] = [
  ["Wall", "from the start of the call to its end, seen by samples"],
  ["CPU", "CPU time of the call's thread, as a share of its wall time"],
  ["Waiting", "the rest: sleeping, reading, waiting for a lock or for the interpreter"],
  ["Median", "of all calls of the same function in this recording"],
  ["Overhead", "CPU time of the recorder itself, as a share of one core"],
];

/** The card behind "?": keys, marks, numbers, modules, and every fact of the recording. */
export function createHelp(context: Context, close: () => void): HTMLElement {
  const closer = button("microlog-tool", close, icon("close"));
  closer.setAttribute("aria-label", "Close");
  const card = el(
    "section",
    "microlog-help",
    el("div", "microlog-card-head", el("h3", "", "Keys and marks"), closer),
    el(
      "div",
      "microlog-help-parts",
      part("Keys", ...KEYS.map(([keys, what]) => line(el("span", "microlog-keys", ...keys.map(key)), what))),
      part(
        "Marks",
        ...BARS.map(([look, what]) => line(el("span", `microlog-bar microlog-bar-${look}`), what)),
        ...LEVELS.map(([name, what]) => line(icon(name, 14), what)),
      ),
      part("Numbers", ...NUMBERS.map(([word, what]) => line(el("b", "", word), what))),
      part("Recording", ...recordingOf(context).map(([word, value]) => line(el("span", "microlog-pale", word), value))),
      modulesOf(context),
    ),
  );
  // The sample bars take the first module's colours.
  for (const [name, color] of Object.entries(context.theme().swatches[0] ?? {})) {
    card.style.setProperty(`--microlog-sample-${name}`, color);
  }
  card.setAttribute("role", "dialog");
  card.setAttribute("aria-label", "Keys and marks");
  return card;
}

function part(title: string, ...lines: readonly HTMLElement[]): HTMLElement {
  return el("section", `microlog-help-part microlog-help-${title.toLowerCase()}`, el("h4", "", title), ...lines);
}

function line(mark: Node, what: string): HTMLElement {
  return el("div", "microlog-help-line", el("span", "microlog-help-mark", mark), el("span", "", what));
}

/** Facts that the header had no room for are never lost: all stand here. */
export function recordingOf({ data }: Context): (readonly [word: string, value: string])[] {
  const { facts, logs, anomalies } = data;
  const rows: (readonly [string, string | null])[] = [
    ["Name", [facts.cell, facts.name].filter(Boolean).join(" ") || null],
    // The clock of the machine that recorded, without the fraction of a second.
    ["Started", facts.started.replace("T", " ").slice(0, 19) || null],
    ["Duration", formatDuration(facts.duration)],
    ["Samples", `${formatCount(facts.samples)} @ ${formatRate(facts.rate)}, ${facts.sampler} sampler`],
    ["Interval", formatDuration(facts.interval)],
    ["Overhead", facts.overhead === null ? null : formatPercent(facts.overhead * 100)],
    ["CPU", facts.cpu === null ? null : `${formatPercent(facts.cpu)} of one core`],
    ["Peak memory", facts.peakMemory === null ? null : formatBytes(facts.peakMemory)],
    ["Change", facts.memoryChange === null ? null : `${formatChange(facts.memoryChange)} of memory, from start to end`],
    ["Said", `${formatNumberOf(logs.length, "log")}, ${formatNumberOf(anomalies.length, "anomaly")}`],
    ["Python", [facts.python, facts.platform].filter(Boolean).join(", ") || null],
  ];
  return rows.flatMap(([word, value]) => (value === null ? [] : [[word, value] as const]));
}

/** Modules that the card lists: the rest have next to no time of their own. */
const MODULES_MOST = 24;

function modulesOf(context: Context): HTMLElement | null {
  const { packages } = context.data;
  if (packages.length === 0) return null;
  const ids = packages.map((_, id) => id).sort((a, b) => (packages[b]?.self ?? 0) - (packages[a]?.self ?? 0));
  const rows = ids.slice(0, MODULES_MOST).map((id) => {
    return el(
      "div",
      "microlog-module",
      swatch(context, id as PackageId),
      moduleName(context, id),
      el("span", "microlog-pale", formatDuration(packages[id]?.self ?? 0)),
    );
  });
  const rest = ids.length - rows.length;
  const more = rest > 0 ? [el("div", "microlog-pale", `${rest} more`)] : [];
  return part("Modules", el("p", "microlog-pale", "Time in their own code."), ...rows, ...more);
}
