import type { MessageModel } from "./host/channel";
import { kernelHost } from "./host/kernel";
import type { RangeModel } from "./host/shared-range";
import { createMount, type Memory } from "./views/mount";

/** As much of anywidget's model as is used: https://anywidget.dev/en/afm/ */
export interface Model extends MessageModel, RangeModel {
  get(name: string): unknown;
}

/** What `loader.ts` has loaded. */
export interface Widget {
  /** Shows the recording of a model; `more` imports `more.ts`, `memory` is the model's. Returns what ends it. */
  render(view: {
    readonly model: Model;
    readonly el: HTMLElement;
    readonly more: () => Promise<unknown>;
    readonly memory: Memory;
  }): () => void;
}

const widget: Widget = { render };
export default widget;

function render({ model, el, more, memory }: Parameters<Widget["render"]>[0]): () => void {
  const host = kernelHost(location, model, more);
  const mount = createMount(el, host, "", memory);
  const show = () => {
    const payload = model.get("payload");
    const bytes = bytesOf(payload);
    if (bytes) void mount.show(bytes);
    else mount.fail(new Error("The notebook has no data of this recording: run its cell again."));
  };
  model.on("change:payload", show);
  show();
  return () => {
    model.off("change:payload", show);
    mount.dispose();
    host.dispose();
  };
}

/** Hosts hand binary traits over as a view or as a buffer; null when there is nothing in it. */
function bytesOf(payload: unknown): Uint8Array | null {
  if (payload instanceof ArrayBuffer) return payload.byteLength > 0 ? new Uint8Array(payload) : null;
  if (!ArrayBuffer.isView(payload) || payload.byteLength === 0) return null;
  return new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength);
}
