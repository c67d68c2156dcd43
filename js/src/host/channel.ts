import type { Answer, Heard, Host, KernelState } from "./host";

/** As much of a widget's model as messages need: https://anywidget.dev/en/afm/ */
export interface MessageModel {
  send(content: unknown): void;
  on(event: string, listener: Listener): void;
  off(event: string, listener: Listener): void;
  /** Some notebooks show their kernel here; it only says when to ask again whether somebody answers. */
  readonly widget_manager?: unknown;
}

type Listener = (content: unknown, buffers?: readonly unknown[]) => void;

export interface Channel extends Pick<Host, "request" | "listen" | "state" | "onState"> {
  dispose(): void;
}

/** An idle kernel answers in a few milliseconds; one that is silent for so long is busy, or is not there. */
export const PATIENCE_MS = 1000;

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

const GONE: Readonly<Record<"dead" | "none", string>> = {
  dead: "The kernel has ended: run the cell again to ask it.",
  none: "There is no kernel: this is the saved view.",
};

/**
 * Requests and answers over the messages of one widget.
 *
 *     page    { id, kind, body }  ->                     kernel
 *             <-  { id, body } or { id, error }          its answer, buffers beside it
 *             <-  { kind, body }                         what it says by itself
 *
 * A message without an answer tells a busy kernel from a missing one only by what has been heard: from a kernel that has
 * spoken once it will come, else there is none here.
 */
export function createChannel(model: MessageModel): Channel {
  const own = Math.random().toString(36).slice(2);
  const waiting = new Map<string, Waiting>();
  const heard = new Map<string, Set<Heard>>();
  const watchers = new Set<(state: KernelState) => void>();
  let state: KernelState = "idle";
  let spoken = false;
  /** Whether to ask once more who speaks but does not answer: a first message may come before its subshell, and wait. */
  let again = true;
  let asked = 0;
  let pinged = "";
  let doubt: ReturnType<typeof setTimeout> | undefined;

  const become = (next: KernelState) => {
    if (next === state) return;
    state = next;
    if (state === "dead" || state === "none") {
      const error = new Error(GONE[state]);
      for (const each of [...waiting.values()]) each.reject(error);
    }
    for (const watcher of [...watchers]) watcher(state);
  };
  /** Nothing has come for too long. */
  const miss = () => {
    doubt = undefined;
    become(spoken ? (state === "dead" ? "dead" : "busy") : "none");
  };
  const alive = () => {
    clearTimeout(doubt);
    doubt = undefined;
    spoken = again = true;
    become("idle");
  };
  const send = (id: string, kind: string, body: object) => {
    doubt ??= setTimeout(miss, PATIENCE_MS);
    try {
      model.send({ id, kind, body });
    } catch {
      // A comm that was closed throws; others send nowhere without a word, and the doubt tells.
      clearTimeout(doubt);
      doubt = undefined;
      become(spoken ? "dead" : "none");
    }
  };
  /** One question in flight says enough. */
  const ping = () => {
    if (pinged) return;
    pinged = `${own}.${++asked}`;
    send(pinged, "ping", {});
  };

  const receive: Listener = (content, buffers = []) => {
    if (typeof content !== "object" || content === null) return;
    const { id, kind, body, error } = content as Record<string, unknown>;
    const views = buffers.map(viewOf);
    if (typeof kind === "string") {
      // By itself a busy kernel speaks, too: it is there, but may not answer.
      spoken = true;
      if (state !== "idle" && again) {
        again = false;
        become("busy");
        pinged = "";
        ping();
      }
      for (const listener of [...(heard.get(kind) ?? [])]) listener(body, views);
      return;
    }
    if (typeof id !== "string") return;
    if (id === pinged) {
      pinged = "";
      alive();
      return;
    }
    const request = waiting.get(id);
    if (!request) return; // another view of the same model asked
    alive();
    if (typeof error === "string") request.reject(new Error(error));
    else request.resolve({ body, buffers: views });
  };
  /** The notebook says that this widget lost its kernel, or has one again. */
  const changed: Listener = () => {
    pinged = "";
    again = true;
    if (spoken) become("dead");
    ping();
  };
  model.on("msg:custom", receive);
  model.on("comm_live_status_update", changed);
  // A kernel that starts again, by itself or because it was told to, knows nothing of this view.
  const unwatch = watchStatus(model.widget_manager, (_, status) =>
    /restarting|dead|terminating/.test(String(status)) ? changed(undefined) : ping(),
  );
  ping();

  return {
    request(kind, body, signal) {
      if (signal?.aborted) return Promise.reject(signal.reason);
      const id = `${own}.${++asked}`;
      return new Promise<Answer>((resolve, reject) => {
        const end = () => {
          waiting.delete(id);
          signal?.removeEventListener("abort", abort);
        };
        const abort = () => {
          end();
          reject(signal?.reason);
        };
        signal?.addEventListener("abort", abort);
        waiting.set(id, {
          resolve(answer) {
            end();
            resolve(answer);
          },
          reject(error) {
            end();
            reject(error);
          },
        });
        send(id, kind, body);
      });
    },
    listen(kind, listener) {
      const listeners = heard.get(kind) ?? new Set();
      heard.set(kind, listeners.add(listener));
      return () => listeners.delete(listener);
    },
    state: () => state,
    onState(listener) {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },
    dispose() {
      clearTimeout(doubt);
      unwatch();
      model.off("msg:custom", receive);
      model.off("comm_live_status_update", changed);
      watchers.clear();
      heard.clear();
      for (const each of [...waiting.values()]) each.reject(new Error("The view was closed."));
    },
  };
}

/** Calls back when the kernel that a widget manager shows (JupyterLab's and Notebook's do) changes its status. */
function watchStatus(manager: unknown, changed: Slot): () => void {
  const { kernel } = (manager ?? {}) as { kernel?: { statusChanged?: Partial<Signal> } | null };
  const signal = kernel?.statusChanged;
  if (typeof signal?.connect !== "function" || typeof signal.disconnect !== "function") return () => undefined;
  signal.connect(changed);
  return () => signal.disconnect?.(changed);
}

type Slot = (kernel: unknown, status: unknown) => void;

interface Signal {
  connect(slot: Slot): unknown;
  disconnect(slot: Slot): unknown;
}

function viewOf(buffer: unknown): DataView {
  if (buffer instanceof ArrayBuffer) return new DataView(buffer);
  const { buffer: all, byteOffset, byteLength } = buffer as ArrayBufferView;
  return new DataView(all, byteOffset, byteLength);
}
