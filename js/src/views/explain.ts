import type { AnswerRow, Place } from "../data/types";
import { aboutWords, choices, focusOf } from "../logic/about";
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
} from "../logic/conversation";
import { formatCount } from "../logic/format";
import { copyText } from "./clipboard";
import type { Context } from "./context";
import { button, el, hostile, key } from "./dom";
import { createConnectForm, paneButton } from "./explain-connect";
import { createSentPane, type Sent } from "./explain-pane";
import { createTurn, FIRST_QUESTION, type TurnView } from "./explain-turn";
import type { Panel } from "./panel";

/** What Python answers to "explain.preview". */
interface Preview extends Sent {
  readonly model: string;
  readonly server: string;
  /** Why nothing can be asked, as a sentence; "" when all is there. */
  readonly missing: string;
  readonly off: boolean;
  readonly kept: AnswerRow | null;
  readonly answers: readonly AnswerRow[];
}

/** Shorter waits need no word. */
const LOADING_MS = 400;
/** After the last key, what will be sent is made anew. */
const TYPED_MS = 250;
/** Nearer to the end than this, the view follows the text. */
const END = 24;

/** Questions about the recording, their answers with links into it, and beside them, word for word, what is sent. */
export function createExplain(context: Context): Panel {
  const { data, store, host } = context;
  let about: Place | null = store.get().about ?? choices(store.get(), null)[1] ?? null;
  let conversation: Conversation<Place | null> = nothing;
  let answers: readonly AnswerRow[] = data.answers;
  let preview: Preview | null = null;
  /** What is shown as sent is not what would be sent now. */
  let stale = true;
  let trouble = "";
  let without: readonly string[] = [];
  let changing = false;
  let stopping = false;
  let visible = false;
  let refreshing: AbortController | null = null;
  let typed: ReturnType<typeof setTimeout> | undefined;
  const views: TurnView[] = [];

  const live = el("div", "microlog-live");
  live.setAttribute("aria-live", "polite");
  const turns = el("div", "microlog-explain-turns");
  const note = el("p", "microlog-explain-note");
  note.setAttribute("role", "status");
  const earlier = el("section", "microlog-explain-earlier");
  const scroll = el("div", "microlog-explain-answers", turns, note, earlier, live);
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "log");
  scroll.setAttribute("aria-live", "off");
  scroll.setAttribute("aria-label", "Answers");

  const copyPrompt = (pressed: HTMLElement) => void copyText(preview?.text ?? "", pressed);
  const sent = createSentPane((section, out) => {
    without = out ? [...without, section] : without.filter((name) => name !== section);
    void refresh();
  });
  const connect = createConnectForm(async (changed) => {
    await host.request("explain.connect", changed);
    changing = false;
    await refresh();
  }, copyPrompt);
  const more = el("details", "microlog-explain-more", el("summary", "", "What would be sent"));
  const off = el("p", "microlog-explain-off");
  const pane = el("aside", "microlog-explain-pane", off, connect.el, more, sent.el);
  pane.setAttribute("aria-label", "What will be sent");

  const choice = el("select", "microlog-select microlog-explain-about");
  choice.setAttribute("aria-label", "About");
  const field = el("input", "microlog-field");
  field.type = "text";
  field.maxLength = 4000;
  field.setAttribute("aria-label", "Question");
  const send = el("button", "microlog-button microlog-primary", "Send", key("Enter"));
  send.type = "submit";
  const stop = button("microlog-button", () => halt(), el("span", "microlog-stop"), "Stop");
  const form = el("form", "microlog-explain-ask", choice, field, send, stop);

  const whom = el("span", "microlog-explain-whom");
  const change = button("microlog-button", () => {
    changing = !changing;
    open(true);
    render();
  });
  const opener = paneButton("What will be sent", () => open());
  const controls = el("div", "microlog-explain-controls", whom, change, opener);
  const words = el("span", "");
  const hints = el("div", "microlog-hints");
  const foot = el("div", "microlog-foot", words, hints);
  const panel = el("div", "microlog-explain", el("div", "microlog-explain-body", scroll, pane), form);

  const saved = () => host.kind === "none" || host.state() === "none" || host.state() === "dead";
  const open = (on = !panel.classList.contains("microlog-explain-opened")) => {
    panel.classList.toggle("microlog-explain-opened", on);
    opener.setAttribute("aria-expanded", String(on));
  };
  const body = (question: string, place: number, focus: Place | null) => ({
    question,
    focus: focusOf(data, focus),
    after: place < conversation.turns.length ? afterOf(conversation, place) : lastId(conversation),
    without: [...without],
  });

  /** Asks what would be sent now; a kept answer to it is shown when there is nothing else. */
  const refresh = async (): Promise<void> => {
    clearTimeout(typed);
    refreshing?.abort();
    const mine = new AbortController();
    refreshing = mine;
    stale = true;
    trouble = "";
    render();
    const late = setTimeout(() => {
      if (note.hidden) say("loading");
    }, LOADING_MS);
    try {
      const question = body(field.value, conversation.turns.length, about);
      const answer = await host.request("explain.preview", question, mine.signal);
      if (mine.signal.aborted) return;
      preview = answer.body as Preview;
      answers = preview.answers;
      stale = false;
      if (conversation.turns.length === 0 && !field.value.trim()) {
        if (preview.kept) conversation = threadOf(answers, preview.kept, about);
        else if (preview.missing) void ask("", { offline: true });
      }
    } catch (error) {
      if (mine.signal.aborted) return;
      trouble = error instanceof Error ? error.message : String(error);
      if (saved()) showSaved();
    } finally {
      clearTimeout(late);
    }
    render();
  };
  const showSaved = () => {
    const last = answers.at(-1);
    if (conversation.turns.length === 0 && last) conversation = threadOf(answers, last);
  };

  interface Asking {
    readonly offline?: boolean;
    readonly again?: boolean;
    /** The turn that is asked anew. */
    readonly place?: number;
    readonly focus?: Place | null;
  }
  const ask = async (
    question: string,
    { offline = false, again = false, place = conversation.turns.length, focus = about }: Asking = {},
  ): Promise<void> => {
    const request = { ...body(question, place, focus), offline, again };
    conversation = asked(conversation, { question, focus, offline }, place);
    stopping = false;
    field.value = "";
    scroll.scrollTop = scroll.scrollHeight;
    render();
    try {
      const { body: answer } = await host.request("explain.ask", request);
      conversation = begun(conversation, (answer as { run: string }).run);
      if (stopping) halt();
    } catch (error) {
      conversation = refused(conversation, error instanceof Error ? error.message : String(error));
    }
    settle();
  };
  const halt = () => {
    const run = conversation.turns.at(-1)?.run;
    stopping = true;
    // What has no name yet is stopped when it gets one.
    if (run) void host.request("explain.stop", { run }).catch(() => undefined);
    render();
  };
  const fresh = (place: Place | null) => {
    conversation = nothing;
    about = place;
    field.value = "";
    void refresh();
  };
  /** After an answer's end, the next question follows it. */
  const settle = () => {
    render();
    if (!isOpen(conversation) && visible && !saved()) void refresh();
  };

  const unlisten = host.listen("explain", (message) => {
    const progress = message as Progress;
    const before = conversation;
    conversation = heard(conversation, progress);
    if (conversation !== before && isOpen(conversation)) renderTurns();
    else if (progress.state !== "running") settle();
  });
  const unwatch = host.onState((state) => {
    if (state === "none" || state === "dead") {
      conversation = refused(conversation, "The kernel has ended: run the cell again to ask it.");
      showSaved();
    } else if (state === "idle" && visible && !preview && trouble) {
      void refresh();
      return;
    }
    render();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!send.disabled && !send.hidden) void ask(field.value.trim());
  });
  field.addEventListener("input", () => {
    stale = true;
    clearTimeout(typed);
    typed = setTimeout(() => void refresh(), TYPED_MS);
    render();
  });
  choice.addEventListener("change", () => {
    about = JSON.parse(choice.value) as Place | null;
    void refresh();
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isOpen(conversation)) halt();
    else if (panel.classList.contains("microlog-explain-opened")) open(false);
    else return;
    event.preventDefault();
  });
  const unsubscribe = store.subscribe((state, before) => {
    if (state.about !== before.about && state.about && !isOpen(conversation)) {
      if (JSON.stringify(state.about) === JSON.stringify(about) && conversation.turns.length > 0) return;
      about = state.about;
      conversation = nothing;
      if (visible) void refresh();
      else preview = null;
    }
  });
  const unsubscribeTheme = context.onTheme(() => {
    // The colours of modules are written into the chips.
    turns.replaceChildren();
    views.length = 0;
    render();
  });

  const render = () => {
    if (!visible) return;
    renderTurns();
    renderPane();
    renderField();
    renderEarlier();
  };
  const renderTurns = () => {
    if (!visible) return;
    const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < END;
    const running = isOpen(conversation);
    const able = !saved() && !preview?.off;
    while (views.length > conversation.turns.length) views.pop()?.el.remove();
    for (const [i, turn] of conversation.turns.entries()) {
      views[i] ??= createTurn(context, { again: () => repeat(i), fresh: () => fresh(about), say: announce });
      const view = views[i];
      if (!view.el.parentElement) turns.append(view.el);
      const known = turn.answer?.about ?? (turn.focus === undefined ? "" : aboutWords(data, turn.focus));
      const words = turn.focus === undefined ? known : aboutWords(data, turn.focus);
      view.update(turn, words, i === conversation.turns.length - 1, able && knowsFocus(turn.focus, known));
    }
    if (atEnd && running) scroll.scrollTop = scroll.scrollHeight;
    const last = conversation.turns.at(-1);
    words.textContent = !running
      ? last?.offline
        ? "Written by rules"
        : ""
      : stopping
        ? "Stopping"
        : last?.html
          ? `Answering, ${formatCount(turns.lastElementChild?.querySelector(".microlog-explain-text")?.textContent?.length ?? 0)} characters`
          : "Asking";
  };
  /** A kept answer says only in words what it is about; the whole recording needs no more. */
  const knowsFocus = (focus: Place | null | undefined, words: string) =>
    focus !== undefined || words === aboutWords(data, null);
  const repeat = (place: number) => {
    const turn = conversation.turns[place];
    if (turn) void ask(turn.question, { offline: turn.offline, again: true, place, focus: turn.focus ?? null });
  };
  const announce = (text: string) => live.replaceChildren(el("p", "", text));

  const renderPane = () => {
    const shown = preview && !saved() ? preview : null;
    pane.hidden = !shown;
    opener.hidden = !shown;
    controls.hidden = !shown;
    if (!shown) return;
    const unconnected = shown.missing !== "" && !shown.off;
    const form = unconnected || (changing && !shown.off);
    off.hidden = !shown.off;
    off.textContent = shown.off ? shown.missing : "";
    connect.el.hidden = !form;
    connect.show(shown);
    more.hidden = !form && !shown.off;
    if (more.hidden) {
      if (sent.el.parentElement !== pane) pane.append(sent.el);
    } else if (sent.el.parentElement !== more) more.append(sent.el);
    sent.show(shown, stale);
    whom.replaceChildren(
      ...(shown.missing
        ? [shown.off ? "Switched off here" : "No model is connected"]
        : [
            hostile("code", "", shown.model),
            el("span", "microlog-pale", "via"),
            hostile("code", "microlog-pale microlog-explain-server", shown.server),
          ]),
    );
    change.hidden = shown.off || unconnected;
    change.textContent = changing ? "Back" : "Change";
    opener.textContent = unconnected ? "Connect a model" : "What will be sent";
  };

  const renderField = () => {
    const running = isOpen(conversation);
    const without = saved();
    form.hidden = without;
    if (without) {
      say(answers.length > 0 ? "This is a saved view: its answers are here, and questions need a kernel." : NO_ANSWER);
      return;
    }
    const asks = preview !== null && !preview.missing;
    const empty = !lastId(conversation);
    field.disabled = preview !== null && !asks;
    field.placeholder = !preview
      ? ""
      : asks
        ? empty
          ? FIRST_QUESTION
          : "Ask further"
        : "Questions need a model. The explanation above does not.";
    send.hidden = running;
    stop.hidden = !running;
    // A first question may be left to us, one that follows may not.
    send.disabled = !asks || (!field.value.trim() && !empty);
    const options = choices(store.get(), about).map((place) => {
      const words = aboutWords(data, place);
      const made = el("option", "", `About ${words}`);
      made.value = JSON.stringify(place);
      made.selected = made.value === JSON.stringify(about);
      return made;
    });
    choice.replaceChildren(...options);
    choice.disabled = running;
    hints.replaceChildren(
      ...(running ? [hint("Esc", "stop")] : []),
      hint("Tab", "next link"),
      hint("Enter", "show on timeline"),
    );
    if (host.state() === "busy" && (stale || conversation.turns.at(-1)?.state === "asking")) {
      say("The kernel is busy: this waits for it.");
    } else if (trouble) say(trouble);
    else if (asks && conversation.turns.every((turn) => turn.offline)) {
      say(`Nothing has been sent. Send asks ${preview?.model} at ${preview?.server}; what it gets stands beside this.`);
    } else say("");
  };
  const say = (text: string) => {
    note.hidden = !text;
    if (note.textContent !== text) note.textContent = text;
  };

  const renderEarlier = () => {
    const here = new Set(conversation.turns.map((turn) => turn.answer?.id));
    const rows = answers.filter((answer) => !here.has(answer.id)).reverse();
    earlier.hidden = rows.length === 0 || isOpen(conversation);
    if (earlier.hidden) return;
    earlier.replaceChildren(
      el("h3", "", "Earlier questions"),
      ...rows.map((answer) =>
        button(
          "microlog-explain-old",
          () => {
            conversation = threadOf(answers, answer);
            scroll.scrollTop = 0;
            settle();
          },
          hostile("span", "", answer.question || FIRST_QUESTION),
          hostile(
            "span",
            "microlog-pale",
            `${answer.about}, ${answer.model}, ${answer.time.slice(0, 16).replace("T", " ")}`,
          ),
        ),
      ),
    );
  };

  return {
    el: panel,
    controls,
    foot,
    shown() {
      visible = true;
      if (saved()) showSaved();
      else if (!isOpen(conversation)) void refresh();
      render();
    },
    hidden() {
      visible = false;
    },
    dispose() {
      clearTimeout(typed);
      refreshing?.abort();
      unlisten();
      unwatch();
      unsubscribe();
      unsubscribeTheme();
    },
  };
}

const NO_ANSWER =
  "This is a saved view, and no answer was kept with it: open the notebook with its kernel, or load the recording and call rec.explain().";

function hint(name: string, what: string): HTMLElement {
  return el("span", "microlog-hint", key(name), what);
}
