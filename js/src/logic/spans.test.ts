import fc from "fast-check";
import { expect, it } from "vitest";
import type { SpanRow, ViewData } from "../data/types";
import { spanTrack } from "./spans";

const span = (kind: SpanRow["kind"], start: number, duration: number) => ({
  kind,
  name: kind,
  start,
  duration,
  lane: 0,
});
const rowsOf = (spans: object[]) => spanTrack({ spans } as unknown as ViewData).rows;

it("spans inside others stand under them; collections and a lone cell are left out", () => {
  expect(rowsOf([span("cell", 0, 100)])).toEqual([]);
  const rows = rowsOf([span("cell", 0, 100), span("user", 10, 30), span("user", 50, 20), span("gc", 5, 5)]);
  expect(rows.map((row) => [...row.start])).toEqual([[0], [10, 50]]);
});

it("no two spans of a row overlap, and a row is in order", () => {
  const any = fc.record({ start: fc.nat(100), duration: fc.nat(40) });
  fc.assert(
    fc.property(fc.array(any, { maxLength: 30 }), (list) => {
      for (const row of rowsOf(list.map(({ start, duration }) => span("user", start, duration)))) {
        row.spans.forEach((each, i) => {
          const before = row.spans[i - 1];
          if (before) expect(before.start + before.duration).toBeLessThanOrEqual(each.start);
        });
      }
    }),
  );
});
