import type { Measure } from "../logic/labels";
import type { Theme } from "../theme/theme";

export type Face = "name" | "duration" | "bold" | "small";

const FACES: Readonly<Record<Face, string>> = {
  name: "11px",
  duration: "10px",
  small: "10px",
  bold: "600 11px",
};

export function fontOf(theme: Theme, face: Face): string {
  return `${FACES[face]} ${theme.font}`;
}

/** Forgets when this many texts are kept, so that a long session does not grow without end. */
const KEPT = 20_000;

/** Measures texts once: measuring is the dearest part of a label, and the same names come back on every frame. */
export function createMeasure(): (ctx: CanvasRenderingContext2D, theme: Theme) => Measure {
  let fonts = "";
  const widths = { name: new Map<string, number>(), duration: new Map<string, number>() };
  return (ctx, theme) => {
    if (fonts !== theme.font) {
      fonts = theme.font;
      widths.name.clear();
      widths.duration.clear();
    }
    return (text, font) => {
      const known = widths[font].get(text);
      if (known !== undefined) return known;
      if (widths[font].size > KEPT) widths[font].clear();
      ctx.font = fontOf(theme, font);
      const width = ctx.measureText(text).width;
      widths[font].set(text, width);
      return width;
    };
  };
}

/** The same colour without any opacity: the end of a fade. */
export function clear(color: string): string {
  if (/^#[0-9a-f]{6}$/i.test(color)) return `${color}00`;
  const parts = /^rgba?\(\s*(\d+)[,\s]+(\d+)[,\s]+(\d+)/.exec(color);
  return parts ? `rgba(${parts[1]}, ${parts[2]}, ${parts[3]}, 0)` : "transparent";
}
