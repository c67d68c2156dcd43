import type { TimeWindow } from "./viewport";

export interface Ticks {
  /** Time between two labels: 1, 2 or 5 × 10^n nanoseconds. */
  readonly step: number;
  /** Times of labelled ticks. */
  readonly major: readonly number[];
  /** Times of the ticks between them. */
  readonly minor: readonly number[];
}

/** Labels are at least this far apart, in CSS pixels. */
const LABEL_DISTANCE = 88;
const MINOR_PER_STEP = 5;

/** The smallest of 1, 2, 5 × 10^n that is not below `value`. */
export function niceStep(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  for (const factor of [1, 2, 5]) if (factor * power >= value * (1 - 1e-9)) return factor * power;
  return 10 * power;
}

/** Ticks inside the window; `width` is its width in CSS pixels. */
export function ticks(window: TimeWindow, width: number): Ticks {
  if (width <= 0) return { step: 1, major: [], minor: [] };
  const step = Math.max(niceStep(((window.end - window.start) * LABEL_DISTANCE) / width), 1);
  const major: number[] = [];
  const minor: number[] = [];
  const small = step / MINOR_PER_STEP;
  const last = Math.floor(window.end / small);
  // Counted in whole small steps: adding up fractions would drift away from the labels.
  for (let i = Math.ceil(window.start / small); i <= last; i++) {
    if (i % MINOR_PER_STEP === 0) major.push((i / MINOR_PER_STEP) * step);
    else minor.push(i * small);
  }
  return { step, major, minor };
}

const UNITS = [
  { name: "s", size: 1e9 },
  { name: "ms", size: 1e6 },
  { name: "us", size: 1e3 },
  { name: "ns", size: 1 },
] as const;

/** The label of a tick: as many decimals as its step needs, in the unit of the largest time on the axis. */
export function tickLabel(time: number, step: number, largest: number): string {
  const unit = UNITS.find((candidate) => largest >= candidate.size) ?? UNITS[3];
  if (largest >= 10_000e9 && step >= 60e9) {
    const minutes = Math.round(time / 60e9);
    return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  }
  const decimals = Math.max(0, -Math.floor(Math.log10(step / unit.size) + 1e-9));
  return `${(time / unit.size).toFixed(decimals)} ${unit.name}`;
}
