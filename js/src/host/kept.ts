import type { Host } from "./host";

/** Values in the browser's storage. Where it is shut off (private windows, files, sandboxes) nothing is kept. */
export function keptIn(prefix: string): Pick<Host, "recall" | "keep"> {
  return {
    recall(key) {
      try {
        return localStorage.getItem(prefix + key);
      } catch {
        return null;
      }
    },
    keep(key, value) {
      try {
        localStorage.setItem(prefix + key, value);
      } catch {
        // Full or forbidden: the value holds until the page is left.
      }
    },
  };
}
