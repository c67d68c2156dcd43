import type { ViewData } from "../data/types";

/** What each line cost in an interval; columns by row of `ViewData.lines`. */
export interface LineTimes {
  readonly self: Float64Array;
  readonly total: Float64Array;
  /** Samples that saw the line; of a run that the interval cuts, its share of them. */
  readonly samples: ArrayLike<number>;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** The lines' times: of the whole recording as Python found them, of a part of it added up here, of a cut run its share. */
export function lineTimes(data: ViewData, within: Span): LineTimes {
  const { lines, lineRuns: runs, lineSets: sets, facts } = data;
  if (within.start <= 0 && within.end >= facts.duration) return lines;
  const size = (sets.of[sets.count - 1] ?? -1) + 1;
  const time = new Float64Array(size);
  const samples = new Float64Array(size);
  for (let run = 0; run < runs.count; run++) {
    const start = runs.start[run] ?? 0;
    const span = runs.span[run] ?? 0;
    const inside = Math.min(start + span, within.end) - Math.max(start, within.start);
    if (inside < 0 || (inside === 0 && span > 0)) continue;
    const share = span > 0 ? inside / span : 1;
    const set = runs.seen[run] ?? -1;
    time[set] = (time[set] ?? 0) + share * (runs.time[run] ?? 0);
    samples[set] = (samples[set] ?? 0) + share * (runs.samples[run] ?? 0);
  }
  const found = {
    self: new Float64Array(lines.count),
    total: new Float64Array(lines.count),
    samples: new Float64Array(lines.count),
  };
  for (let i = 0; i < sets.count; i++) {
    const set = sets.of[i] ?? -1;
    const line = sets.line[i] ?? -1;
    found.total[line] = (found.total[line] ?? 0) + (time[set] ?? 0);
    found.samples[line] = (found.samples[line] ?? 0) + (samples[set] ?? 0);
    if (sets.own[i]) found.self[line] = (found.self[line] ?? 0) + (time[set] ?? 0);
  }
  return found;
}
