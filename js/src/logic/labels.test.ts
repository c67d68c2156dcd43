import { describe, expect, it } from "vitest";
import { labelOf, lastPart, type Said, shownName } from "./labels";

/** Every character is 6 pixels wide in names and 5 in durations. */
const measure = (text: string, font: "name" | "duration") => text.length * (font === "name" ? 6 : 5);
const said = (more: Partial<Said> = {}): Said => ({
  name: "Model.fit",
  count: 1,
  written: "",
  mixed: false,
  duration: "3.04 s",
  ...more,
});

describe("labelOf", () => {
  it("gives the qualified name and the duration where there is room", () => {
    expect(labelOf(said(), 90, measure)).toEqual({ text: "Model.fit", fades: false, width: 54, duration: "3.04 s" });
  });
  it("drops the duration first, then the class", () => {
    expect(labelOf(said(), 89, measure)).toMatchObject({ text: "Model.fit", duration: "" });
    expect(labelOf(said(), 53, measure)).toMatchObject({ text: "fit", duration: "" });
    expect(labelOf(said({ duration: "3 s" }), 53, measure)).toMatchObject({ text: "fit", duration: "3 s" });
  });
  it("fades what is too long, and says nothing in a bar under 20 pixels", () => {
    expect(labelOf(said({ name: "transform" }), 30, measure)).toMatchObject({ text: "transform", fades: true });
    expect(labelOf(said(), 11.9, measure)).toBeNull();
  });
  it("counts joined calls", () => {
    const grow = said({ name: "Tree.grow", count: 129, written: "129" });
    expect(labelOf(grow, 200, measure)?.text).toBe("Tree.grow ×129");
    expect(labelOf(grow, 60, measure)?.text).toBe("grow ×129");
    expect(labelOf(grow, 30, measure)?.text).toBe("grow");
  });
  it("does not give calls of several functions the name of one", () => {
    const mixed = said({ count: 12, written: "12", mixed: true });
    expect(labelOf(mixed, 200, measure)?.text).toBe("12 calls, longest Model.fit");
    expect(labelOf(mixed, 60, measure)?.text).toBe("12 calls");
    expect(labelOf(mixed, 30, measure)).toMatchObject({ text: "12 calls", fades: true });
  });
});

describe("names", () => {
  it("leave out what a function is defined in", () => {
    expect(shownName("load.<locals>.parse")).toBe("load.parse");
    expect(lastPart("Model.fit")).toBe("fit");
    expect(lastPart("<lambda>")).toBe("<lambda>");
  });
});
