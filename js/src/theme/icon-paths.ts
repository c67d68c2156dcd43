import type { Token } from "./theme";

/** White is no token: the bar on the red octagon keeps it in every theme. */
export type IconColor = Token | "white" | "current";

/** One path of an icon: filled when it has no width, else stroked that wide with round ends. */
export interface IconPart {
  readonly d: string;
  readonly color: IconColor;
  readonly width?: number;
}

/** Path data on a 16 px grid, drawn in order; SVG icons and canvas icons are made from the same parts. */
export type Icon = readonly IconPart[];

export type IconName =
  | "error"
  | "critical"
  | "warning"
  | "info"
  | "debug"
  | "anomaly"
  | "main"
  | "thread"
  | "asyncio"
  | "cpu"
  | "memory"
  | "modules"
  | "gc";

const OCTAGON = "M5.1 1H10.9L15 5.1V10.9L10.9 15H5.1L1 10.9V5.1Z";

export const ICONS: Readonly<Record<IconName, Icon>> = {
  error: [
    { d: OCTAGON, color: "hover" },
    { d: "M4.7 8H11.3", color: "white", width: 2.2 },
  ],
  critical: [
    { d: "M6 3.2H10L12.8 6V10L10 12.8H6L3.2 10V6Z", color: "hover" },
    { d: "M5.4 .9H10.6L15.1 5.4V10.6L10.6 15.1H5.4L.9 10.6V5.4Z", color: "hover", width: 1.2 },
    { d: "M5.9 8H10.1", color: "white", width: 1.8 },
  ],
  warning: [
    { d: "M8 1.9L14.6 13.7H1.4Z", color: "warn" },
    { d: "M8 1.9L14.6 13.7H1.4Z", color: "warn", width: 1.4 },
    { d: "M8 6V9.4", color: "on-warn", width: 1.7 },
    { d: "M8 11.9V11.92", color: "on-warn", width: 1.9 },
  ],
  info: [
    { d: "M8 1.7A6.3 6.3 0 1 1 8 14.3A6.3 6.3 0 1 1 8 1.7Z", color: "accent", width: 1.5 },
    { d: "M8 7.6V11.2", color: "accent", width: 1.7 },
    { d: "M8 4.9V4.92", color: "accent", width: 2 },
  ],
  debug: [
    { d: "M8 5.3C10 5.3 11.2 6.8 11.2 9.2S10 13.7 8 13.7 4.8 11.6 4.8 9.2 6 5.3 8 5.3Z", color: "fg-2", width: 1.3 },
    { d: "M6 5.2C6 3.9 6.8 3.2 8 3.2S10 3.9 10 5.2M8 7.4V13.4", color: "fg-2", width: 1.3 },
    { d: "M6.5 3.5L5.1 2M9.5 3.5L10.9 2", color: "fg-2", width: 1.2 },
    { d: "M4.8 7.9L2.5 6.5M4.6 9.9H1.9M5.1 11.7L2.9 13.4", color: "fg-2", width: 1.2 },
    { d: "M11.2 7.9L13.5 6.5M11.4 9.9H14.1M10.9 11.7L13.1 13.4", color: "fg-2", width: 1.2 },
  ],
  anomaly: [{ d: "M2.6 4H13.4L8 13Z", color: "warn" }],
  main: [{ d: "M3.5 5.5V10.5M8 2.5V13.5M12.5 5.5V10.5", color: "current", width: 1.35 }],
  thread: [{ d: "M5 2V14M11 2V14M5 6.2L11 4.4M5 11.6L11 9.8", color: "current", width: 1.35 }],
  asyncio: [{ d: "M13 8A5 5 0 1 1 11 4L13 6V3M13 6H10", color: "current", width: 1.35 }],
  cpu: [
    { d: "M1 13V7L4 5L7 7L10 4.5L13 7L15 6V13Z", color: "cpu-fill" },
    { d: "M1 13V7L4 5L7 7L10 4.5L13 7L15 6V13Z", color: "cpu", width: 1 },
  ],
  memory: [{ d: "M1 11C5 11 5 8 8 8S11 5 15 5", color: "mem", width: 1.5 }],
  modules: [{ d: "M1 11H5M7 11V8H10M11.5 8H12M12 7V5H15", color: "modules", width: 1 }],
  gc: [{ d: "M2 13V6M6.5 13V8M11 13V5M15 13V10", color: "gc", width: 1.5 }],
};
