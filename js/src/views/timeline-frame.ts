import { createSurface, type Surface } from "../render/surface";

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
  readonly live: HTMLElement;
}

export function element(name: string, className: string, ...children: (Node | string)[]): HTMLElement {
  const el = document.createElement(name);
  el.className = className;
  el.append(...children);
  return el;
}

export function createFrame(): Frame {
  const minimap = {
    gutter: element("div", "microlog-gutter"),
    plot: element("div", "microlog-plot"),
    surface: createSurface(),
  };
  minimap.plot.append(minimap.surface.canvas);
  const logs = element("div", "microlog-gutter-logs");
  const legend = element("div", "microlog-legend");
  const head = {
    gutter: element("div", "microlog-gutter", logs, legend),
    logs,
    legend,
    plot: element("div", "microlog-plot"),
    surface: createSurface(),
  };
  head.plot.append(head.surface.canvas);
  const surface = createSurface();
  const names = element("div", "microlog-lane-names");
  const lanes = element("div", "microlog-lanes", element("div", "microlog-lanes-view", surface.canvas), names);
  // A widget of its own: arrow keys are passed on to it by screen readers, and each step is read from the live region.
  surface.canvas.tabIndex = 0;
  surface.canvas.setAttribute("role", "application");
  surface.canvas.setAttribute("aria-roledescription", "flame chart");
  surface.canvas.setAttribute(
    "aria-label",
    "Calls over time. Arrow keys move between calls, Enter zooms to one, F shows all.",
  );
  for (const { canvas } of [minimap.surface, head.surface]) canvas.setAttribute("aria-hidden", "true");
  const live = element("div", "microlog-live");
  live.setAttribute("aria-live", "polite");
  const hairline = element("div", "microlog-hairline");
  const time = element("div", "microlog-time");
  const thumb = element("div", "microlog-thumb");
  const headRow = element("div", "microlog-head", head.gutter, head.plot);
  const el = element(
    "div",
    "microlog-timeline",
    element("div", "microlog-minimap", minimap.gutter, minimap.plot),
    headRow,
    lanes,
    thumb,
    hairline,
    time,
    live,
  );
  return {
    el,
    minimap,
    head: { ...head, el: headRow },
    lanes: { el: lanes, names, thumb, surface },
    hairline,
    time,
    live,
  };
}
