/** Where floating cards stand. All numbers are CSS pixels in one frame of reference. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Placed {
  readonly x: number;
  readonly y: number;
  readonly maxHeight: number;
}

/** Air between a card and its bar. */
const GAP = 8;
/** A card beside its bar begins this much higher: its title is then about level with the bar. */
const RISE = 24;

const clamp = (value: number, low: number, high: number) => Math.max(Math.min(value, high), low);

/** Right of the bar, else left of it; null when neither side has room. */
export function placeBeside(bar: Rect, card: Size, bounds: Rect): Placed | null {
  const right = bar.x + bar.width + GAP;
  const left = bar.x - GAP - card.width;
  const x = right + card.width <= bounds.x + bounds.width ? right : left >= bounds.x ? left : null;
  if (x === null) return null;
  const height = Math.min(card.height, bounds.height);
  return { x, y: clamp(bar.y - RISE, bounds.y, bounds.y + bounds.height - height), maxHeight: bounds.height };
}

/** Under the row of the bar, or above it where there is more room; near the pointer. */
export function placeUnder(bar: Rect, card: Size, bounds: Rect, pointerX: number): Placed {
  const under = bar.y + bar.height + GAP;
  const below = bounds.y + bounds.height - under;
  const above = bar.y - GAP - bounds.y;
  const x = clamp(pointerX - card.width / 3, bounds.x, bounds.x + bounds.width - card.width);
  if (below >= card.height || below >= above) return { x, y: under, maxHeight: Math.max(below, 0) };
  return { x, y: bar.y - GAP - Math.min(card.height, above), maxHeight: above };
}
