import { describe, expect, it } from "vitest";
import { reference } from "../../dev/fixture";
import type { AnomalyRow, Ns } from "../data/types";
import { news } from "./news";

const data = reference();
const nothing = { running: true, anomalies: new Set<string>() };
const at = (seconds: number, more: Partial<AnomalyRow> = {}): AnomalyRow => ({
  ...(data.anomalies[0] as AnomalyRow),
  kind: "slow call",
  function: data.functions.findIndex((row) => row.name === "fit_fold"),
  start: (seconds * 1e9) as Ns,
  score: 1,
  ...more,
});
const heard = (running: boolean, ...anomalies: AnomalyRow[]) => ({
  ...data,
  facts: { ...data.facts, running },
  anomalies,
});

describe("what is new", () => {
  it("names an anomaly once, also when its edges have moved a little", () => {
    const first = news(heard(true, at(24)), nothing);
    expect(first.words).toBe("New anomaly: slow call in fit_fold at 24.0 s.");
    expect(news(heard(true, at(24.001)), first.said).words).toBe("");
    expect(news(heard(true, at(23.999)), first.said).words).toBe("");
    expect(news(heard(true, at(24), at(30)), first.said).words).toBe("New anomaly: slow call in fit_fold at 30.0 s.");
  });

  it("counts several and names the gravest", () => {
    const several = [at(1), at(2, { kind: "memory jump", function: -1, score: 9 }), at(3)];
    expect(news(heard(true, ...several), nothing).words).toBe("3 new anomalies, the gravest a memory jump at 2.00 s.");
  });

  it("says the end once, with what was found in all", () => {
    const end = news(heard(false, at(24)), news(heard(true, at(24)), nothing).said);
    expect(end.words).toBe("The recording has ended after 48.2 s, with 1 anomaly in all.");
    expect(news(heard(false, at(24)), end.said).words).toBe("");
    expect(news(heard(false), nothing).words).toBe("The recording has ended after 48.2 s.");
  });

  it("hides nothing in a name", () => {
    const functions = data.functions.map((row) => ({ ...row, name: "\u202eevil" }));
    expect(news({ ...heard(true, at(1)), functions }, nothing).words).toContain("U+202Eevil");
  });
});
