import type { ViewData } from "../../data/types";
import { withoutAnsi } from "../ansi";
import { at } from "../rows";

/**
 * Trace events, as chrome://tracing and Perfetto read them (Trace Event Format): calls and measured spans are complete events,
 * log entries instants, metrics counters; times in microseconds.
 */
export function asChromeTrace(data: ViewData): string {
  const { calls, functions, lanes, metrics } = data;
  const us = (ns: number) => ns / 1000;
  const base = { pid: 1 };
  const events: object[] = [
    {
      ...base,
      ph: "M",
      name: "process_name",
      args: { name: [data.facts.cell, data.facts.name].filter(Boolean).join(" ") },
    },
    ...lanes.map((lane, id) => ({ ...base, ph: "M", tid: id + 1, name: "thread_name", args: { name: lane.name } })),
  ];
  for (let call = 0; call < calls.count; call++) {
    const row = functions[at(calls.function, call)];
    const cpu = at(calls.cpu, call);
    events.push({
      ...base,
      ph: "X",
      tid: at(calls.lane, call) + 1,
      ts: us(at(calls.start, call)),
      dur: us(at(calls.duration, call)),
      name: row?.name ?? "",
      cat: row?.module ?? "",
      args: {
        file: row?.path,
        line: row?.line,
        samples: at(calls.samples, call),
        ...(cpu >= 0 ? { cpu_us: us(cpu) } : {}),
      },
    });
  }
  for (const span of data.spans) {
    const tid = span.lane >= 0 ? span.lane + 1 : 0;
    events.push({ ...base, ph: "X", tid, ts: us(span.start), dur: us(span.duration), name: span.name, cat: span.kind });
  }
  for (const log of data.logs) {
    const tid = log.lane >= 0 ? log.lane + 1 : 0;
    const args = { message: withoutAnsi(log.message), source: log.source, logger: log.logger };
    events.push({ ...base, ph: "i", s: "t", tid, ts: us(log.time), name: log.level, cat: "log", args });
  }
  for (let i = 0; i < metrics.count; i++) {
    const counter = (name: string, value: number) => {
      if (!Number.isNaN(value))
        events.push({ ...base, ph: "C", ts: us(at(metrics.time, i)), name, args: { [name]: value } });
    };
    counter("cpu", at(metrics.cpu, i));
    counter("memory", at(metrics.memory, i));
  }
  return JSON.stringify({ displayTimeUnit: "ms", traceEvents: events });
}
