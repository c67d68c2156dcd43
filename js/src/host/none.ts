import type { Host } from "./host";
import { keptIn } from "./kept";

/** A file: there is nobody to ask, all views are in it, and values are kept for all reports alike. */
export function noHost(more: unknown): Host {
  const silence = () => () => undefined;
  return {
    kind: "none",
    ...keptIn("microlog:report:"),
    more: () => Promise.resolve(more),
    request: () => Promise.reject(new Error("This needs a kernel, and a saved view has none.")),
    listen: silence,
    range: { get: () => null, set: () => undefined, listen: silence },
    state: () => "none",
    onState: silence,
  };
}
