import type { SpanRow } from "../data/types";
import { formatDuration } from "../logic/format";
import { DURATION_GAP, LABEL_PADDING, type Measure, NO_TEXT_UNDER } from "../logic/labels";
import { BAR, LINE, ROW } from "../logic/layout";
import type { SpanTrack } from "../logic/spans";
import { xOf } from "../logic/viewport";
import { visibleText } from "../logic/visible";
import type { Theme } from "../theme/theme";
import type { LanesScene } from "./lanes";
import { horizontal, type Pen, snap } from "./surface";
import { clear, fontOf } from "./text";

/** Text fades out over this width where its bar is too short for it. */
const FADE = 12;

/** The track of measured spans: plain bars with a frame, as nothing in them was guessed from samples. */
export function drawSpans(pen: Pen, { theme, scale, layout, scrolled, measure }: LanesScene, track: SpanTrack): void {
  const { ctx } = pen;
  const box = layout.spans;
  if (!box) return;
  ctx.textAlign = "left";
  ctx.textBaseline = "alphabetic";
  track.rows.forEach((row, depth) => {
    const y = box.bars - scrolled + depth * ROW;
    if (y + BAR < 0 || y > pen.height) return;
    let drawn = Number.NEGATIVE_INFINITY;
    for (const span of row) {
      const x0 = Math.max(xOf(scale, span.start), -6);
      const x1 = Math.min(xOf(scale, span.start + span.duration), pen.width + 6);
      // Of several within a pixel one is drawn.
      if (x1 < 0 || x0 > pen.width || x1 - drawn < 1) continue;
      drawn = x1;
      bar(pen, theme, snap(pen, x0), snap(pen, x1), y, span, measure);
    }
  });
  horizontal(pen, box.height - LINE - scrolled, theme.colors.line);
}

function bar(pen: Pen, theme: Theme, x0: number, x1: number, y: number, span: SpanRow, measure: Measure): void {
  const { ctx } = pen;
  const width = Math.max(x1 - x0 - 1, 1);
  ctx.fillStyle = theme.colors["bg-3"];
  ctx.beginPath();
  ctx.roundRect(x0, y, width, BAR, 2);
  ctx.fill();
  ctx.fillStyle = theme.colors["fg-3"];
  ctx.fillRect(x0, y, Math.min(2, width), BAR);
  const left = Math.max(x0, 0) + LABEL_PADDING + 1;
  const room = Math.min(x0 + width, pen.width) - LABEL_PADDING - left;
  if (room + 2 * LABEL_PADDING < NO_TEXT_UNDER) return;
  const name = visibleText(span.name).slice(0, 200);
  const needed = measure(name, "name");
  ctx.font = fontOf(theme, "name");
  if (needed > room) {
    const fade = ctx.createLinearGradient(left + room - FADE, 0, left + room, 0);
    fade.addColorStop(0, theme.colors.fg);
    fade.addColorStop(1, clear(theme.colors.fg));
    ctx.fillStyle = fade;
  } else ctx.fillStyle = theme.colors.fg;
  ctx.fillText(name, left, y + 12.5);
  const duration = formatDuration(span.duration);
  if (needed + DURATION_GAP + measure(duration, "duration") > room) return;
  ctx.font = fontOf(theme, "duration");
  ctx.fillStyle = theme.colors["fg-2"];
  ctx.fillText(duration, left + needed + DURATION_GAP, y + 12.5);
}
