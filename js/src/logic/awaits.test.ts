import { describe, expect, it } from "vitest";
import { single, tasks } from "../../dev/fixture";
import { encode } from "../../tests/encode";
import { decode } from "../data/decode";
import { barOf } from "../data/room";
import type { CallId, ViewData } from "../data/types";
import { focusOf } from "./about";
import { awaited, ofTask, taskWords } from "./awaits";
import { costsOf } from "./costs";
import { familyOf } from "./family";
import { laneNote } from "./layout";
import { indexRows } from "./rows";
import { search } from "./search";
import { spokenLane } from "./spoken";
import { wholeWords } from "./whole";
import { callAsMarkdown } from "./words";

const data = tasks();
const { calls } = data;
const all = Array.from({ length: calls.drawn }, (_, call) => call as CallId);
const named = (call: number) => data.functions[calls.function[call] ?? -1]?.name;
const MS = 1e6;

describe("what asyncio tasks were seen in", () => {
  it("comes behind the calls of threads, and is drawn in lanes of its own", () => {
    expect(all.map((call) => ofTask(data, call))).toEqual(all.map((call) => call >= calls.count));
    const rows = indexRows(data).lanes.map((lane) => lane.map((row) => row.ids.length));
    expect(rows).toEqual([[1, 6], [6, 6], [1]]);
  });

  it("is told as waits and as what ran", () => {
    const first = all.filter((call) => ofTask(data, call)).slice(0, 2);
    expect(first.map(named)).toEqual(["fetch", "sleep"]);
    expect(first.map((call) => awaited(data, call))).toEqual([true, true]);
    const parse = all.find((call) => ofTask(data, call) && named(call) === "parse") as CallId;
    expect(awaited(data, parse)).toBe(false);
    expect(taskWords(data, parse)).toContain("Its task ran here.");
    expect(taskWords(data, first[0] as CallId)).toContain("every 10 ms");
  });

  it("is in no sum: a thread ran it, too", () => {
    const costs = costsOf(
      calls,
      data.functions.map((_, id) => id),
      data.functions.length,
      { start: 0, end: 2e9 },
    );
    const parse = data.functions.findIndex((row) => row.name === "parse");
    expect(costs.total[parse]).toBeCloseTo(450 * MS);
    expect(costs.calls[data.functions.findIndex((row) => row.name === "sleep")]).toBe(0);
    expect(familyOf(calls, parse as never)).toHaveLength(3);
    expect(search(data, "parse")?.matches.call).toEqual({ count: 3, of: calls.count, time: 450 * MS });
  });

  it("is itself where a call of a thread may be part of another bar", () => {
    expect(all.map((call) => barOf(data, call))).toEqual(all);
  });

  it("is told to Python as the time, which does not know it by number", () => {
    const wait = calls.count as CallId;
    expect(focusOf(data, { call: wait })).toEqual({ range: [0, 0.5] });
    expect(focusOf(data, { call: 0 as CallId })).toEqual({ call: 0 });
  });

  it("has words of its own", () => {
    expect(data.lanes.map(laneNote)).toEqual(["30% CPU", "asyncio", "asyncio"]);
    expect(spokenLane(data, 1 as never)).toBe("crawler, asyncio");
    expect(wholeWords(data, false)).toContain("in 1 thread");
    expect(callAsMarkdown(data, calls.count as CallId, "It waited.", [])).not.toContain("median");
  });
});

describe("bytes with tasks", () => {
  const whole = (view: ViewData) => ({ ...view, calls: { ...view.calls, cpu: view.calls.cpu.map(Math.round) } });

  it("are read as they were written", async () => {
    expect((await decode(encode(data))).calls).toEqual(whole(data).calls);
  });

  it("without them all calls are of threads; more of those than calls are refused", async () => {
    const one = single();
    expect((await decode(encode(one))).calls).toMatchObject({ count: 1, drawn: 1 });
    const wrong = { ...one, calls: { ...one.calls, count: 2 } };
    await expect(decode(encode(wrong))).rejects.toThrow("threadCalls");
  });
});
