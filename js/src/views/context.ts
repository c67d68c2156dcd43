import type { CallId, Place, ViewData } from "../data/types";
import type { Host } from "../host/host";
import type { RowIndex } from "../logic/rows";
import type { Store } from "../state/store";
import type { Package } from "../theme/palette";
import type { Theme } from "../theme/theme";

/** What every view is given. A view is a function of this that returns its DOM and how to end it. */
export interface Context {
  readonly data: ViewData;
  /** The calls by lane and row; sorted at the first use, once for all views. */
  rows(): RowIndex;
  readonly store: Store;
  readonly host: Host;
  /** The resolved theme now; views redraw when `onTheme` fires. */
  theme(): Theme;
  onTheme(listener: () => void): () => void;
  /** Gives the packages, by their order, the colours of these. */
  recolor(packages: readonly Package[]): void;
  /** Selects a call and brings it into view where it is drawn. */
  select(call: CallId): void;
  /** Opens the timeline at a place: marks it, and moves there. */
  show(place: Place): void;
  /** The `.microlog` element: cards are placed inside it. */
  readonly root: HTMLElement;
}

export interface View {
  readonly el: HTMLElement;
  dispose(): void;
}
