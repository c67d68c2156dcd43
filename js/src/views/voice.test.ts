// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { reference } from "../../dev/fixture";
import type { Ns } from "../data/types";
import { createVoice } from "./voice";

const data = reference();
/** As it is after some seconds, with so many of its anomalies. */
const after = (seconds: number, anomalies: number, running = true) => ({
  ...data,
  facts: { ...data.facts, running, duration: (seconds * 1e9) as Ns },
  anomalies: data.anomalies.slice(0, anomalies),
});
const place = () => document.body.appendChild(document.createElement("div"));
const words = (where: HTMLElement) => where.querySelector("[role=status]")?.textContent;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});

afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

it("speaks at most once in five seconds, and then of all that came", () => {
  const [voice, here] = [createVoice(), place()];
  voice.hear(here, after(2, 1));
  vi.advanceTimersByTime(1000);
  expect(words(here)).toMatch(/^New anomaly: /);
  const first = words(here);
  voice.hear(here, after(3, 2));
  voice.hear(here, after(4, 4));
  vi.advanceTimersByTime(3000);
  expect(words(here)).toBe(first);
  vi.advanceTimersByTime(2000);
  expect(words(here)).toMatch(/^3 new anomalies, the gravest a /);
});

it("says the end where the recording is shown then, and once", () => {
  const [voice, here, there] = [createVoice(), place(), place()];
  voice.hear(here, after(2, 0));
  vi.advanceTimersByTime(6000);
  voice.hear(here, after(3, 0, false));
  voice.hear(there, after(3, 0, false));
  voice.leave(here);
  vi.advanceTimersByTime(6000);
  expect(words(here)).toBeUndefined();
  expect(words(there)).toBe("The recording has ended after 3.00 s.");
});

it("says nothing of what goes on without news, nor when nobody shows it any more", () => {
  const [voice, here] = [createVoice(), place()];
  voice.hear(here, after(2, 0));
  vi.advanceTimersByTime(10_000);
  expect(words(here)).toBe("");
  voice.hear(here, after(3, 2));
  voice.leave(here);
  expect(vi.getTimerCount()).toBe(0);
});
