import { barOf } from "../data/room";
import type { CallId, LaneId } from "../data/types";
import { CallTree, laneOfNode, type TreeNode } from "../logic/tree";
import type { Context, View } from "./context";
import { el } from "./dom";

/** Rows that exist at a time, around the one where the reader is. */
const ROWS_MOST = 200;

export interface Spoken {
  call(call: CallId): string;
  lane(lane: LaneId): string;
}

/**
 * The lanes as a tree grid for assistive technology, with the keys of one (WAI-ARIA authoring practices). Where the reader is
 * in it, the canvas shows as the selected call.
 */
export function createTreeGrid(context: Context, spoken: Spoken): View {
  const { data, store } = context;
  const tree = new CallTree(data.calls, context.rows());
  const grid = el("div", "microlog-tree microlog-live");
  grid.setAttribute("role", "treegrid");
  grid.setAttribute("aria-label", "Lanes and their calls");
  grid.setAttribute("aria-readonly", "true");
  grid.setAttribute("aria-colcount", "1");
  const made = new Map<TreeNode, HTMLElement>();
  let active = tree.start();
  /** The tree is of the view's own bars. */
  const chosen = () => {
    const { selected } = store.get();
    return selected === null ? null : barOf(data, selected);
  };

  const rowOf = (node: TreeNode): HTMLElement => {
    const known = made.get(node);
    if (known) return known;
    const cell = el("div", "", node < 0 ? spoken.lane(laneOfNode(node)) : spoken.call(node as CallId));
    cell.setAttribute("role", "gridcell");
    const row = el("div", "", cell);
    row.setAttribute("role", "row");
    const { level, place, size } = tree.placeOf(node);
    row.setAttribute("aria-level", String(level));
    row.setAttribute("aria-posinset", String(place));
    row.setAttribute("aria-setsize", String(size));
    row.addEventListener("click", () => go(node));
    row.addEventListener("focus", () => {
      if (node !== active) go(node);
    });
    made.set(node, row);
    return row;
  };
  const update = () => {
    if (active === null) return;
    const nodes = tree.around(active, ROWS_MOST);
    const wanted = new Set(nodes);
    for (const [node, row] of made) {
      if (wanted.has(node)) continue;
      row.remove();
      made.delete(node);
    }
    let before: Element | null = null;
    for (const node of nodes) {
      const row = rowOf(node);
      row.tabIndex = node === active ? 0 : -1;
      row.setAttribute("aria-selected", String(node === chosen()));
      if (tree.first(node) === null) row.removeAttribute("aria-expanded");
      else row.setAttribute("aria-expanded", String(tree.isOpen(node)));
      const next: Element | null = before ? before.nextElementSibling : grid.firstElementChild;
      if (next !== row) grid.insertBefore(row, next);
      before = row;
    }
  };
  const go = (node: TreeNode | null) => {
    if (node === null) return;
    active = node;
    update();
    made.get(node)?.focus({ preventScroll: true });
    if (node >= 0) context.select(node as CallId);
    else store.set({ selected: null, pinned: false });
  };
  const open = (node: TreeNode, on: boolean) => {
    tree.toggle(node, on);
    update();
  };
  /** True when the key means something in a tree. */
  const act = (key: string, node: TreeNode): boolean => {
    if (key === "ArrowDown") go(tree.next(node));
    else if (key === "ArrowUp") go(tree.previous(node));
    else if (key === "Home") go(tree.start());
    else if (key === "End") go(tree.end());
    else if (key === "ArrowRight" && tree.isOpen(node)) go(tree.first(node));
    else if (key === "ArrowRight") open(node, true);
    else if (key === "ArrowLeft" && tree.isOpen(node)) open(node, false);
    else if (key === "ArrowLeft") go(tree.parent(node));
    else return false;
    return true;
  };
  grid.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || active === null) return;
    if (act(event.key, active)) event.preventDefault();
  });
  const unsubscribe = store.subscribe(({ selected }, before) => {
    if (selected === before.selected) return;
    const bar = chosen();
    if (bar !== null && bar !== active && tree.show(bar)) active = bar;
    update();
  });
  // Of the first lane also what is in it: a page that is only read through then has more than names.
  if (active !== null) tree.toggle(active, true);
  update();
  return {
    el: grid,
    dispose() {
      unsubscribe();
      grid.remove();
    },
  };
}
