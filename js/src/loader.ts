import { fromBase85 } from "./host/base85";
import { addressOf, importText, inflateTexts } from "./host/module";
import type { Memory } from "./views/mount";
import type { Model, Widget } from "./widget";

/**
 * The module of every widget in a notebook. The view's code is not in it, but in one model for all of them:
 *
 *     Timeline  _esm   this module                    Code  first   style sheet, common.js, widget.js
 *               _code  "IPY_MODEL_" and its id  --->        more    more.js
 *
 * Where a model cannot ask for another one (marimo) each has the code itself: `_first` and `_more`.
 */
interface Code {
  get(name: string): unknown;
  /** What was made of it, for all widgets of a page. */
  microlog?: Promise<Loaded>;
}

interface Loaded {
  readonly style: string;
  readonly widget: Widget;
  readonly more: () => Promise<unknown>;
}

interface LoaderModel extends Model {
  readonly widget_manager?: { readonly get_model?: (id: string) => Promise<unknown> };
}

const REFERENCE = "IPY_MODEL_";
const MISSING = "The code of this view is not in the notebook: run its cell again.";
/** As the bundles import what they share. */
const COMMON = "./common.js";

const own = new WeakMap<LoaderModel, Code>();

async function codeOf(model: LoaderModel): Promise<Code> {
  const reference = String(model.get("_code") ?? "");
  if (reference.startsWith(REFERENCE)) {
    return (await model.widget_manager?.get_model?.(reference.slice(REFERENCE.length))) as Code;
  }
  const code = own.get(model) ?? { get: (name) => model.get(`_${name}`) };
  own.set(model, code);
  return code;
}

async function load(code: Code): Promise<Loaded> {
  const textsOf = (name: string) => inflateTexts(fromBase85(String(code.get(name))));
  const [style = "", common = "", widget = ""] = await textsOf("first");
  const address = addressOf(common);
  const module = (await importText(widget.replace(COMMON, address))) as { readonly default: Widget };
  let more: Promise<unknown> | null = null;
  const importMore = async () => {
    const [text = ""] = await textsOf("more");
    return importText(text.replace(COMMON, address)).finally(() => URL.revokeObjectURL(address));
  };
  return {
    style,
    widget: module.default,
    more() {
      more ??= importMore();
      return more;
    },
  };
}

interface Place {
  readonly model: LoaderModel;
  readonly el: HTMLElement;
}

async function render({ model, el }: Place, memory: Memory): Promise<() => void> {
  try {
    const code = await codeOf(model);
    code.microlog ??= load(code);
    const { style, widget, more } = await code.microlog;
    const sheet = document.createElement("style");
    sheet.textContent = style;
    el.append(sheet);
    const end = widget.render({ model, el, more, memory });
    return () => {
      end();
      sheet.remove();
    };
  } catch (error) {
    el.textContent = `${MISSING} (${error instanceof Error ? error.message : error})`;
    el.setAttribute("role", "alert");
    return () => el.replaceChildren();
  }
}

/** Called once for each model, as anywidget says: its views know of each other what the user was doing. */
export default () => {
  const memory: Memory = { seen: null };
  return { render: (place: Place) => render(place, memory) };
};
