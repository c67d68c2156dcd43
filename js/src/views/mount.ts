import { decode } from "../data/decode";
import type { Host } from "../host/host";
import { watchTheme } from "../theme/watch";
import { type App, createApp } from "./app";
import { el } from "./dom";
import { createError, createLoading } from "./states";

/** Where an entry shows its bytes; the last ones given win. */
export interface Mount {
  /** Resolves when the recording, or what is wrong with it, is shown; never rejects. */
  show(bytes: Uint8Array): Promise<void>;
  /** Shows that there is nothing to show, and why. */
  fail(error: unknown): void;
  dispose(): void;
}

/** Puts a `.microlog` element into `place` and shows recordings in it: loading, then the view, or else the error. */
export function createMount(place: HTMLElement, host: Host, className = ""): Mount {
  const root = el("div", `microlog ${className}`.trim());
  place.append(root);
  let shown: App | null = null;
  let latest = 0;

  const clear = () => {
    shown?.dispose();
    shown = null;
    root.classList.remove("microlog-failed");
  };
  const fail = (error: unknown) => {
    clear();
    const theme = watchTheme(root, []);
    root.classList.add("microlog-failed");
    root.style.height = "";
    root.replaceChildren(createError("The recording cannot be shown.", error));
    shown = { dispose: theme.dispose };
  };
  return {
    async show(bytes) {
      const turn = ++latest;
      clear();
      const loading = createLoading();
      const theme = watchTheme(root, []);
      root.replaceChildren(loading.el);
      try {
        const data = await decode(bytes);
        if (turn === latest) shown = createApp(root, data, host);
      } catch (error) {
        if (turn === latest) fail(error);
      } finally {
        loading.dispose();
        theme.dispose();
      }
    },
    fail(error) {
      latest++;
      fail(error);
    },
    dispose() {
      latest++;
      clear();
      root.remove();
    },
  };
}
