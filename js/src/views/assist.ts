import { logsInside } from "../logic/inside";
import { logsByCall, spokenCall, spokenLane } from "../logic/spoken";
import type { Context, View } from "./context";
import { el } from "./dom";
import { createLongest } from "./longest";
import { createTreeGrid } from "./tree-grid";

/** The lanes in words: a tree grid behind the canvas, a voice for the selected call, and a short list where there is no room. */
export function createAssist(context: Context, timeline: HTMLElement): View {
  const { data, store } = context;
  let counts: Int32Array | null = null;
  const call = (id: Parameters<typeof spokenCall>[1]) => {
    counts ??= logsByCall(data.calls, data.logs);
    return spokenCall(data, id, counts[id] ?? logsInside(data.calls, data.logs, id).length);
  };
  const tree = createTreeGrid(context, { call, lane: (id) => spokenLane(data, id) });
  const longest = createLongest(context);
  const live = el("div", "microlog-live");
  live.setAttribute("aria-live", "polite");
  const unsubscribe = store.subscribe(({ selected }, before) => {
    if (selected === before.selected) return;
    // In the tree the row itself is read.
    const read = tree.el.matches(":focus-within");
    live.textContent = selected === null || read ? "" : call(selected);
  });
  timeline.append(tree.el, longest.el, live);
  return {
    el: live,
    dispose() {
      unsubscribe();
      tree.dispose();
      longest.dispose();
      live.remove();
    },
  };
}
