import type { LogRow } from "../data/types";
import { formatNumberOf } from "../logic/format";
import { foldedFrames, foldedTraceback, placesIn, type StackFrame } from "../logic/stack";
import { TEXT_MOST, terminalText } from "./ansi";
import type { Context } from "./context";
import { button, el, hostile } from "./dom";
import { sourceLink } from "./source-link";

/** What an entry says: Markdown as Python rendered and sanitised it, everything else letter by letter. */
export function messageOf(log: LogRow, most = TEXT_MOST): HTMLElement {
  if (!log.html) return terminalText("div", "microlog-message", log.message, most);
  const markdown = el("div", "microlog-message microlog-markdown");
  // The one place where HTML is taken as HTML: nh3 in Python let nothing through that acts or loads.
  markdown.innerHTML = log.html;
  for (const link of markdown.querySelectorAll("a")) {
    link.target = "_blank";
    link.rel = "noopener noreferrer nofollow";
  }
  return markdown;
}

/** A traceback with the frames of libraries folded. */
export function tracebackOf(context: Context, text: string): HTMLElement {
  const shown = text.slice(0, TEXT_MOST);
  return el(
    "div",
    "microlog-traceback",
    ...foldedTraceback(shown).map((part) =>
      part.frames > 0 ? folded(part.frames, () => [framesOf(context, part.text)]) : framesOf(context, part.text),
    ),
    shown.length < text.length ? terminalText("pre", "", text.slice(TEXT_MOST), 0) : null,
  );
}

/** The last line of a traceback names what was raised. */
const RAISED = /^((?:.*\n)?)([A-Za-z_][\w.]*)((?::[^\n]*)?\s*)$/s;

/** Frames as they were printed, letter by letter; the place of each opens its source. */
function framesOf(context: Context, text: string): HTMLElement {
  const runs = placesIn(text).flatMap(({ text, path, line }) => {
    if (line === 0) {
      const [, before = "", name = "", rest = ""] = RAISED.exec(text) ?? ["", text];
      const raised = name ? [el("b", "microlog-raised", name)] : [];
      return [terminalText("span", "", before), ...raised, terminalText("span", "", rest)];
    }
    const file = context.data.functions.find((row) => row.path === path)?.file ?? path.replace(/.*[\\/]/s, "");
    return [sourceLink(context, { file, path, line }, text)];
  });
  return el("pre", "", ...runs);
}

/** The stack of an entry: one line a frame, libraries folded. */
export function stackList(context: Context, frames: readonly StackFrame[], show: (call: number) => void): HTMLElement {
  const line = (frame: StackFrame) => {
    const name = frame.call < 0 ? hostile("code", "", frame.function) : null;
    return el(
      "div",
      "microlog-stack-frame",
      name ?? button("microlog-link", () => show(frame.call), hostile("code", "", frame.function)),
      frame.file ? sourceLink(context, frame) : null,
    );
  };
  const parts = foldedFrames(frames).map((part) =>
    part[0]?.library ? folded(part.length, () => part.map(line)) : line(part[0] as StackFrame),
  );
  return el("div", "microlog-stack", ...parts);
}

/** Stands for library frames until it is pressed. */
function folded(count: number, open: () => HTMLElement[]): HTMLElement {
  const place = el("div", "microlog-folded");
  const opener = button(
    "microlog-fold",
    () => place.replaceChildren(...open()),
    formatNumberOf(count, "library frame"),
  );
  opener.setAttribute("aria-expanded", "false");
  place.append(opener);
  return place;
}
