import type { ViewData } from "../src/data/types";

/** The view's bytes as Python writes them (see FORMAT.md): for tests of the reader. */
export function encode(data: ViewData, version = "03"): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  let offset = 0;
  const columns = (table: object) =>
    Object.fromEntries(
      Object.entries(table)
        .filter((entry): entry is [string, Float64Array | Int32Array] => typeof entry[1] !== "number")
        .map(([name, array]) => {
          const entry = { type: array instanceof Float64Array ? "f64" : "i32", offset, length: array.length };
          const bytes = new Uint8Array(Math.ceil(array.byteLength / 8) * 8);
          bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
          parts.push(bytes);
          offset += bytes.length;
          return [name, entry];
        }),
    );
  const { calls, metrics, lines, lineRuns, lineSets, ...tables } = data;
  const header = JSON.stringify({
    ...tables,
    columns: {
      calls: columns(calls),
      lines: columns(lines),
      lineRuns: columns(lineRuns),
      lineSets: columns(lineSets),
      metrics: columns(metrics),
    },
  });
  const text = new TextEncoder().encode(header);
  const padded = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(0x20);
  padded.set(text);
  const bytes = new Uint8Array(16 + padded.length + offset);
  bytes.set(new TextEncoder().encode(`MLVIEW${version}`));
  new DataView(bytes.buffer).setUint32(8, padded.length, true);
  bytes.set(padded, 16);
  let at = 16 + padded.length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
