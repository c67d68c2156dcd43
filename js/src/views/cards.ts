import type { CallId, LogId } from "../data/types";

/** A rectangle in CSS pixels, relative to the `.microlog` root. */
export interface Anchor {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The floating cards of the timeline. They own their delays (80 ms to open, 200 ms to close), their placement inside the
 * root beside the anchor, and stay open while the pointer is on them; the timeline only says what is pointed at.
 */
export interface Cards {
  /** The call under the pointer and the place of its bar, or null when the pointer left all bars. */
  point(call: CallId | null, bar: Anchor | null): void;
  /** Keeps the card of this call open until `unpin` (a click or P). */
  pin(call: CallId, bar: Anchor): void;
  unpin(): void;
  /** The entries of a marker (one, or a cluster's), opened by a click; null closes. */
  logs(entries: readonly LogId[] | null, marker: Anchor | null): void;
  dispose(): void;
}
