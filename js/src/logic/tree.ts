import type { CallId, Calls, LaneId } from "../data/types";
import { at, firstAbove, type Row, type RowIndex } from "./rows";
import { rowOf } from "./walk";

/** A lane or a call: a CallId, or -1 − LaneId. */
export type TreeNode = number;

export const nodeOfLane = (lane: number): TreeNode => -1 - lane;
export const laneOfNode = (node: TreeNode): LaneId => (-1 - node) as LaneId;

/** Where a node stands among those with the same parent: its level and place from 1, and how many they are. */
export interface TreePlace {
  readonly level: number;
  readonly place: number;
  readonly size: number;
}

/**
 * Lanes and their calls as a tree of which only the open part is seen:
 *
 *     MainThread          level 1, open
 *       load              level 2, open
 *         read_csv        level 3
 *     worker              level 1
 *
 * Calls of one row that have one caller are neighbours there, so that every step is a binary search.
 */
export class CallTree {
  private readonly open = new Set<TreeNode>();

  constructor(
    private readonly calls: Calls,
    private readonly index: RowIndex,
  ) {}

  isOpen(node: TreeNode): boolean {
    return this.open.has(node);
  }

  /** Opens or closes a node; one without anything inside stays as it is. */
  toggle(node: TreeNode, open: boolean): void {
    if (open && this.first(node) !== null) this.open.add(node);
    else this.open.delete(node);
  }

  /** Opens everything around a call; false for one that is not drawn. */
  show(call: CallId): boolean {
    if (!rowOf(this.index, this.calls, call)) return false;
    for (let node = this.parent(call); node !== null; node = this.parent(node)) this.open.add(node);
    return true;
  }

  /** The first lane, or null where there is none. */
  start(): TreeNode | null {
    return this.index.lanes.length > 0 ? nodeOfLane(0) : null;
  }

  /** The last node that is seen. */
  end(): TreeNode | null {
    const last = this.index.lanes.length - 1;
    return last < 0 ? null : this.deepest(nodeOfLane(last));
  }

  parent(node: TreeNode): TreeNode | null {
    if (node < 0) return null;
    const row = this.row(node);
    return row.place === 0 ? nodeOfLane(row.lane) : at(this.calls.parent, node);
  }

  /** The first node inside. */
  first(node: TreeNode): TreeNode | null {
    const [row, from, to] = this.inside(node);
    return row && from < to ? at(row.ids, from) : null;
  }

  /** The node below, as it is seen. */
  next(node: TreeNode): TreeNode | null {
    if (this.isOpen(node)) return this.first(node);
    for (let each: TreeNode | null = node; each !== null; each = this.parent(each)) {
      const next = this.sibling(each, 1);
      if (next !== null) return next;
    }
    return null;
  }

  /** The node above, as it is seen. */
  previous(node: TreeNode): TreeNode | null {
    const before = this.sibling(node, -1);
    return before === null ? this.parent(node) : this.deepest(before);
  }

  placeOf(node: TreeNode): TreePlace {
    if (node < 0) return { level: 1, place: -node, size: this.index.lanes.length };
    const row = this.row(node);
    const [, from, to] = this.inside(this.parent(node) as TreeNode);
    return { level: 2 + row.place, place: this.position(row, node) - from + 1, size: to - from };
  }

  /** The nodes seen around one: at most so many, in order. */
  around(node: TreeNode, most: number): TreeNode[] {
    const nodes = [node];
    for (let each = this.previous(node); each !== null && nodes.length < most / 2; each = this.previous(each))
      nodes.unshift(each);
    for (let each = this.next(node); each !== null && nodes.length < most; each = this.next(each)) nodes.push(each);
    return nodes;
  }

  private deepest(node: TreeNode): TreeNode {
    let last = node;
    while (this.isOpen(last)) {
      const [row, from, to] = this.inside(last);
      if (!row || from >= to) break;
      last = at(row.ids, to - 1);
    }
    return last;
  }

  private sibling(node: TreeNode, step: 1 | -1): TreeNode | null {
    if (node < 0) return laneOfNode(node) + step in this.index.lanes ? node - step : null;
    const row = this.row(node);
    const [, from, to] = this.inside(this.parent(node) as TreeNode);
    const place = this.position(row, node) + step;
    return place >= from && place < to ? at(row.ids, place) : null;
  }

  /** The row of what is inside a node, and the positions there: from, and up to but not including. */
  private inside(node: TreeNode): readonly [Row | null, number, number] {
    if (node < 0) {
      const row = this.index.lanes[laneOfNode(node)]?.[0] ?? null;
      return [row, 0, row?.ids.length ?? 0];
    }
    const above = this.row(node);
    const row = this.index.lanes[above.lane]?.[above.place + 1] ?? null;
    if (!row) return [null, 0, 0];
    const end = at(this.calls.start, node) + at(this.calls.duration, node);
    const isMine = (place: number) => at(this.calls.parent, at(row.ids, place)) === node;
    let from = firstAbove(row.end, at(this.calls.start, node));
    while (from > 0 && isMine(from - 1)) from--;
    let to = Math.max(firstAbove(row.start, end), from);
    while (to > from && !isMine(to - 1)) to--;
    while (from < to && !isMine(from)) from++;
    return [row, from, to];
  }

  private row(call: TreeNode): Row {
    return rowOf(this.index, this.calls, call as CallId) as Row;
  }

  private position(row: Row, call: TreeNode): number {
    let place = firstAbove(row.start, at(this.calls.start, call)) - 1;
    while (place > 0 && at(row.ids, place) !== call) place--;
    return place;
  }
}
