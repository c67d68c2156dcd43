import { describe, expect, it } from "vitest";
import { ns } from "../data/types";
import { followed } from "./carry";

const window = (start: number, end: number) => ({ start: ns(start), end: ns(end) });
const SECOND = 1e9;

describe("the window of a recording that has grown", () => {
  it.each([
    ["the whole stays the whole", window(0, SECOND), window(0, 3 * SECOND)],
    ["one at the end follows it", window(0.5 * SECOND, SECOND), window(2.5 * SECOND, 3 * SECOND)],
    ["any other stays", window(0.2 * SECOND, 0.6 * SECOND), window(0.2 * SECOND, 0.6 * SECOND)],
  ])("%s", (_, before, after) => {
    expect(followed(before, ns(SECOND), ns(3 * SECOND))).toEqual(after);
  });
});
