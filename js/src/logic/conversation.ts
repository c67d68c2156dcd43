import type { AnswerRow, CitedPlace } from "../data/types";

/** What a model looked up besides what was sent at first, and what it was given. */
export interface Looked {
  readonly tool: string;
  readonly text: string;
}

/** What Python says of an answer while it is written, and at its end. */
export interface Progress {
  readonly run: string;
  readonly state: "running" | "done" | "stopped" | "failed";
  readonly html: string;
  readonly places: Readonly<Record<string, CitedPlace>>;
  readonly error: string;
  readonly looked: readonly Looked[];
  readonly answer: AnswerRow | null;
}

/** One question, and what there is of its answer. `F` is what a question can be about. */
export interface Turn<F> {
  readonly question: string;
  /** What it is about; undefined where only its words are known, in `answer.about`. */
  readonly focus: F | undefined;
  /** Written by rules: nothing is sent. */
  readonly offline: boolean;
  readonly state: "asking" | Progress["state"];
  /** Names the answer while it is written. */
  readonly run: string;
  readonly html: string;
  readonly places: Readonly<Record<string, CitedPlace>>;
  readonly error: string;
  readonly looked: readonly Looked[];
  /** Of an answer that ended well. */
  readonly answer: AnswerRow | null;
}

/**
 * Questions that follow each other, the first one first. Only the last one can be without its end.
 *
 *     asking -> running -> done | stopped | failed
 *
 * Python names an answer after it has begun it: what comes before the name is known waits in `early`.
 */
export interface Conversation<F> {
  readonly turns: readonly Turn<F>[];
  readonly early: readonly Progress[];
}

export interface Asked<F> {
  readonly question: string;
  readonly focus: F | undefined;
  readonly offline: boolean;
}

export const nothing: Conversation<never> = { turns: [], early: [] };

/** An answer that was kept, after those that it follows. */
export function threadOf<F>(answers: readonly AnswerRow[], last: AnswerRow, focus?: F): Conversation<F> {
  const byId = new Map(answers.map((answer) => [answer.id, answer]));
  const thread: AnswerRow[] = [];
  for (let at: AnswerRow | undefined = last; at && !thread.includes(at); at = byId.get(at.after)) thread.unshift(at);
  const turns = thread.map((answer) => ({ ...turnOf<F>(answer), focus: answer === last ? focus : undefined }));
  return { turns, early: [] };
}

function turnOf<F>(answer: AnswerRow): Turn<F> {
  const { question, html, places } = answer;
  const none = { focus: undefined, offline: false, run: "", error: "", looked: [] };
  return { ...none, question, html, places, state: "done", answer };
}

/** Whether an answer is on its way. */
export function isOpen(conversation: Conversation<unknown>): boolean {
  const state = conversation.turns.at(-1)?.state;
  return state === "asking" || state === "running";
}

/** Id of the model's answer that a next question follows, or "". */
export function lastId(conversation: Conversation<unknown>): string {
  return conversation.turns.filter((turn) => turn.answer?.model).at(-1)?.answer?.id ?? "";
}

/** Turns before this one that it follows: its own `after`. */
export function afterOf(conversation: Conversation<unknown>, place: number): string {
  return lastId({ turns: conversation.turns.slice(0, place), early: [] });
}

/** A question was asked; with `place`, in the place of that turn and of all after it. */
export function asked<F>(
  conversation: Conversation<F>,
  { question, focus, offline }: Asked<F>,
  place = conversation.turns.length,
): Conversation<F> {
  const turn: Turn<F> = {
    question,
    focus,
    offline,
    state: "asking",
    run: "",
    html: "",
    places: {},
    error: "",
    looked: [],
    answer: null,
  };
  return { turns: [...conversation.turns.slice(0, place), turn], early: [] };
}

/** Python has begun the answer under this name. */
export function begun<F>(conversation: Conversation<F>, run: string): Conversation<F> {
  const last = conversation.turns.at(-1);
  if (last?.state !== "asking" || last.run) return conversation;
  const named = replaced({ ...conversation, early: [] }, { ...last, run });
  return conversation.early.filter((progress) => progress.run === run).reduce(heard, named) as Conversation<F>;
}

/** Python says how far an answer is; those of others change nothing. */
export function heard<F>(conversation: Conversation<F>, progress: Progress): Conversation<F> {
  const last = conversation.turns.at(-1);
  if (!last || !isOpen(conversation)) return conversation;
  if (!last.run) return { ...conversation, early: [...conversation.early, progress] };
  if (last.run !== progress.run) return conversation;
  const { state, error, looked, answer } = progress;
  const { html, places } = answer ?? progress;
  return replaced(conversation, { ...last, state, html, places, error, looked, answer });
}

/** It could not even be asked, or will not be answered any more. */
export function refused<F>(conversation: Conversation<F>, error: string): Conversation<F> {
  const last = conversation.turns.at(-1);
  if (!last || !isOpen(conversation)) return conversation;
  return replaced(conversation, { ...last, state: "failed", error });
}

function replaced<F>(conversation: Conversation<F>, turn: Turn<F>): Conversation<F> {
  return { ...conversation, turns: [...conversation.turns.slice(0, -1), turn] };
}
