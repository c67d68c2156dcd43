import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { empty, reference } from "../../dev/fixture";
import type { CallId } from "../data/types";
import { indexRows } from "./rows";
import { CallTree, nodeOfLane, type TreeNode } from "./tree";
import { rowOf } from "./walk";

const data = reference();
const index = indexRows(data);
const drawn = [...data.calls.start.keys()].filter((call) => rowOf(index, data.calls, call as CallId)) as CallId[];
const make = () => new CallTree(data.calls, index);
const named = (name: string) => [...data.calls.function].findIndex((id) => data.functions[id]?.name === name) as CallId;

/** By looking at all calls: what is inside a node, in order of time. */
function insideOf(node: TreeNode): TreeNode[] {
  const isInside = (call: CallId) =>
    node < 0 ? data.calls.lane[call] === -1 - node && index.place(call) === 0 : data.calls.parent[call] === node;
  return drawn.filter(isInside);
}

function seen(tree: CallTree): TreeNode[] {
  const list = (node: TreeNode): TreeNode[] => [node, ...(tree.isOpen(node) ? insideOf(node).flatMap(list) : [])];
  return data.lanes.flatMap((_, lane) => list(nodeOfLane(lane)));
}

describe("the tree of lanes and calls", () => {
  it("goes through what is open, forwards and backwards, as by looking at all calls", () => {
    const nodes = fc.oneof(fc.constantFrom(...drawn), fc.nat(data.lanes.length - 1).map(nodeOfLane));
    fc.assert(
      fc.property(fc.array(nodes, { maxLength: 60 }), fc.nat(), (opened, pick) => {
        const tree = make();
        for (const node of opened) tree.toggle(node, true);
        const all = seen(tree);
        const node = all[pick % all.length] as TreeNode;
        expect(tree.around(node, 2 * all.length)).toEqual(all);
        expect(tree.start()).toBe(all[0]);
        expect(tree.end()).toBe(all.at(-1));
        const siblings =
          node < 0 ? data.lanes.map((_, lane) => nodeOfLane(lane)) : insideOf(tree.parent(node) as number);
        expect(tree.placeOf(node)).toMatchObject({ place: siblings.indexOf(node) + 1, size: siblings.length });
      }),
    );
  });

  it("opens what is around a call, and counts its level from the lane", () => {
    const tree = make();
    expect(tree.show(named("clean"))).toBe(true);
    expect(seen(tree)).toContain(named("clean"));
    expect(tree.parent(named("clean"))).toBe(named("load_and_fit"));
    expect(tree.placeOf(nodeOfLane(0)).level).toBe(1);
    expect(tree.placeOf(named("clean")).level).toBe(tree.placeOf(named("load_and_fit")).level + 1);
  });

  it("gives no more nodes than are wanted, with the one asked for among them", () => {
    const tree = make();
    for (const call of drawn) tree.show(call);
    const node = drawn[Math.floor(drawn.length / 2)] as number;
    const part = tree.around(node, 20);
    expect(part).toHaveLength(20);
    expect(part).toContain(node);
  });

  it("has nothing to open in a call that called nothing, nor in a recording without calls", () => {
    const tree = make();
    tree.toggle(named("SSLSocket.read"), true);
    expect(tree.isOpen(named("SSLSocket.read"))).toBe(false);
    const nothing = empty();
    const none = new CallTree(nothing.calls, indexRows(nothing));
    const start = none.start();
    expect(start === null || none.first(start) === null).toBe(true);
  });
});
