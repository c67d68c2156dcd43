import type { Context } from "./context";
import { el } from "./dom";
import type { More } from "./panel";

/** The module of what is not needed to paint the timeline, with its style in place. Rejects where the host has none. */
export async function loadMore({ host, root }: Pick<Context, "host" | "root">): Promise<More> {
  const more = (await host.more()) as More;
  if (!root.querySelector("style[data-microlog-more]")) {
    const style = el("style", "", more.style);
    style.dataset.micrologMore = "";
    root.append(style);
  }
  return more;
}
