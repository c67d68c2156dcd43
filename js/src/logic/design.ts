import type { GraphLevel, PackageId, ViewData } from "../data/types";
import { costsOf } from "./costs";

/** Nodes that a picture can hold and a reader can follow. */
const SHOWN_MOST = 40;
/** Nodes with a smaller share of the time are not shown. */
const LEAST_SHARE = 0.002;

export interface DesignNode {
  readonly id: number;
  readonly name: string;
  readonly package: PackageId;
  /** The function in it with most time, which it is selected by; and all that are called in it, by time. */
  readonly function: number;
  readonly functions: readonly number[];
  readonly self: number;
  readonly selfCpu: number;
  readonly total: number;
  readonly cpu: number;
  readonly calls: number;
  readonly longest: number;
  /** 0, or the number of the cycle that it is in. */
  readonly cycle: number;
}

export interface DesignEdge {
  readonly caller: number;
  readonly callee: number;
  readonly calls: number;
  readonly time: number;
  /** Whether it is part of a cycle. */
  readonly cycle: boolean;
  /** The caller starts a thread that begins with the callee. */
  readonly thread: boolean;
}

export interface Design {
  readonly nodes: readonly DesignNode[];
  readonly edges: readonly DesignEdge[];
  /** How many nodes were too small to be shown: they are part of their callers. */
  readonly hidden: number;
  /** The least time of a node that is shown. */
  readonly least: number;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** The call graph of an interval: what Python put together as nodes, the largest of them, with their times in it. */
export function designOf(data: ViewData, level: GraphLevel, within: Span): Design {
  const { nodes, cycle, nodeOf } = data.graphs[level];
  const every = costsOf(data.calls, nodeOf, nodes.length, within);
  const seen = every.self.reduce((sum, time) => sum + time, 0);
  const called = nodes.flatMap((_, id) => ((every.calls[id] ?? 0) > 0 ? [id] : []));
  const order = called.sort((a, b) => (every.total[b] ?? 0) - (every.total[a] ?? 0) || a - b);
  const kept = new Set(order.filter((id) => (every.total[id] ?? 0) >= seen * LEAST_SHARE).slice(0, SHOWN_MOST));
  const groupOf = nodeOf.map((node) => (kept.has(node) ? node : -1));
  const costs = costsOf(data.calls, groupOf, nodes.length, within);
  const members = new Map<number, number[]>();
  groupOf.forEach((node, id) => {
    const row = data.functions[id];
    if (node >= 0 && row && row.calls > 0) members.set(node, [...(members.get(node) ?? []), id]);
  });
  const total = (id: number) => data.functions[id]?.total ?? 0;
  const shown = [...kept].map((id): DesignNode => {
    const functions = (members.get(id) ?? []).sort((a, b) => total(b) - total(a) || a - b);
    return {
      id,
      name: nodes[id] ?? "",
      package: (data.functions[functions[0] ?? -1]?.package ?? 0) as PackageId,
      function: functions[0] ?? -1,
      functions,
      self: costs.self[id] ?? 0,
      selfCpu: costs.selfCpu[id] ?? 0,
      total: costs.total[id] ?? 0,
      cpu: costs.cpu[id] ?? 0,
      calls: costs.entered[id] ?? 0,
      longest: costs.longest[id] ?? -1,
      cycle: cycle[id] ?? 0,
    };
  });
  const around = (a: number, b: number) => (cycle[a] ?? 0) > 0 && cycle[a] === cycle[b];
  const edges = costs.edges.map((edge): DesignEdge => {
    return { ...edge, cycle: around(edge.caller, edge.callee), thread: false };
  });
  for (const { by, first } of data.threadStarts) {
    const [caller, callee] = [costs.owner[by] ?? -1, costs.owner[first] ?? -1];
    const known = edges.some((edge) => edge.thread && edge.caller === caller && edge.callee === callee);
    if (caller < 0 || callee < 0 || caller === callee || known) continue;
    const time = data.calls.duration[first] ?? 0;
    edges.push({ caller, callee, calls: 1, time, cycle: false, thread: true });
  }
  const least = Math.min(...shown.map((node) => node.total));
  return { nodes: shown, edges, hidden: called.length - shown.length, least: Number.isFinite(least) ? least : 0 };
}

/** Height of a node: it grows with the root of its own time. */
export function heightOf(node: DesignNode): number {
  return Math.max(34 + 9.5 * Math.sqrt(Math.max(node.self, 0) / 1e9), 40);
}

/** Width of a line: it grows with the time of its calls. */
export function widthOf(edge: DesignEdge): number {
  return Math.min(Math.max((0.4 * edge.time) / 1e9, 1.2), 24);
}
