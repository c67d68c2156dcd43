/**
 * Heights of the rows of a long table, of which only those in view are made: each counts as high as it was when it was last
 * seen, or as the estimate. A Fenwick tree keeps the sums, so that a row's place, and the row at a place, cost log n.
 */
export interface Heights {
  readonly count: number;
  /** Height of all rows. */
  total(): number;
  /** Where a row begins. */
  top(row: number): number;
  height(row: number): number;
  /** The row at a height; the first or last one beyond the ends, -1 without rows. */
  rowAt(y: number): number;
  /** True if it was another height before. */
  set(row: number, height: number): boolean;
}

export function createHeights(count: number, heightOf: (row: number) => number): Heights {
  const heights = Float64Array.from({ length: count }, (_, row) => heightOf(row));
  // tree[i] is the sum of the heights of rows i - lowbit(i) to i - 1, with i counting from 1.
  const tree = new Float64Array(count + 1);
  for (let i = 1; i <= count; i++) {
    tree[i] = (tree[i] as number) + (heights[i - 1] as number);
    const next = i + (i & -i);
    if (next <= count) tree[next] = (tree[next] as number) + (tree[i] as number);
  }
  const top = (row: number) => {
    let sum = 0;
    for (let i = Math.min(row, count); i > 0; i -= i & -i) sum += tree[i] as number;
    return sum;
  };
  let highest = 1;
  while (highest * 2 <= count) highest *= 2;
  return {
    count,
    total: () => top(count),
    top,
    height: (row) => heights[row] ?? 0,
    rowAt(y) {
      let row = 0;
      let left = y;
      for (let step = highest; step > 0; step >>= 1) {
        if (row + step > count || (tree[row + step] as number) > left) continue;
        row += step;
        left -= tree[row] as number;
      }
      return Math.min(row, count - 1);
    },
    set(row, height) {
      const change = height - (heights[row] as number);
      if (change === 0) return false;
      heights[row] = height;
      for (let i = row + 1; i <= count; i += i & -i) tree[i] = (tree[i] as number) + change;
      return true;
    },
  };
}
