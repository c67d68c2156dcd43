import type { CallId, LogId, Ns, Place, ViewData } from "../data/types";
import type { Host } from "../host/host";
import type { Strips } from "../render/strips";
import type { Sheet, Tab, UiState } from "../state/store";
import type { CallActions } from "./call-card";
import type { Context, View } from "./context";
import type { Finer } from "./finer";
import type { Seen, Shown } from "./mount";
import type { SearchParts } from "./search-box";
import type { SourceLine } from "./source-link";
import type { SpanTrackView } from "./spans";
import type { Voice } from "./voice";

/** What a view shows in the panel under the tabs. */
export interface Panel extends View {
  /** Stands at the right of the tabs while the panel is shown. */
  readonly controls?: HTMLElement;
  /** Stands in the status line while the panel is shown: what is in it, and its keys. */
  readonly foot?: HTMLElement;
  /** The panel is shown now; one that is hidden draws nothing and listens to nothing that costs. */
  shown(): void;
  hidden(): void;
}

/** A view makes its panel when its tab is opened for the first time. */
export type PanelMaker = (context: Context) => Panel;

/** A card over the view, made each time it is opened. */
export type SheetMaker = (context: Context, close: () => void) => HTMLElement;

/** What `more.ts` holds: all that is not needed to paint the timeline and to point at it, and its style sheet. */
export interface More {
  readonly panels: Partial<Readonly<Record<Tab, PanelMaker>>>;
  readonly sheets: Readonly<Record<Sheet, SheetMaker>>;
  /** What the field in the header does. */
  readonly search: (context: Context, parts: SearchParts) => View;
  /** The selected range over the timeline, and the keys that make one. */
  readonly range: (context: Context, timeline: HTMLElement, actions: { readonly zoom: () => void }) => View;
  readonly keyRange: (context: Context, pressed: string) => boolean;
  /** The lanes in words, for those who do not see them and where there is no room. */
  readonly assist: (context: Context, timeline: HTMLElement) => View;
  /** Opens a line of source, and what of it is chosen. */
  readonly openSource: (context: Context, source: SourceLine) => Promise<void>;
  readonly openChosen: (context: Context) => void;
  /** Fills the legend of modules, until it is ended. */
  readonly legend: (context: Context, place: HTMLElement) => () => void;
  /** One selection here, on the other views and in Python, until it is ended; in a file, the place that its address names. */
  readonly link: (context: Context) => () => void;
  /** What a card says of a call. */
  readonly callCard: (context: Context, call: CallId, pinned: boolean, actions: CallActions) => HTMLElement;
  /** What a kernel tells of a long recording. */
  readonly finer: (context: Context, changed: () => void) => Finer;
  /** Draws the small bars of the lanes faster than one by one. */
  readonly strips: () => Strips;
  /** The track of measured spans. */
  readonly spans: (data: ViewData) => SpanTrackView;
  /** What is under a marker, in a few lines. */
  readonly markerCard: (
    context: Context,
    entries: readonly LogId[],
    open: (entries: readonly LogId[]) => void,
  ) => HTMLElement;
  /** The entries of a marker, in a card. */
  readonly logCard: (context: Context, entries: readonly LogId[], close: () => void) => HTMLElement;
  /** Says that the recording goes on, until it is ended; `settle` makes room in the header. */
  readonly running: (context: Context, settle: () => void) => () => void;
  /** Tells those who do not see it what is new. */
  readonly voice: () => Voice;
  /** What the user was doing on a view, in terms of other data of the same recording. */
  readonly carried: (seen: Seen, next: ViewData) => Partial<UiState>;
  /** How newer data of the recording, and what it grows by, takes the place of the older. */
  readonly exchange: (
    place: HTMLElement,
    newRoot: () => HTMLElement,
    make: (root: HTMLElement, data: ViewData) => Shown,
    now: () => Shown | null,
    took: (next: Shown) => void,
    host: Host,
    signal: AbortSignal,
  ) => Exchange;
  readonly style: string;
}

/** Puts views over newer data in place of the one that is seen. */
export interface Exchange {
  begin(data: ViewData): void;
  /** Lets the one go that has not been seen yet. */
  drop(): void;
}

/** The moment or the interval of a place. */
export function intervalOf(data: ViewData, place: Place): { readonly start: Ns; readonly end: Ns } {
  if ("start" in place) return place;
  if ("call" in place) {
    const start = data.calls.start[place.call] ?? 0;
    return { start: start as Ns, end: (start + (data.calls.duration[place.call] ?? 0)) as Ns };
  }
  if ("anomaly" in place) {
    const row = data.anomalies[place.anomaly];
    const start = row?.start ?? 0;
    return { start: start as Ns, end: (start + (row?.duration ?? 0)) as Ns };
  }
  const time = data.logs[place.log]?.time ?? (0 as Ns);
  return { start: time, end: time };
}
