import { describe, expect, it } from "vitest";
import { fromBase85 } from "./base85";

describe("bytes that Python's b85encode has written", () => {
  it.each([
    ["", []],
    ["{{", [255]],
    ["{{R", [255, 0]],
    ["{{Vj", [255, 0, 127]],
    ["{{Vjh", [255, 0, 127, 1]],
    ["{{Vjh{r", [255, 0, 127, 1, 254]],
  ])("%j", (text, bytes) => {
    expect([...fromBase85(text)]).toEqual(bytes);
  });
});
