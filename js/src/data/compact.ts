import type { Calls } from "./types";

/**
 * Whole numbers as `compact.py` writes them: zigzag, seven bits a byte, the lowest ones first. The rest of them is NaN where
 * the bytes end too early.
 */
export function readVarints(bytes: Uint8Array, offset: number, count: number): Float64Array {
  const values = new Float64Array(count);
  let at = offset;
  for (let i = 0; i < count; i++) {
    let value = 0;
    let byte = 128;
    for (let scale = 1; byte > 127; scale *= 128) {
      byte = bytes[at++] ?? Number.NaN;
      value += (byte % 128) * scale;
    }
    values[i] = value % 2 ? (value + 1) / -2 : value / 2;
  }
  return values;
}

/** Calls from columns in which `compact.py` has left out what the others tell. What the bytes do not tell is NaN. */
export function unfold(
  read: (block: string, column: string) => Float64Array,
  interval: number,
): Omit<Calls, "count" | "drawn"> {
  const column = (name: string) => read("calls", name);
  const ints = (name: string) => Int32Array.from(column(name));
  const known = (name: string) => column(name).map((time) => (time < 0 ? Number.NaN : time));
  const at = (values: Float64Array | Int32Array, i: number) => values[i] ?? Number.NaN;
  const edges = read("edges", "time");
  const functions = read("sites", "function");
  const lines = read("sites", "callerLine");
  const first = column("start");
  const start = first.map((edge) => at(edges, edge));
  const duration = column("length").map((edge, i) => at(edges, at(first, i) + edge) - at(start, i));
  const site = column("site");
  const self = column("self");
  const lane = ints("lane");
  const depth = ints("depth");
  const parent = ints("parent");
  // By lane and depth.
  const latest = new Map<number, number>();
  parent.forEach((less, i) => {
    const row = at(lane, i) * 2 ** 20 + at(depth, i);
    const caller = less + (at(depth, i) > 0 ? (latest.get(row - 1) ?? -1) : -1);
    parent[i] = caller;
    latest.set(row, i);
    self[i] = at(self, i) + at(duration, i);
    self[caller] = at(self, caller) - at(duration, i);
  });
  return {
    start,
    duration,
    self,
    cpu: known("cpu"),
    waiting: known("waiting"),
    contended: known("contended"),
    lane,
    depth,
    function: Int32Array.from(site, (each) => at(functions, each)),
    parent,
    callerLine: Int32Array.from(site, (each) => at(lines, each)),
    samples: ints("samples").map((less, i) => less + Math.floor(at(duration, i) / interval)),
    anomaly: ints("anomaly"),
    merged: ints("merged").map((more) => more + 1),
  };
}
