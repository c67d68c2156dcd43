import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Level } from "../data/types";
import { CLUSTER_DISTANCE, clusterAt, entriesOf, indexLogs, type Marked, clusters as of } from "./clusters";

const scale = { start: 0, end: 1000, width: 1000, density: 1 };
const LEVELS: readonly Level[] = ["debug", "info", "warning", "error", "critical"];
const clusters = (logs: readonly Marked[], view: typeof scale) => of(indexLogs(logs), view);
const at = (time: number, level: Level = "info") => ({ time, level });

describe("clusters", () => {
  it("joins icons nearer than 16 pixels, with the worst level and the count", () => {
    const list = clusters([at(100), at(110, "error"), at(119, "warning"), at(300)], scale);
    expect(list.map((cluster) => [entriesOf(cluster), cluster.worst])).toEqual([
      [[0, 1, 2], "error"],
      [[3], "info"],
    ]);
  });

  it("leaves icons alone that are 16 pixels apart", () => {
    expect(clusters([at(100), at(116)], scale)).toHaveLength(2);
    expect(clusters([at(100), at(115.9)], scale)).toHaveLength(1);
  });

  it("keeps every entry in view once, each marker whole, and no two touch", () => {
    const entry = fc
      .tuple(fc.integer({ min: 0, max: 1000 }), fc.constantFrom(...LEVELS))
      .map(([time, level]) => at(time, level));
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 300 }), (made) => {
        const logs = [...made].sort((a, b) => a.time - b.time);
        const list = clusters(logs, scale);
        expect(list.flatMap(entriesOf)).toEqual(logs.map((_, i) => i));
        for (const { x, width } of list) {
          expect(x - width / 2).toBeGreaterThanOrEqual(0);
          expect(x + width / 2).toBeLessThanOrEqual(scale.width);
        }
        list.slice(1).forEach((cluster, i) => {
          const before = list[i];
          const air = cluster.x - cluster.width / 2 - ((before?.x ?? 0) + (before?.width ?? 0) / 2);
          expect(air).toBeGreaterThanOrEqual(CLUSTER_DISTANCE - 14 - 1e-9);
        });
      }),
    );
  });

  it("looks at few of a million entries", () => {
    const n = 1_000_000;
    const index = indexLogs(Array.from({ length: n }, (_, i) => at(i, i === n / 2 ? "critical" : "info")));
    let reads = 0;
    const time = new Proxy(index.time, {
      get(target, key) {
        if (typeof key === "string" && /^\d+$/.test(key)) reads++;
        return Reflect.get(target, key, target);
      },
    });
    const list = of({ ...index, time }, { start: 0, end: n, width: 1000, density: 1000 / n });
    expect(list.flatMap(({ first, count }) => [first, first + count])).toEqual(
      list.flatMap((_, i) => [list[i]?.first, list[i + 1]?.first ?? n]),
    );
    expect(list.filter(({ worst }) => worst === "critical")).toHaveLength(1);
    expect(reads).toBeLessThan(50_000);
  });

  it("stay short where entries stand on every pixel", () => {
    const list = clusters(
      Array.from({ length: 1000 }, (_, i) => at(i)),
      scale,
    );
    expect(list.length).toBeGreaterThan(8);
  });

  it("leave out what is far outside, and show the first and last entry whole", () => {
    expect(clusters([at(-500), at(0), at(1000), at(2000)], scale).map(({ x }) => x)).toEqual([7, 993]);
  });
});

describe("clusterAt", () => {
  it("finds the marker under the pointer", () => {
    const list = clusters([at(100), at(300)], scale);
    expect(clusterAt(list, 305)).toMatchObject({ first: 1, count: 1 });
    expect(clusterAt(list, 200)).toBeNull();
  });
});
