import type { Host } from "./host";
import { keptIn } from "./kept";

/** A file: there is nobody to ask, and values are kept for all reports alike. */
export function noHost(): Host {
  return { kind: "none", ...keptIn("microlog:report:") };
}
