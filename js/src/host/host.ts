/** What the kernel says to a request: a JSON value, and bytes beside it. */
export interface Answer {
  readonly body: unknown;
  readonly buffers: readonly DataView[];
}

/**
 * Whether somebody answers. idle: at once. busy: later, what is asked waits in the kernel. dead: the kernel that made this
 * view has ended. none: there never was one here, this is a saved view.
 */
export type KernelState = "idle" | "busy" | "dead" | "none";

export type Heard = (body: unknown, buffers: readonly DataView[]) => void;

/** The selected range as the notebook holds it, for all views of a recording and for Python; a file holds none. */
export interface SharedRange {
  /** Start and end in whole nanoseconds. */
  get(): readonly [number, number] | null;
  set(range: readonly [number, number] | null): void;
  /** Calls back when somebody else has set it; returns what ends it. */
  listen(listener: () => void): () => void;
}

/** What the app may ask of the outside. One host for a kernel, one for a file; the app does not know which. */
export interface Host {
  readonly kind: "kernel" | "none";
  /** Keeps a value per notebook (the height); null when nothing was kept. */
  recall(key: string): string | null;
  keep(key: string, value: string): void;
  /** The module of the views behind the other tabs (`more.ts`); it comes at its first use. */
  more(): Promise<unknown>;
  /**
   * Asks Python for something; the kinds are those registered in `microlog_nb/api/views.py`. A busy kernel answers when it
   * is free. Rejects with an Error whose message is one sentence, or with the signal's reason when the asker gives up.
   */
  request(kind: string, body: object, signal?: AbortSignal): Promise<Answer>;
  /** Hears what Python sends by itself; returns what ends it. */
  listen(kind: string, listener: Heard): () => void;
  readonly range: SharedRange;
  state(): KernelState;
  /** Calls back when the state has changed; returns what ends it. */
  onState(listener: (state: KernelState) => void): () => void;
}
