import fc from "fast-check";
import { expect, it } from "vitest";
import { ansiRuns, COLORS, withoutAnsi } from "./ansi";

const ESC = "\u001b";
const looks = (text: string) =>
  ansiRuns(text).map(({ text, color, ground, bold, underline }) =>
    [text, color, ground && `on ${ground}`, bold && "bold", underline && "underlined"].filter(Boolean).join(" "),
  );

it.each([
  ["plain", ["plain"]],
  [`${ESC}[31mred${ESC}[0m plain`, ["red red", " plain"]],
  [`${ESC}[1;32mok${ESC}[22m go${ESC}[39m on`, ["ok green bold", " go green", " on"]],
  [`${ESC}[4munder${ESC}[24m not`, ["under underlined", " not"]],
  [`${ESC}[91;44mloud${ESC}[m end`, ["loud red on blue", " end"]],
  [`${ESC}[38;5;208morange${ESC}[48;2;0;90;200mon blue`, ["orange yellow", "on blue yellow on blue"]],
  [`${ESC}[90mpale`, ["pale grey"]],
  [`${ESC}[2Jcleared ${ESC}]8;;http://x${ESC}\\link`, [`${ESC}[2Jcleared ${ESC}]8;;http://x${ESC}\\link`]],
])("%j", (text, expected) => {
  expect(looks(text)).toEqual(expected);
});

const PIECE = fc.oneof(
  fc.string(),
  fc.array(fc.nat(110), { maxLength: 6 }).map((codes) => `${ESC}[${codes.join(";")}m`),
  fc.constantFrom(ESC, "[", "m", `${ESC}[`, `${ESC}[3`, `${ESC}[38;5m`, `${ESC}[38;2;1m`),
);

it("the runs of any text are that text without its colour sequences, in known colours", () => {
  fc.assert(
    fc.property(fc.array(PIECE), (pieces) => {
      const text = pieces.join("");
      const runs = ansiRuns(text);
      expect(runs.map((run) => run.text).join("")).toBe(withoutAnsi(text));
      for (const run of runs) {
        expect(run.text).not.toBe("");
        for (const color of [run.color, run.ground]) if (color !== null) expect(COLORS).toContain(color);
      }
    }),
  );
});
