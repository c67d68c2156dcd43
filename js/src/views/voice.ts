import type { ViewData } from "../data/types";
import { news, type Said } from "../logic/news";
import { el } from "./dom";

/** Tells those who do not see it what is new in a recording that goes on. */
export interface Voice {
  /** Newer data of it has come to a place that shows it. */
  hear(place: HTMLElement, data: ViewData): void;
  /** The place shows it no more. */
  leave(place: HTMLElement): void;
}

/** What comes within this time is said at once, by the place that came last: at its end a recording changes its place. */
const GATHER_MS = 700;
/** Speech takes time: what comes meanwhile waits. */
const QUIET_MS = 5000;

/** Regions of one recording, of which one speaks; they stay where the views in them come and go. */
export function createVoice(): Voice {
  const regions = new Map<HTMLElement, HTMLElement>();
  let said: Said = { running: false, anomalies: new Set() };
  let latest: ViewData | null = null;
  let spoken = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const speak = () => {
    timer = undefined;
    const region = [...regions.values()].filter((each) => each.isConnected).at(-1);
    if (!latest || !region) return;
    const { words, said: next } = news(latest, said);
    said = next;
    if (!words) return;
    region.textContent = words;
    spoken = performance.now();
  };
  return {
    hear(place, data) {
      if (!regions.has(place)) {
        const region = el("div", "microlog-voice");
        region.setAttribute("role", "status");
        // Beside the view, where its style sheet does not reach: there for those who listen only.
        Object.assign(region.style, {
          position: "absolute",
          width: "1px",
          height: "1px",
          overflow: "hidden",
          clipPath: "inset(50%)",
        });
        regions.set(place, region);
        place.append(region);
      }
      if (data.facts.running) said = { ...said, running: true };
      latest = data;
      timer ??= setTimeout(speak, Math.max(GATHER_MS, spoken + QUIET_MS - performance.now()));
    },
    leave(place) {
      regions.get(place)?.remove();
      regions.delete(place);
      if (regions.size > 0) return;
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
