import { describe, expect, it } from "vitest";
import type { AnswerRow } from "../data/types";
import {
  afterOf,
  asked,
  begun,
  type Conversation,
  heard,
  isOpen,
  lastId,
  nothing,
  type Progress,
  refused,
  threadOf,
} from "./conversation";

const row = (id: string, after = "", model = "tiny"): AnswerRow => ({
  id,
  question: `why ${id}`,
  after,
  about: "the whole recording",
  html: `<p>${id}</p>`,
  places: {},
  model,
  server: "http://localhost/v1",
  time: "2026-03-14T09:41:00+01:00",
  facts: "f",
  redacted: 0,
  dropped: 0,
  cut: false,
});
const says = (run: string, state: Progress["state"], html: string, more: Partial<Progress> = {}): Progress => ({
  run,
  state,
  html,
  places: {},
  error: "",
  looked: [],
  answer: null,
  ...more,
});
const question = { question: "why", focus: null, offline: false };
const ask = (conversation: Conversation<null> = nothing) => asked(conversation, question);
const last = (conversation: Conversation<unknown>) => conversation.turns.at(-1);

describe("a conversation", () => {
  it("goes from the question over its pieces to the answer", () => {
    let now = begun(ask(), "r1");
    expect(isOpen(now)).toBe(true);
    now = heard(now, says("r1", "running", "<p>It</p>"));
    expect(last(now)).toMatchObject({ state: "running", html: "<p>It</p>" });
    now = heard(now, says("r1", "done", "<p>It w</p>", { answer: row("a") }));
    expect(last(now)).toMatchObject({ state: "done", html: "<p>a</p>", answer: { id: "a" } });
    expect(isOpen(now)).toBe(false);
    expect(lastId(now)).toBe("a");
  });

  it("takes what came before the answer had a name, and only its own", () => {
    const early = [says("r1", "running", "<p>first</p>"), says("r2", "done", "<p>other</p>")].reduce(heard, ask());
    expect(last(early)).toMatchObject({ state: "asking", html: "" });
    expect(last(begun(early, "r1"))).toMatchObject({ state: "running", html: "<p>first</p>" });
  });

  it("does not hear answers of other pages, nor anything after its end", () => {
    const now = begun(ask(), "r1");
    expect(heard(now, says("r2", "done", "x"))).toBe(now);
    const ended = heard(now, says("r1", "stopped", "<p>half</p>"));
    expect(heard(ended, says("r1", "running", "late"))).toBe(ended);
    expect(heard(nothing, says("r1", "running", "x"))).toBe(nothing);
  });

  it("keeps what came when it breaks, and is followed by nothing then", () => {
    const half = heard(begun(ask(), "r1"), says("r1", "running", "<p>half</p>"));
    const broken = heard(half, says("r1", "failed", "<p>half</p>", { error: "The connection broke." }));
    expect(last(broken)).toMatchObject({ state: "failed", html: "<p>half</p>", error: "The connection broke." });
    expect(lastId(broken)).toBe("");
    expect(last(refused(half, "The kernel has ended."))).toMatchObject({
      html: "<p>half</p>",
      error: "The kernel has ended.",
    });
  });

  it("shows a kept answer after those that it follows", () => {
    const [a, b, c] = [row("a"), row("b", "a"), row("c")];
    const thread = threadOf([a, b, c], b, null);
    expect(thread.turns.map((turn) => turn.answer?.id)).toEqual(["a", "b"]);
    expect(lastId(thread)).toBe("b");
    expect(afterOf(thread, 1)).toBe("a");
    expect(afterOf(thread, 0)).toBe("");
  });

  it("does not go round in circles of answers that follow each other", () => {
    const [a, b] = [row("a", "b"), row("b", "a")];
    expect(threadOf([a, b], a).turns).toHaveLength(2);
  });

  it("asks again in the place of the answer before", () => {
    const thread: Conversation<null> = threadOf([row("a"), row("b", "a")], row("b", "a"), null);
    const again = asked(thread, question, 1);
    expect(again.turns.map((turn) => turn.state)).toEqual(["done", "asking"]);
  });

  it("does not follow what rules have written", () => {
    expect(lastId(threadOf([], row("o", "", "")))).toBe("");
  });
});
