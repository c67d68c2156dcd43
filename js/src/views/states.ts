import { el, hostile } from "./dom";
import { icon } from "./icon";

/** What stands in place of the timeline while there is none. */

/** Shorter waits need no word. */
const LOADING_MS = 400;

/** Gutter and ruler at once; the word only when it takes long. */
export function createLoading(): { readonly el: HTMLElement; dispose(): void } {
  const word = el("span", "microlog-loading-word");
  word.setAttribute("role", "status");
  const timer = setTimeout(() => {
    word.textContent = "loading";
  }, LOADING_MS);
  const loading = el(
    "div",
    "microlog-loading",
    el("div", "microlog-header", el("span", "microlog-wordmark", icon("mark"), el("span", "", "microlog"))),
    el("div", "microlog-loading-plot", el("div", "microlog-loading-gutter")),
    el("div", "microlog-status", word),
  );
  return { el: loading, dispose: () => clearTimeout(timer) };
}

/** Nothing was sampled and nothing was said: what to do about it. */
export function createEmpty(running: boolean): HTMLElement {
  if (running) return el("div", "microlog-empty", el("p", "", "The recording has begun."));
  const fix = el("code", "", "%%microlog --interval 0.1ms");
  const said = el("p", "", "The cell ended before the first sample. Use ", fix, " or record a longer cell.");
  return el("div", "microlog-empty", said);
}

/** What failed, in place of the view; never a blank. */
export function createError(what: string, error: unknown): HTMLElement {
  const reason = error instanceof Error ? error.message : String(error);
  const details = error instanceof Error ? error.stack : undefined;
  const alert = el("div", "microlog-error-text", el("p", "", what), hostile("p", "microlog-pale", reason));
  if (details) {
    alert.append(el("details", "", el("summary", "", "Details"), hostile("pre", "microlog-traceback", details)));
  }
  const box = el("div", "microlog-error", icon("error"), alert);
  box.setAttribute("role", "alert");
  return box;
}
