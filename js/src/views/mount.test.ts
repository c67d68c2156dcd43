// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { empty } from "../../dev/fixture";
import { encode } from "../../tests/encode";
import { nobody } from "../../tests/nobody";
import type { Host } from "../host/host";
import { createMount } from "./mount";
import type { More } from "./panel";

class Observer {
  observe() {}
  disconnect() {}
}

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

const part = (partial: boolean, running = false) => {
  const data = empty();
  const detail = { calls: 7, logs: 0, functions: 1, resolution: 0, partial };
  return encode({ ...data, facts: { ...data.facts, running, detail } } as ReturnType<typeof empty>);
};

function mounted(request: Host["request"]) {
  const begin = vi.fn();
  const more = { exchange: () => ({ begin, drop: () => undefined }) } as unknown as More;
  const asked = vi.fn(request);
  const place = document.createElement("div");
  document.body.append(place);
  const host: Host = { ...nobody(), kind: "kernel", more: () => Promise.resolve(more), request: asked };
  return { mount: createMount(place, host), asked, begin, place };
}

describe("the main part of a recording", () => {
  it("is asked for all of it, which takes its place", async () => {
    const bytes = encode(empty());
    const { mount, asked, begin } = mounted(async () => ({ body: null, buffers: [new DataView(bytes.buffer)] }));
    await mount.show(part(true));
    await vi.waitFor(() => expect(begin).toHaveBeenCalled());
    expect(asked).toHaveBeenCalledExactlyOnceWith("view", {}, expect.anything());
    expect(begin.mock.calls[0]?.[0].facts.detail).toBeNull();
    mount.dispose();
  });

  it("stays where nobody has the rest", async () => {
    const { mount, begin, place } = mounted(() => Promise.reject(new Error("no kernel")));
    await mount.show(part(true));
    await new Promise((done) => setTimeout(done));
    expect(begin).not.toHaveBeenCalled();
    expect(place.querySelector(".microlog-failed")).toBeNull();
    mount.dispose();
  });

  it.each([
    ["what is all that travels", part(false)],
    ["what goes on", part(true, true)],
  ])("asks for nothing of %s", async (_, bytes) => {
    const { mount, asked } = mounted(() => new Promise(() => undefined));
    await mount.show(bytes);
    expect(asked.mock.calls.filter(([kind]) => kind === "view")).toEqual([]);
    mount.dispose();
  });
});
