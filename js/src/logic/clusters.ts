import type { Level, LogId } from "../data/types";
import { at, firstAbove, lowerBound } from "./rows";
import { type Scale, timeAt, xOf } from "./viewport";
import { visibleText } from "./visible";

/** Icons nearer than this become a cluster, in CSS pixels. */
export const CLUSTER_DISTANCE = 16;
const ICON = 14;
const AIR = CLUSTER_DISTANCE - ICON;
/** Icons a little outside the plot still count, so that clusters at its edges do not change while panning. */
const MARGIN = 40;

/** From the least to the most grave. */
const LEVELS: readonly Level[] = ["debug", "info", "warning", "error", "critical"];
const WORST_FIRST = [...LEVELS].reverse();

/** A marker: one log entry, or several that stand too near each other. */
export interface Cluster {
  /** Middle, in CSS pixels. */
  readonly x: number;
  readonly width: number;
  /** Its entries: position in the list of logs of the first, and how many follow one another from there. */
  readonly first: number;
  readonly count: number;
  readonly worst: Level;
}

export interface Marked {
  readonly time: number;
  readonly level: Level;
}

/** What is looked up of a list of logs, whatever its length. */
export interface LogIndex {
  readonly time: Float64Array;
  /** By rank of level: how many entries before each one, and in all, are of that rank. */
  readonly before: readonly Int32Array[];
}

export function indexLogs(logs: readonly Marked[]): LogIndex {
  const before = LEVELS.map(() => new Int32Array(logs.length + 1));
  logs.forEach((log, i) => {
    LEVELS.forEach((level, rank) => {
      const counts = before[rank] as Int32Array;
      counts[i + 1] = at(counts, i) + Number(log.level === level);
    });
  });
  return { time: Float64Array.from(logs, (log) => log.time), before };
}

/** Positions of the entries of a marker. */
export function entriesOf({ first, count }: Cluster): LogId[] {
  return Array.from({ length: count }, (_, i) => (first + i) as LogId);
}

export function isIn({ first, count }: Cluster, log: number | null): boolean {
  return log !== null && log >= first && log < first + count;
}

/** Width of a cluster's pill: padding 4, icon, gap 3, digits of 6.5, padding 6. */
export function pillWidth(count: number): number {
  return count === 1 ? ICON : 4 + ICON + 3 + String(count).length * 6.5 + 6;
}

interface Item {
  /** Places of its first and last icon, in CSS pixels. */
  left: number;
  right: number;
  /** Its entries: from, and up to but not including. */
  readonly from: number;
  to: number;
}

/**
 * Markers of a window, left to right, none touching another. Entries are added as icons of their own, and join the marker
 * before them while they touch it: so clusters stay short even where entries stand on every pixel. What touches is found by
 * binary search, so that the work is bound to the pixels.
 */
export function clusters({ time, before }: LogIndex, scale: Scale): Cluster[] {
  const placeOf = (log: number) => {
    const exact = xOf(scale, at(time, log));
    // An entry in view is seen whole, also at the very start and end of a recording.
    const inView = exact >= 0 && exact <= scale.width;
    return inView ? Math.min(Math.max(exact, ICON / 2), scale.width - ICON / 2) : exact;
  };
  const half = (item: Item) => pillWidth(item.to - item.from) / 2;
  const middle = (item: Item) => {
    const exact = (item.left + item.right) / 2;
    if (item.right < 0 || item.left > scale.width) return exact;
    return Math.max(Math.min(exact, scale.width - half(item)), half(item));
  };
  const last = firstAbove(time, timeAt(scale, scale.width + MARGIN));
  /** The first entry from `from` on that stands at `x` or further right. */
  const firstAt = (from: number, x: number) => {
    let low = from;
    let high = last;
    while (low < high) {
      const between = (low + high) >>> 1;
      if (placeOf(between) >= x) high = between;
      else low = between + 1;
    }
    return low;
  };
  const stack: Item[] = [];
  /** Takes in what touches the last marker on either side; false when nothing does. */
  const join = (): boolean => {
    const item = stack.at(-1) as Item;
    const reach = middle(item) + half(item) + AIR + ICON / 2;
    if (item.to < last && placeOf(item.to) < reach) {
      item.to = firstAt(item.to + 1, reach);
      item.right = placeOf(item.to - 1);
      return true;
    }
    const other = stack.at(-2);
    if (!other || middle(item) - half(item) - middle(other) - half(other) >= AIR) return false;
    other.right = item.right;
    other.to = item.to;
    stack.pop();
    return true;
  };
  for (let log = lowerBound(time, timeAt(scale, -MARGIN)); log < last; log = (stack.at(-1) as Item).to) {
    const x = placeOf(log);
    stack.push({ left: x, right: x, from: log, to: log + 1 });
    while (join());
  }
  return stack.map((item) => ({
    x: middle(item),
    width: pillWidth(item.to - item.from),
    first: item.from,
    count: item.to - item.from,
    worst: WORST_FIRST.find((level) => count(before[LEVELS.indexOf(level)], item) > 0) ?? "debug",
  }));
}

function count(before: Int32Array | undefined, { from, to }: Item): number {
  return before ? at(before, to) - at(before, from) : 0;
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
  const lines = logs
    .slice(cluster.first, cluster.first + Math.min(cluster.count, LISTED))
    .map((log) => `${log.level}: ${visibleText(log.message.trimStart().split("\n", 1)[0]?.slice(0, 120) ?? "")}`);
  const rest = cluster.count - LISTED;
  return rest > 0 ? [...lines, `${rest} more`].join("\n") : lines.join("\n");
}
