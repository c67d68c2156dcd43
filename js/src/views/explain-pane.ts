import { formatCount, formatNumberOf } from "../logic/format";
import { button, el, hostile } from "./dom";

export interface Section {
  readonly name: string;
  readonly title: string;
  readonly tokens: number;
}

/** As much as this pane shows of what Python answers to "explain.preview". */
export interface Sent {
  readonly text: string;
  readonly tokens: number;
  readonly redacted: Readonly<Record<string, number>>;
  readonly sections: readonly Section[];
  readonly without: readonly string[];
}

export interface SentPane {
  readonly el: HTMLElement;
  /** @param stale it is being made anew */
  show(sent: Sent, stale: boolean): void;
}

/** What takes the place of a secret, as `microlog_nb/explain/redact.py` writes it. */
const LABEL = /(«[^«»\n]{1,40}»)/;

/** The text that will be sent, word for word, and what can be left out of it. */
export function createSentPane(leaveOut: (section: string, out: boolean) => void): SentPane {
  const size = el("span", "microlog-pale");
  const kinds = el("p", "microlog-pale");
  const text = el("pre", "microlog-explain-sent");
  text.tabIndex = 0;
  text.setAttribute("aria-label", "What will be sent");
  const sections = el("fieldset", "microlog-explain-sections");
  const titles = new Map<string, Section>();
  const boxes = new Map<string, HTMLInputElement>();
  const pane = el(
    "section",
    "microlog-explain-will",
    el("div", "microlog-explain-head", el("h3", "", "What will be sent"), size),
    kinds,
    text,
    sections,
  );
  let shown = "";
  const box = (name: string) => {
    const found = boxes.get(name);
    if (found) return found;
    const made = el("input", "");
    made.type = "checkbox";
    made.addEventListener("change", () => leaveOut(name, !made.checked));
    boxes.set(name, made);
    return made;
  };
  return {
    el: pane,
    show(sent, stale) {
      pane.setAttribute("aria-busy", String(stale));
      const total = Object.values(sent.redacted).reduce((sum, count) => sum + count, 0);
      size.textContent = `${formatNumberOf(sent.tokens, "token")}, ${formatNumberOf(total, "redaction")}`;
      const counted = Object.entries(sent.redacted).map(([kind, count]) => `${kind} ${formatCount(count)}`);
      kinds.textContent =
        total > 0
          ? `Taken out: ${counted.join(", ")}. Nothing else is sent, and nothing before Send.`
          : "Nothing else is sent, and nothing before Send.";
      if (sent.text !== shown) {
        text.replaceChildren(
          ...sent.text
            .split(LABEL)
            .map((part, i) => (i % 2 === 1 ? el("mark", "microlog-redacted", part) : hostile("span", "", part))),
        );
        shown = sent.text;
      }
      for (const section of sent.sections) titles.set(section.name, section);
      const out = new Set(sent.without);
      const names = [...titles.keys()];
      if (sections.childElementCount !== names.length) {
        sections.replaceChildren(
          ...names.map((name) => {
            const { title, tokens } = titles.get(name) as Section;
            return el("label", "", box(name), el("span", "", title), el("span", "microlog-pale", formatCount(tokens)));
          }),
        );
      }
      for (const name of names) box(name).checked = !out.has(name);
    },
  };
}

/** A button that gives the prompt to the clipboard, for any chat. */
export function promptButton(copy: (pressed: HTMLElement) => void): HTMLButtonElement {
  const made = button("microlog-button", () => copy(made), "Copy the prompt instead");
  return made;
}
