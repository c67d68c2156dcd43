import { describe, expect, it } from "vitest";
import { readVarints } from "./compact";

describe("whole numbers in few bytes", () => {
  it("are read as Python writes them", () => {
    const bytes = Uint8Array.of(9, 0, 1, 2, 128, 1, 255, 255, 255, 255, 255, 255, 255, 15);
    expect([...readVarints(bytes, 1, 5)]).toEqual([0, -1, 1, 64, -(2 ** 52)]);
  });

  it("are unknown where the bytes end", () => {
    expect([...readVarints(Uint8Array.of(2, 128), 0, 3)]).toEqual([1, Number.NaN, Number.NaN]);
  });
});
