/** How a terminal would show a run of text; the colours are the eight names, so that every theme can make them legible. */
export interface Look {
  readonly color: Color | null;
  readonly ground: Color | null;
  readonly bold: boolean;
  readonly underline: boolean;
}

export interface AnsiRun extends Look {
  readonly text: string;
}

export const COLORS = ["grey", "red", "green", "yellow", "blue", "magenta", "cyan"] as const;
export type Color = (typeof COLORS)[number];

const PLAIN: Look = { color: null, ground: null, bold: false, underline: false };
/** Select graphic rendition (ECMA-48, 8.3.117): what terminals colour text with. Other sequences stay in the text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
const SGR = /\x1b\[([\d;:]*)m/g;
const NAMED: readonly (Color | null)[] = [null, "red", "green", "yellow", "blue", "magenta", "cyan", null];

/** Splits a text at its colour sequences, which are left out. */
export function ansiRuns(text: string): AnsiRun[] {
  const runs: AnsiRun[] = [];
  let look = PLAIN;
  let from = 0;
  for (const match of text.matchAll(SGR)) {
    if (match.index > from) runs.push({ text: text.slice(from, match.index), ...look });
    look = after(look, (match[1] ?? "").split(/[;:]/).map(Number));
    from = match.index + match[0].length;
  }
  if (from < text.length) runs.push({ text: text.slice(from), ...look });
  return runs;
}

/** The text without its colour sequences. */
export function withoutAnsi(text: string): string {
  return text.replace(SGR, "");
}

function after(before: Look, codes: readonly number[]): Look {
  let look = before;
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0;
    if (code === 0) look = PLAIN;
    else if (code === 1) look = { ...look, bold: true };
    else if (code === 22) look = { ...look, bold: false };
    else if (code === 4) look = { ...look, underline: true };
    else if (code === 24) look = { ...look, underline: false };
    else if (code === 39) look = { ...look, color: null };
    else if (code === 49) look = { ...look, ground: null };
    else if (code === 38 || code === 48) {
      const { color, used } = extended(codes.slice(i + 1));
      look = code === 38 ? { ...look, color } : { ...look, ground: color };
      i += used;
    } else if (code >= 30 && code <= 37) look = { ...look, color: NAMED[code - 30] ?? null };
    else if (code >= 40 && code <= 47) look = { ...look, ground: NAMED[code - 40] ?? null };
    else if (code >= 90 && code <= 97) look = { ...look, color: bright(code - 90) };
    else if (code >= 100 && code <= 107) look = { ...look, ground: bright(code - 100) };
  }
  return look;
}

function bright(index: number): Color | null {
  return index === 0 ? "grey" : (NAMED[index] ?? null);
}

/** `5;n` is one of 256 colours, `2;r;g;b` any: the nearest named hue stands for it. */
function extended(codes: readonly number[]): { color: Color | null; used: number } {
  const [kind, n = 0] = codes;
  if (kind === 2) return { color: nearest(codes[1] ?? 0, codes[2] ?? 0, codes[3] ?? 0), used: 4 };
  if (kind !== 5) return { color: null, used: 0 };
  if (n < 8) return { color: NAMED[n] ?? null, used: 2 };
  if (n < 16) return { color: bright(n - 8), used: 2 };
  if (n >= 232) return { color: n < 250 ? "grey" : null, used: 2 };
  // The cube of xterm: 6 × 6 × 6.
  const level = (step: number) => Math.floor(((n - 16) / step) % 6) * 51;
  return { color: nearest(level(36), level(6), level(1)), used: 2 };
}

const HUES: readonly (readonly [Color, number])[] = [
  ["red", 0],
  ["yellow", 45],
  ["green", 120],
  ["cyan", 180],
  ["blue", 230],
  ["magenta", 305],
  ["red", 360],
];

function nearest(r: number, g: number, b: number): Color | null {
  const [high, low] = [Math.max(r, g, b), Math.min(r, g, b)];
  if (high - low < 40) return high > 60 && high < 200 ? "grey" : null;
  const sector =
    high === r
      ? ((g - b) / (high - low) + 6) % 6
      : high === g
        ? (b - r) / (high - low) + 2
        : (r - g) / (high - low) + 4;
  const hue = sector * 60;
  return HUES.reduce((best, each) => (Math.abs(each[1] - hue) < Math.abs(best[1] - hue) ? each : best))[0];
}
