import { describe, expect, it } from "vitest";
import type { Ns, PackageRow } from "../data/types";
import { litFunctions } from "./lit";
import { byOwner, byPackage } from "./owners";

const row = (name: string, kind: PackageRow["kind"], self: number): PackageRow => ({ name, kind, self: self as Ns });
const PACKAGES = [row("pandas", "library", 50), row("__main__", "notebook", 20), row("numpy", "library", 30)];

describe("groups of the legend", () => {
  it("modules stand by self time, each with its share", () => {
    expect(byPackage(PACKAGES).map(({ packages, share }) => [packages[0], share])).toEqual([
      [0, 0.5],
      [2, 0.3],
      [1, 0.2],
    ]);
  });

  it("owners are the user's first, and only those that there are", () => {
    expect(byOwner(PACKAGES)).toEqual([
      { packages: [1], kind: "notebook", self: 20, share: 0.2 },
      { packages: [0, 2], kind: "library", self: 80, share: 0.8 },
    ]);
    expect(byOwner([])).toEqual([]);
    expect(byOwner([row("a", "user", 0)])[0]?.share).toBe(0);
  });
});

describe("what is not dimmed", () => {
  const found = { functions: Uint8Array.of(1, 1, 0, 0) };
  const chosen = Uint8Array.of(1, 0, 1, 0);
  it("is all, what is found, what is chosen, or what is both", () => {
    expect(litFunctions({ found: null, chosen: null })).toBeNull();
    expect(litFunctions({ found, chosen: null })).toEqual(found.functions);
    expect(litFunctions({ found: null, chosen })).toEqual(chosen);
    expect(litFunctions({ found, chosen })).toEqual(Uint8Array.of(1, 0, 0, 0));
  });
});
