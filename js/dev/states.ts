import type { LaneId, Ns, SpanRow, ViewData } from "../src/data/types";
import { between } from "../src/logic/export/between";
import { visibleText } from "../src/logic/visible";
import { empty, large, reference, single, tasks } from "./fixture";
import { talk } from "./talk";

/** Recordings that stand in a state of their own. */

const S = 1e9;

/** Cells, imports and the user's own spans. */
function measured(): ViewData {
  const data = reference();
  const span = (kind: SpanRow["kind"], name: string, start: number, end: number): SpanRow => ({
    kind,
    name,
    start: (start * S) as Ns,
    duration: ((end - start) * S) as Ns,
    lane: 0 as LaneId,
  });
  const spans = [
    ...data.spans,
    span("cell", "In [7]", 0, 48.2),
    span("import", "sklearn.ensemble", 0.02, 1.3),
    span("user", "load", 1.4, 5.7),
    span("user", "clean", 5.75, 8.85),
    span("user", "cross-validation of eight folds", 12.6, 45.4),
  ].sort((a, b) => a.start - b.start);
  return { ...data, spans };
}

/** The beginning of a recording that goes on. */
function recording(): ViewData {
  const data = reference();
  const end = (12.4 * S) as Ns;
  const part = between(data, { start: 0 as Ns, end });
  const cut = (start: Float64Array, duration: Float64Array) =>
    duration.map((value, i) => Math.min(value, end - (start[i] ?? 0)));
  return {
    ...part,
    calls: { ...part.calls, duration: cut(part.calls.start, part.calls.duration) },
    lanes: part.lanes.map((lane) => ({ ...lane, end: Math.min(lane.end, end) as Ns })),
    facts: {
      ...data.facts,
      duration: end,
      samples: 12_400,
      cpu: 97,
      peakMemory: 1.55e9,
      memoryChange: null,
      running: true,
    },
  };
}

/** Nothing was said, and nothing was unusual. */
function quiet(): ViewData {
  const data = reference();
  return {
    ...data,
    logs: [],
    anomalies: [],
    tips: [],
    functions: data.functions.map((row) => ({ ...row, anomalies: 0 })),
    calls: { ...data.calls, anomaly: data.calls.anomaly.map(() => -1) },
  };
}

/** Names and messages that want to be something else than text. */
function hostile(): ViewData {
  const data = talk();
  const raw = "<b onmouseover=alert(1)>x</b>\u202egnp.exe\u0000\u001b[31m\ud800";
  // As Python sends them: names are written out, what was said is not.
  const name = visibleText(raw);
  return {
    ...data,
    facts: { ...data.facts, name, notes: [name] },
    functions: data.functions.map((row) => ({ ...row, name, module: name, file: name })),
    packages: data.packages.map((row) => ({ ...row, name })),
    lanes: data.lanes.map((row) => ({ ...row, name: raw })),
    logs: data.logs.slice(0, 12).map((row, i) => ({
      ...row,
      function: name,
      file: name,
      logger: raw,
      message: i === 3 ? "a megabyte in one line ".repeat(45_000) : `${row.message} ${raw}`,
    })),
  };
}

export const FIXTURES: Readonly<Record<string, () => ViewData>> = {
  reference,
  empty,
  single,
  tasks,
  talk,
  measured,
  recording,
  quiet,
  hostile,
  large,
  huge: () => large(1_000_000),
};
