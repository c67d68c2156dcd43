import fc from "fast-check";
import { expect, it } from "vitest";
import { createHeights } from "./heights";

const ROWS = fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 60 });
const CHANGES = fc.array(fc.tuple(fc.nat(59), fc.integer({ min: 1, max: 400 })), { maxLength: 20 });

it("places and rows are those of plain sums, whatever rows change", () => {
  fc.assert(
    fc.property(ROWS, CHANGES, fc.integer({ min: -50, max: 30_000 }), (rows, changes, y) => {
      const heights = createHeights(rows.length, (row) => rows[row] ?? 0);
      const plain = [...rows];
      for (const [row, height] of changes) {
        if (row >= plain.length) continue;
        expect(heights.set(row, height)).toBe(plain[row] !== height);
        plain[row] = height;
      }
      const tops = [0];
      for (const height of plain) tops.push((tops.at(-1) ?? 0) + height);
      plain.forEach((height, row) => {
        expect(heights.top(row)).toBe(tops[row]);
        expect(heights.height(row)).toBe(height);
      });
      expect(heights.total()).toBe(tops.at(-1));
      const at = plain.findIndex((_, row) => y < (tops[row + 1] ?? 0));
      expect(heights.rowAt(y)).toBe(at < 0 ? plain.length - 1 : at);
    }),
  );
});
