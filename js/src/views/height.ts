import type { Host } from "../host/host";
import { el } from "./dom";

export const HEIGHT = { least: 240, most: 1200, usual: 456 } as const;
const KEY = "height";
const STEP = 16;

const within = (height: number) => Math.round(Math.min(Math.max(height, HEIGHT.least), HEIGHT.most));

/** The bottom edge: dragging it, or the arrow keys on it, sets the height of the widget, which is kept. */
export function createHeight(root: HTMLElement, host: Host): HTMLElement {
  const kept = Number.parseInt(host.recall(KEY) ?? "", 10);
  let height = Number.isNaN(kept) ? HEIGHT.usual : within(kept);
  const edge = el("div", "microlog-edge");
  edge.tabIndex = 0;
  edge.title = "Drag to change the height";
  const attributes = {
    role: "separator",
    "aria-orientation": "horizontal",
    "aria-label": "Height",
    "aria-valuemin": String(HEIGHT.least),
    "aria-valuemax": String(HEIGHT.most),
  };
  for (const [name, value] of Object.entries(attributes)) edge.setAttribute(name, value);
  const set = (next: number) => {
    height = within(next);
    root.style.height = `${height}px`;
    edge.setAttribute("aria-valuenow", String(height));
  };
  const keep = () => host.keep(KEY, String(height));
  set(height);

  edge.addEventListener("pointerdown", (down) => {
    if (down.button !== 0) return;
    down.preventDefault();
    edge.setPointerCapture(down.pointerId);
    const before = height;
    const move = (event: PointerEvent) => set(before + event.clientY - down.clientY);
    const up = () => {
      edge.removeEventListener("pointermove", move);
      keep();
    };
    edge.addEventListener("pointermove", move);
    edge.addEventListener("lostpointercapture", up, { once: true });
  });
  edge.addEventListener("keydown", (event) => {
    const step = { ArrowDown: STEP, ArrowUp: -STEP }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    set(height + step);
    keep();
  });
  edge.addEventListener("dblclick", () => {
    set(HEIGHT.usual);
    keep();
  });
  return edge;
}
