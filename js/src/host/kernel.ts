import { createChannel, type MessageModel } from "./channel";
import type { Host } from "./host";
import { keptIn } from "./kept";
import { importDeflated } from "./module";
import { type RangeModel, sharedRange } from "./shared-range";

/** A notebook: values are kept per page, so that each notebook has its own height. */
export function kernelHost(
  location: Location,
  model: MessageModel & RangeModel,
  more: () => Uint8Array | null,
): Host & { dispose(): void } {
  return {
    kind: "kernel",
    ...keptIn(`microlog:${location.pathname}:`),
    more() {
      const bytes = more();
      return bytes
        ? importDeflated(bytes)
        : Promise.reject(new Error("This view was saved without its code: run its cell again."));
    },
    range: sharedRange(model),
    ...createChannel(model),
  };
}
