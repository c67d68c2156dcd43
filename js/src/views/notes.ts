import { formatNumberOf } from "../logic/format";
import type { Context } from "./context";
import { button, el } from "./dom";
import { icon } from "./icon";

/** What the recording says about its own limits. */
export function createNotes({ data }: Context, close: () => void): HTMLElement {
  const { notes } = data.facts;
  const closer = button("microlog-tool", close, icon("close"));
  closer.setAttribute("aria-label", "Close");
  const card = el(
    "section",
    "microlog-card microlog-sheet microlog-notes",
    el("div", "microlog-card-head", el("h3", "", formatNumberOf(notes.length, "note")), closer),
    el("ul", "", ...notes.map((note) => el("li", "", note))),
  );
  card.setAttribute("role", "dialog");
  card.setAttribute("aria-label", "Notes about this recording");
  return card;
}
