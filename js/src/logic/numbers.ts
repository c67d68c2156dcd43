import type { CallId, Calls, ViewData } from "../data/types";

export interface CallNumbers {
  readonly start: number;
  readonly end: number;
  readonly duration: number;
  /** CPU time; null where the platform has no thread clocks. */
  readonly cpu: number | null;
  /** Time without the CPU, and the part of it for Python's lock; null where it is not known. */
  readonly waiting: number | null;
  readonly contended: number | null;
  /** Shares of the duration in per cent. */
  readonly cpuPercent: number | null;
  readonly waitingPercent: number | null;
}

export function numbersOf(data: ViewData, call: CallId): CallNumbers {
  const { calls } = data;
  const start = calls.start[call] ?? 0;
  const duration = calls.duration[call] ?? 0;
  const measured = calls.cpu[call] ?? Number.NaN;
  const known = !Number.isNaN(measured) && duration > 0;
  // Both clocks tick on their own: a call cannot have had more of one core than there was.
  const cpu = known ? Math.min(Math.max(measured, 0), duration) : null;
  const cpuPercent = cpu === null ? null : (cpu / duration) * 100;
  const waited = waitedIn(calls, call);
  const locked = calls.contended[call] ?? Number.NaN;
  const waiting = !Number.isNaN(waited) ? Math.min(waited, duration) : cpu === null ? null : duration - cpu;
  return {
    start,
    end: start + duration,
    duration,
    cpu,
    waiting,
    contended: Number.isNaN(locked) ? null : locked,
    cpuPercent,
    waitingPercent: waiting === null || duration <= 0 ? null : (waiting / duration) * 100,
  };
}

/** How long a call's thread waited, also for Python's lock; NaN where the sampler cannot tell. */
export function waitedIn({ waiting, contended }: Pick<Calls, "waiting" | "contended">, call: number): number {
  const locked = contended[call] ?? Number.NaN;
  return (waiting[call] ?? Number.NaN) + (Number.isNaN(locked) ? 0 : locked);
}

/** Shorter calls have too few ticks of the thread's clock behind them to be called waiting. */
const WAITING_FROM = 5e6;

/** A call that waited for more than two thirds of its time, or, where that is not known, had the CPU for less than a third. */
export function isWaiting(calls: Pick<Calls, "duration" | "cpu" | "waiting" | "contended">, call: number): boolean {
  const duration = calls.duration[call] ?? 0;
  if (duration < WAITING_FROM) return false;
  const waited = waitedIn(calls, call);
  return Number.isNaN(waited) ? (calls.cpu[call] ?? Number.NaN) < duration / 3 : waited > (duration * 2) / 3;
}
