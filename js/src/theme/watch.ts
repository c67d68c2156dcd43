import { BLACK, parseColor, type Rgba, WHITE } from "./color";
import type { Package } from "./palette";
import { clearerTheme, forcedTheme, type Inputs, resolveTheme, type SystemColor } from "./resolve";
import type { Theme } from "./theme";

/** The five inputs, each with what hosts call it, in the order in which they are asked. */
const CHAINS = {
  bg: ["--ml-bg", "--jp-layout-color0", "--vscode-editor-background"],
  fg: ["--ml-fg", "--jp-ui-font-color1", "--vscode-editor-foreground"],
  accent: ["--ml-accent", "--jp-brand-color1", "--vscode-focusBorder"],
  font: ["--ml-font", "--jp-ui-font-family", "--vscode-font-family"],
  mono: ["--ml-mono", "--jp-code-font-family", "--vscode-editor-font-family"],
} as const;

const QUERIES = ["(prefers-color-scheme: dark)", "(forced-colors: active)", "(prefers-contrast: more)"] as const;

/** Below floating cards. */
const SHADOWS = {
  light: "0 2px 6px rgba(0, 0, 0, 0.08), 0 12px 32px rgba(0, 0, 0, 0.14)",
  dark: "0 2px 6px rgba(0, 0, 0, 0.5), 0 16px 40px rgba(0, 0, 0, 0.6)",
} as const;

/** The theme now, and word when it changes. */
export interface ThemeWatch {
  get(): Theme;
  subscribe(listener: () => void): () => void;
  /** Gives the packages the colours of these. */
  recolor(packages: readonly Package[]): void;
  dispose(): void;
}

/** Reads the theme of the page around `root`, writes it on `root` as custom properties, and follows its changes. */
export function watchTheme(root: HTMLElement, packages: readonly Package[]): ThemeWatch {
  let painted = packages;
  const listeners = new Set<() => void>();
  let theme = read(root, packages);
  let written = JSON.stringify(theme);
  write(root, theme);

  let request = 0;
  const look = () => {
    // A collapsed output is taken out of the page, where nothing has a colour.
    if (!root.isConnected) return;
    const next = read(root, painted);
    const text = JSON.stringify(next);
    if (text === written) return;
    theme = next;
    written = text;
    write(root, theme);
    for (const listener of [...listeners]) listener();
  };
  const reread = () => {
    // Hosts change several attributes at once: one look after all of them.
    cancelAnimationFrame(request);
    request = requestAnimationFrame(look);
  };
  const observer = new MutationObserver(reread);
  for (const el of [document.documentElement, document.body]) observer.observe(el, { attributes: true });
  const sight = new IntersectionObserver(reread);
  sight.observe(root);
  const queries = QUERIES.map((query) => window.matchMedia(query));
  for (const query of queries) query.addEventListener("change", reread);
  return {
    get: () => theme,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    recolor(packages) {
      painted = packages;
      look();
    },
    dispose() {
      cancelAnimationFrame(request);
      observer.disconnect();
      sight.disconnect();
      for (const query of queries) query.removeEventListener("change", reread);
      listeners.clear();
    },
  };
}

function read(root: HTMLElement, packages: readonly Package[]): Theme {
  // The parent's: on the root itself stands what was written there last time.
  const around = getComputedStyle(root.parentElement ?? document.documentElement);
  const probe = document.createElement("span");
  probe.style.cssText = "display: none; forced-color-adjust: none";
  root.append(probe);
  try {
    const first = (chain: readonly string[]) => {
      for (const name of chain) {
        const value = around.getPropertyValue(name).trim();
        if (value) return value;
      }
      return "";
    };
    const named = (chain: readonly string[]) => resolveColor(probe, first(chain));
    const inputs: Inputs = {
      bg: opaque(named(CHAINS.bg)) ?? groundBehind(root),
      fg: named(CHAINS.fg),
      accent: opaque(named(CHAINS.accent)),
      font: first(CHAINS.font) || "system-ui, sans-serif",
      mono: first(CHAINS.mono) || "ui-monospace, Menlo, Consolas, monospace",
      prefersDark: pageMayBeDark() && window.matchMedia(QUERIES[0]).matches,
    };
    if (!window.matchMedia(QUERIES[1]).matches) {
      const theme = resolveTheme(inputs, packages);
      return window.matchMedia(QUERIES[2]).matches ? clearerTheme(theme) : theme;
    }
    const fallback: Readonly<Record<SystemColor, Rgba>> = {
      Canvas: WHITE,
      CanvasText: BLACK,
      Highlight: BLACK,
      HighlightText: WHITE,
      GrayText: BLACK,
    };
    return forcedTheme((name) => resolveColor(probe, name) ?? fallback[name], inputs, packages);
  } finally {
    probe.remove();
  }
}

function write(root: HTMLElement, theme: Theme): void {
  for (const [token, value] of Object.entries(theme.colors)) root.style.setProperty(`--ml-${token}`, value);
  root.style.setProperty("--ml-font", theme.font);
  root.style.setProperty("--ml-mono", theme.mono);
  root.style.setProperty("--ml-shadow", `0 0 0 1px ${theme.colors.line}, ${SHADOWS[theme.dark ? "dark" : "light"]}`);
  root.classList.toggle("microlog-dark", theme.dark);
}

function opaque(color: Rgba | null): Rgba | null {
  return color && color.a >= 0.99 ? color : null;
}

/** Whatever the page is painted with behind the widget: hosts without any of the names above still have a ground. */
function groundBehind(root: HTMLElement): Rgba | null {
  for (let at: Node | null = root.parentNode; at; at = at instanceof ShadowRoot ? at.host : at.parentNode) {
    const color = at instanceof Element && opaque(parseColor(getComputedStyle(at).backgroundColor));
    if (color) return color;
  }
  return null;
}

/** A page that declares no dark scheme is white, whatever its reader prefers. */
function pageMayBeDark(): boolean {
  return /\bdark\b/.test(getComputedStyle(document.documentElement).colorScheme ?? "");
}

/** Any CSS colour as numbers, by way of the browser where it is not a plain one. */
function resolveColor(probe: HTMLElement, css: string): Rgba | null {
  if (!css) return null;
  const plain = parseColor(css);
  if (plain) return plain;
  probe.style.color = "";
  probe.style.color = css;
  if (!probe.style.color) return null;
  const computed = getComputedStyle(probe).color;
  return parseColor(computed) ?? paint(computed);
}

/** Wide-gamut and perceptual notations are only made into sRGB by painting. */
function paint(css: string): Rgba | null {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const ctx = canvas.getContext("2d");
  if (!ctx) return null;
  ctx.fillStyle = css;
  ctx.fillRect(0, 0, 1, 1);
  const [r = 0, g = 0, b = 0, a = 255] = ctx.getImageData(0, 0, 1, 1).data;
  return { r, g, b, a: a / 255 };
}
