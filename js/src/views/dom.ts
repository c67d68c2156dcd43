import { visibleRuns } from "../logic/visible";
import type { Words } from "../logic/words";

type Child = Node | string | null;

/** An element with a class and children; null children are left out. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** A real button that never sends a form of the page around it. */
export function button(className: string, press: () => void, ...children: readonly Child[]): HTMLButtonElement {
  const made = el("button", className, ...children);
  made.type = "button";
  made.addEventListener("click", press);
  return made;
}

export function key(name: string): HTMLElement {
  return el("kbd", "microlog-key", name);
}

/** A sentence with its strong numbers. */
export function sentence(className: string, words: Words): HTMLElement {
  return el("p", className, ...words.map((word) => (typeof word === "string" ? word : el("b", "", word.strong))));
}

/** Text from outside: nothing in it is hidden, and its reading direction ends with it. */
export function hostile<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  text: string,
): HTMLElementTagNameMap[K] {
  const made = el(tag, `microlog-hostile ${className}`.trim());
  for (const run of visibleRuns(text)) made.append(run.mark ? el("span", "microlog-hidden-mark", run.text) : run.text);
  return made;
}
