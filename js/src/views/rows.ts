import { createHeights, type Heights } from "../logic/heights";
import { el } from "./dom";

/** Rows beyond the edges that are made ahead of the scrolling, in CSS pixels. */
const AHEAD = 240;

/** A long table of which only the rows in view exist; rows have the height that they have. */
export interface Rows {
  readonly el: HTMLElement;
  /** Shows other rows; `keys` tells them apart, and keeps what is known of their height. */
  show(keys: readonly number[]): void;
  /** Makes a row anew, as it looks otherwise now. */
  renew(key: number): void;
  /** Scrolls as little as needed to see a row. */
  reveal(key: number): void;
  /** Calls back for each row that exists. */
  each(callback: (row: HTMLElement, key: number) => void): void;
  dispose(): void;
}

export function createRows(estimate: number, make: (key: number, place: number) => HTMLElement): Rows {
  const space = el("div", "microlog-rows-space");
  const area = el("div", "microlog-rows", space);
  // What scrolls can be reached by keys.
  area.tabIndex = 0;
  const made = new Map<number, HTMLElement>();
  const known = new Map<number, number>();
  let keys: readonly number[] = [];
  let places = new Map<number, number>();
  let heights: Heights = createHeights(0, () => estimate);
  let width = 0;

  const drop = (key: number) => {
    made.get(key)?.remove();
    made.delete(key);
  };
  const update = () => {
    if (area.clientHeight === 0) return;
    // Heights of rows that were never seen are guesses: what comes into view corrects them, so once more after each pass.
    for (let pass = 0; pass < 4; pass++) if (!fill()) break;
    space.style.height = `${heights.total()}px`;
  };
  const fill = (): boolean => {
    const { scrollTop, clientHeight } = area;
    const first = Math.max(heights.rowAt(scrollTop - AHEAD), 0);
    const last = heights.rowAt(scrollTop + clientHeight + AHEAD);
    const wanted = new Set(keys.slice(first, last + 1));
    const focused = area.contains(document.activeElement);
    for (const key of [...made.keys()]) if (!wanted.has(key)) drop(key);
    if (focused && !area.contains(document.activeElement)) area.focus({ preventScroll: true });
    let before: Element | null = null;
    for (let place = first; place <= last; place++) {
      const key = keys[place];
      if (key === undefined) continue;
      let row = made.get(key);
      if (!row) {
        row = make(key, place);
        made.set(key, row);
      }
      // In order also in the document: for those who read it in order.
      const next: Element | null = before ? before.nextElementSibling : space.firstElementChild;
      if (next !== row) space.insertBefore(row, next);
      before = row;
    }
    const anchor = heights.rowAt(scrollTop);
    const anchored = heights.top(anchor);
    let changed = false;
    const measured = [...made].map(([key, row]) => [key, row.offsetHeight] as const);
    for (const [key, height] of measured) {
      if (height === 0) continue;
      known.set(key, height);
      if (heights.set(places.get(key) ?? 0, height)) changed = true;
    }
    for (const [key, row] of made) row.style.transform = `translateY(${heights.top(places.get(key) ?? 0)}px)`;
    // What is read stays where it is when rows above it turn out higher.
    const moved = heights.top(anchor) - anchored;
    space.style.height = `${heights.total()}px`;
    if (moved !== 0) area.scrollTop = scrollTop + moved;
    return changed;
  };
  area.addEventListener("scroll", update, { passive: true });
  const sizes = new ResizeObserver(() => {
    if (area.clientWidth !== width) {
      width = area.clientWidth;
      known.clear();
      const current = keys;
      heights = createHeights(current.length, () => estimate);
    }
    update();
  });
  sizes.observe(area);
  return {
    el: area,
    show(next) {
      keys = next;
      places = new Map(next.map((key, place) => [key, place]));
      heights = createHeights(next.length, (place) => known.get(next[place] as number) ?? estimate);
      for (const key of [...made.keys()]) drop(key);
      space.style.height = `${heights.total()}px`;
      update();
    },
    renew(key) {
      drop(key);
      update();
    },
    reveal(key) {
      const place = places.get(key);
      if (place === undefined || area.clientHeight === 0) return;
      // The rows on the way there are guesses: each pass comes nearer.
      for (let pass = 0; pass < 4; pass++) {
        const top = heights.top(place);
        const bottom = top + heights.height(place);
        if (top >= area.scrollTop && bottom <= area.scrollTop + area.clientHeight) break;
        area.scrollTop = top < area.scrollTop ? top - 8 : Math.min(bottom - area.clientHeight + 8, top);
        update();
      }
    },
    each(callback) {
      for (const [key, row] of made) callback(row, key);
    },
    dispose: () => sizes.disconnect(),
  };
}
