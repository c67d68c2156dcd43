import { button, el, hostile } from "./dom";
import { promptButton } from "./explain-pane";

/** Who is asked now. */
export interface Connected {
  readonly model: string;
  readonly server: string;
  readonly missing: string;
}

export interface ConnectForm {
  readonly el: HTMLElement;
  show(connected: Connected): void;
}

/**
 * A form that names a model. Its key goes to the kernel and nowhere else: the page forgets it at once.
 *
 * @param connect sends what was changed; resolves when the kernel has it, rejects with a sentence
 */
export function createConnectForm(
  connect: (changed: Readonly<Record<string, string>>) => Promise<void>,
  copyPrompt: (pressed: HTMLElement) => void,
): ConnectForm {
  const url = field("text", "http://localhost:11434/v1");
  const model = field("text", "name of the model at the server");
  const key = field("password", "none, or as it is");
  key.autocomplete = "off";
  const why = el("p", "microlog-pale");
  const wrong = el("p", "microlog-explain-wrong");
  wrong.setAttribute("role", "alert");
  const press = el("button", "microlog-button microlog-primary", "Connect");
  press.type = "submit";
  const form = el(
    "form",
    "microlog-explain-connect",
    el("h3", "", "Connect a model"),
    el(
      "p",
      "microlog-pale",
      "Any server with an OpenAI-style API works, also one on this machine. The key stays in the kernel and is not saved in the notebook.",
    ),
    labelled("Base URL", url),
    labelled("Model", model),
    labelled("API key", key),
    wrong,
    el("div", "microlog-actions", press, promptButton(copyPrompt)),
    why,
  );
  let known: Connected = { model: "", server: "", missing: "" };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const changed: Record<string, string> = {};
    if (url.value.trim() !== known.server) changed.base_url = url.value.trim();
    if (model.value.trim() !== known.model) changed.model = model.value.trim();
    if (key.value) changed.api_key = key.value;
    key.value = "";
    wrong.textContent = "";
    press.disabled = true;
    connect(changed)
      .catch((error: unknown) =>
        wrong.replaceChildren(hostile("span", "", error instanceof Error ? error.message : String(error))),
      )
      .finally(() => {
        press.disabled = false;
      });
  });
  return {
    el: form,
    show(connected) {
      if (url.value === known.server) url.value = connected.server;
      if (model.value === known.model) model.value = connected.model;
      known = connected;
      why.textContent = connected.missing;
    },
  };
}

function field(type: "text" | "password", placeholder: string): HTMLInputElement {
  const made = el("input", "microlog-field");
  made.type = type;
  made.placeholder = placeholder;
  made.spellcheck = false;
  return made;
}

function labelled(name: string, input: HTMLElement): HTMLElement {
  return el("label", "", el("span", "microlog-pale", name), input);
}

/** Opens and shuts the pane beside the answer. */
export function paneButton(text: string, press: () => void): HTMLButtonElement {
  const made = button("microlog-button microlog-explain-opener", press, text);
  made.setAttribute("aria-expanded", "false");
  return made;
}
