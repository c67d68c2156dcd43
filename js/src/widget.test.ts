// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { empty } from "../dev/fixture";
import { encode } from "../tests/encode";
import widget from "./widget";

class Observer {
  observe() {}
  disconnect() {}
}

/** The bytes of a recording with nothing in it. */
function emptyView(name: string): Uint8Array {
  const data = empty();
  return encode({ ...data, facts: { ...data.facts, name } });
}

function model(payload: unknown) {
  type Listener = (content: unknown) => void;
  const listeners = new Set<Listener>();
  const showing = new Set<Listener>();
  return {
    get: (name: string) => (name === "payload" ? payload : null),
    set: () => undefined,
    save_changes: () => undefined,
    send: () => undefined,
    on(event: string, listener: Listener) {
      listeners.add(listener);
      if (event === "change:payload") showing.add(listener);
    },
    off: (_: string, listener: Listener) => void listeners.delete(listener),
    change(next: unknown) {
      payload = next;
      for (const listener of showing) listener(undefined);
    },
    listeners,
  };
}

const show = (payload: unknown) => {
  const el = document.createElement("div");
  document.body.append(el);
  const made = model(payload);
  const more = () => Promise.reject(new Error("none"));
  return { el, model: made, end: widget.render({ model: made, el, more, memory: { seen: null } }) };
};

beforeEach(() => {
  vi.stubGlobal("ResizeObserver", Observer);
  vi.stubGlobal("IntersectionObserver", Observer);
  vi.stubGlobal("CSS", { escape: (text: string) => text });
  vi.stubGlobal("matchMedia", () => ({
    matches: false,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }));
});

afterEach(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

describe("the widget", () => {
  it("shows the recording of its payload, and the next one when it changes", async () => {
    const { el, model, end } = show(new DataView(emptyView("first").buffer));
    await vi.waitFor(() => expect(el.textContent).toContain("first"));
    model.change(emptyView("second"));
    await vi.waitFor(() => expect(el.textContent).toContain("second"));
    expect(el.querySelectorAll(".microlog")).toHaveLength(1);
    end();
    expect(el.childNodes).toHaveLength(0);
    expect(model.listeners.size).toBe(0);
  });

  it("reads a part of a larger buffer", async () => {
    const bytes = emptyView("part");
    const buffer = new Uint8Array(bytes.length + 15);
    buffer.set(bytes, 8);
    const { el, end } = show(new DataView(buffer.buffer, 8, bytes.length));
    await vi.waitFor(() => expect(el.textContent).toContain("part"));
    end();
  });

  it.each([
    ["bytes that are no recording", new Uint8Array([1, 2, 3, 4])],
    ["no bytes", new DataView(new ArrayBuffer(0))],
    ["nothing", null],
  ])("says so of %s", async (_, payload) => {
    const { el, end } = show(payload);
    await vi.waitFor(() => expect(el.querySelector("[role=alert]")).not.toBeNull());
    expect(el.textContent).toContain("The recording cannot be shown.");
    end();
  });
});
