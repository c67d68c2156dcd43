import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createChannel, PATIENCE_MS } from "./channel";

interface Message {
  readonly id: string;
  readonly kind: string;
  readonly body: unknown;
}

/** A model whose kernel says what the test says. */
function talk(manager?: unknown) {
  const listeners = new Map<string, Set<(content: unknown, buffers?: readonly unknown[]) => void>>();
  const sent: Message[] = [];
  const model = {
    widget_manager: manager,
    send: (content: unknown) => void sent.push(content as Message),
    on(event: string, listener: (content: unknown) => void) {
      listeners.set(event, (listeners.get(event) ?? new Set()).add(listener));
    },
    off: (event: string, listener: (content: unknown) => void) => void listeners.get(event)?.delete(listener),
  };
  const channel = createChannel(model);
  const fire = (event: string, content?: unknown, buffers?: readonly unknown[]) => {
    for (const listener of listeners.get(event) ?? []) listener(content, buffers);
  };
  return {
    channel,
    sent,
    model,
    listeners,
    fire,
    say: (content: unknown, buffers?: readonly unknown[]) => fire("msg:custom", content, buffers),
    answerPing: () => fire("msg:custom", { id: sent.filter((each) => each.kind === "ping").at(-1)?.id, body: null }),
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a channel to the kernel", () => {
  it("gives each request its own answer, with the bytes beside it", async () => {
    const { channel, sent, say } = talk();
    const one = channel.request("window", { start: 1 });
    const two = channel.request("window", { start: 2 });
    const [first, second] = sent.filter((each) => each.kind === "window");
    say({ id: second?.id, body: "b" }, [Uint8Array.of(9, 8, 7).subarray(1)]);
    say({ id: first?.id, body: "a" }, [new DataView(Uint8Array.of(5).buffer)]);
    expect((await one).body).toBe("a");
    const answer = await two;
    expect(answer.body).toBe("b");
    expect([answer.buffers[0]?.getUint8(0), answer.buffers[0]?.byteLength]).toEqual([8, 2]);
  });

  it("rejects with the kernel's sentence", async () => {
    const { channel, sent, say } = talk();
    const asked = channel.request("explain", {});
    say({ id: sent.at(-1)?.id, error: "No key is set." });
    await expect(asked).rejects.toThrow("No key is set.");
  });

  it("stops waiting when the asker gives up, before or after", async () => {
    const { channel, sent, say } = talk();
    const given = new AbortController();
    const asked = channel.request("window", {}, given.signal);
    given.abort(new Error("elsewhere now"));
    await expect(asked).rejects.toThrow("elsewhere now");
    say({ id: sent.at(-1)?.id, body: 1 });
    const before = sent.length;
    await expect(channel.request("window", {}, given.signal)).rejects.toThrow("elsewhere now");
    expect(sent).toHaveLength(before);
  });

  it("does not take the answers to another view of the same model", () => {
    const { channel, say } = talk();
    const settled = vi.fn();
    void channel.request("window", {}).then(settled, settled);
    say({ id: "elsewhere.2", body: 1 });
    expect(settled).not.toHaveBeenCalled();
  });

  it("hears what the kernel says by itself, until it listens no more", () => {
    const { channel, say } = talk();
    const listener = vi.fn();
    const end = channel.listen("select", listener);
    say({ kind: "select", body: [1, 2] });
    say({ kind: "show", body: {} });
    end();
    say({ kind: "select", body: [3, 4] });
    expect(listener.mock.calls).toEqual([[[1, 2], []]]);
  });

  it("is without a kernel when nobody ever answers: requests end then", async () => {
    const { channel } = talk();
    const seen = vi.fn();
    channel.onState(seen);
    const asked = channel.request("window", {});
    vi.advanceTimersByTime(PATIENCE_MS);
    expect(channel.state()).toBe("none");
    expect(seen).toHaveBeenCalledExactlyOnceWith("none");
    await expect(asked).rejects.toThrow("There is no kernel");
  });

  it("is busy when a kernel that has spoken is silent, keeps the request, and is idle at its answer", async () => {
    const { channel, sent, say, answerPing } = talk();
    answerPing();
    const asked = channel.request("window", {});
    vi.advanceTimersByTime(PATIENCE_MS);
    expect(channel.state()).toBe("busy");
    say({ id: sent.at(-1)?.id, body: 1 });
    expect(channel.state()).toBe("idle");
    expect((await asked).body).toBe(1);
  });

  it("asks once more who speaks but does not answer, as its first question may have come too early", () => {
    const { channel, sent, say, answerPing } = talk();
    const pings = () => sent.filter((each) => each.kind === "ping").length;
    say({ kind: "progress", body: {} });
    vi.advanceTimersByTime(PATIENCE_MS);
    expect(channel.state()).toBe("busy");
    say({ kind: "progress", body: {} });
    expect(pings()).toBe(2);
    vi.advanceTimersByTime(PATIENCE_MS);
    say({ kind: "progress", body: {} });
    expect(pings()).toBe(2);
    expect(channel.state()).toBe("busy");
    answerPing();
    expect(channel.state()).toBe("idle");
  });

  it("is busy, and no saved view, as soon as the kernel speaks", () => {
    const { channel, say } = talk();
    vi.advanceTimersByTime(PATIENCE_MS);
    expect(channel.state()).toBe("none");
    say({ kind: "progress", body: {} });
    expect(channel.state()).toBe("busy");
  });

  it("asks again when the notebook's kernel changes its status", () => {
    const slots = new Set<() => void>();
    const statusChanged = {
      connect: (slot: () => void) => slots.add(slot),
      disconnect: (slot: () => void) => slots.delete(slot),
    };
    const { channel, sent, answerPing } = talk({ kernel: { statusChanged } });
    answerPing();
    for (const slot of slots) slot();
    for (const slot of slots) slot();
    expect(sent.filter((each) => each.kind === "ping")).toHaveLength(2);
    vi.advanceTimersByTime(PATIENCE_MS);
    expect(channel.state()).toBe("busy");
    answerPing();
    expect(channel.state()).toBe("idle");
    channel.dispose();
    expect(slots.size).toBe(0);
  });

  it("is dead when the widget has lost its kernel, and lives again when somebody answers", () => {
    const { channel, fire, answerPing } = talk();
    answerPing();
    fire("comm_live_status_update");
    expect(channel.state()).toBe("dead");
    vi.advanceTimersByTime(PATIENCE_MS);
    expect(channel.state()).toBe("dead");
    answerPing();
    expect(channel.state()).toBe("idle");
  });

  it("is dead when sending fails", async () => {
    const { channel, model, answerPing } = talk();
    answerPing();
    model.send = () => {
      throw new Error("Cannot send");
    };
    await expect(channel.request("window", {})).rejects.toThrow("The kernel has ended");
  });

  it("leaves nothing behind", async () => {
    const { channel, listeners } = talk();
    const asked = channel.request("window", {});
    channel.dispose();
    await expect(asked).rejects.toThrow("closed");
    expect([...listeners.values()].every((each) => each.size === 0)).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });
});
