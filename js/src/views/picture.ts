import { clusters, indexLogs } from "../logic/clusters";
import { formatDuration } from "../logic/format";
import { laneNote, layoutOf, METRICS, MINIMAP } from "../logic/layout";
import { litFunctions } from "../logic/lit";
import { ticks } from "../logic/ruler";
import { scaleOf } from "../logic/viewport";
import { visibleText } from "../logic/visible";
import { createAwaits } from "../render/awaits";
import { drawGaps, gapsInView } from "../render/gaps";
import { drawIcon } from "../render/icons";
import { createDrawn, drawLanes } from "../render/lanes";
import { drawMarkers } from "../render/markers";
import { drawMetrics, drawMetricWords, stripOf } from "../render/metrics";
import { drawMinimap } from "../render/minimap";
import { drawGrid, drawRuler } from "../render/ruler";
import { SvgCanvas } from "../render/svg";
import { createMeasure, fontOf } from "../render/text";
import type { Context } from "./context";
import { createSpanTrack } from "./spans";

/** Height of the line that says what the picture is of. */
const TITLE = 24;
/** Bars would be no wider on a narrower picture. */
const NARROWEST = 640;

/** The timeline as it is shown now, all lanes in full, as SVG: drawn by the code that draws the view. */
export function pictureOf(context: Context): string {
  const { data, store, root } = context;
  const theme = context.theme();
  const { window, collapsed, selected } = store.get();
  const index = context.rows();
  const strip = stripOf(data);
  const track = createSpanTrack(data);
  const width = Math.max(root.clientWidth, NARROWEST);
  const layout = layoutOf(width, index, collapsed, track.rows);
  const head = TITLE + MINIMAP.height;
  const lanes = head + layout.head.height;
  const picture = new SvgCanvas(width, lanes + layout.height, document.createElement("canvas").getContext("2d"));
  const scale = scaleOf(window, layout.width);
  const axis = ticks(window, layout.width);
  const gaps = gapsInView(strip.gaps, scale);

  const page = picture.pen(0, 0, width, picture.height);
  page.ctx.fillStyle = theme.colors.bg;
  page.ctx.fillRect(0, 0, width, picture.height);
  const words = (text: string, x: number, y: number, bold = false) => {
    page.ctx.font = fontOf(theme, bold ? "bold" : "small");
    page.ctx.fillStyle = bold ? theme.colors.fg : theme.colors["fg-2"];
    page.ctx.fillText(visibleText(text), x, y);
  };
  words([data.facts.cell, data.facts.name].filter(Boolean).join(" ") || "microlog", 12, 16, true);
  words(`${formatDuration(window.end - window.start)} shown of ${formatDuration(data.facts.duration)}`, 12, head - 16);
  layout.lanes.forEach((box) => {
    const lane = data.lanes[box.lane];
    if (!lane) return;
    drawIcon(page.ctx, theme, lane.kind, 18, lanes + box.y + 12, 12);
    words(lane.name.slice(0, 16), 30, lanes + box.y + 16, true);
    words(laneNote(lane), 12, lanes + box.y + 30);
  });

  drawMinimap(picture.pen(layout.gutter, TITLE, layout.width, MINIMAP.height), theme, data, index, strip);
  const top = picture.pen(layout.gutter, head, layout.width, layout.head.height);
  drawGrid(top, theme, scale, axis, layout.head.markers, layout.head.height);
  drawRuler(top, theme, scale, axis);
  drawMetrics(top, theme, scale, strip, layout.head.metrics);
  drawGaps(top, theme, gaps, layout.head.metrics, layout.head.metrics + METRICS.height - 1, 0, true);
  drawMetricWords(top, theme, scale, strip, gaps, layout.head.metrics);
  drawMarkers(
    top,
    theme,
    clusters(indexLogs(data.logs), scale),
    layout.head.markers,
    null,
    store.get().found?.logs ?? null,
  );
  const body = picture.pen(layout.gutter, lanes, layout.width, layout.height);
  const scene = {
    data,
    index,
    layout,
    scale,
    ticks: axis,
    gaps: strip.gaps,
    theme,
    marks: { hover: null, selected, keyboard: false },
    measure: createMeasure()(body.ctx, theme),
    found: litFunctions(store.get()),
    scrolled: 0,
    spans: track.draw,
    strips: createAwaits(null),
  };
  drawLanes(body, scene, createDrawn());
  return picture.svg();
}

/** The same as PNG, in twice the pixels. */
export async function paintedPicture(context: Context): Promise<Blob> {
  const svg = pictureOf(context);
  const image = new Image();
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.width * 2;
    canvas.height = image.height * 2;
    const ctx = canvas.getContext("2d");
    ctx?.scale(2, 2);
    ctx?.drawImage(image, 0, 0);
    return await new Promise((resolve, reject) => {
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The picture is too large."))), "image/png");
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}
