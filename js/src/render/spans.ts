import type { SpanRow } from "../data/types";
import { formatDuration } from "../logic/format";
import { eachSeen } from "../logic/intervals";
import { DURATION_GAP, LABEL_PADDING, type Measure, NO_TEXT_UNDER } from "../logic/labels";
import { BAR, LINE, ROW } from "../logic/layout";
import { at } from "../logic/rows";
import type { SpanTrack } from "../logic/spans";
import { xOf } from "../logic/viewport";
import { visibleText } from "../logic/visible";
import type { Theme } from "../theme/theme";
import type { LanesScene } from "./lanes";
import { horizontal, type Pen, snap } from "./surface";
import { clear, fontOf } from "./text";

/** Text fades out over this width where its bar is too short for it. */
const FADE = 12;
/** Of bars no wider than this, only the edge is drawn. */
const NARROW = 2;

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
    eachSeen(row, scale, (i) => {
      const x0 = snap(pen, Math.max(xOf(scale, at(row.start, i)), -6));
      const x1 = snap(pen, Math.min(xOf(scale, at(row.end, i)), pen.width + 6));
      bar(pen, theme, x0, x1, y, row.spans[i] as SpanRow, measure);
    });
  });
  horizontal(pen, box.height - LINE - scrolled, theme.colors.line);
}

function bar(pen: Pen, theme: Theme, x0: number, x1: number, y: number, span: SpanRow, measure: Measure): void {
  const { ctx } = pen;
  const width = Math.max(x1 - x0 - 1, 1);
  if (width > NARROW) {
    ctx.fillStyle = theme.colors["bg-3"];
    ctx.beginPath();
    ctx.roundRect(x0, y, width, BAR, 2);
    ctx.fill();
  }
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
