import { createChannel, type MessageModel } from "./channel";
import type { Host } from "./host";
import { keptIn } from "./kept";
import { type RangeModel, sharedRange } from "./shared-range";

/** A notebook: values are kept per page, so that each notebook has its own height. */
export function kernelHost(
  location: Location,
  model: MessageModel & RangeModel,
  more: () => Promise<unknown>,
): Host & { dispose(): void } {
  return {
    kind: "kernel",
    ...keptIn(`microlog:${location.pathname}:`),
    more,
    range: sharedRange(model),
    ...createChannel(model),
  };
}
