import type { ViewData } from "../../data/types";

/** Everything the page knows, as JSON: rows as objects, calls and metrics as columns; times in nanoseconds; unknown is null. */
export function asJson(data: ViewData): string {
  return JSON.stringify({ format: "microlog view", version: 1, ...data }, (_, value) =>
    ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value,
  );
}
