import type { GapRow } from "../data/types";
import { type Intervals, intervalsOf, wideOnes } from "../logic/intervals";
import { at } from "../logic/rows";
import { type Scale, xOf } from "../logic/viewport";
import type { Theme } from "../theme/theme";
import { hatch } from "./hatch";
import { type Pen, snap } from "./surface";

/** Gaps narrower than this are not drawn: on a busy machine there are many, and zoomed in they show. */
const NARROWEST = 12;

/** A gap in view: its edges in pixels, and its length. */
export interface GapSpan {
  readonly x0: number;
  readonly x1: number;
  readonly duration: number;
}

export function gapIndex(gaps: readonly GapRow[]): Intervals {
  return intervalsOf(
    gaps,
    (gap) => gap.start,
    (gap) => gap.start + gap.duration,
  );
}

export function gapsInView(gaps: Intervals, scale: Scale): GapSpan[] {
  return wideOnes(gaps, scale, NARROWEST).map((i) => {
    const [start, end] = [at(gaps.start, i), at(gaps.end, i)];
    return { x0: xOf(scale, start), x1: xOf(scale, end), duration: end - start };
  });
}

/** The hatch of times without samples. `scrolled` keeps the lines still on the lanes; `veiled` pales what is behind. */
export function drawGaps(
  pen: Pen,
  theme: Theme,
  spans: readonly GapSpan[],
  top: number,
  bottom: number,
  scrolled: number,
  veiled: boolean,
): void {
  const { ctx } = pen;
  for (const { x0, x1 } of spans) {
    // Clipped to the plot: at deep zoom a gap may be millions of pixels wide.
    const left = snap(pen, Math.max(x0, -8));
    const right = snap(pen, Math.min(x1, pen.width + 8));
    if (veiled) {
      ctx.fillStyle = theme.colors.veil;
      ctx.fillRect(left, top, right - left, bottom - top);
    }
    hatch(pen, left, top, right - left, bottom - top, {
      color: theme.colors["gap-hatch"],
      width: 1,
      period: 5,
      // The lines belong to the gap's own start and to the page, not to the clipped corner.
      phase: x0 - left - (bottom + scrolled),
    });
    ctx.fillStyle = theme.colors.line;
    if (x0 >= 0) ctx.fillRect(left, top, 1, bottom - top);
    if (x1 <= pen.width) ctx.fillRect(right - 1, top, 1, bottom - top);
  }
}
