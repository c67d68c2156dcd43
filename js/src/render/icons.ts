import { ICONS, type IconColor, type IconName } from "../theme/icon-paths";
import type { Theme } from "../theme/theme";

const GRID = 16;
const paths = new Map<string, Path2D>();

function pathOf(d: string): Path2D {
  let path = paths.get(d);
  if (!path) {
    // Its text goes with it, for pictures that are written and not painted.
    path = Object.assign(new Path2D(d), { d });
    paths.set(d, path);
  }
  return path;
}

function colorOf(theme: Theme, color: IconColor): string {
  if (color === "white") return color;
  return theme.colors[color === "current" ? "fg-2" : color];
}

/** An icon in a square of `size` around a middle. */
export function drawIcon(
  ctx: CanvasRenderingContext2D,
  theme: Theme,
  name: IconName,
  x: number,
  y: number,
  size: number,
): void {
  ctx.save();
  ctx.translate(x - size / 2, y - size / 2);
  ctx.scale(size / GRID, size / GRID);
  ctx.lineCap = "round";
  ctx.lineJoin = "round";
  for (const part of ICONS[name]) {
    const color = colorOf(theme, part.color);
    if (part.width === undefined) {
      ctx.fillStyle = color;
      ctx.fill(pathOf(part.d));
    } else {
      ctx.strokeStyle = color;
      ctx.lineWidth = part.width;
      ctx.stroke(pathOf(part.d));
    }
  }
  ctx.restore();
}
