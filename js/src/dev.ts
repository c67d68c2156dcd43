import * as more from "./more";
import css from "./style.css";
import type { Memory } from "./views/mount";
import type { Model } from "./widget";
import widget from "./widget";

/** The widget while one works on it (`make dev`): all of its code in one file, which anywidget loads anew when it changes. */
function render(model: Model, el: HTMLElement, memory: Memory): () => void {
  const sheet = document.createElement("style");
  sheet.textContent = css;
  el.append(sheet);
  return widget.render({ model, el, more: () => Promise.resolve(more), memory });
}

export default () => {
  const memory: Memory = { seen: null };
  return { render: ({ model, el }: { readonly model: Model; readonly el: HTMLElement }) => render(model, el, memory) };
};
