import { readColumns } from "../data/parts";
import { barOf } from "../data/room";
import type { CallId, Ns } from "../data/types";
import { chosen, finerRows, type Part, stored, wanted } from "../logic/finer";
import type { RowIndex } from "../logic/rows";
import type { TimeWindow } from "../logic/viewport";
import type { Context } from "./context";

/** The detail of a long recording that a kernel tells when it is looked at. */
export interface Finer {
  /** The rows to draw for a window in which a pixel is so many nanoseconds; null for the view's own. Never waits. */
  rows(window: TimeWindow, pixel: number): RowIndex | null;
  dispose(): void;
}

interface Kept extends Part {
  readonly rows: RowIndex;
}

/** So long the window has to rest before it is asked for: it moves many times a second while it is panned. */
const REST_MS = 80;

/**
 * Asks for what is looked at, one question at a time: a kernel that is busy answers one, late, and not a hundred. What has come
 * is kept until there is no more room. `changed` is called when there is something finer to see, or when the ids of parts
 * are no longer what they were: then what was chosen by them has become the bars that they were parts of.
 */
export function createFiner(context: Context, changed: () => void): Finer {
  const { data, host, store } = context;
  const { room, calls } = data;
  const own = data.facts.detail?.resolution ?? 0;
  const ending = new AbortController();
  let kept: Kept[] = [];
  let asking = false;
  let refused = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let looked: readonly [TimeWindow, number] | null = null;

  const forget = () => {
    const { selected, hover, about } = store.get();
    const whole = (call: CallId) => barOf(data, call);
    store.set({
      selected: selected === null ? null : whole(selected),
      hover: hover === null ? null : whole(hover),
      about: about && "call" in about ? { call: whole(about.call as CallId) } : about,
    });
    kept = [];
    if (room) room.used = 0;
  };
  const ask = async () => {
    if (!room || !looked || asking || refused) return;
    const part = wanted(kept, ...looked, own, data.facts.duration as Ns);
    if (!part) return;
    asking = true;
    try {
      const { body, buffers } = await host.request("window", part, ending.signal);
      const { columns, resolution } = body as { readonly columns: unknown; readonly resolution: number };
      const sent = await readColumns(columns, buffers[0]);
      if (ending.signal.aborted) return;
      let first = stored(calls, room, sent);
      if (first < 0) {
        forget();
        first = stored(calls, room, sent);
      }
      const rows = finerRows(context.rows(), calls, room, first, sent.count, part);
      kept.push({ ...part, resolution, rows });
      changed();
    } catch {
      // Without a kernel the view's bars stay, and the status line says so; with another one it is asked again.
      refused = true;
    }
    asking = false;
    if (!ending.signal.aborted) later();
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), REST_MS);
  };
  const unwatch = host.onState((state) => {
    if (state !== "idle") return;
    refused = false;
    later();
  });
  return {
    rows(window, pixel) {
      if (looked?.[0] !== window || looked[1] !== pixel) {
        looked = [window, pixel];
        if (!asking) later();
      }
      return chosen(kept, window, pixel, own)?.rows ?? null;
    },
    dispose() {
      clearTimeout(timer);
      unwatch();
      ending.abort(new Error("The view was closed."));
    },
  };
}
