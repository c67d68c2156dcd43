import { block, inflate, object, readerOf } from "./decode";
import type { Calls } from "./types";

/** Parts of bars, and the bar of the view that each belongs to. */
export interface Sent extends Omit<Calls, "drawn"> {
  readonly of: Int32Array;
}

const PART_COLUMNS = {
  start: "f64",
  duration: "f64",
  self: "f64",
  cpu: "f64",
  waiting: "f64",
  contended: "f64",
  lane: "i32",
  depth: "i32",
  function: "i32",
  parent: "i32",
  callerLine: "i32",
  samples: "i32",
  anomaly: "i32",
  merged: "i32",
  of: "i32",
} as const;

/** The parts of bars that Python sends on demand (see FORMAT.md): their columns, deflated, and where each is. */
export async function readColumns(columns: unknown, bytes: DataView | undefined): Promise<Sent> {
  const packed = bytes ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array();
  return block(readerOf(object(columns, "columns"), await inflate(packed)), "calls", PART_COLUMNS);
}
