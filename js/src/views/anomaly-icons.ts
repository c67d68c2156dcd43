import type { Icon } from "../theme/icon-paths";

const W = 1.35;
const line = (d: string) => ({ d, color: "current", width: W }) as const;

const STOPWATCH = [line("M8 4A5 5 0 1 1 8 14A5 5 0 1 1 8 4ZM6.3 1.8H9.7M8 1.8V4M8 9V6.6")];
const BARS = [line("M2.5 13V10.5M6.2 13V8M9.8 13V5.5M13.5 13V2.5")];
const BIN = [line("M3 4.5H13M6.2 4.5V2.5H9.8V4.5M4.3 4.5L5 13.5H11L11.7 4.5")];
const STACK = [line("M3 4H13M3 8H13M3 12H13")];
const LOOP = [line("M12.8 6A5.2 5.2 0 1 0 13 9.5M13.2 2.8V6.2H9.8")];
const HOURGLASS = [
  line("M4 2.2H12M4 13.8H12M5 2.2C5 6 7.4 6.6 7.4 8S5 10 5 13.8M11 2.2C11 6 8.6 6.6 8.6 8S11 10 11 13.8"),
];
const LOCK = [line("M3.5 7.2H12.5V13.5H3.5ZM5.5 7.2V5A2.5 2.5 0 0 1 10.5 5V7.2")];

/** The icon of each kind of anomaly. */
export const KINDS: Readonly<Record<string, Icon>> = {
  "slow call": STOPWATCH,
  waiting: HOURGLASS,
  contention: LOCK,
  "GIL held": LOCK,
  "memory jump": BARS,
  "memory growth": BARS,
  "GC pause": BIN,
  "slow import": STOPWATCH,
  "log flood": STACK,
  starved: LOOP,
};
