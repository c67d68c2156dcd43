import { describe, expect, it } from "vitest";
import { empty, reference, single } from "../../dev/fixture";
import { deflate, encode } from "../../tests/encode";
import { decode } from "./decode";
import type { ViewData } from "./types";

/** As recordings are; those that are made up have fractions. */
function inWholeNanoseconds(data: ViewData): ViewData {
  const { calls } = data;
  const [start, duration, self, cpu] = [calls.start, calls.duration, calls.self, calls.cpu].map((times) =>
    times.map(Math.round),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array];
  return { ...data, calls: { ...calls, start, duration, self, cpu } };
}

describe("decode", () => {
  it.each([
    ["a full recording", reference],
    ["an empty one", empty],
    ["one call", single],
  ])("gives back what was written: %s", async (_, make) => {
    const data = inWholeNanoseconds(make());
    expect(await decode(encode(data))).toEqual(data);
    expect(await decode(await deflate(encode(data)))).toEqual(data);
  });

  it("reads bytes that start anywhere in their buffer", async () => {
    const bytes = encode(single());
    const shifted = new Uint8Array(bytes.length + 3).subarray(3);
    shifted.set(bytes);
    expect(await decode(shifted)).toEqual(single());
  });

  it("names the version it cannot read", async () => {
    await expect(decode(encode(single(), "99"))).rejects.toThrow("has version 99; this page reads version 04");
  });

  it("refuses other bytes", async () => {
    await expect(decode(new TextEncoder().encode("<html>"))).rejects.toThrow("not a microlog view");
    await expect(decode(new Uint8Array())).rejects.toThrow("not a microlog view");
  });

  it("says that bytes are cut short, wherever they are cut", async () => {
    const bytes = encode(single());
    for (const length of [8, 15, 16, 40, bytes.length >> 1, bytes.length - 1]) {
      await expect(decode(bytes.slice(0, length))).rejects.toThrow(/cut short|version|damaged/);
    }
    const packed = await deflate(bytes);
    await expect(decode(packed.slice(0, packed.length >> 1))).rejects.toThrow("cut short or damaged");
  });

  it("refuses indices that name no row", async () => {
    const data = single();
    const wrong = { ...data, calls: { ...data.calls, parent: Int32Array.of(7) } };
    await expect(decode(encode(wrong))).rejects.toThrow("calls.parent has 7 at 0, allowed is -1 to 0");
    const deep = { ...data, calls: { ...data.calls, depth: Int32Array.of(3) } };
    await expect(decode(encode(deep))).rejects.toThrow("calls.depth has 3 at 0");
  });

  it("refuses columns of different lengths, and tables that are missing", async () => {
    const data = single();
    const short = { ...data, calls: { ...data.calls, cpu: new Float64Array() } };
    await expect(decode(encode(short))).rejects.toThrow("column calls.cpu has 0 values, not 1");
    const { logs: _, ...rest } = data;
    await expect(decode(encode(rest as typeof data))).rejects.toThrow('table "logs" is missing');
  });
});
