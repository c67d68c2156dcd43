import { BLACK, contrast, luminance, mix, over, parseColor, type Rgba, toCss, WHITE, withAlpha } from "./color";
import { assignSlots, type Package, swatchOf } from "./palette";
import type { Swatch, Theme, Token } from "./theme";

/** What the host says of its looks; null where it says nothing. */
export interface Inputs {
  readonly bg: Rgba | null;
  readonly fg: Rgba | null;
  readonly accent: Rgba | null;
  readonly font: string;
  readonly mono: string;
  /** What to be where the host has no ground. */
  readonly prefersDark: boolean;
}

type Rest = Exclude<Token, "bg" | "fg" | keyof typeof NEUTRAL | "fg-2" | "pop" | `accent${string}` | "on-accent">;

/** Per cent of the text's colour in the ground. */
const NEUTRAL = { "bg-1": 2, "bg-2": 5, "bg-3": 10, "fg-3": 50, line: 14, "line-2": 8, grid: 6 } as const;

const LIGHT: Readonly<Record<Rest, string>> = {
  hover: "#d4302e",
  "err-fg": "#b3231f",
  "err-bg": "rgba(212, 48, 46, 0.07)",
  warn: "#d97a00",
  "warn-fg": "#8a4b00",
  "warn-bg": "rgba(217, 122, 0, 0.09)",
  "warn-hatch": "rgba(217, 122, 0, 0.55)",
  "on-warn": "#1b1b1f",
  "cpu-fill": "rgba(64, 166, 106, 0.26)",
  cpu: "#2a8a52",
  "cpu-fg": "#1f7a45",
  mem: "#7a4fc0",
  modules: "#6b6b6b",
  gc: "#b0479a",
  "wait-bg": "rgba(80, 90, 110, 0.09)",
  "gap-hatch": "rgba(0, 0, 0, 0.16)",
  veil: "rgba(246, 246, 247, 0.72)",
  heat: "oklch(0.83 0.12 62 / 0.75)",
  "on-mod": "#1b1b1f",
  "on-mod-2": "rgba(20, 20, 26, 0.66)",
};

const DARK: Readonly<Record<Rest, string>> = {
  hover: "#d93633",
  "err-fg": "#ff8f87",
  "err-bg": "rgba(229, 83, 75, 0.12)",
  warn: "#f0a63c",
  "warn-fg": "#f3b65c",
  "warn-bg": "rgba(240, 166, 60, 0.12)",
  "warn-hatch": "rgba(240, 166, 60, 0.6)",
  "on-warn": "#1b1b1f",
  "cpu-fill": "rgba(70, 178, 116, 0.24)",
  cpu: "#4dbb7d",
  "cpu-fg": "#4dbb7d",
  mem: "#b495f0",
  modules: "#9a9a9a",
  gc: "#dd7cc6",
  "wait-bg": "rgba(160, 175, 205, 0.12)",
  "gap-hatch": "rgba(255, 255, 255, 0.15)",
  veil: "rgba(17, 17, 17, 0.66)",
  heat: "oklch(0.52 0.1 62 / 0.75)",
  "on-mod": "#f4f4f5",
  "on-mod-2": "rgba(255, 255, 255, 0.86)",
};

const color = (css: string): Rgba => parseColor(css) ?? BLACK;

/** Grounds brighter than this are light. */
const LIGHT_FROM = 0.4;
/** Contrast that text needs: https://www.w3.org/TR/WCAG22/#contrast-minimum */
const READABLE = 4.5;

/** Every colour from the few that the host gives, so that custom themes work. */
export function resolveTheme(inputs: Inputs, packages: readonly Package[]): Theme {
  const bg = inputs.bg ?? color(inputs.prefersDark ? "#111111" : "#ffffff");
  const dark = luminance(bg) <= LIGHT_FROM;
  const wanted = inputs.fg && over(bg, inputs.fg);
  // A ground without its text, or a text of another theme's, would be unreadable.
  const fg = wanted && contrast(wanted, bg) >= READABLE ? wanted : color(dark ? "#e0e0e0" : "#212121");
  const accent = inputs.accent ? over(bg, inputs.accent) : color(dark ? "#2196f3" : "#1976d2");
  const neutral = (percent: number) => mix(bg, fg, percent / 100);
  const pop = neutral(dark ? 6 : 0);
  const mixed = Object.entries(NEUTRAL).map(([token, percent]) => [token, toCss(neutral(percent))]);
  return {
    dark,
    colors: {
      ...(dark ? DARK : LIGHT),
      ...(Object.fromEntries(mixed) as Record<keyof typeof NEUTRAL, string>),
      bg: toCss(bg),
      fg: toCss(fg),
      "fg-2": toCss(secondary(neutral, [bg, neutral(NEUTRAL["bg-2"]), pop])),
      pop: toCss(pop),
      accent: toCss(accent),
      "on-accent": toCss(onAccent(accent, dark)),
      "accent-fg": toCss(dark ? mix(accent, WHITE, 0.36) : mix(accent, BLACK, 0.2)),
      "accent-bg": toCss(withAlpha(accent, dark ? 0.13 : 0.08)),
    },
    font: inputs.font,
    mono: inputs.mono,
    swatches: assignSlots(packages).map((slot) => swatchOf(slot, bg, dark)),
  };
}

/** As pale as it may be and still be readable on every ground. */
function secondary(neutral: (percent: number) => Rgba, grounds: readonly Rgba[]): Rgba {
  let percent = 68;
  while (percent < 100 && grounds.some((ground) => contrast(neutral(percent), ground) < READABLE)) percent += 4;
  return neutral(Math.min(percent, 100));
}

function onAccent(accent: Rgba, dark: boolean): Rgba {
  const [first, second] = dark ? [color("#0b1622"), WHITE] : [WHITE, color("#0b1622")];
  return contrast(first, accent) >= READABLE || contrast(first, accent) > contrast(second, accent) ? first : second;
}

/** Contrast of text for those who want more: https://www.w3.org/TR/WCAG22/#contrast-enhanced */
const CLEAR = 7;
const CLEARER = [
  "fg-2",
  "fg-3",
  "err-fg",
  "warn-fg",
  "warn",
  "warn-hatch",
  "cpu-fg",
  "cpu",
  "mem",
  "modules",
  "gc",
  "gap-hatch",
  "accent-fg",
  "line",
] as const;

/** More contrast: text and marks keep their hue as far as they may, lines and the outlines of calls are as dark as text. */
export function clearerTheme(theme: Theme): Theme {
  const { colors } = theme;
  const [bg, fg] = [color(colors.bg), color(colors.fg)];
  const clear = (token: Token) => {
    const given = over(bg, color(colors[token]));
    let made = given;
    for (let share = 0.1; share <= 1 && contrast(made, bg) < CLEAR; share += 0.1) made = mix(given, fg, share);
    return [token, toCss(made)] as const;
  };
  const made = { ...colors, ...Object.fromEntries(CLEARER.map(clear)), "on-mod-2": colors["on-mod"] };
  return {
    ...theme,
    colors: { ...made, "on-warn": onWarn(made) },
    swatches: theme.swatches.map((swatch) => ({ ...swatch, edge: colors.fg })),
  };
}

/** The mark on the warning triangle: dark, or the ground where the triangle itself is dark. */
function onWarn({ warn, bg, "on-warn": dark }: Theme["colors"]): string {
  return contrast(color(dark), color(warn)) >= READABLE ? dark : bg;
}

/** System colours by name; canvases are told what they are now. */
export type SystemColor = "Canvas" | "CanvasText" | "Highlight" | "HighlightText" | "GrayText";

/** Forced colours: the system's few, with every hatch and outline kept. Red keeps its white text. */
export function forcedTheme(system: (name: SystemColor) => Rgba, inputs: Inputs, packages: readonly Package[]): Theme {
  const ground = system("Canvas");
  const base = resolveTheme({ ...inputs, bg: ground, fg: system("CanvasText"), accent: system("Highlight") }, packages);
  const canvas = toCss(ground);
  const text = toCss(system("CanvasText"));
  const strong = [
    "line",
    "fg-2",
    "fg-3",
    "err-fg",
    "warn-fg",
    "warn",
    "warn-hatch",
    "cpu",
    "cpu-fg",
    "mem",
    "modules",
    "gc",
    "gap-hatch",
    "accent-fg",
    "on-mod",
    "on-mod-2",
  ] as const;
  const plain = ["bg-1", "bg-2", "pop", "err-bg", "warn-bg", "accent-bg"] as const;
  // Solid against hollow still tells running from waiting.
  const swatch: Swatch = { fill: toCss(mix(ground, system("CanvasText"), 0.25)), edge: text, wait: canvas };
  const colors = {
    ...base.colors,
    ...(Object.fromEntries(strong.map((token) => [token, text])) as Record<(typeof strong)[number], string>),
    ...(Object.fromEntries(plain.map((token) => [token, canvas])) as Record<(typeof plain)[number], string>),
    "on-accent": toCss(system("HighlightText")),
  };
  return {
    ...base,
    colors: { ...colors, "on-warn": onWarn(colors) },
    swatches: base.swatches.map(() => swatch),
  };
}
