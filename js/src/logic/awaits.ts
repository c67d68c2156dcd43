import type { ViewData } from "../data/types";

/** Whether a call is of an asyncio task, not of a thread. */
export function ofTask({ calls, lanes }: Pick<ViewData, "calls" | "lanes">, call: number): boolean {
  return lanes[calls.lane[call] ?? -1]?.kind === "asyncio";
}

/** Whether a call of a task is a wait: each is a wait or ran, as a whole. */
export function awaited(data: Pick<ViewData, "calls">, call: number): boolean {
  return (data.calls.waiting[call] ?? 0) > (data.calls.duration[call] ?? 0) / 2;
}

/** What is known of a call of a task, in words. */
export function taskWords(data: Pick<ViewData, "calls">, call: number): string {
  const what = awaited(data, call) ? "Its task awaited here, or waited for its turn." : "Its task ran here.";
  return `${what} Tasks are looked at every 10 ms, or less often where there are many: their times are no more exact.`;
}
