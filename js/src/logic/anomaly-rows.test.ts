import { describe, expect, it } from "vitest";
import { reference } from "../../dev/fixture";
import { anomaliesAsMarkdown, dotPlot, inUnit, shownAnomalies } from "./anomaly-rows";
import { search } from "./search";

const data = reference();
const whole = { start: 0, end: data.facts.duration };
const kinds = (ids: readonly number[]) => ids.map((id) => data.anomalies[id]?.kind);

describe("anomalies", () => {
  it("come by score, of the interval, without muted kinds", () => {
    const all = shownAnomalies(data, whole, new Set(), null);
    const scores = all.map((id) => data.anomalies[id]?.score ?? 0);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(all).toHaveLength(data.anomalies.length);
    expect(kinds(shownAnomalies(data, whole, new Set(["slow call"]), null))).not.toContain("slow call");
    expect(shownAnomalies(data, { start: 8.8e9, end: 9e9 }, new Set(), null)).toHaveLength(1);
  });

  it("are those that the search finds", () => {
    const found = search(data, "fit_fold");
    const ids = shownAnomalies(data, whole, new Set(), found);
    expect(ids.map((id) => data.functions[data.anomalies[id]?.function ?? -1]?.name)).toEqual(["fit_fold"]);
  });

  it("have values in their own unit", () => {
    expect(inUnit({ unit: "s" }, 5.9)).toBe("5.90 s");
    expect(inUnit({ unit: "bytes" }, 612e6)).toBe("612 MB");
    expect(inUnit({ unit: "count" }, 9224)).toBe("9\u202f224");
  });

  it("are placed among similar values; equal ones stand on each other", () => {
    const row = { ...(data.anomalies[0] as (typeof data.anomalies)[0]), peers: [1, 1, 2], expected: 1, observed: 4 };
    expect(dotPlot(row, 160)).toEqual({
      dots: [
        { x: 40, level: 0 },
        { x: 40, level: 1 },
        { x: 80, level: 0 },
      ],
      expected: 40,
      observed: 160,
    });
    expect(dotPlot({ ...row, peers: [], expected: 0, observed: 0 }, 160)).toEqual({
      dots: [],
      expected: 0,
      observed: 0,
    });
  });

  it("are text, too", () => {
    expect(anomaliesAsMarkdown(data, [0], data.tips)).toMatch(/^\* \*\*.*against.*\.\n/);
  });
});
