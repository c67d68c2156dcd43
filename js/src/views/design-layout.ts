import * as dagre from "@dagrejs/dagre";
import { type Design, heightOf, widthOf } from "../logic/design";

const NODE = 176;

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: ReadonlyMap<number, Box>;
  /** By edge: the points its line goes through. */
  readonly lines: readonly (readonly Point[])[];
}

/** Layers from left to right by the depth of calls; lines that skip a layer run between the nodes. */
export function layoutOf(design: Design): Layout {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({
    rankdir: "LR",
    ranksep: 72,
    nodesep: 18,
    edgesep: 8,
    marginx: 16,
    marginy: 16,
    acyclicer: "greedy",
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of design.nodes) graph.setNode(String(node.id), { width: NODE, height: heightOf(node) });
  design.edges.forEach((edge, i) => {
    const weight = Math.max(Math.round(widthOf(edge)), 1);
    graph.setEdge(String(edge.caller), String(edge.callee), { weight, width: 1, height: widthOf(edge) }, String(i));
  });
  dagre.layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  const boxes = new Map(
    design.nodes.map((node) => {
      const { x, y } = graph.node(String(node.id)) as { x: number; y: number };
      const tall = heightOf(node);
      return [node.id, { x: x - NODE / 2, y: y - tall / 2, width: NODE, height: tall }] as const;
    }),
  );
  const lines = design.edges.map((edge, i) => {
    const made = graph.edge(String(edge.caller), String(edge.callee), String(i)) as { points?: Point[] };
    const between = (made.points ?? []).slice(1, -1);
    const [from, to] = [boxes.get(edge.caller), boxes.get(edge.callee)];
    if (!from || !to) return between;
    // Lines leave and enter at the sides that face each other: one of a cycle goes back to the left.
    const back = to.x <= from.x;
    return [side(from, back ? 0 : from.width), ...between, side(to, back ? to.width : 0)];
  });
  return { width: Number.isFinite(width) ? width : 0, height: Number.isFinite(height) ? height : 0, boxes, lines };
}

function side(box: Box, across: number): Point {
  return { x: box.x + across, y: box.y + box.height / 2 };
}

/** A smooth line through points, level where it begins and ends. */
export function pathOf(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let path = `M${first.x.toFixed(1)} ${first.y.toFixed(1)}`;
  let before = first;
  for (const point of rest) {
    const middle = (before.x + point.x) / 2;
    path += `C${middle.toFixed(1)} ${before.y.toFixed(1)} ${middle.toFixed(1)} ${point.y.toFixed(1)} ${point.x.toFixed(1)} ${point.y.toFixed(1)}`;
    before = point;
  }
  return path;
}
