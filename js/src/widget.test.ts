// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import widget from "./widget";

class Observer {
  observe() {}
  disconnect() {}
}

/** The bytes of a recording with nothing in it. */
function emptyView(name: string): Uint8Array {
  const facts = {
    id: "r1",
    name,
    cell: "",
    started: "",
    duration: 1e6,
    interval: 1e6,
    samples: 0,
    rate: 0,
    overhead: null,
    cpu: null,
    peakMemory: null,
    memoryChange: null,
    sampler: "thread",
    python: "",
    platform: "",
    notes: [],
    running: false,
    detail: null,
  };
  const EMPTY_GRAPH = { nodes: [], cycle: [], nodeOf: [] };
  const column = (type: string) => ({ type, offset: 0, length: 0 });
  const columns = (type: string, names: string) =>
    Object.fromEntries(names.split(" ").map((each) => [each, column(type)]));
  const header = {
    facts,
    packages: [],
    functions: [],
    lanes: [],
    logs: [],
    spans: [],
    anomalies: [],
    tips: [],
    gaps: [],
    lineStep: 0,
    sources: [],
    graphs: Object.fromEntries(["module", "class", "function"].map((level) => [level, EMPTY_GRAPH])),
    threadStarts: [],
    answers: [],
    columns: {
      calls: {
        ...columns("f64", "start duration self cpu waiting contended"),
        ...columns("i32", "lane depth function parent callerLine samples anomaly merged"),
      },
      lines: { ...columns("i32", "function line samples"), ...columns("f64", "self total") },
      lineRuns: { ...columns("f64", "start span time"), ...columns("i32", "samples seen") },
      lineSets: columns("i32", "of line own"),
      metrics: columns("f64", "time cpu systemCpu memory modules threads gcObjects"),
    },
  };
  let json = JSON.stringify(header);
  json += " ".repeat((8 - (json.length % 8)) % 8);
  const bytes = new Uint8Array(16 + json.length);
  bytes.set(new TextEncoder().encode("MLVIEW03"));
  new DataView(bytes.buffer).setUint32(8, json.length, true);
  bytes.set(new TextEncoder().encode(json), 16);
  return bytes;
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
  return { el, model: made, end: widget.render({ model: made, el, more: () => Promise.reject(new Error("none")) }) };
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
