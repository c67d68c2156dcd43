import type { PackageRow } from "../data/types";

export type Owner = PackageRow["kind"];

/** Packages that the legend names as one. */
export interface Group {
  readonly packages: readonly number[];
  readonly kind: Owner;
  /** Self time of all their calls, in nanoseconds, and its share of that of all packages, 0 to 1. */
  readonly self: number;
  readonly share: number;
}

const OWNERS: readonly Owner[] = ["notebook", "user", "library"];

/** Every package as a group of its own, by self time. */
export function byPackage(packages: readonly PackageRow[]): Group[] {
  const all = totalOf(packages);
  const groups = packages.map((row, id) => ({
    packages: [id],
    kind: row.kind,
    self: row.self,
    share: shareOf(row.self, all),
  }));
  return groups.sort((a, b) => b.self - a.self);
}

/** Whose code the time was spent in: the notebook's, the user's own modules', or libraries'; only those that there are. */
export function byOwner(packages: readonly PackageRow[]): Group[] {
  return OWNERS.flatMap((owner) => {
    const ids = [...packages.keys()].filter((id) => packages[id]?.kind === owner);
    const self = ids.reduce((sum, id) => sum + (packages[id]?.self ?? 0), 0);
    return ids.length > 0 ? [{ packages: ids, kind: owner, self, share: shareOf(self, totalOf(packages)) }] : [];
  });
}

function totalOf(packages: readonly PackageRow[]): number {
  return packages.reduce((sum, row) => sum + row.self, 0);
}

function shareOf(part: number, all: number): number {
  return all > 0 ? part / all : 0;
}
