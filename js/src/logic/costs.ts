import type { Calls } from "../data/types";

/** What calls cost in an interval, added up by what their functions stand for: themselves, or a node of the graph. */
export interface Costs {
  /** Time in its own code, and the CPU time of that; folded functions are their caller's own. NaN where CPU is unknown. */
  readonly self: Float64Array;
  readonly selfCpu: Float64Array;
  /** Time with what it calls, and the CPU time of that; what is inside itself counts once. */
  readonly total: Float64Array;
  readonly cpu: Float64Array;
  /** Calls that overlap the interval, and those of them that come from outside of it. */
  readonly calls: Int32Array;
  readonly entered: Int32Array;
  /** The longest of its calls, -1 if there is none. */
  readonly longest: Int32Array;
  /** Who calls whom; a call inside another along the same edge counts once in the time. */
  readonly edges: readonly Edge[];
  /** By call: what it belongs to, -1 where it is outside of the interval or folded into nothing. */
  readonly owner: Int32Array;
}

export interface Edge {
  readonly caller: number;
  readonly callee: number;
  calls: number;
  time: number;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * One pass over the calls, callers first. A call that the interval cuts counts with the part inside it; of its CPU time the same
 * share, for when in a call the CPU was used is not known.
 *
 *     interval      |--------|
 *     a          aaaaaaaaaaaaaaa      total: what is inside; self: that, without what is inside of its callees
 *     b            bbbbb   bb
 *
 * @param groupOf by function: what its calls are added up for, -1 where they are part of their caller
 */
export function costsOf(calls: Calls, groupOf: ArrayLike<number>, size: number, within: Span): Costs {
  const self = new Float64Array(size);
  const selfCpu = new Float64Array(size);
  const total = new Float64Array(size);
  const cpu = new Float64Array(size);
  const counted = new Int32Array(size);
  const entered = new Int32Array(size);
  const longest = new Int32Array(size).fill(-1);
  const owner = new Int32Array(calls.count).fill(-1);
  const edges = new Map<number, Edge>();
  const lanes = new Map<number, Lane>();
  for (let call = 0; call < calls.count; call++) {
    const start = calls.start[call] ?? 0;
    const duration = calls.duration[call] ?? 0;
    const inside = Math.min(start + duration, within.end) - Math.max(start, within.start);
    if (inside < 0 || (inside === 0 && duration > 0)) continue;
    const parent = calls.parent[call] ?? -1;
    const above = parent < 0 ? -1 : (owner[parent] ?? -1);
    const group = groupOf[calls.function[call] ?? -1] ?? -1;
    const holder = group < 0 ? above : group;
    owner[call] = holder;
    const spent = duration > 0 ? ((calls.cpu[call] ?? Number.NaN) * inside) / duration : 0;
    if (holder >= 0) {
      self[holder] = (self[holder] ?? 0) + inside;
      selfCpu[holder] = (selfCpu[holder] ?? 0) + spent;
    }
    if (above >= 0) {
      self[above] = (self[above] ?? 0) - inside;
      selfCpu[above] = (selfCpu[above] ?? 0) - spent;
    }
    const crossing = group >= 0 && above >= 0 && above !== group;
    const key = crossing ? above * size + group : -1;
    const lane = laneOf(lanes, calls.lane[call] ?? -1);
    lane.leave(calls.depth[call] ?? 0);
    if (group >= 0) {
      const stands = calls.merged[call] ?? 1;
      counted[group] = (counted[group] ?? 0) + stands;
      if (above !== group) entered[group] = (entered[group] ?? 0) + stands;
      const best = longest[group] ?? -1;
      if (best < 0 || duration > (calls.duration[best] ?? 0)) longest[group] = call;
      if (lane.depthOf(group) === 0) {
        total[group] = (total[group] ?? 0) + inside;
        cpu[group] = (cpu[group] ?? 0) + spent;
      }
    }
    if (crossing) {
      let edge = edges.get(key);
      if (!edge) {
        edge = { caller: above, callee: group, calls: 0, time: 0 };
        edges.set(key, edge);
      }
      edge.calls += calls.merged[call] ?? 1;
      if (lane.edgeDepthOf(key) === 0) edge.time += inside;
    }
    lane.enter(group, key);
  }
  return { self, selfCpu, total, cpu, calls: counted, entered, longest, owner, edges: [...edges.values()] };
}

/** How often each group, and each edge, is on the stack of one thread. */
interface Lane {
  enter(group: number, edge: number): void;
  /** Leaves all calls from this depth on. */
  leave(depth: number): void;
  depthOf(group: number): number;
  edgeDepthOf(edge: number): number;
}

function laneOf(lanes: Map<number, Lane>, id: number): Lane {
  const known = lanes.get(id);
  if (known) return known;
  const groups: number[] = [];
  const stack: number[] = [];
  const path: number[] = [];
  const onPath = new Map<number, number>();
  const made: Lane = {
    enter(group, edge) {
      stack.push(group);
      path.push(edge);
      if (group >= 0) groups[group] = (groups[group] ?? 0) + 1;
      if (edge >= 0) onPath.set(edge, (onPath.get(edge) ?? 0) + 1);
    },
    leave(depth) {
      while (stack.length > depth) {
        const group = stack.pop() ?? -1;
        const edge = path.pop() ?? -1;
        if (group >= 0) groups[group] = (groups[group] ?? 0) - 1;
        if (edge >= 0) onPath.set(edge, (onPath.get(edge) ?? 0) - 1);
      }
    },
    depthOf: (group) => groups[group] ?? 0,
    edgeDepthOf: (edge) => onPath.get(edge) ?? 0,
  };
  lanes.set(id, made);
  return made;
}

/** The median duration of the calls of every owner; NaN without one. */
export function mediansOf(calls: Calls, size: number, owner: Int32Array): Float64Array {
  const first = new Int32Array(size + 1);
  for (const id of owner) if (id >= 0) first[id + 1] = (first[id + 1] ?? 0) + 1;
  for (let id = 0; id < size; id++) first[id + 1] = (first[id + 1] ?? 0) + (first[id] ?? 0);
  const place = first.slice();
  const durations = new Float64Array(first[size] ?? 0);
  for (let call = 0; call < calls.count; call++) {
    const id = owner[call] ?? -1;
    if (id < 0) continue;
    const at = place[id] ?? 0;
    durations[at] = calls.duration[call] ?? 0;
    place[id] = at + 1;
  }
  return Float64Array.from({ length: size }, (_, id) => {
    const own = durations.subarray(first[id], first[id + 1]).sort();
    const middle = own.length >> 1;
    if (own.length === 0) return Number.NaN;
    return own.length % 2 === 1 ? (own[middle] ?? 0) : ((own[middle - 1] ?? 0) + (own[middle] ?? 0)) / 2;
  });
}

/** A place that a function was called from, in an interval. */
export interface Site {
  readonly caller: number;
  readonly line: number;
  calls: number;
  time: number;
}

/** Where the calls of a function came from, the place with most time first; -1 stands for the root. */
export function sitesOf(calls: Calls, id: number, within: Span): Site[] {
  const sites = new Map<string, Site>();
  for (let call = 0; call < calls.count; call++) {
    if (calls.function[call] !== id) continue;
    const start = calls.start[call] ?? 0;
    const duration = calls.duration[call] ?? 0;
    const inside = Math.min(start + duration, within.end) - Math.max(start, within.start);
    if (inside < 0 || (inside === 0 && duration > 0)) continue;
    const caller = calls.function[calls.parent[call] ?? -1] ?? -1;
    const line = calls.callerLine[call] ?? 0;
    const key = `${caller} ${line}`;
    const site = sites.get(key) ?? { caller, line, calls: 0, time: 0 };
    sites.set(key, site);
    site.calls += calls.merged[call] ?? 1;
    site.time += inside;
  }
  return [...sites.values()].sort((a, b) => b.time - a.time);
}
