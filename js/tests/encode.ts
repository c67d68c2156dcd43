import type { Calls, ViewData } from "../src/data/types";

type Column = Float64Array | Int32Array;

/** The view's bytes as Python writes them (see FORMAT.md): for tests of the reader. */
export function encode(data: ViewData, version = "04"): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  let offset = 0;
  const columns = (table: object) =>
    Object.fromEntries(
      Object.entries(table)
        .filter((entry): entry is [string, Column] => typeof entry[1] !== "number")
        .map(([name, values]) => {
          const whole = values.every((value) => Number.isNaN(value) || Number.isInteger(value));
          const bytes = whole ? varints(values) : new Uint8Array(Float64Array.from(values).buffer);
          const entry = { offset, length: values.length, ...(whole ? {} : { type: "f64" }) };
          parts.push(bytes);
          offset += bytes.length;
          return [name, entry];
        }),
    );
  const { calls, metrics, lines, lineRuns, lineSets, ...tables } = data;
  const { edges, sites, bars } = folded(calls, data.facts.interval);
  const header = JSON.stringify({
    ...tables,
    threadCalls: calls.count,
    columns: {
      edges: columns(edges),
      sites: columns(sites),
      calls: columns(bars),
      lines: columns(lines),
      lineRuns: columns(lineRuns),
      lineSets: columns(lineSets),
      metrics: columns(metrics),
    },
  });
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(16 + text.length + offset);
  bytes.set(new TextEncoder().encode(`MLVIEW${version}`));
  new DataView(bytes.buffer).setUint32(8, text.length, true);
  bytes.set(text, 16);
  let at = 16 + text.length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function varints(values: Column): Uint8Array {
  const bytes: number[] = [];
  for (const each of values) {
    const value = Number.isNaN(each) ? -1 : each;
    let left = BigInt(value < 0 ? -2 * value - 1 : 2 * value);
    for (; left > 127n; left >>= 7n) bytes.push(Number(left & 127n) | 128);
    bytes.push(Number(left));
  }
  return Uint8Array.from(bytes);
}

/** Calls as `compact.py` folds them. */
function folded(calls: Calls, interval: number) {
  const at = (values: Column, i: number) => values[i] ?? Number.NaN;
  const ends = calls.start.map((start, i) => start + at(calls.duration, i));
  const time = Float64Array.from(new Set([...calls.start, ...ends].sort((a, b) => a - b)));
  const start = calls.start.map((each) => time.indexOf(each));
  const pairs = [...new Set(Array.from(calls.function, (each, i) => `${each} ${at(calls.callerLine, i)}`))];
  const latest = new Map<string, number>();
  const inside = new Float64Array(calls.drawn);
  calls.parent.forEach((parent, i) => {
    inside[parent] = at(inside, parent) + at(calls.duration, i);
  });
  return {
    edges: { time },
    sites: {
      function: Int32Array.from(pairs, (pair) => Number(pair.split(" ")[0])),
      callerLine: Int32Array.from(pairs, (pair) => Number(pair.split(" ")[1])),
    },
    bars: {
      start,
      length: ends.map((end, i) => time.indexOf(end) - at(start, i)),
      site: calls.function.map((each, i) => pairs.indexOf(`${each} ${at(calls.callerLine, i)}`)),
      lane: calls.lane,
      depth: calls.depth,
      parent: calls.parent.map((parent, i) => {
        const [lane, depth] = [at(calls.lane, i), at(calls.depth, i)];
        const caller = depth > 0 ? (latest.get(`${lane} ${depth - 1}`) ?? -1) : -1;
        latest.set(`${lane} ${depth}`, i);
        return parent - caller;
      }),
      self: calls.self.map((self, i) => self - at(calls.duration, i) + at(inside, i)),
      cpu: calls.cpu,
      waiting: calls.waiting,
      contended: calls.contended,
      samples: calls.samples.map((count, i) => count - Math.floor(at(calls.duration, i) / interval)),
      anomaly: calls.anomaly,
      merged: calls.merged.map((count) => count - 1),
    },
  };
}

export async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
