import type { AnomalyRow, ViewData } from "../data/types";
import { formatDuration, formatNumberOf } from "./format";
import { visibleText } from "./visible";

/** What has been said of a recording that goes on. */
export interface Said {
  readonly running: boolean;
  /** Names of the anomalies. */
  readonly anomalies: ReadonlySet<string>;
}

type Heard = Pick<ViewData, "facts" | "functions" | "anomalies">;

/** An anomaly's edges move a little while the recording grows: so coarse, in nanoseconds, it is the same one. */
const SAME = 2e8;

/** What is to be said of newer data, in a sentence or two, and what has been said then; "" where nothing is new. */
export function news(data: Heard, said: Said): { readonly words: string; readonly said: Said } {
  const fresh = data.anomalies.filter((row) => !namesOf(row).some((name) => said.anomalies.has(name)));
  const ended = said.running && !data.facts.running;
  const words = [found(data, fresh), ended ? end(data) : ""].filter(Boolean).join(" ");
  const anomalies = new Set(said.anomalies);
  for (const row of data.anomalies) anomalies.add(namesOf(row)[0]);
  return { words, said: { running: data.facts.running, anomalies } };
}

/** The name of an anomaly, and the names that it has when it has moved into the time before or behind. */
function namesOf({ kind, function: of, lane, start }: AnomalyRow): [string, string, string] {
  const at = Math.floor(start / SAME);
  const name = (time: number) => `${kind} ${of} ${lane} ${time}`;
  return [name(at), name(at - 1), name(at + 1)];
}

function found({ functions }: Heard, fresh: readonly AnomalyRow[]): string {
  const [first, ...others] = [...fresh].sort((a, b) => b.score - a.score);
  if (!first) return "";
  const name = functions[first.function]?.name;
  const one = `${first.kind}${name ? ` in ${name}` : ""} at ${formatDuration(first.start)}`;
  const count = formatNumberOf(fresh.length, "new anomaly");
  return visibleText(others.length > 0 ? `${count}, the gravest a ${one}.` : `New anomaly: ${one}.`);
}

function end({ facts, anomalies }: Heard): string {
  const odd = anomalies.length > 0 ? `, with ${formatNumberOf(anomalies.length, "anomaly")} in all` : "";
  return `The recording has ended after ${formatDuration(facts.duration)}${odd}.`;
}
