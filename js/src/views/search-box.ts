import type { Context, View } from "./context";
import { button, el, key } from "./dom";
import { icon } from "./icon";
import { loadMore } from "./load-more";

/** The parts of the field; what they do comes with its first use. */
export interface SearchParts {
  readonly box: HTMLElement;
  readonly input: HTMLInputElement;
  readonly count: HTMLElement;
  readonly hint: HTMLElement;
}

/** The search field of the header, an icon where that is narrow. */
export function createSearchBox(context: Context): View & { open(): void } {
  const input = el("input", "microlog-search-input");
  input.type = "search";
  input.placeholder = "Search";
  input.setAttribute("aria-label", "Search functions, modules and logs: text or /regex/");
  input.spellcheck = false;
  input.autocomplete = "off";
  input.maxLength = 500;
  const count = el("output", "microlog-search-count");
  const hint = key("/");
  const opener = button("microlog-tool microlog-search-open", () => open(), icon("search"));
  opener.setAttribute("aria-label", "Search");
  opener.title = "Search (/)";
  const box = el(
    "div",
    "microlog-search-box",
    opener,
    el("label", "microlog-search", icon("search", 14), input, count, hint),
  );

  let field: Promise<View> | null = null;
  const attach = () => {
    field ??= loadMore(context).then((more) => more.search(context, { box, input, count, hint }));
    field.catch(() => {
      count.textContent = "not here";
      count.title = "This view was saved without its code.";
    });
  };
  const open = () => {
    box.classList.add("microlog-search-opened");
    input.focus({ preventScroll: true });
    input.select();
  };
  input.addEventListener("focus", attach);
  const unsubscribe = context.store.subscribe((state, before) => {
    if (state.query !== before.query) attach();
  });
  return {
    el: box,
    open,
    dispose() {
      unsubscribe();
      void field?.then((view) => view.dispose()).catch(() => undefined);
    },
  };
}
