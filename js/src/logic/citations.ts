/** A piece of an answer: text, or the name of a place as "call:12", with the words that name it there. */
export type Piece = string | { readonly name: string; readonly text: string };

/** As `microlog_nb/explain/citations.py` reads them; files may be cells, whose names have brackets. */
const CITATION = /\[(call|log|anomaly):\s*#?(\d{1,9})\]|\[line:\s*(In \[\d+\]|[^[\]\n]{1,200}):(\d{1,7})\]/g;

/** Cuts a text at its citations. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(CITATION)) {
    if (match.index > end) found.push(text.slice(end, match.index));
    const [whole, kind, row, file, line] = match;
    found.push({
      name: kind ? `${kind}:${Number(row)}` : `line:${file?.trim()}:${Number(line)}`,
      text: whole.slice(1, -1),
    });
    end = match.index + whole.length;
  }
  if (end < text.length) found.push(text.slice(end));
  return found;
}

/** Replaces every citation in the text of an element; what stands in blocks of code is code. */
export function replaceCitations(root: Node, make: (name: string, text: string) => Node): void {
  for (const node of [...root.childNodes]) {
    if (node.nodeType === Node.ELEMENT_NODE) {
      if ((node as Element).tagName !== "PRE") replaceCitations(node, make);
    } else if (node.nodeType === Node.TEXT_NODE) {
      const parts = pieces(node.nodeValue ?? "");
      if (parts.every((part) => typeof part === "string")) continue;
      const nodes = parts.map((part) => (typeof part === "string" ? part : make(part.name, part.text)));
      (node as Text).replaceWith(...nodes);
    }
  }
}
