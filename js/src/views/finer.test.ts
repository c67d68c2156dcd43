import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { reference } from "../../dev/fixture";
import { nobody } from "../../tests/nobody";
import { withRoom } from "../data/room";
import type { ViewData } from "../data/types";
import type { Answer, Host, KernelState } from "../host/host";
import { indexRows } from "../logic/rows";
import { whole } from "../logic/viewport";
import { createStore, initial } from "../state/store";
import type { Context } from "./context";
import { createFiner } from "./finer";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const S = 1e9;
const window = (start: number, end: number) => ({ start, end }) as ReturnType<typeof whole>;
/** Not what Python sends. */
const DAMAGED = { body: { columns: { calls: {} }, resolution: 1 }, buffers: [] } as Answer;

/** A recording of which 1 ms is the resolution of the view, and a kernel that answers when it is told to. */
function setUp() {
  const made = reference();
  const detail = { calls: made.calls.count + 1, logs: made.logs.length, resolution: 1e6 };
  const data = withRoom({ ...made, facts: { ...made.facts, detail } } as ViewData);
  const asked: { body: unknown; answer(answer: Answer): void; refuse(): void }[] = [];
  let heard: (state: KernelState) => void = () => undefined;
  const host: Host = {
    ...nobody(),
    request: (_, body) =>
      new Promise((resolve, reject) => asked.push({ body, answer: resolve, refuse: () => reject(new Error("gone")) })),
    onState(listener) {
      heard = listener;
      return () => undefined;
    },
  };
  const store = createStore(initial(whole(data.facts.duration)));
  const changed = vi.fn();
  const context = { data, host, store, rows: () => indexRows(data) } as unknown as Context;
  const finer = createFiner(context, changed);
  const rest = () => vi.advanceTimersByTimeAsync(100);
  return { finer, asked, rest, changed, say: (state: KernelState) => heard(state) };
}

describe("finer bars", () => {
  it("are asked for when the window rests, one question at a time, and never waited for", async () => {
    const { finer, asked, rest } = setUp();
    expect(finer.rows(window(10 * S, 10.1 * S), 1e5)).toBeNull();
    expect(asked).toHaveLength(0);
    await rest();
    expect(asked.map(({ body }) => body)).toEqual([{ start: 9.9 * S, end: 10.2 * S + 1, resolution: 12_500 }]);
    finer.rows(window(20 * S, 20.1 * S), 1e5);
    finer.rows(window(30 * S, 30.1 * S), 1e5);
    await rest();
    expect(asked).toHaveLength(1);
    asked[0]?.refuse();
    await rest();
    expect(asked).toHaveLength(1);
  });

  it("are asked for again when the kernel that was gone is there", async () => {
    const { finer, asked, rest, say } = setUp();
    finer.rows(window(10 * S, 10.1 * S), 1e5);
    await rest();
    asked[0]?.refuse();
    await rest();
    say("busy");
    await rest();
    expect(asked).toHaveLength(1);
    say("idle");
    await rest();
    expect(asked).toHaveLength(2);
  });

  it("are not asked for where the view's own are as fine as the pixels", async () => {
    const { finer, asked, rest } = setUp();
    finer.rows(window(0, 48 * S), 4e7);
    await rest();
    expect(asked).toHaveLength(0);
  });

  it("that cannot be read change nothing", async () => {
    const { finer, asked, rest, changed } = setUp();
    finer.rows(window(10 * S, 10.1 * S), 1e5);
    await rest();
    asked[0]?.answer(DAMAGED);
    await rest();
    expect(changed).not.toHaveBeenCalled();
    expect(finer.rows(window(10 * S, 10.1 * S), 1e5)).toBeNull();
  });
});
