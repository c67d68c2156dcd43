import type { Sheet } from "../state/store";
import type { Context } from "./context";
import { el } from "./dom";
import { loadMore } from "./load-more";
import { createError } from "./states";

/** The card of keys and the menu of exports: one at a time over the view. They close with Escape or a press elsewhere. */
export function createSheets(context: Context): { dispose(): void } {
  const { store, root } = context;
  const ending = new AbortController();
  const { signal } = ending;
  const close = () => store.set({ sheet: null });
  let shown: HTMLElement | null = null;
  let focused: Element | null = null;

  const make = async (sheet: Sheet): Promise<HTMLElement> => {
    try {
      return (await loadMore(context)).sheets[sheet](context, close);
    } catch (error) {
      return el("section", "microlog-card microlog-sheet", createError("This cannot be shown.", error));
    }
  };
  const open = async (sheet: Sheet) => {
    focused = (root.getRootNode() as Document | ShadowRoot).activeElement;
    const made = await make(sheet);
    if (signal.aborted || store.get().sheet !== sheet) return;
    shown?.remove();
    shown = made;
    root.append(made);
    made.querySelector<HTMLElement>("button")?.focus({ preventScroll: true });
  };
  const unsubscribe = store.subscribe((state, before) => {
    if (state.sheet === before.sheet) return;
    const back = shown?.matches(":focus-within") ?? false;
    shown?.remove();
    shown = null;
    if (state.sheet) void open(state.sheet);
    else if (back && focused instanceof HTMLElement && root.contains(focused)) focused.focus({ preventScroll: true });
  });
  root.addEventListener(
    "pointerdown",
    (event) => {
      const path = event.composedPath();
      const opener = path.some((each) => each instanceof HTMLElement && each.dataset.sheet !== undefined);
      if (shown && !opener && !path.includes(shown)) close();
    },
    { signal, capture: true },
  );
  return {
    dispose() {
      ending.abort();
      unsubscribe();
      shown?.remove();
    },
  };
}
