import { createSurface, type Surface } from "../render/surface";
import { el } from "./dom";

/** The elements of the timeline, from top to bottom. Their look is in timeline.css. */
export interface Frame {
  readonly el: HTMLElement;
  readonly minimap: { readonly gutter: HTMLElement; readonly plot: HTMLElement; readonly surface: Surface };
  readonly head: {
    readonly el: HTMLElement;
    readonly gutter: HTMLElement;
    readonly logs: HTMLElement;
    readonly legend: HTMLElement;
    readonly plot: HTMLElement;
    readonly surface: Surface;
  };
  /** The scrolling area; `names` is as high as all lanes, the canvas stays in view. */
  readonly lanes: {
    readonly el: HTMLElement;
    readonly names: HTMLElement;
    readonly thumb: HTMLElement;
    readonly surface: Surface;
  };
  readonly hairline: HTMLElement;
  readonly time: HTMLElement;
}

export function createFrame(): Frame {
  const minimap = {
    gutter: el("div", "microlog-gutter"),
    plot: el("div", "microlog-plot"),
    surface: createSurface(),
  };
  minimap.plot.append(minimap.surface.canvas);
  const logs = el("div", "microlog-gutter-logs");
  const legend = el("div", "microlog-legend");
  const head = {
    gutter: el("div", "microlog-gutter", logs, legend),
    logs,
    legend,
    plot: el("div", "microlog-plot"),
    surface: createSurface(),
  };
  head.plot.append(head.surface.canvas);
  const surface = createSurface();
  const names = el("div", "microlog-lane-names");
  const lanes = el("div", "microlog-lanes", el("div", "microlog-lanes-view", surface.canvas), names);
  // A widget of its own: arrow keys are passed on to it by screen readers, and each step is read from a live region.
  surface.canvas.tabIndex = 0;
  surface.canvas.setAttribute("role", "application");
  surface.canvas.setAttribute("aria-roledescription", "flame chart");
  surface.canvas.setAttribute(
    "aria-label",
    "Calls over time. Arrow keys move between calls, Enter zooms to one, F shows all.",
  );
  for (const { canvas } of [minimap.surface, head.surface]) canvas.setAttribute("aria-hidden", "true");
  const hairline = el("div", "microlog-hairline");
  const time = el("div", "microlog-time");
  const thumb = el("div", "microlog-thumb");
  const headRow = el("div", "microlog-head", head.gutter, head.plot);
  const whole = el(
    "div",
    "microlog-timeline",
    el("div", "microlog-minimap", minimap.gutter, minimap.plot),
    headRow,
    lanes,
    thumb,
    hairline,
    time,
  );
  return {
    el: whole,
    minimap,
    head: { ...head, el: headRow },
    lanes: { el: lanes, names, thumb, surface },
    hairline,
    time,
  };
}
