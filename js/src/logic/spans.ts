import type { SpanRow, ViewData } from "../data/types";

/** Measured spans in rows of which none overlap: a span stands under those that it lies in. */
export interface SpanTrack {
  readonly rows: readonly SpanTrackRow[];
}

/** One row, in order of time. */
export interface SpanTrackRow {
  readonly spans: readonly SpanRow[];
  readonly start: Float64Array;
  readonly end: Float64Array;
}

/** Deeper rows are left out: imports may nest by the dozen, and the lanes show them, too. */
const ROWS_MOST = 3;

/** Cells, imports and `with microlog.span(...)`; collections are in the metrics. A lone cell says nothing: it is everything. */
export function spanTrack({ spans }: ViewData): SpanTrack {
  const shown = spans.filter((span) => span.kind !== "gc").sort((a, b) => a.start - b.start || b.duration - a.duration);
  if (shown.every((span) => span.kind === "cell") && shown.length < 2) return { rows: [] };
  const rows: SpanRow[][] = [];
  for (const span of shown) {
    const free = rows.findIndex((row) => {
      const last = row.at(-1);
      return !last || last.start + last.duration <= span.start;
    });
    if (free >= 0) rows[free]?.push(span);
    else if (rows.length < ROWS_MOST) rows.push([span]);
  }
  return {
    rows: rows.map((row) => ({
      spans: row,
      start: Float64Array.from(row, (span) => span.start),
      end: Float64Array.from(row, (span) => span.start + span.duration),
    })),
  };
}
