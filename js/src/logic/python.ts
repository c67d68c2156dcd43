/** As much of Python's grammar as a reader's eye needs: words of the language, text, numbers, comments. */
export type TokenKind = "plain" | "keyword" | "string" | "number" | "comment";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const KEYWORDS = new Set(
  (
    "False None True and as assert async await break class continue def del elif else except finally for from global if " +
    "import in is lambda nonlocal not or pass raise return try while with yield match case"
  ).split(" "),
);
const PART =
  /(#.*)|((?:[rbfuRBFU]{0,2})(?:"""|'''|"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?))|(\b\d[\w.]*)|([A-Za-z_]\w*)/g;

/** A line in parts; `open` is the quotes of a text that began in a line before, and the result says which is open after it. */
export function tokensOf(line: string, open = ""): { readonly tokens: readonly Token[]; readonly open: string } {
  const tokens: Token[] = [];
  const add = (kind: TokenKind, text: string) => {
    if (text) tokens.push({ kind, text });
  };
  let from = 0;
  let quotes = open;
  if (quotes) {
    const end = line.indexOf(quotes);
    if (end < 0) return { tokens: line ? [{ kind: "string", text: line }] : [], open: quotes };
    from = end + 3;
    add("string", line.slice(0, from));
    quotes = "";
  }
  PART.lastIndex = from;
  for (let match = PART.exec(line); match; match = PART.exec(line)) {
    const [text, comment, string, number] = match;
    add("plain", line.slice(from, match.index));
    from = PART.lastIndex;
    if (string && /"""$|'''$/.test(string)) {
      const mark = string.slice(-3);
      const end = line.indexOf(mark, from);
      const stop = end < 0 ? line.length : end + 3;
      add("string", string + line.slice(from, stop));
      quotes = end < 0 ? mark : "";
      from = stop;
      PART.lastIndex = stop;
    } else if (comment) add("comment", comment);
    else if (string) add("string", string);
    else if (number) add("number", number);
    else add(KEYWORDS.has(text) ? "keyword" : "plain", text);
  }
  add("plain", line.slice(from));
  return { tokens, open: quotes };
}

/**
 * First and last line, from 1, of what is defined at a line: its decorators, its head over as many lines as its brackets take,
 * and all that is indented deeper. The whole text where the line is not in it.
 */
export function extentOf(lines: readonly string[], line: number): { readonly first: number; readonly last: number } {
  const head = lines[line - 1];
  if (head === undefined) return { first: 1, last: lines.length };
  const base = indentOf(head);
  let at = line;
  let depth = 0;
  let quotes = "";
  // A head ends where no bracket is open; those of decorators are followed by another head.
  for (; at <= lines.length; at++) {
    const { tokens, open } = tokensOf(lines[at - 1] ?? "", quotes);
    quotes = open;
    for (const { kind, text } of tokens) {
      if (kind !== "plain") continue;
      for (const character of text) depth += "([{".includes(character) ? 1 : ")]}".includes(character) ? -1 : 0;
    }
    const code = tokens.filter(({ kind }) => kind !== "comment");
    if (
      depth <= 0 &&
      !code[0]?.text.trimStart().startsWith("@") &&
      code.some(({ text }) => text.trimEnd().endsWith(":"))
    )
      break;
  }
  let last = Math.min(at, lines.length);
  for (at = last + 1; at <= lines.length; at++) {
    const text = lines[at - 1] ?? "";
    if (!text.trim()) continue;
    if (quotes === "" && indentOf(text) <= base) break;
    quotes = tokensOf(text, quotes).open;
    last = at;
  }
  return { first: line, last };
}

function indentOf(text: string): number {
  return text.length - text.trimStart().length;
}
