import type { AnomalyId, CallId, FunctionId, LaneId, LogId, Ns, Place } from "../data/types";
import type { Found } from "../logic/search";

/** The views, in the order of their tabs. */
export const TABS = ["timeline", "functions", "log", "anomalies", "design", "explain"] as const;
export type Tab = (typeof TABS)[number];

export type Sheet = "help" | "export" | "notes";

export interface Interval {
  readonly start: Ns;
  readonly end: Ns;
}

/** What the user is doing: everything a view may change. Facts of the recording are elsewhere (`ViewData`). */
export interface UiState {
  readonly tab: Tab;
  /** Visible window of time; start < end. */
  readonly window: Interval;
  /** The selected range; every view is about it while there is one. */
  readonly range: Interval | null;
  /** What is searched for: plain text or `/regex/`; "" searches for nothing. */
  readonly query: string;
  /** What the query finds; null while nothing is searched for. */
  readonly found: Found | null;
  /** By FunctionId: 1 for what is chosen in the legend, the rest is dimmed; null while nothing is chosen. */
  readonly chosen: Uint8Array | null;
  /** Call under the pointer, or under the keyboard focus. */
  readonly hover: CallId | null;
  /** Time under the pointer, for the hairline and the values in the gutter. */
  readonly pointer: Ns | null;
  /** Call chosen by click or arrows; it keeps its ring and the breadcrumb. */
  readonly selected: CallId | null;
  /** The card stays open for `selected`. */
  readonly pinned: boolean;
  /** Log entry whose card is open, or whose row is marked. */
  readonly log: LogId | null;
  /** Function chosen in a table or in the graph. */
  readonly function: FunctionId | null;
  /** Anomaly whose row is marked. */
  readonly anomaly: AnomalyId | null;
  /** What is to be explained, each time that somebody says so; null before. */
  readonly about: Place | null;
  readonly collapsed: ReadonlySet<LaneId>;
  /** What lies over the view: the card of keys, or the menu of exports. */
  readonly sheet: Sheet | null;
}

/** Before the user has done anything. */
export function initial(window: Interval): UiState {
  return {
    tab: "timeline",
    window,
    range: null,
    query: "",
    found: null,
    chosen: null,
    hover: null,
    pointer: null,
    selected: null,
    pinned: false,
    log: null,
    function: null,
    anomaly: null,
    about: null,
    collapsed: new Set(),
    sheet: null,
  };
}

export type Listener = (state: UiState, previous: UiState) => void;

/** The one UI store: listeners run synchronously after a change, never when nothing changed. */
export interface Store {
  get(): UiState;
  set(patch: Partial<UiState>): void;
  subscribe(listener: Listener): () => void;
}

export function createStore(initial: UiState): Store {
  let state = initial;
  const listeners = new Set<Listener>();
  return {
    get: () => state,
    set(patch) {
      const keys = Object.keys(patch) as (keyof UiState)[];
      if (keys.every((key) => Object.is(state[key], patch[key]))) return;
      const previous = state;
      state = { ...state, ...patch };
      for (const listener of [...listeners]) listener(state, previous);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
