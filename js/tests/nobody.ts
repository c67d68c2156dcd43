import type { Host } from "../src/host/host";
import { noHost } from "../src/host/none";

/** A host with nobody behind it, as in a file; its other views are those given. */
export function nobody(panels: object = {}): Host {
  return noHost({ panels, style: "" });
}
