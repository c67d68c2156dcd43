/** A colour in sRGB: channels 0 to 255, alpha 0 to 1. */
export interface Rgba {
  readonly r: number;
  readonly g: number;
  readonly b: number;
  readonly a: number;
}

export const BLACK: Rgba = { r: 0, g: 0, b: 0, a: 1 };
export const WHITE: Rgba = { r: 255, g: 255, b: 255, a: 1 };

/** Reads "#rgb", "#rrggbb", "#rrggbbaa", "rgb(…)" and "rgba(…)" in both spellings; null for everything else. */
export function parseColor(text: string): Rgba | null {
  const hex = /^#([0-9a-f]{3,8})$/i.exec(text.trim())?.[1];
  if (hex) return parseHex(hex);
  const body = /^rgba?\(([^)]*)\)$/i.exec(text.trim())?.[1];
  if (!body) return null;
  const parts = body.split(/[\s,/]+/).filter(Boolean);
  const channel = (part: string | undefined) => Number.parseFloat(part ?? "") * (part?.endsWith("%") ? 2.55 : 1);
  const [r, g, b] = [channel(parts[0]), channel(parts[1]), channel(parts[2])];
  const alpha = parts[3];
  const a = alpha === undefined ? 1 : Number.parseFloat(alpha) / (alpha.endsWith("%") ? 100 : 1);
  return [r, g, b, a].some(Number.isNaN) ? null : { r, g, b, a };
}

function parseHex(hex: string): Rgba | null {
  const digits = hex.length <= 4 ? hex.replace(/./g, "$&$&") : hex;
  if (digits.length !== 6 && digits.length !== 8) return null;
  const byte = (at: number) => Number.parseInt(digits.slice(at, at + 2), 16);
  return { r: byte(0), g: byte(2), b: byte(4), a: digits.length === 8 ? byte(6) / 255 : 1 };
}

export function toCss({ r, g, b, a }: Rgba): string {
  if (a < 1) return `rgba(${Math.round(r)}, ${Math.round(g)}, ${Math.round(b)}, ${Math.round(a * 1000) / 1000})`;
  return `#${[r, g, b].map((channel) => Math.round(channel).toString(16).padStart(2, "0")).join("")}`;
}

/** `share` of `top` mixed into `ground`, both opaque. */
export function mix(ground: Rgba, top: Rgba, share: number): Rgba {
  const channel = (from: number, to: number) => from + (to - from) * share;
  return { r: channel(ground.r, top.r), g: channel(ground.g, top.g), b: channel(ground.b, top.b), a: 1 };
}

/** What a colour with transparency looks like on an opaque ground. */
export function over(ground: Rgba, top: Rgba): Rgba {
  return mix(ground, top, top.a);
}

export function withAlpha(color: Rgba, a: number): Rgba {
  return { ...color, a };
}

/** Relative luminance, 0 to 1: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
export function luminance({ r, g, b }: Rgba): number {
  const linear = (channel: number) => {
    const value = channel / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

/** Contrast ratio, 1 to 21: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
export function contrast(one: Rgba, other: Rgba): number {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (high + 0.05) / (low + 0.05);
}
