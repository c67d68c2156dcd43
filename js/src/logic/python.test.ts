import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { extentOf, tokensOf } from "./python";

const kinds = (line: string, open = "") => tokensOf(line, open).tokens.map(({ kind, text }) => [kind, text]);

describe("tokens", () => {
  it("are words of the language, text, numbers and comments", () => {
    expect(kinds('    return f"a {b}", 12.5e3  # why')).toEqual([
      ["plain", "    "],
      ["keyword", "return"],
      ["plain", " "],
      ["string", 'f"a {b}"'],
      ["plain", ", "],
      ["number", "12.5e3"],
      ["plain", "  "],
      ["comment", "# why"],
    ]);
  });

  it("of a text over several lines go on", () => {
    expect(tokensOf('x = """first').open).toBe('"""');
    expect(kinds("second # no comment", '"""')).toEqual([["string", "second # no comment"]]);
    expect(kinds('third""" + y', '"""')).toEqual([
      ["string", 'third"""'],
      ["plain", " + "],
      ["plain", "y"],
    ]);
    expect(tokensOf('"""one line"""').open).toBe("");
  });

  it("are all of the line, whatever it is", () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom("", '"""', "'''"), (line, open) => {
        const { tokens } = tokensOf(line.replaceAll("\n", ""), open);
        expect(tokens.map(({ text }) => text).join("")).toBe(line.replaceAll("\n", ""));
      }),
    );
  });
});

describe("extent", () => {
  const text = `import x

@cache
def a(
    b,
):
    """Says
what."""

    return b
def c(): pass

class D:
    def e(self):
        return 1

    z = 2
`.split("\n");

  it("is the head with its decorators, and what is indented deeper", () => {
    expect(extentOf(text, 3)).toEqual({ first: 3, last: 10 });
    expect(extentOf(text, 11)).toEqual({ first: 11, last: 11 });
    expect(extentOf(text, 13)).toEqual({ first: 13, last: 17 });
    expect(extentOf(text, 14)).toEqual({ first: 14, last: 15 });
  });

  it("is the whole text where the line is none of it", () => {
    expect(extentOf(text, 0)).toEqual({ first: 1, last: text.length });
    expect(extentOf(text, 99)).toEqual({ first: 1, last: text.length });
  });
});
