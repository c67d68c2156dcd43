import {
  formatBytes,
  formatChange,
  formatCount,
  formatDuration,
  formatNumberOf,
  formatPercent,
  formatRate,
  pluralOf,
} from "../logic/format";
import type { Sheet, Tab } from "../state/store";
import type { Context, View } from "./context";
import { button, el } from "./dom";
import { icon } from "./icon";
import { createSearchBox } from "./search-box";

export interface HeaderActions {
  /** Null where there is no time to show. */
  readonly fit: (() => void) | null;
}

/** One fact; it goes where the widget is narrower than `from`, and before that if the others would be cut. */
interface Fact {
  readonly el: HTMLElement;
  readonly from: number;
}

/** Under this width the wordmark is only its mark. */
const NARROW = 640;

/** Wordmark, name and facts; the view's own buttons at the right. */
export interface Header extends View {
  /** The facts: where their room changes, they are fitted again. */
  readonly facts: HTMLElement;
  fitTo(width: number): void;
  /** Puts the cursor into the search field. */
  search(): void;
}

export function createHeader(context: Context, actions: HeaderActions): Header {
  const { facts } = context.data;
  const list = factsOf(context);
  const strip = el("div", "microlog-facts", ...list.map((fact) => fact.el));
  const word = el("span", "microlog-wordmark-word", "microlog");
  const title = el("span", "microlog-title", facts.name);
  title.title = facts.name;
  const named = facts.name && facts.name !== facts.cell;
  const noted = formatNumberOf(facts.notes.length, "note");
  const notes =
    facts.notes.length > 0 ? opener(context, "notes", `${noted} about this recording`, icon("notes")) : null;
  const search = createSearchBox(context);
  const help = opener(context, "help", "Keys and marks", icon("help"));
  const exports = opener(context, "export", "Export, and all facts of the recording", icon("export"));
  const fit = actions.fit && button("microlog-tool", actions.fit, icon("fit"));
  fit?.setAttribute("aria-label", "Show the whole recording");
  fit?.setAttribute("title", "Show the whole recording (F)");
  const header = el(
    "div",
    "microlog-header",
    el("span", "microlog-wordmark", icon("mark"), word),
    facts.cell || named ? el("span", "microlog-rule") : null,
    facts.cell ? el("span", "microlog-cell", facts.cell) : null,
    named ? title : null,
    strip,
    el("div", "microlog-tools", notes, search.el, fit, exports, help),
  );
  return {
    el: header,
    facts: strip,
    fitTo(width) {
      word.hidden = width < NARROW;
      for (const fact of list) fact.el.hidden = width < fact.from;
      // What is left may still be too much: a long name, or another font. The same order then goes on.
      const order = list.filter((fact) => !fact.el.hidden && fact.from > 0).sort((a, b) => b.from - a.from);
      for (const fact of order) {
        if (strip.scrollWidth <= strip.clientWidth) break;
        fact.el.hidden = true;
      }
    },
    search: search.open,
    dispose: search.dispose,
  };
}

/** The button of something that lies over the view. */
function opener({ store }: Context, sheet: Sheet, label: string, mark: Node): HTMLButtonElement {
  const made = button(
    `microlog-tool microlog-open-${sheet}`,
    () => store.set({ sheet: store.get().sheet === sheet ? null : sheet }),
    mark,
  );
  made.dataset.sheet = sheet;
  made.setAttribute("aria-label", label);
  made.setAttribute("aria-haspopup", "dialog");
  made.title = sheet === "help" ? `${label} (?)` : label;
  return made;
}

function factsOf({ data, store }: Context): Fact[] {
  const { facts, logs, anomalies } = data;
  const list: Fact[] = [];
  /** A fact opens what says more about it: a view, or all facts of the recording. */
  const add = (from: number, opens: Tab | Sheet, ...parts: (string | HTMLElement)[]) => {
    const patch = opens === "export" ? { sheet: opens } : { tab: opens as Tab };
    const fact = button("microlog-fact", () => store.set(patch), ...parts);
    list.push({ el: fact, from });
    return fact;
  };
  const value = (text: string) => el("b", "", text);
  const count = (n: number, word: string) => [value(formatCount(n)), ` ${pluralOf(n, word)}`];
  add(0, "timeline", value(formatDuration(facts.duration)));
  const samples = count(facts.samples, "sample");
  if (facts.samples === 0) add(0, "export", ...samples);
  else add(960, "export", ...samples, " @ ", value(formatRate(facts.rate)));
  if (facts.overhead !== null) add(1048, "export", "overhead ", value(formatPercent(facts.overhead * 100)));
  if (facts.cpu !== null) add(2, "functions", "CPU ", value(formatPercent(facts.cpu)));
  if (facts.peakMemory !== null) {
    add(640, "timeline", "peak ", value(formatBytes(facts.peakMemory)));
    if (facts.memoryChange !== null) {
      const change = add(840, "timeline", `(${formatChange(facts.memoryChange)})`);
      change.classList.add("microlog-fact-change");
      change.title = "change from start to end";
    }
  }
  add(1, "log", ...count(facts.detail?.logs ?? logs.length, "log"));
  const odd = add(0, "anomalies", ...count(anomalies.length, "anomaly"));
  odd.classList.toggle("microlog-amber", anomalies.length > 0);
  return list;
}
