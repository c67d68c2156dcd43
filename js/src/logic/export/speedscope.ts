import type { ViewData } from "../../data/types";
import { at } from "../rows";

interface Event {
  readonly type: "O" | "C";
  readonly frame: number;
  readonly at: number;
}

/** The calls of every thread as an evented profile: https://www.speedscope.app/file-format-schema.json */
export function asSpeedscope(data: ViewData): string {
  const { calls, lanes, functions, facts } = data;
  const ids = lanes.map((): number[] => []);
  for (let call = 0; call < calls.count; call++) ids[at(calls.lane, call)]?.push(call);
  const profiles = ids.flatMap((list, lane) =>
    list.length === 0
      ? []
      : [
          {
            type: "evented",
            name: lanes[lane]?.name ?? "",
            unit: "nanoseconds",
            startValue: 0,
            endValue: facts.duration,
            events: eventsOf(data, list),
          },
        ],
  );
  return JSON.stringify({
    $schema: "https://www.speedscope.app/file-format-schema.json",
    exporter: "microlog_nb",
    name: [facts.cell, facts.name].filter(Boolean).join(" "),
    activeProfileIndex: 0,
    shared: { frames: functions.map((row) => ({ name: row.name, file: row.path, line: row.line })) },
    profiles,
  });
}

/** Opened and closed in pairs, in order of time; a call ends with its caller at the latest. */
function eventsOf({ calls }: ViewData, ids: readonly number[]): Event[] {
  const events: Event[] = [];
  const open: { frame: number; end: number }[] = [];
  const close = (until: number) => {
    for (let top = open.at(-1); top && top.end <= until; top = open.at(-1)) {
      events.push({ type: "C", frame: top.frame, at: top.end });
      open.pop();
    }
  };
  for (const call of ids) {
    const start = at(calls.start, call);
    close(start);
    const end = Math.min(start + at(calls.duration, call), open.at(-1)?.end ?? Number.POSITIVE_INFINITY);
    const frame = at(calls.function, call);
    events.push({ type: "O", frame, at: start });
    open.push({ frame, end });
  }
  close(Number.POSITIVE_INFINITY);
  return events;
}
