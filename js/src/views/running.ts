import type { Host } from "../host/host";
import { formatCount, formatDuration, pluralOf } from "../logic/format";
import type { Context } from "./context";
import { button, el } from "./dom";
import type { More } from "./panel";

/** What the kernel tells a few times a second, `Recorder.progress` in Python. */
interface Progress {
  readonly duration: number;
  readonly samples: number;
  readonly logs?: number;
}

/** Where the kernel hears nothing while it runs a cell, this is how the recording is ended. */
const OTHERWISE = "This kernel hears nothing while a cell runs: interrupt the cell to end its recording.";

/** Those that have answered while a recording went on: newer data of it need not ask again. */
const answered = new WeakSet<Host>();

/**
 * While a recording goes on: a red dot and a word in the header, facts that count up, and a button that ends it. The button
 * is there only where the kernel answers while it is busy, on a subshell; everywhere else the press would be heard too late.
 */
export const createRunning: More["running"] = (context, settle) => {
  const { data, host, root, store } = context;
  if (!data.facts.running) return () => undefined;
  const word = el("span", "microlog-running-word", "recording");
  const until = el("span", "microlog-running-until");
  const stop = button(
    "microlog-stop-recording",
    () => void end(),
    "Stop",
    el("span", "microlog-stop-what", " recording"),
  );
  const place = el("div", "microlog-running", word, until, stop);
  root.querySelector(".microlog-facts")?.before(place);

  const end = async () => {
    stop.disabled = true;
    try {
      await host.request("stop", {});
    } catch (error) {
      stop.disabled = false;
      stop.title = error instanceof Error ? error.message : String(error);
    }
  };
  /** Only an answer shows that somebody listens. */
  const ask = () =>
    host.request("ping", {}).then(
      () => {
        answered.add(host);
        update();
      },
      () => undefined,
    );
  const update = () => {
    const state = host.state();
    // Whoever recorded it is gone: what there is, is seen.
    place.hidden = state === "dead" || state === "none";
    if (state !== "idle") answered.delete(host);
    stop.hidden = !answered.has(host);
    place.title = state === "busy" ? OTHERWISE : "";
    // Other views than the timeline stand still while they are read.
    const still = store.get().tab !== "timeline";
    until.hidden = !still;
    until.textContent = still ? `, seen up to ${formatDuration(data.facts.duration)}` : "";
    settle();
  };
  const ends = [
    host.onState((state) => {
      update();
      if (state === "idle") void ask();
    }),
    store.subscribe((state, before) => {
      if (state.tab !== before.tab) update();
    }),
    host.listen("progress", (body) => {
      count(context, body as Progress);
      settle();
    }),
  ];
  update();
  if (!answered.has(host)) void ask();
  return () => {
    for (const each of ends) each();
    place.remove();
  };
};

/** Facts that need no look into the recording: the first one is its length, the others have their word behind the number. */
function count({ root }: Context, { duration, samples, logs }: Progress): void {
  const facts = [...root.querySelectorAll(".microlog-fact")];
  const say = (fact: Element | undefined, value: string, word = "") => {
    const [number, after] = fact?.childNodes ?? [];
    if (number) number.textContent = value;
    if (after && word) after.textContent = ` ${word}`;
  };
  const counted = (n: number, word: string) => {
    const fact = facts.find(({ childNodes: [, after] }) => after?.textContent?.startsWith(` ${word}`));
    say(fact, formatCount(n), pluralOf(n, word));
  };
  say(facts[0], formatDuration(duration));
  counted(samples, "sample");
  if (logs !== undefined) counted(logs, "log");
}
