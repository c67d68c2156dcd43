import type { Bars } from "../logic/detail";
import { BAR } from "../logic/layout";
import { ANOMALOUS, WAITING } from "../logic/rows";
import { parseColor } from "../theme/color";
import type { Swatch, Theme } from "../theme/theme";
import { AIR_FROM, type BarScene, COMB, DIMMED, FALLBACK, PLAIN_UNDER, ROUND_FROM, TOOTH } from "./bar";
import type { Pen } from "./surface";

/** Bars at least this wide are few enough to be drawn one by one. */
const SMALL = 12;
/** Where the bands of a row end, from its top: two corners, the body, what is a comb where calls are joined. */
const BANDS = [1, BAR - COMB, BAR - COMB / 2, BAR - 1, BAR] as const;
const [TOP, BODY, COMB_TOP, COMB_LOW, BOTTOM] = [0, 1, 2, 3, 4] as const;

/** Draws the small bars of all rows as pixels of one image, and leaves the others to be drawn one by one. */
export interface Strips {
  /** Forgets the rows before. */
  begin(pen: Pen, scene: BarScene): void;
  /** Takes the small bars of a row; gives the positions of the others. */
  take(pen: Pen, scene: BarScene, list: Bars, y: number): number[];
  /** Puts what was taken onto the canvas. */
  flush(pen: Pen): void;
}

/**
 * There may be a bar on every second pixel of every row: tens of thousands. A canvas takes about a microsecond for each
 * rectangle, so these are written as pixels, five of them standing for the height of a row, and each of those is stretched
 * to its band:
 *
 *     corners   . # # #
 *     body      # # # #    #
 *     comb      #   #      #
 */
export function createStrips(): Strips {
  const canvas = document.createElement("canvas");
  const ctx = canvas.getContext("2d", { willReadFrequently: true });
  let image: ImageData | null = null;
  let pixels = new Uint32Array();
  let width = 1;
  let rows: number[] = [];
  let inks: Inks | null = null;

  /** Fills columns of some bands of the row that is written. */
  const fill = (first: number, last: number, from: number, to: number, ink: number) => {
    const left = Math.max(from, 0);
    const right = Math.min(to, width);
    for (let band = first; band <= last; band++) {
      const start = ((rows.length - 1) * BANDS.length + band) * width;
      for (let x = left; x < right; x++) pixels[start + x] = ink;
    }
  };

  function framed(
    pen: Pen,
    scene: BarScene,
    ink: number,
    rim: number,
    joined: boolean,
    all: boolean,
    x: number,
    end: number,
  ) {
    const { ratio } = pen;
    const line = Math.round(ratio);
    const corner = end - x < ROUND_FROM * ratio ? 0 : line;
    fill(TOP, TOP, x + corner, end - corner, all ? rim : ink);
    fill(BODY, joined ? BODY : COMB_LOW, x, end, ink);
    fill(BODY, joined ? BODY : COMB_LOW, x, x + line, rim);
    if (all) fill(BODY, joined ? BODY : COMB_LOW, end - line, end, rim);
    if (!joined) {
      fill(BOTTOM, BOTTOM, x + corner, end - corner, all ? rim : ink);
      return;
    }
    const period = 2 * TOOTH * ratio;
    const phase = Math.round(((scene.scale.start * scene.scale.density) % (2 * TOOTH)) * ratio);
    for (let tooth = Math.floor((x + phase) / period) * period - phase; tooth < end; tooth += period)
      fill(COMB_TOP, BOTTOM, Math.max(Math.round(tooth), x), Math.min(Math.round(tooth + period / 2), end), ink);
  }

  return {
    begin(pen, scene) {
      const wide = Math.max(Math.round(pen.width * pen.ratio), 1);
      // A row more at the top and the bottom is seen in part.
      const high = BANDS.length * (Math.ceil(pen.height / BAR) + 2);
      if (image?.width !== wide || image.height < high) {
        image = new ImageData(wide, high);
        pixels = new Uint32Array(image.data.buffer);
        canvas.width = wide;
        canvas.height = high;
        width = wide;
      } else pixels.fill(0, 0, rows.length * BANDS.length * width);
      rows = [];
      if (inks?.theme !== scene.theme || inks.found !== scene.found) inks = inksOf(scene);
    },
    take(pen, scene, list, y) {
      const others: number[] = [];
      const { ratio } = pen;
      const { x0, x1, call: shown, own, kind, merged, count } = list;
      const { found, similar } = scene;
      const hover = scene.marks.hover ?? -1;
      const { fills, waits, edges, hovers, warns } = inks ?? inksOf(scene);
      const [least, narrow, small, spaced] = [Math.round(ratio), PLAIN_UNDER * ratio, SMALL * ratio, AIR_FROM * ratio];
      const last = (pen.width + 6) * ratio;
      const into = pixels;
      const wide = width;
      const top = rows.length * BANDS.length * wide;
      rows.push(y);
      for (let i = 0; i < count; i++) {
        const x = Math.round(Math.max(x0[i] as number, -6) * ratio);
        const right = Math.round(Math.min((x1[i] as number) * ratio, last));
        const air = right - x >= spaced ? least : right - x >= 2 * ratio ? 1 : 0;
        const end = Math.max(right - air, x + least);
        const plain = end - x < narrow;
        const anomalous = ((kind[i] as number) & ANOMALOUS) !== 0;
        if (!plain && (end - x >= small || anomalous)) {
          others.push(i);
          continue;
        }
        const id = own[i] as number;
        const joined = (merged[i] as number) > 1;
        const hovered = shown[i] === hover;
        const waiting = !joined && end - x > 1.5 * ratio && ((kind[i] as number) & WAITING) !== 0;
        const dim = (found !== null && found[id] !== 1 ? 1 : 0) as 0 | 1;
        const ink = (
          hovered ? hovers[dim] : plain && anomalous ? warns[dim] : waiting ? waits[id] : fills[id]
        ) as number;
        if (plain) {
          // Nearly all are: a column or two.
          const until = top + (joined ? COMB_LOW : BANDS.length) * wide;
          for (let column = Math.max(x, 0); column < end && column < wide; column++)
            for (let at = top + column; at < until; at += wide) into[at] = ink;
        } else {
          const outlined = id === similar && !hovered;
          const rim = (hovered ? ink : outlined ? hovers[dim] : edges[id]) as number;
          framed(pen, scene, ink, rim, joined, outlined || waiting, x, end);
        }
      }
      return others;
    },
    flush(pen) {
      if (!ctx || !image || rows.length === 0) return;
      ctx.putImageData(image, 0, 0, 0, 0, width, rows.length * BANDS.length);
      pen.ctx.imageSmoothingEnabled = false;
      rows.forEach((y, row) => {
        let from = 0;
        BANDS.forEach((to, band) => {
          const top = Math.round((y + from) * pen.ratio) / pen.ratio;
          const line = row * BANDS.length + band;
          pen.ctx.drawImage(canvas, 0, line, width, 1, 0, top, width / pen.ratio, to - from);
          from = to;
        });
      });
    },
  };
}

/** Colours as pixels: by function, those that are dimmed already so; hover and anomaly as they are and dimmed. */
interface Inks {
  readonly theme: Theme;
  readonly found: Uint8Array | null;
  readonly fills: Uint32Array;
  readonly waits: Uint32Array;
  readonly edges: Uint32Array;
  readonly hovers: Uint32Array;
  readonly warns: Uint32Array;
}

function inksOf({ data, theme, found }: BarScene): Inks {
  const by = (part: keyof Swatch) =>
    Uint32Array.from(data.functions, (row, id) =>
      inkOf((theme.swatches[row.package] ?? FALLBACK)[part], found !== null && found[id] !== 1),
    );
  const both = (css: string) => Uint32Array.of(inkOf(css, false), inkOf(css, true));
  const { hover, warn } = theme.colors;
  return {
    theme,
    found,
    fills: by("fill"),
    waits: by("wait"),
    edges: by("edge"),
    hovers: both(hover),
    warns: both(warn),
  };
}

function inkOf(css: string, dimmed: boolean): number {
  const { r, g, b, a } = parseColor(css) ?? { r: 127, g: 127, b: 127, a: 1 };
  return new Uint32Array(Uint8Array.of(r, g, b, 255 * a * (dimmed ? DIMMED : 1)).buffer)[0] as number;
}
