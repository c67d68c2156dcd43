import { type Cluster, isIn } from "../logic/clusters";
import { MARKERS } from "../logic/layout";
import type { Theme } from "../theme/theme";
import { DIMMED } from "./bar";
import { drawIcon } from "./icons";
import { type Pen, snap } from "./surface";
import { fontOf } from "./text";

const PILL = 16;

/**
 * One icon a log entry; a pill with the worst icon and the count where they stand too near. `open` gets an accent ring;
 * where something is searched for (1 for each entry that matches), markers without a match are dimmed.
 */
export function drawMarkers(
  pen: Pen,
  theme: Theme,
  list: readonly Cluster[],
  y: number,
  open: number | null,
  found: Uint8Array | null,
): void {
  const { ctx } = pen;
  const middle = y + (MARKERS - 1) / 2;
  for (const cluster of list) {
    ctx.globalAlpha = !found || found.subarray(cluster.first, cluster.first + cluster.count).includes(1) ? 1 : DIMMED;
    const chosen = isIn(cluster, open);
    if (cluster.count === 1) {
      if (chosen) ring(pen, theme, cluster.x, middle);
      drawIcon(ctx, theme, cluster.worst, cluster.x, middle, 14);
      continue;
    }
    const left = snap(pen, cluster.x - cluster.width / 2);
    ctx.beginPath();
    ctx.roundRect(left + 0.5, middle - PILL / 2, cluster.width - 1, PILL, PILL / 2);
    ctx.fillStyle = theme.colors.bg;
    ctx.fill();
    ctx.strokeStyle = chosen ? theme.colors.accent : theme.colors.line;
    ctx.lineWidth = chosen ? 1.5 : 1;
    ctx.stroke();
    drawIcon(ctx, theme, cluster.worst, left + 4 + 6, middle, 12);
    ctx.font = fontOf(theme, "bold");
    ctx.textAlign = "left";
    ctx.textBaseline = "alphabetic";
    ctx.fillStyle = theme.colors.fg;
    ctx.fillText(String(cluster.count), left + 20, middle + 4);
  }
  ctx.globalAlpha = 1;
}

function ring(pen: Pen, theme: Theme, x: number, y: number): void {
  pen.ctx.beginPath();
  pen.ctx.arc(x, y, 9.5, 0, 2 * Math.PI);
  pen.ctx.fillStyle = theme.colors["accent-bg"];
  pen.ctx.fill();
}
