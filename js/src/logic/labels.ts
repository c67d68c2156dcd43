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

/** What a bar says, apart from its room. */
export interface Said {
  readonly name: string;
  /** Calls joined in the bar, and how their number is written; the name is of the longest. */
  readonly count: number;
  readonly written: string;
  /** The joined calls are of several functions: then the number comes first. */
  readonly mixed: boolean;
  readonly duration: string;
}

/** What a bar of `room` pixels inside its padding says: name, else last part, else the start of it; duration if it fits. */
export function labelOf(said: Said, room: number, measure: Measure): Label | null {
  if (room + 2 * LABEL_PADDING < NO_TEXT_UNDER) return null;
  const { name, duration } = said;
  const last = lastPart(name);
  for (const parts of wordings(said, last)) {
    // Measured in parts: the names come back on every frame, the counts do not.
    const width = parts.reduce((sum, part) => sum + measure(part, "name"), 0);
    if (width > room) continue;
    const text = parts.join("");
    const fits = said.count === 1 && width + DURATION_GAP + measure(duration, "duration") <= room;
    return { text, fades: false, width, duration: fits ? duration : "" };
  }
  return { text: said.mixed ? `${said.written} calls` : last, fades: true, width: room, duration: "" };
}

/** From the fullest to the shortest, in parts. */
function wordings({ name, count, written, mixed }: Said, last: string): string[][] {
  if (count === 1) return last === name ? [[name]] : [[name], [last]];
  const calls = `${written} calls`;
  if (mixed) return [[calls, ", longest ", name], [calls, ", longest ", last], [calls]];
  const times = ` ×${written}`;
  return [[name, times], [last, times], [last]];
}
