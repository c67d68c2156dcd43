import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { reference } from "../../../dev/fixture";
import { talk } from "../../../dev/talk";
import { ns, type ViewData } from "../../data/types";
import { between } from "./between";
import { asChromeTrace } from "./chrome";
import { asJson } from "./json";
import { logsAsMarkdown } from "./markdown";
import { asSpeedscope } from "./speedscope";

const data = reference();

describe("a range of a recording", () => {
  it("is of calls that lie inside their callers", () => {
    const { start, duration, parent } = data.calls;
    const end = (call: number) => (start[call] ?? 0) + (duration[call] ?? 0);
    const outside = Array.from(start.keys()).filter((call) => {
      const caller = parent[call] ?? -1;
      return caller >= 0 && ((start[call] ?? 0) < (start[caller] ?? 0) || end(call) > end(caller) + 1);
    });
    expect(outside).toEqual([]);
  });

  it("of everything is everything", () => {
    const all = between(data, { start: ns(0), end: data.facts.duration });
    expect(all).toEqual(data);
  });

  it("has the calls that touch it, and their callers are still their callers", () => {
    fc.assert(
      fc.property(fc.nat(48), fc.nat(48), (a, b) => {
        // Off the round times at which calls of the picture end: there a rounding error decides what touches.
        const range = { start: ns((Math.min(a, b) + 0.137) * 1e9), end: ns((Math.max(a, b) + 0.419) * 1e9) };
        const part = between(data, range);
        const touching = Array.from(data.calls.start.keys()).filter((call) => {
          const start = data.calls.start[call] ?? 0;
          return start <= range.end && start + (data.calls.duration[call] ?? 0) >= range.start;
        });
        expect(Array.from(part.calls.start)).toEqual(touching.map((call) => data.calls.start[call]));
        touching.forEach((call, at) => {
          const parent = part.calls.parent[at] ?? -1;
          expect(parent < 0 ? -1 : touching[parent]).toBe(data.calls.parent[call]);
        });
      }),
      { numRuns: 20 },
    );
  });
});

interface Event {
  readonly ph: string;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
  readonly name: string;
}

describe("formats", () => {
  it("JSON has every column, and null for what is not known", () => {
    const read = JSON.parse(asJson({ ...data, facts: { ...data.facts, overhead: null } })) as ViewData;
    expect(read.calls.start).toEqual(Array.from(data.calls.start));
    expect(read.logs).toEqual(data.logs);
  });

  it("Chrome trace has an event for every call, entry, span and value", () => {
    const { traceEvents } = JSON.parse(asChromeTrace(data)) as { traceEvents: Event[] };
    const of = (ph: string) => traceEvents.filter((event) => event.ph === ph);
    expect(of("X")).toHaveLength(data.calls.count + data.spans.length);
    expect(of("i")).toHaveLength(data.logs.length);
    expect(of("C")).toHaveLength(2 * data.metrics.count);
    expect(of("M").length).toBe(1 + data.lanes.length);
    expect(of("X").find((event) => event.name === "read_csv")).toMatchObject({ ts: 1.45e6, dur: 4.24e6, tid: 1 });
  });

  it("speedscope opens and closes calls in pairs, in order", () => {
    const { profiles } = JSON.parse(asSpeedscope(data)) as {
      profiles: { events: { type: string; frame: number; at: number }[] }[];
    };
    expect(profiles).toHaveLength(2);
    let opened = 0;
    for (const { events } of profiles) {
      const stack: number[] = [];
      let last = 0;
      for (const event of events) {
        expect(event.at).toBeGreaterThanOrEqual(last);
        last = event.at;
        if (event.type === "O") opened += stack.push(event.frame) > 0 ? 1 : 0;
        else expect(stack.pop()).toBe(event.frame);
      }
      expect(stack).toEqual([]);
    }
    expect(opened).toBe(data.calls.count);
  });

  it("logs as Markdown keep hostile text as code", () => {
    const text = logsAsMarkdown(talk().logs.slice(0, 4));
    expect(text).toContain(
      "**warning** `warning` in `sleep_a_bit In [7]:3`: `<img src=x onerror=alert(1)> red U+202Egnp.exe`",
    );
    expect(text).toContain("Traceback (most recent call last)");
  });

  it("no text ends its own code in Markdown", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("`", "a", "\n") }), (message) => {
        const log = { ...talk().logs[0], message } as ViewData["logs"][number];
        const lines = logsAsMarkdown([log]).split("\n");
        const fences = lines.filter((line) => /^ {2}`{3,}$/.test(line));
        if (message.trimEnd().includes("\n")) expect(fences[0]).toBe(fences.at(-1));
      }),
    );
  });
});
