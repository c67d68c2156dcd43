import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contrast, mix, over, parseColor, type Rgba, toCss, WHITE } from "./color";
import { assignSlots, type Package, swatchOf } from "./palette";
import { clearerTheme, forcedTheme, type Inputs, resolveTheme } from "./resolve";

const color = (css: string): Rgba => {
  const parsed = parseColor(css);
  if (!parsed) throw new Error(`not a colour: ${css}`);
  return parsed;
};
const NOTHING: Inputs = { bg: null, fg: null, accent: null, font: "a", mono: "b", prefersDark: false };
const LAB_LIGHT: Inputs = { ...NOTHING, bg: WHITE, fg: color("rgba(0, 0, 0, 0.87)"), accent: color("#1976d2") };
const LAB_DARK: Inputs = {
  ...NOTHING,
  bg: color("#111111"),
  fg: color("rgba(255, 255, 255, 0.87)"),
  accent: color("#2196f3"),
};
const THEMES = [resolveTheme(LAB_LIGHT, []), resolveTheme(LAB_DARK, [])];

describe("colours", () => {
  it.each([
    ["#fff", "#ffffff"],
    ["#1976D2", "#1976d2"],
    ["#11223380", "rgba(17, 34, 51, 0.502)"],
    ["rgb(1 2 3 / 50%)", "rgba(1, 2, 3, 0.5)"],
    ["rgba(0,0,0,.87)", "rgba(0, 0, 0, 0.87)"],
  ])("%s is read", (css, text) => expect(toCss(color(css))).toBe(text));

  it.each(["", "red", "#12345", "rgb()", "oklch(0.5 0.1 62)", "rgb(1,2)"])("%s is left to the browser", (css) =>
    expect(parseColor(css)).toBeNull(),
  );
});

describe("the two themes of JupyterLab", () => {
  it.each([
    ["bg-1", "#fbfbfb", "#151515"],
    ["bg-2", "#f4f4f4", "#1b1b1b"],
    ["bg-3", "#e9e9e9", "#262626"],
    ["pop", "#ffffff", "#1d1d1d"],
    ["fg", "#212121", "#e0e0e0"],
    ["fg-2", "#686868", "#9e9e9e"],
    ["line", "#e0e0e0", "#2e2e2e"],
    ["accent-fg", "#145ea8", "#71bcf7"],
    ["on-accent", "#ffffff", "#0b1622"],
  ] as const)("%s is %s and %s", (token, ...expected) => {
    THEMES.forEach((theme, i) => {
      const [got, want] = [color(theme.colors[token]), color(expected[i] ?? "")];
      // One step of rounding: the table was made from other roundings of the same mix.
      for (const channel of ["r", "g", "b"] as const)
        expect(Math.abs(got[channel] - want[channel])).toBeLessThanOrEqual(1.5);
    });
  });

  it("text is readable on its grounds", () => {
    for (const { colors } of THEMES) {
      for (const ground of ["bg", "bg-1", "bg-2", "pop"] as const) {
        for (const text of ["fg", "fg-2", "accent-fg", "err-fg", "warn-fg", "cpu-fg", "mem"] as const) {
          expect(contrast(color(colors[text]), color(colors[ground])), `${text} on ${ground}`).toBeGreaterThanOrEqual(
            4.5,
          );
        }
      }
      const pop = color(colors.pop);
      expect(contrast(color(colors["warn-fg"]), over(pop, color(colors["warn-bg"])))).toBeGreaterThanOrEqual(4.5);
      expect(contrast(color(colors["err-fg"]), over(pop, color(colors["err-bg"])))).toBeGreaterThanOrEqual(4.5);
      expect(contrast(WHITE, color(colors.hover))).toBeGreaterThanOrEqual(4.5);
    }
  });

  it("marks stand out from the ground", () => {
    for (const { colors } of THEMES) {
      for (const mark of ["accent", "hover", "cpu", "mem", "modules", "gc", "warn"] as const) {
        expect(contrast(color(colors[mark]), color(colors.bg)), mark).toBeGreaterThanOrEqual(3);
      }
    }
  });

  it("labels and edges of every module colour stand out", () => {
    THEMES.forEach(({ colors, dark }) => {
      for (let slot = 0; slot < 12; slot++) {
        const { fill, edge } = swatchOf(slot, color(colors.bg), dark);
        expect(contrast(color(colors["on-mod"]), color(fill))).toBeGreaterThanOrEqual(4.5);
        expect(contrast(over(color(fill), color(colors["on-mod-2"])), color(fill))).toBeGreaterThanOrEqual(4.5);
        expect(contrast(color(edge), color(colors.bg))).toBeGreaterThanOrEqual(3);
      }
    });
  });
});

describe("any host", () => {
  const channel = fc.integer({ min: 0, max: 255 });
  const anyColor = fc.record({ r: channel, g: channel, b: channel, a: fc.constant(1) });

  it("text and secondary text are readable where the ground allows it, whatever the host's colours", () => {
    fc.assert(
      fc.property(anyColor, anyColor, anyColor, (bg, fg, accent) => {
        const { colors } = resolveTheme({ ...NOTHING, bg, fg, accent }, []);
        const best = contrast(color(colors.fg), bg);
        // Middle greys leave no text colour of the theme 4.5:1; the most that is possible is taken.
        if (contrast(fg, bg) >= 4.5) expect(best).toBeGreaterThanOrEqual(4.4);
        expect(contrast(color(colors["fg-2"]), bg)).toBeGreaterThanOrEqual(Math.min(4.4, best - 0.1));
      }),
    );
  });

  it("without a ground the reader's preference decides", () => {
    expect(resolveTheme(NOTHING, []).dark).toBe(false);
    expect(resolveTheme({ ...NOTHING, prefersDark: true }, []).colors.bg).toBe("#111111");
  });

  it("light or dark is the ground's luminance, not a name", () => {
    expect(resolveTheme({ ...NOTHING, bg: color("#fdf6e3"), prefersDark: true }, []).dark).toBe(false);
    expect(resolveTheme({ ...NOTHING, bg: color("#002b36") }, []).dark).toBe(true);
  });

  it("a text colour that cannot be read on the ground is not taken", () => {
    const { colors } = resolveTheme({ ...NOTHING, bg: color("#111111"), fg: color("#222222") }, []);
    expect(colors.fg).toBe("#e0e0e0");
  });

  it.each(THEMES)("with more contrast text and marks have 7:1, and calls a dark outline", (theme) => {
    const packages = [{ name: "numpy", kind: "library", self: 1 }] as const;
    const { colors, swatches } = clearerTheme({ ...theme, swatches: resolveTheme(LAB_LIGHT, packages).swatches });
    const tokens = ["fg-2", "fg-3", "err-fg", "warn-fg", "warn", "warn-hatch", "cpu", "mem", "gc", "line"] as const;
    for (const token of tokens) expect(contrast(color(colors[token]), color(colors.bg))).toBeGreaterThanOrEqual(6.9);
    expect(swatches[0]?.edge).toBe(colors.fg);
  });

  it("forced colours use the system's, and calls keep an outline", () => {
    const system = {
      Canvas: "#000000",
      CanvasText: "#ffff00",
      Highlight: "#00ffff",
      HighlightText: "#000000",
      GrayText: "#00ff00",
    };
    const theme = forcedTheme((name) => color(system[name]), NOTHING, [{ name: "numpy", kind: "library", self: 1 }]);
    expect(theme.colors).toMatchObject({ bg: "#000000", fg: "#ffff00", accent: "#00ffff", line: "#ffff00" });
    expect(theme.swatches).toEqual([{ fill: "#404000", edge: "#ffff00", wait: "#000000" }]);
  });
});

describe("module colours", () => {
  const library = (name: string, self = 1): Package => ({ name, kind: "library", self });

  it("the notebook's and the user's own code have theirs, and no library takes them", () => {
    const many = Array.from({ length: 30 }, (_, i) => library(`package${i}`));
    const [notebook, user, other, ...rest] = assignSlots([
      { name: "__main__", kind: "notebook", self: 1 },
      { name: "pipeline", kind: "user", self: 1 },
      { name: "helpers", kind: "user", self: 1 },
      ...many,
    ]);
    expect([notebook, user, other]).toEqual([7, 9, 9]);
    expect(rest).not.toContain(7);
    expect(rest).not.toContain(9);
  });

  it("a package keeps its colour whatever else is there, unless a larger one has it", () => {
    const alone = assignSlots([library("pandas", 5)])[0];
    expect(assignSlots([library("numpy", 1), library("pandas", 5)])[1]).toBe(alone);
  });

  it("packages that are often seen together differ", () => {
    const often = [
      "numpy",
      "pandas",
      "sklearn",
      "matplotlib",
      "requests",
      "json",
      "ssl",
      "importlib",
      "threading",
      "asyncio",
    ];
    expect(new Set(often.map((name) => assignSlots([library(name)])[0])).size).toBe(often.length);
  });

  it("on a clash the one with less self time moves on", () => {
    const names = Array.from({ length: 40 }, (_, i) => `p${i}`);
    const wanted = names.map((name) => assignSlots([library(name)])[0]);
    const second = wanted.indexOf(wanted[0] ?? -1, 1);
    const pair = (a: number, b: number) => assignSlots([library("p0", a), library(names[second] ?? "", b)]);
    expect(pair(2, 1)[0]).toBe(wanted[0]);
    expect(pair(1, 2)[1]).toBe(wanted[0]);
    expect(new Set(pair(1, 2)).size).toBe(2);
  });

  it("ten libraries have ten colours; the smallest of more share", () => {
    const rows = Array.from({ length: 14 }, (_, i) => library(`library${i}`, 100 - i));
    const slots = assignSlots(rows);
    expect(new Set(slots.slice(0, 10)).size).toBe(10);
    expect(new Set(slots).size).toBe(10);
  });

  it("the order of the packages does not matter", () => {
    const names = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(names, (all) => {
        const rows = all.map((name, i) => library(name, i % 3));
        const forward = assignSlots(rows);
        expect(assignSlots([...rows].reverse()).reverse()).toEqual(forward);
      }),
    );
  });

  it("a call that mostly waits has 38 % of its colour", () => {
    const { fill, wait } = swatchOf(0, WHITE, false);
    expect(wait).toBe(toCss(mix(WHITE, color(fill), 0.38)));
  });
});
