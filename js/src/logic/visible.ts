/** A run of text, or one character that would not be seen or would change how the rest is read. */
export interface Run {
  readonly text: string;
  readonly mark: boolean;
}

/**
 * Control characters but tab and line feed, marks and overrides of the reading direction, line and paragraph separators, and
 * spaces without width. Joiners stay: emoji and several scripts are written with them.
 */
const HIDDEN = /(?![\t\n])\p{Cc}|[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]/gu;

/** Splits a text so that nothing in it is hidden: marks are written as in Python ("\\x1b") or by code point ("U+202E"). */
export function visibleRuns(text: string): Run[] {
  const runs: Run[] = [];
  let from = 0;
  for (const match of text.matchAll(HIDDEN)) {
    if (match.index > from) runs.push({ text: text.slice(from, match.index), mark: false });
    runs.push({ text: nameOf(match[0].charCodeAt(0)), mark: true });
    from = match.index + 1;
  }
  if (from < text.length) runs.push({ text: text.slice(from), mark: false });
  return runs;
}

/** The same as one string, for places that take only text. */
export function visibleText(text: string): string {
  return visibleRuns(text)
    .map((run) => run.text)
    .join("");
}

function nameOf(code: number): string {
  const hex = code.toString(16);
  return code < 0x100 ? `\\x${hex.padStart(2, "0")}` : `U+${hex.toUpperCase().padStart(4, "0")}`;
}
