/** How much time intervals cover; where they overlap it is counted once. */
export function covered(intervals: readonly { readonly start: number; readonly duration: number }[]): number {
  let time = 0;
  let reached = Number.NEGATIVE_INFINITY;
  for (const { start, duration } of [...intervals].sort((a, b) => a.start - b.start)) {
    time += Math.max(start + duration - Math.max(start, reached), 0);
    reached = Math.max(reached, start + duration);
  }
  return time;
}
