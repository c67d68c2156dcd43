import type { Level } from "../data/types";

/** The gravest first. */
const LEVELS: readonly Level[] = ["critical", "error", "warning", "info", "debug"];

export interface ByLevel {
  readonly counts: readonly (readonly [level: Level, count: number])[];
  /** So many entries at most, the gravest ones, then the earliest. */
  readonly first: readonly number[];
}

/** The entries of a marker, counted by level. `entries` are positions in `logs`, in order of time. */
export function byLevel(logs: readonly { readonly level: Level }[], entries: readonly number[], most: number): ByLevel {
  const groups = new Map<Level, number[]>();
  for (const entry of entries) {
    const level = logs[entry]?.level;
    if (!level) continue;
    const group = groups.get(level);
    if (group) group.push(entry);
    else groups.set(level, [entry]);
  }
  const found = LEVELS.flatMap((level) => {
    const group = groups.get(level);
    return group ? [[level, group] as const] : [];
  });
  return {
    counts: found.map(([level, group]) => [level, group.length] as const),
    first: found.flatMap(([, group]) => group.slice(0, most)).slice(0, most),
  };
}
