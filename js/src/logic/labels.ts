/** Bars narrower than this carry no text, in CSS pixels. */
export const NO_TEXT_UNDER = 20;
export const LABEL_PADDING = 4;
/** The text fades out over this width. */
export const FADE = 12;
/** Between name and duration. */
export const DURATION_GAP = 6;

export interface Label {
  readonly text: string;
  /** The text is longer than its room and fades out. */
  readonly fades: boolean;
  readonly width: number;
  readonly duration: string;
}

/** Width of a text in CSS pixels, in the font of names (11 px) or of durations (10 px). */
export type Measure = (text: string, font: "name" | "duration") => number;

/** `Class.method` from a qualified name: what functions are defined inside is not part of the shown name. */
export function shownName(qualified: string): string {
  return qualified.replaceAll("<locals>.", "");
}

export function lastPart(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

/** What a bar of `room` pixels inside its padding says: name, else last part, else the start of it; duration if it fits. */
export function labelOf(name: string, count: number, duration: string, room: number, measure: Measure): Label | null {
  if (room + 2 * LABEL_PADDING < NO_TEXT_UNDER) return null;
  const suffix = count > 1 ? ` ×${count}` : "";
  const last = lastPart(name);
  for (const text of new Set([name + suffix, last + suffix, last])) {
    const width = measure(text, "name");
    if (width > room) continue;
    const fits = count === 1 && width + DURATION_GAP + measure(duration, "duration") <= room;
    return { text, fades: false, width, duration: fits ? duration : "" };
  }
  return { text: last, fades: true, width: room, duration: "" };
}
