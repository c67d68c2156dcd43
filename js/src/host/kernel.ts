import type { Host } from "./host";
import { keptIn } from "./kept";

/** A notebook: values are kept per page, so that each notebook has its own height. */
export function kernelHost(location: Location): Host {
  return { kind: "kernel", ...keptIn(`microlog:${location.pathname}:`) };
}
