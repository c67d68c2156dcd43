import { ICONS, type Icon, type IconName } from "../theme/icon-paths";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 1.35;

/** Icons of the controls, on the same grid as those of the canvas. */
const CONTROLS = {
  fit: [
    { d: "M2 3V13M14 3V13M4.5 8H11.5M6.5 5.7L4.2 8L6.5 10.3M9.5 5.7L11.8 8L9.5 10.3", color: "current", width: WIDTH },
  ],
  help: [
    { d: "M8 1.6A6.4 6.4 0 1 1 8 14.4A6.4 6.4 0 1 1 8 1.6Z", color: "current", width: WIDTH },
    { d: "M6 6.2C6 5 6.9 4.3 8 4.3S10 5 10 6.1C10 7.5 8 7.6 8 9.2", color: "current", width: WIDTH },
    { d: "M8 11.5V11.52", color: "current", width: 1.7 },
  ],
  notes: [
    { d: "M8 1.7A6.3 6.3 0 1 1 8 14.3A6.3 6.3 0 1 1 8 1.7Z", color: "current", width: WIDTH },
    { d: "M8 7.4V11.2", color: "current", width: 1.6 },
    { d: "M8 4.9V4.92", color: "current", width: 1.9 },
  ],
  search: [{ d: "M6.8 2A4.8 4.8 0 1 1 6.8 11.6A4.8 4.8 0 1 1 6.8 2ZM10.4 10.4L14 14", color: "current", width: WIDTH }],
  export: [{ d: "M8 2V10M4.8 7L8 10.2L11.2 7M2.4 10.6V13.4H13.6V10.6", color: "current", width: WIDTH }],
  copy: [{ d: "M5.5 5.5H13.5V13.5H5.5ZM10.5 5.5V2.5H2.5V10.5H5.5", color: "current", width: WIDTH }],
  close: [{ d: "M3.8 3.8L12.2 12.2M12.2 3.8L3.8 12.2", color: "current", width: WIDTH }],
  mark: [
    { d: "M1.6 1.5H14.4Q15.2 1.5 15.2 2.3V3.9Q15.2 4.7 14.4 4.7H1.6Q.8 4.7 .8 3.9V2.3Q.8 1.5 1.6 1.5Z", color: "fg" },
    { d: "M3.3 6.4H8.7Q9.5 6.4 9.5 7.2V8.8Q9.5 9.6 8.7 9.6H3.3Q2.5 9.6 2.5 8.8V7.2Q2.5 6.4 3.3 6.4Z", color: "accent" },
    {
      d: "M11.6 6.4H13.7Q14.5 6.4 14.5 7.2V8.8Q14.5 9.6 13.7 9.6H11.6Q10.8 9.6 10.8 8.8V7.2Q10.8 6.4 11.6 6.4Z",
      color: "fg-3",
    },
    {
      d: "M6.3 11.3H8.7Q9.5 11.3 9.5 12.1V13.7Q9.5 14.5 8.7 14.5H6.3Q5.5 14.5 5.5 13.7V12.1Q5.5 11.3 6.3 11.3Z",
      color: "fg-3",
    },
  ],
} as const satisfies Readonly<Record<string, Icon>>;

export type ControlName = keyof typeof CONTROLS;

/** An icon as SVG. Its colours are the theme's custom properties, so it follows the theme by itself. */
export function icon(name: IconName | ControlName, size = 16): SVGElement {
  return drawn(name in CONTROLS ? CONTROLS[name as ControlName] : ICONS[name as IconName], size);
}

/** The parts of an icon as SVG. */
export function drawn(parts: Icon, size = 16): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("width", String(size));
  svg.setAttribute("height", String(size));
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("microlog-icon");
  for (const part of parts) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", part.d);
    path.style.fill = part.width === undefined ? colorOf(part.color) : "none";
    if (part.width !== undefined) {
      path.style.stroke = colorOf(part.color);
      path.style.strokeWidth = String(part.width);
      path.style.strokeLinecap = "round";
      path.style.strokeLinejoin = "round";
    }
    svg.append(path);
  }
  return svg;
}

function colorOf(color: Icon[number]["color"]): string {
  if (color === "current") return "currentColor";
  return color === "white" ? color : `var(--ml-${color})`;
}
