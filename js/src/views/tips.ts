import type { FunctionId, TipRow } from "../data/types";
import { formatDuration, formatPercent } from "../logic/format";
import type { Context } from "./context";
import { button, el } from "./dom";

/** What to do, as cards: title, what it could save, the evidence in a sentence and in chips that lead to it. */
export function createTips(context: Context): HTMLElement | null {
  const { tips } = context.data;
  if (tips.length === 0) return null;
  const list = el("ul", "microlog-tip-cards", ...tips.map((tip) => el("li", "", cardOf(context, tip))));
  const section = el(
    "section",
    "microlog-tips",
    el(
      "p",
      "microlog-tips-head",
      el("b", "", "Tips"),
      el(
        "span",
        "microlog-pale",
        "Rules with evidence from this recording. A saving is time measured here, so an upper bound.",
      ),
    ),
    list,
  );
  section.setAttribute("aria-label", "Tips");
  section.tabIndex = 0;
  return section;
}

function cardOf(context: Context, tip: TipRow): HTMLElement {
  const gain =
    tip.saving === null
      ? el("span", "microlog-tip-cost", `${formatPercent(tip.share * 100)} of the time`)
      : el("span", "microlog-tip-saving", `up to ${formatDuration(tip.saving)}`);
  return el(
    "article",
    "microlog-tip",
    el("div", "microlog-tip-head", el("h4", "", tip.title), gain),
    el("p", "", tip.evidence),
    el("p", "microlog-pale", tip.advice),
    el("div", "microlog-chips", ...tip.chips.map((chip, i) => chipOf(context, tip, chip, i === 0))),
  );
}

/** The first chip names the place and opens its source; the others show an example on the timeline. */
function chipOf(context: Context, tip: TipRow, text: string, place: boolean): HTMLElement {
  const { data, store } = context;
  const id = data.functions.findIndex((row) => row.path === tip.path && row.name === tip.function);
  if (place && id >= 0) {
    return button("microlog-chip", () => store.set({ function: id as FunctionId, tab: "functions" }), text);
  }
  if (tip.call >= 0) return button("microlog-chip", () => context.show({ call: tip.call }), text);
  return el("span", "microlog-chip", text);
}
