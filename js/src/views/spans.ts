import type { SpanRow, ViewData } from "../data/types";
import { formatDuration, formatRange } from "../logic/format";
import { BAR, ROW } from "../logic/layout";
import { at, lowerBound } from "../logic/rows";
import { spanTrack } from "../logic/spans";
import { type Scale, timeAt } from "../logic/viewport";
import { visibleText } from "../logic/visible";
import type { LanesScene } from "../render/lanes";
import { drawSpans } from "../render/spans";
import type { Pen } from "../render/surface";

/** What the timeline needs of the track of measured spans. */
export interface SpanTrackView {
  readonly rows: number;
  draw(pen: Pen, scene: LanesScene): void;
  /** The span at a place: x in the plot, y from the top of its first row of bars. */
  at(scale: Scale, x: number, y: number): SpanRow | null;
  /** A span in words, for its tooltip. */
  words(span: SpanRow): string;
}

/** Cells, imports and spans that the program measured itself. */
export function createSpanTrack(data: ViewData): SpanTrackView {
  const track = spanTrack(data);
  return {
    rows: track.rows.length,
    draw: (pen, scene) => drawSpans(pen, scene, track),
    at(scale, x, y) {
      const row = track.rows[Math.floor(y / ROW)];
      if (!row || y < 0 || y % ROW >= BAR) return null;
      const [from, to] = [timeAt(scale, x - 1), timeAt(scale, x + 1)];
      const place = lowerBound(row.end, from);
      return place < row.end.length && at(row.start, place) <= to ? (row.spans[place] ?? null) : null;
    },
    words(span) {
      const kind = span.kind === "user" ? "span" : span.kind;
      const when = formatRange(span.start, span.start + span.duration);
      return `${kind} ${visibleText(span.name)}: ${formatDuration(span.duration)}, ${when}`;
    },
  };
}
