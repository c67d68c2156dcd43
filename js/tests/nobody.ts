import type { Host } from "../src/host/host";
import { noHost } from "../src/host/none";
import * as more from "../src/more";

/** A host with nobody behind it, as in a file; its other views are those given. */
export function nobody(panels: object = {}): Host {
  return noHost({ ...more, panels: { ...more.panels, ...panels } });
}
