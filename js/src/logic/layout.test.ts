import { describe, expect, it } from "vitest";
import { reference } from "../../dev/fixture";
import type { LaneRow } from "../data/types";
import { laneAt, laneNote, layoutOf, ROW, rowAt } from "./layout";
import { indexRows } from "./rows";

const index = indexRows(reference());

describe("layoutOf", () => {
  it("stacks lanes without holes", () => {
    for (const width of [500, 1200]) {
      const { lanes, height } = layoutOf(width, index, new Set());
      let y = 0;
      for (const box of lanes) {
        expect(box.y).toBe(y);
        y += box.height;
      }
      expect(height).toBe(y);
    }
  });

  it("has rows of 18, padding of 4 and a line", () => {
    const [main] = layoutOf(1200, index, new Set()).lanes;
    expect(main).toMatchObject({ y: 0, bars: 4, rows: 6, height: 4 + 6 * ROW + 4 + 1 });
  });

  it("gives up the gutter under 640 pixels for a row of names", () => {
    expect(layoutOf(640, index, new Set())).toMatchObject({ gutter: 128, width: 512 });
    const narrow = layoutOf(639, index, new Set());
    expect(narrow).toMatchObject({ gutter: 0, width: 639 });
    expect(narrow.lanes[0]?.bars).toBe(18);
    expect(narrow.head.metrics).toBe(20 + 22 + 18);
  });

  it("leaves one row of a collapsed lane", () => {
    expect(layoutOf(1200, index, new Set([0])).lanes[0]).toMatchObject({ rows: 1, collapsed: true });
  });
});

describe("laneAt and rowAt", () => {
  const layout = layoutOf(1200, index, new Set());
  it("find lane and row at a height, and nothing between rows", () => {
    const box = laneAt(layout, 4 + 2 * ROW + 5);
    expect(box?.lane).toBe(0);
    if (!box) return;
    expect(rowAt(box, 4 + 2 * ROW + 5)).toBe(2);
    expect(rowAt(box, 4 + 2 * ROW + 17.5)).toBe(-1);
    expect(rowAt(box, 1)).toBe(-1);
    expect(rowAt(box, 4 + 6 * ROW + 1)).toBe(-1);
    expect(laneAt(layout, layout.height + 1)).toBeNull();
  });
});

describe("laneNote", () => {
  const lane = (kind: LaneRow["kind"], cpu: number | null) => laneNote({ kind, cpu } as LaneRow);
  it("says how a thread used its time, if that is known", () => {
    expect([
      lane("main", 0.9),
      lane("main", null),
      lane("thread", 0.16),
      lane("thread", null),
      lane("main", 1.02),
    ]).toEqual(["90% CPU", "", "thread · 84% waiting", "thread", "100% CPU"]);
  });
});
