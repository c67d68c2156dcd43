import type { Level } from "../data/types";
import { type Scale, xOf } from "./viewport";
import { visibleText } from "./visible";

/** Icons nearer than this become a cluster, in CSS pixels. */
export const CLUSTER_DISTANCE = 16;
const ICON = 14;
const AIR = CLUSTER_DISTANCE - ICON;
/** Icons a little outside the plot still count, so that clusters at its edges do not change while panning. */
const MARGIN = 40;

const RANK: Readonly<Record<Level, number>> = { debug: 0, info: 1, warning: 2, error: 3, critical: 4 };

/** A marker: one log entry, or several that stand too near each other. */
export interface Cluster {
  /** Middle, in CSS pixels. */
  readonly x: number;
  readonly width: number;
  /** Positions in the list of logs, in order of time. */
  readonly logs: readonly number[];
  readonly worst: Level;
}

export interface Marked {
  readonly time: number;
  readonly level: Level;
}

/** Width of a cluster's pill: padding 4, icon, gap 3, digits of 6.5, padding 6. */
export function pillWidth(count: number): number {
  return count === 1 ? ICON : 4 + ICON + 3 + String(count).length * 6.5 + 6;
}

/**
 * Markers of a window, left to right, none touching another. An entry is added as an icon of its own, and joins the marker
 * before it while the two touch: so clusters stay short even where entries stand on every pixel.
 */
export function clusters(logs: readonly Marked[], scale: Scale): Cluster[] {
  const stack: { first: number; last: number; logs: number[]; worst: Level }[] = [];
  const middle = (item: { first: number; last: number }) => (item.first + item.last) / 2;
  const left = (item: { first: number; last: number; logs: number[] }) =>
    middle(item) - pillWidth(item.logs.length) / 2;
  const right = (item: { first: number; last: number; logs: number[] }) =>
    middle(item) + pillWidth(item.logs.length) / 2;
  logs.forEach((log, position) => {
    const exact = xOf(scale, log.time);
    if (exact < -MARGIN || exact > scale.width + MARGIN) return;
    // An entry in view is seen whole, also at the very start and end of a recording.
    const inView = exact >= 0 && exact <= scale.width;
    const x = inView ? Math.min(Math.max(exact, ICON / 2), scale.width - ICON / 2) : exact;
    stack.push({ first: x, last: x, logs: [position], worst: log.level });
    for (;;) {
      const item = stack.at(-1);
      const before = stack.at(-2);
      if (!item || !before || left(item) - right(before) >= AIR) return;
      before.last = item.last;
      for (const other of item.logs) before.logs.push(other);
      if (RANK[item.worst] > RANK[before.worst]) before.worst = item.worst;
      stack.pop();
    }
  });
  return stack.map((item) => ({
    x: middle(item),
    width: pillWidth(item.logs.length),
    logs: item.logs,
    worst: item.worst,
  }));
}

/** Markers are this high to the pointer; the nearest under it, or null. */
export function clusterAt(list: readonly Cluster[], x: number): Cluster | null {
  return list.find((cluster) => Math.abs(x - cluster.x) <= Math.max(cluster.width, 20) / 2) ?? null;
}

/** Entries a tooltip lists before it counts the rest. */
const LISTED = 5;

/** The entries of a marker in a few lines of text: how grave each is, and how it begins. */
export function listing(
  logs: readonly { readonly level: Level; readonly message: string }[],
  cluster: Cluster,
): string {
  const lines = cluster.logs.slice(0, LISTED).map((id) => {
    const log = logs[id];
    return log ? `${log.level}: ${visibleText(log.message.trimStart().split("\n", 1)[0]?.slice(0, 120) ?? "")}` : "";
  });
  const rest = cluster.logs.length - LISTED;
  return rest > 0 ? [...lines, `${rest} more`].join("\n") : lines.join("\n");
}
