import { BLACK, mix, parseColor, type Rgba, toCss, WHITE } from "./color";
import type { Swatch } from "./theme";

/**
 * Twelve hues of OKLCH with one lightness and chroma per theme (light L .83 C .075, dark L .50 C .076), written as the sRGB
 * values they come to. The arc from 355° to 55° stays free for red.
 */
const SLOTS: readonly (readonly [light: string, dark: string])[] = [
  ["#eebb99", "#855737"],
  ["#e0c38f", "#795f2c"],
  ["#cbcc93", "#676730"],
  ["#b1d3a3", "#4e6d42"],
  ["#9ad7ba", "#347158"],
  ["#8cd7d3", "#1f716e"],
  ["#8ed4e8", "#246e80"],
  ["#9fcdf6", "#3d678c"],
  ["#b7c5f9", "#55608f"],
  ["#cebdf2", "#6a5988"],
  ["#e2b7e1", "#7a547a"],
  ["#f0b4ca", "#855065"],
];
/** Without a hue: what is not looked at. */
const GREY = { light: "#c8c8c8", dark: "#636363" } as const;

const NOTEBOOK = 7;
const USER = 9;
const REST = SLOTS.length;
/** Slots of everybody else's code: the user's own colours are never a library's, in no recording. */
const LIBRARY: readonly number[] = SLOTS.map((_, slot) => slot).filter((slot) => slot !== NOTEBOOK && slot !== USER);

/** How much of the fill a call that mostly waits keeps. */
const WAIT_SHARE = 0.38;

/** What the choice of a colour depends on. */
export interface Package {
  readonly name: string;
  /** "rest" is what is grey, whoever's it is. */
  readonly kind: "notebook" | "user" | "library" | "rest";
  readonly self: number;
}

/** Found by search: with it the packages that notebooks use most differ from each other. */
const SEED = 27_315_371;

/** 32-bit FNV-1a with another start, and its high bits folded into the low ones, which alone decide. */
function hash(text: string): number {
  let value = SEED;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return (value ^ (value >>> 13)) >>> 0;
}

/**
 * The palette slot of every package. Libraries take theirs by name, so that they keep it from recording to recording; where
 * two want the same one, the one with more self time has it, and when none is free the smallest share.
 */
export function assignSlots(packages: readonly Package[]): number[] {
  const slots: number[] = packages.map(({ kind }) => (kind === "notebook" ? NOTEBOOK : kind === "rest" ? REST : USER));
  const taken = new Set<number>();
  const libraries = packages
    .map((row, id) => ({ ...row, id }))
    .filter(({ kind }) => kind === "library")
    .sort((a, b) => b.self - a.self || (a.name < b.name ? -1 : 1));
  for (const { name, id } of libraries) {
    const wanted = hash(name) % LIBRARY.length;
    const order = LIBRARY.map((_, i) => LIBRARY[(wanted + i) % LIBRARY.length] as number);
    const slot = order.find((each) => !taken.has(each)) ?? (order[0] as number);
    taken.add(slot);
    slots[id] = slot;
  }
  return slots;
}

/** The colours of a slot on a ground. */
export function swatchOf(slot: number, ground: Rgba, dark: boolean): Swatch {
  const [light, deep] = SLOTS[slot] ?? [GREY.light, GREY.dark];
  const fill = parseColor(dark ? deep : light) ?? WHITE;
  return {
    fill: toCss(fill),
    edge: toCss(dark ? mix(fill, WHITE, 0.34) : mix(fill, BLACK, 0.32)),
    wait: toCss(mix(ground, fill, WAIT_SHARE)),
  };
}
