import type { Pen } from "./surface";

type Paint = string | Gradient;

/** As much of a canvas's gradient as labels need: it fades out along x. */
class Gradient {
  readonly stops: [number, string][] = [];
  constructor(
    readonly x0: number,
    readonly x1: number,
  ) {}
  addColorStop(offset: number, color: string): void {
    this.stops.push([offset, color]);
  }
}

interface State {
  fillStyle: Paint;
  strokeStyle: Paint;
  lineWidth: number;
  lineCap: string;
  lineJoin: string;
  font: string;
  textAlign: string;
  textBaseline: string;
  globalAlpha: number;
  dash: readonly number[];
  transform: string;
  clipped: string;
}

const n = (value: number) => String(Math.round(value * 100) / 100);
const written = (text: string) =>
  text
    .replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML has no place for them
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]/gu, "\ufffd");

/**
 * What the drawing functions need of a canvas, written down as SVG: so a picture of the view is drawn by the same code as the
 * view. Places are in CSS pixels, shifted by where the part stands in the picture.
 */
export class SvgCanvas implements State {
  fillStyle: Paint = "#000";
  strokeStyle: Paint = "#000";
  lineWidth = 1;
  lineCap = "butt";
  lineJoin = "miter";
  font = "10px sans-serif";
  textAlign = "left";
  textBaseline = "alphabetic";
  globalAlpha = 1;
  dash: readonly number[] = [];
  transform = "";
  clipped = "";
  private readonly parts: string[] = [];
  private readonly saved: State[] = [];
  private path = "";
  private defined = 0;

  constructor(
    readonly width: number,
    readonly height: number,
    private readonly ruler: CanvasRenderingContext2D | null,
  ) {}

  /** A pen for a part of the picture. What is drawn stays inside it. */
  pen(x: number, y: number, width: number, height: number): Pen {
    this.path = `M${n(x)} ${n(y)}h${n(width)}v${n(height)}h${n(-width)}Z`;
    this.clipped = "";
    this.transform = "";
    this.clip();
    this.transform = `translate(${n(x)} ${n(y)})`;
    return { ctx: this as unknown as CanvasRenderingContext2D, width, height, ratio: 1 };
  }

  svg(): string {
    const size = `width="${n(this.width)}" height="${n(this.height)}" viewBox="0 0 ${n(this.width)} ${n(this.height)}"`;
    return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${this.parts.join("")}</svg>\n`;
  }

  save(): void {
    const { fillStyle, strokeStyle, lineWidth, lineCap, lineJoin, font, textAlign, textBaseline } = this;
    const { globalAlpha, dash, transform, clipped } = this;
    const text = { font, textAlign, textBaseline };
    this.saved.push({
      fillStyle,
      strokeStyle,
      lineWidth,
      lineCap,
      lineJoin,
      ...text,
      globalAlpha,
      dash,
      transform,
      clipped,
    });
  }
  restore(): void {
    Object.assign(this, this.saved.pop());
  }
  translate(x: number, y: number): void {
    this.transform += `translate(${n(x)} ${n(y)})`;
  }
  scale(x: number, y: number): void {
    this.transform += `scale(${x} ${y})`;
  }
  setLineDash(dash: readonly number[]): void {
    this.dash = dash;
  }

  beginPath(): void {
    this.path = "";
  }
  closePath(): void {
    this.path += "Z";
  }
  moveTo(x: number, y: number): void {
    this.path += `M${n(x)} ${n(y)}`;
  }
  lineTo(x: number, y: number): void {
    this.path += `${this.path === "" ? "M" : "L"}${n(x)} ${n(y)}`;
  }
  quadraticCurveTo(cx: number, cy: number, x: number, y: number): void {
    this.path += `Q${n(cx)} ${n(cy)} ${n(x)} ${n(y)}`;
  }
  rect(x: number, y: number, width: number, height: number): void {
    this.path += `M${n(x)} ${n(y)}h${n(width)}v${n(height)}h${n(-width)}Z`;
  }
  roundRect(x: number, y: number, width: number, height: number, radius: number): void {
    const r = Math.max(Math.min(radius, width / 2, height / 2), 0);
    const corner = (dx: number, dy: number) => `a${n(r)} ${n(r)} 0 0 1 ${n(dx)} ${n(dy)}`;
    const top = `M${n(x + r)} ${n(y)}h${n(width - 2 * r)}${corner(r, r)}v${n(height - 2 * r)}${corner(-r, r)}`;
    this.path += `${top}h${n(2 * r - width)}${corner(-r, -r)}v${n(2 * r - height)}${corner(r, -r)}Z`;
  }
  /** Whole circles are all that is drawn. */
  arc(x: number, y: number, r: number): void {
    const half = (dx: number) => `a${n(r)} ${n(r)} 0 1 1 ${n(dx)} 0`;
    this.path += `M${n(x - r)} ${n(y)}${half(2 * r)}${half(-2 * r)}Z`;
  }
  clip(): void {
    const id = `c${++this.defined}`;
    const inherited = this.clipped ? ` clip-path="${this.clipped}"` : "";
    const moved = this.transform ? ` transform="${this.transform}"` : "";
    this.parts.push(`<clipPath id="${id}"${inherited}><path d="${this.path}"${moved}/></clipPath>`);
    this.clipped = `url(#${id})`;
  }
  fillRect(x: number, y: number, width: number, height: number): void {
    if (width > 0 && height > 0) {
      this.put(`<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}"${this.fills()}/>`);
    }
  }
  fill(path?: { readonly d?: string }): void {
    this.put(`<path d="${path?.d ?? this.path}"${this.fills()}/>`);
  }
  stroke(path?: { readonly d?: string }): void {
    const dash = this.dash.length > 0 ? ` stroke-dasharray="${this.dash.join(" ")}"` : "";
    const ends = ` stroke-linecap="${this.lineCap}" stroke-linejoin="${this.lineJoin}"`;
    const look = `fill="none" stroke="${this.paint(this.strokeStyle)}" stroke-width="${n(this.lineWidth)}"`;
    this.put(`<path d="${path?.d ?? this.path}" ${look}${ends}${dash}/>`);
  }
  fillText(text: string, x: number, y: number): void {
    const anchor = { left: "start", center: "middle", right: "end" }[this.textAlign] ?? "start";
    const font = this.font.replaceAll('"', "'");
    const look = `style="font:${written(font)};white-space:pre" text-anchor="${anchor}"${this.fills()}`;
    this.put(`<text x="${n(x)}" y="${n(y)}" ${look}>${written(text)}</text>`);
  }
  measureText(text: string): { readonly width: number } {
    if (!this.ruler) return { width: text.length * 6 };
    this.ruler.font = this.font;
    return this.ruler.measureText(text);
  }
  createLinearGradient(x0: number, _y0: number, x1: number): Gradient {
    return new Gradient(x0, x1);
  }

  private fills(): string {
    return ` fill="${this.paint(this.fillStyle)}"`;
  }
  private paint(style: Paint): string {
    if (typeof style === "string") return written(style);
    const id = `g${++this.defined}`;
    const stops = style.stops
      .map(([offset, color]) => `<stop offset="${offset}" stop-color="${written(color)}"/>`)
      .join("");
    const units = `gradientUnits="userSpaceOnUse" x1="${n(style.x0)}" x2="${n(style.x1)}" y1="0" y2="0"`;
    this.parts.push(`<linearGradient id="${id}" ${units}>${stops}</linearGradient>`);
    return `url(#${id})`;
  }
  private put(shape: string): void {
    const clip = this.clipped ? ` clip-path="${this.clipped}"` : "";
    const moved = this.transform ? `<g transform="${this.transform}">${shape}</g>` : shape;
    const alpha = this.globalAlpha < 1 ? ` opacity="${n(this.globalAlpha)}"` : "";
    this.parts.push(clip || alpha ? `<g${clip}${alpha}>${moved}</g>` : moved);
  }
}
