import { expect, it } from "vitest";
import { reference } from "../../dev/fixture";
import type { CallId, LaneId } from "../data/types";
import { logsInside } from "./inside";
import { logsByCall, spokenCall, spokenLane } from "./spoken";

const data = reference();
const { calls, functions, logs, lanes } = data;
const named = (name: string) => [...calls.function].findIndex((id) => functions[id]?.name === name) as CallId;

it("says a call as one would read it", () => {
  expect(spokenCall(data, named("clean"), 0)).toBe("clean, pipeline, 3.10 s, starts at 5.75 s, CPU 95%");
});

it("names anomalies and counts logs", () => {
  const anomalous = calls.anomaly.findIndex((id) => id >= 0) as CallId;
  expect(spokenCall(data, anomalous, 0)).toMatch(/, anomaly$/);
  expect(spokenCall(data, anomalous, 2)).toMatch(/, anomaly, 2 logs$/);
});

it("counts the logs of every call as by looking at each", () => {
  const counts = logsByCall(calls, logs);
  for (const call of calls.start.keys()) {
    expect(counts[call]).toBe(logsInside(calls, logs, call as CallId).length);
  }
});

it("hides nothing of a hostile name", () => {
  const hostile = { ...data, lanes: lanes.map((lane) => ({ ...lane, name: "a\u202eb" })) };
  expect(spokenLane(hostile, 0 as LaneId)).toMatch(/^aU\+202Eb, /);
});
