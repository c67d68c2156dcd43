import { decode } from "../data/decode";
import { withRoom } from "../data/room";
import type { ViewData } from "../data/types";
import type { Host } from "../host/host";
import type { UiState } from "../state/store";
import { watchTheme } from "../theme/watch";
import { type App, createApp } from "./app";
import { el } from "./dom";
import type { Exchange, More } from "./panel";
import { createError, createLoading } from "./states";
import type { Voice } from "./voice";

/** Where an entry shows its bytes; the last ones given win. */
export interface Mount {
  /** Resolves when the recording, or what is wrong with it, is shown; never rejects. */
  show(bytes: Uint8Array): Promise<void>;
  /** Shows that there is nothing to show, and why. */
  fail(error: unknown): void;
  dispose(): void;
}

/** A recording that is seen. */
export interface Shown {
  readonly root: HTMLElement;
  readonly app: App;
  readonly data: ViewData;
}

/** What the user was doing on a view, and the data that this is about. */
export interface Seen {
  readonly state: UiState;
  readonly data: ViewData;
}

/** What the views of one recording have in common: the one that was made last tells what is done there. */
export interface Memory {
  seen: (() => Seen) | null;
  /** Tells what is new; there once one of them was of a recording that goes on. */
  voice?: Voice;
}

/**
 * Puts a `.microlog` element into `place` and shows recordings in it: loading, then the view, or else the error. Newer data
 * of the recording that is seen takes the place of the older, see `exchange.ts`. A view that is made where there was one
 * before goes on with what the user was doing there.
 */
export function createMount(place: HTMLElement, host: Host, className = "", memory: Memory = { seen: null }): Mount {
  const ending = new AbortController();
  const newRoot = (): HTMLElement => el("div", `microlog ${className}`.trim());
  let root = newRoot();
  place.append(root);
  let shown: Shown | null = null;
  let failed: { dispose(): void } | null = null;
  let exchange: Exchange | null = null;
  let latest = 0;
  let own: (() => Seen) | null = null;

  const clear = () => {
    exchange?.drop();
    if (own && memory.seen === own) {
      const last = own();
      memory.seen = () => last;
    }
    shown?.app.dispose();
    failed?.dispose();
    shown = failed = null;
    root.classList.remove("microlog-failed");
  };
  const fail = (error: unknown) => {
    clear();
    failed = watchTheme(root, []);
    root.classList.add("microlog-failed");
    root.style.height = "";
    root.replaceChildren(createError("The recording cannot be shown.", error));
  };
  const make = (into: HTMLElement, data: ViewData): Shown => ({ root: into, app: createApp(into, data, host), data });
  const take = (next: Shown) => {
    shown = next;
    root = next.root;
    own = memory.seen = () => ({ state: next.app.store.get(), data: next.data });
  };
  /** A notebook keeps the main part of a large recording; who made it has the rest. */
  const askForAll = (turn: number) => {
    host.request("view", {}, ending.signal).then(
      ({ buffers: [all] }) => {
        if (all && turn === latest) void mount.show(new Uint8Array(all.buffer, all.byteOffset, all.byteLength));
      },
      // Nobody is there who has it: the view says what is left out. A kernel that was busy may be there later.
      () => {
        const stop = host.onState((state) => {
          if (state !== "idle") return;
          stop();
          if (turn === latest) askForAll(turn);
        });
      },
    );
  };
  const exchangeOf = (more: More) => {
    exchange ??= more.exchange(place, newRoot, make, () => shown, take, host, ending.signal);
    return exchange;
  };
  /** A recording that goes on grows, and what is new in it is said. */
  const tell = async (data: ViewData) => {
    if (!data.facts.running && !memory.voice) return;
    const more = (await host.more()) as More;
    if (ending.signal.aborted) return;
    exchangeOf(more);
    memory.voice ??= more.voice();
    memory.voice.hear(place, data);
  };
  const mount: Mount = {
    async show(bytes) {
      const turn = ++latest;
      // Newer data, or more of it, takes the place of what is seen.
      const facts = shown?.data.facts;
      const stays = facts?.running || facts?.detail?.partial;
      if (!stays) clear();
      const loading = stays ? null : createLoading();
      const theme = loading && watchTheme(root, []);
      if (loading) root.replaceChildren(loading.el);
      try {
        const decoded = await decode(bytes);
        const data = host.kind === "kernel" ? withRoom(decoded) : decoded;
        const before = memory.seen;
        // Without its code a view begins anew.
        const more = before ? ((await host.more().catch(() => null)) as More | null) : null;
        if (turn !== latest) return;
        tell(data).catch(() => undefined);
        if (stays && more && shown) {
          exchangeOf(more).begin(data);
        } else {
          if (stays) clear();
          const made = make(root, data);
          if (more && before) made.app.store.set(more.carried(before(), data));
          take(made);
        }
        if (data.facts.detail?.partial && !data.facts.running) askForAll(turn);
      } catch (error) {
        if (turn === latest) fail(error);
      } finally {
        loading?.dispose();
        theme?.dispose();
      }
    },
    fail(error) {
      latest++;
      fail(error);
    },
    dispose() {
      latest++;
      ending.abort();
      memory.voice?.leave(place);
      clear();
      root.remove();
    },
  };
  return mount;
}
