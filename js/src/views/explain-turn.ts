import type { AnswerRow, Place } from "../data/types";
import type { Looked, Turn } from "../logic/conversation";
import { formatNumberOf } from "../logic/format";
import { copyText } from "./clipboard";
import type { Context } from "./context";
import { button, el, hostile } from "./dom";
import { createChip } from "./explain-chips";
import { createGrowingText } from "./explain-text";
import { icon } from "./icon";

export const FIRST_QUESTION = "What does this code do, where does its time go, and what should I change?";

export interface TurnActions {
  readonly again: () => void;
  readonly fresh: () => void;
  readonly say: (text: string) => void;
}

export interface TurnView {
  readonly el: HTMLElement;
  /** @param about what the question is about, in words
   *  @param last whether the conversation ends here
   *  @param able whether somebody can be asked */
  update(turn: Turn<Place | null>, about: string, last: boolean, able: boolean): void;
}

/** One question with its answer, and under it who said it and what can be done about it. */
export function createTurn(context: Context, actions: TurnActions): TurnView {
  const question = el("div", "microlog-explain-question");
  const text = createGrowingText((name, words, place) => createChip(context, name, words, place), actions.say);
  const looked = el("details", "microlog-explain-looked");
  const trouble = el("div", "microlog-explain-trouble");
  trouble.setAttribute("role", "status");
  const foot = el("div", "microlog-explain-under");
  const turnEl = el("article", "microlog-explain-turn", question, text.el, looked, trouble, foot);
  let head = "";
  let under = "";
  let seen = 0;
  return {
    el: turnEl,
    update(turn, about, last, able) {
      const open = turn.state === "asking" || turn.state === "running";
      const key = JSON.stringify([turn.question, about, turn.offline, turn.answer?.model]);
      if (key !== head) question.replaceChildren(...headOf(turn, about));
      head = key;
      text.show(turn.html, turn.places, open);
      if (turn.looked.length !== seen) showLooked(looked, turn.looked);
      seen = turn.looked.length;
      looked.hidden = seen === 0;
      const wrong = { failed: turn.error, stopped: "Stopped: the answer ends here and is not kept." }[
        turn.state as string
      ];
      // A button that is pressed stays the same one: what is made anew under the pointer gets no click.
      const end = JSON.stringify([open, turn.state, wrong, turn.html !== "", turn.offline, turn.answer, last && able]);
      if (end === under) return;
      under = end;
      trouble.hidden = !wrong;
      trouble.dataset.state = turn.state;
      trouble.replaceChildren(
        ...(wrong
          ? [icon(turn.state === "failed" ? "error" : "warning", 14), hostile("span", "", sentenceOf(turn, wrong))]
          : []),
      );
      foot.hidden = open;
      foot.replaceChildren(...(open ? [] : footOf(turn, text.el, last && able, actions)));
    },
  };
}

function sentenceOf(turn: Turn<unknown>, wrong: string): string {
  return turn.state === "failed" && turn.html ? `The answer broke off here, and is not kept. ${wrong}` : wrong;
}

function headOf(turn: Turn<unknown>, about: string): Node[] {
  if (turn.offline || turn.answer?.model === "") {
    return [
      el("span", "", el("b", "", "Written by rules on this machine."), " Nothing was sent."),
      el("span", "microlog-pale", about),
    ];
  }
  return [
    el("span", "microlog-pale", "You"),
    hostile("span", "microlog-explain-asked", turn.question || FIRST_QUESTION),
    el("span", "microlog-pale microlog-explain-of", about),
  ];
}

function showLooked(place: HTMLElement, looked: readonly Looked[]): void {
  place.replaceChildren(
    el("summary", "", `The model looked up ${formatNumberOf(looked.length, "more thing")}: this was sent, too`),
    ...looked.flatMap(({ tool, text }) => [
      el("div", "microlog-pale", tool),
      hostile("pre", "microlog-explain-sent", text),
    ]),
  );
}

/** Who said it and when, what was left out, and what to do next. */
function footOf(turn: Turn<unknown>, text: HTMLElement, able: boolean, actions: TurnActions): Node[] {
  const { answer } = turn;
  const copy = button("microlog-button", () => void copyText(text.innerText, copy), "Copy");
  copy.dataset.action = "copy";
  return [
    ...(answer?.model ? notesOf(answer).map((note) => hostile("span", "", note)) : []),
    el("span", "microlog-explain-space"),
    ...(turn.html ? [copy] : []),
    ...(able && (answer?.model || !turn.offline)
      ? [button("microlog-button", actions.again, answer ? "Ask again" : "Try again")]
      : []),
    ...(able && answer?.model ? [button("microlog-button", actions.fresh, "New question")] : []),
  ];
}

function notesOf(answer: AnswerRow): string[] {
  const notes = [`${answer.model}, ${answer.time.slice(0, 16).replace("T", " ")}`];
  if (answer.redacted > 0) notes.push(`${formatNumberOf(answer.redacted, "secret")} taken out`);
  if (answer.dropped > 0) notes.push(`${formatNumberOf(answer.dropped, "citation")} named nothing`);
  if (answer.cut) notes.push("the model ended for lack of room");
  return notes;
}
