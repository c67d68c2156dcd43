import { kernelHost } from "./host/kernel";
import { createMount } from "./views/mount";

/** As much of anywidget's model as is used: https://anywidget.dev/en/afm/ */
interface Model {
  get(name: "payload" | "_more"): unknown;
  on(event: "change:payload", listener: () => void): void;
  off(event: "change:payload", listener: () => void): void;
}

function render({ model, el }: { readonly model: Model; readonly el: HTMLElement }): () => void {
  const mount = createMount(
    el,
    kernelHost(location, () => bytesOf(model.get("_more"))),
  );
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
  };
}

/** Hosts hand binary traits over as a view or as a buffer; null when there is nothing in it. */
function bytesOf(payload: unknown): Uint8Array | null {
  if (payload instanceof ArrayBuffer) return payload.byteLength > 0 ? new Uint8Array(payload) : null;
  if (!ArrayBuffer.isView(payload) || payload.byteLength === 0) return null;
  return new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength);
}

export default { render };
