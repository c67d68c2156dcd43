import type { CitedPlace } from "../data/types";
import { replaceCitations } from "../logic/citations";
import { el } from "./dom";

/** Elements that the caret goes into, to stand after the last word. */
const OPEN = new Set(["P", "LI", "UL", "OL", "BLOCKQUOTE", "H1", "H2", "H3", "H4", "H5", "H6", "PRE"]);

export interface GrowingText {
  readonly el: HTMLElement;
  /** Shows the text so far. What has not changed stays as it is, with the focus and the selection in it. */
  show(html: string, places: Readonly<Record<string, CitedPlace>>, open: boolean): void;
}

/**
 * An answer that is appended to as it comes.
 *
 * @param chip makes what stands in place of a citation
 * @param say is given each paragraph when it has ended, to be announced
 */
export function createGrowingText(
  chip: (name: string, text: string, place: CitedPlace | undefined) => HTMLElement,
  say: (paragraph: string) => void,
): GrowingText {
  const text = el("div", "microlog-markdown microlog-explain-text");
  const caret = el("span", "microlog-caret");
  let sources: string[] = [];
  let said = 0;
  let grew = false;
  return {
    el: text,
    show(html, places, open) {
      const template = el("template", "");
      // nh3 in Python let nothing through that acts or loads.
      template.innerHTML = html;
      const blocks = [...template.content.children];
      caret.remove();
      const next = blocks.map((block) => block.outerHTML);
      const same = next.findIndex((source, i) => source !== sources[i]);
      const from = same < 0 ? Math.min(next.length, sources.length) : same;
      for (const old of [...text.children].slice(from)) old.remove();
      for (const block of blocks.slice(from)) {
        for (const link of block.querySelectorAll("a")) link.rel = "noopener noreferrer nofollow";
        replaceCitations(block, (name, words) => chip(name, words, places[name]));
        text.append(block);
      }
      sources = next;
      grew ||= open;
      // What was there from the start is read, not announced.
      const ended = open ? next.length - 1 : next.length;
      for (; said < ended; said++) if (grew) say(text.children[said]?.textContent ?? "");
      if (open) place(caret, text);
    },
  };
}

function place(caret: HTMLElement, text: HTMLElement): void {
  let last: Element = text;
  while (last.lastElementChild && OPEN.has(last.lastElementChild.tagName)) last = last.lastElementChild;
  last.append(caret);
}
