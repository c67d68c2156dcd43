import type { Context, View } from "./context";
import { el } from "./dom";

/** Whether there is a kernel to ask, now or when it is free: what needs one is not offered without. */
export function isThere({ host }: Context): boolean {
  return /idle|busy/.test(host.state());
}

/** A word about the kernel where it does not answer: what waits for it, or that this is a saved view. */
export function createKernelState({ data, host }: Context): View {
  const dot = el("span", "microlog-kernel-dot");
  const word = el("span", "microlog-kernel-word");
  const place = el("div", "microlog-kernel", dot, word);
  place.setAttribute("role", "status");
  const update = () => {
    const state = host.state();
    // A report is a file: nobody expects a kernel behind it.
    place.hidden = state === "idle" || host.kind === "none";
    place.dataset.kernel = state;
    word.textContent = {
      idle: "",
      busy: `kernel busy: ${data.room ? "finer bars, " : ""}Functions and Explain wait for it`,
      dead: "no kernel: the one that made this view has ended",
      none: `no kernel: this is the saved view, recorded ${recorded(data.facts.started)}`,
    }[state];
    place.title = word.textContent;
  };
  update();
  return { el: place, dispose: host.onState(update) };
}

/** "2026-03-14 09:41", as the clock of the place where it was recorded said. */
function recorded(started: string): string {
  return started.slice(0, 16).replace("T", " ");
}
