// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { reference } from "../../dev/fixture";
import { stubBrowser } from "../../tests/browser";
import { encode } from "../../tests/encode";
import { nobody } from "../../tests/nobody";
import type { CallId, Facts, Ns, ViewData } from "../data/types";
import type { Heard, Host, KernelState } from "../host/host";
import { createMount, type Memory, type Mount } from "./mount";

const SECOND = 1e9;
const mounts: Mount[] = [];

/** A piece without a sample, of half a second. */
function piece(from: number): Parameters<Heard> {
  const body = { from: from * SECOND, to: (from + 0.5) * SECOND, samples: 0, nodes: 0 };
  return [{ ...body, threads: [], functions: [], logs: [], metrics: [] }, [new DataView(new ArrayBuffer(0))]];
}

/** The reference recording as it is after some seconds, still going on or not; nothing is painted here, so it has no calls. */
function grown(seconds: number, more: Partial<Facts> = {}): Uint8Array {
  const data: ViewData = reference();
  const calls = Object.fromEntries(
    Object.entries(data.calls).map(([name, of]) => [name, typeof of === "number" ? 0 : of.slice(0, 0)]),
  ) as unknown as ViewData["calls"];
  const facts = { ...data.facts, running: true, duration: (seconds * SECOND) as Ns, ...more };
  const logs = data.logs.map((log) => ({ ...log, call: -1 as CallId }));
  return encode({ ...data, calls, facts, logs, anomalies: [], tips: [], threadStarts: [] });
}

function open(memory?: Memory, state: KernelState = "idle") {
  const heard = new Map<string, Heard>();
  const host = {
    ...nobody(),
    state: () => state,
    request: vi.fn(async () => ({ body: null, buffers: [] })),
    listen: (kind: string, listener: Heard) => {
      heard.set(kind, listener);
      return () => heard.delete(kind);
    },
  } satisfies Host;
  const place = document.createElement("div");
  document.body.append(place);
  const mount = createMount(place, host, "", memory);
  mounts.push(mount);
  const find = (selector: string) => place.querySelector<HTMLElement>(selector);
  const tab = (name: string) =>
    [...place.querySelectorAll<HTMLElement>("[role=tab]")].find((each) => each.textContent?.startsWith(name));
  const duration = () => find(".microlog-fact")?.textContent;
  return { place, mount, host, find, tab, duration, tell: (body: object) => heard.get("progress")?.(body, []), heard };
}

beforeEach(() => stubBrowser());

afterEach(() => {
  for (const mount of mounts.splice(0)) mount.dispose();
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

describe("a recording that goes on", () => {
  it("says so, counts up, and ends where somebody listens", async () => {
    const { mount, find, duration, tell, host } = open();
    await mount.show(grown(2));
    await vi.waitFor(() => expect(find(".microlog-running-word")?.textContent).toBe("recording"));
    tell({ duration: 2.5 * SECOND, samples: 2500, logs: 1 });
    expect(duration()).toBe("2.50 s");
    expect(find(".microlog-facts")?.textContent).toContain("2\u202f500 samples @ ");
    expect(find(".microlog-facts")?.textContent).toContain("1 log");
    const stop = find(".microlog-stop-recording");
    await vi.waitFor(() => expect(stop?.hidden).toBe(false));
    stop?.click();
    expect(host.request).toHaveBeenLastCalledWith("stop", {});
    await mount.show(grown(3, { running: false }));
    expect(find(".microlog-running")).toBeNull();
    await vi.waitFor(() =>
      expect(find(".microlog-voice[role=status]")?.textContent).toBe("The recording has ended after 3.00 s."),
    );
  });

  it("offers no end to a kernel that is busy, and says nothing where there is none", async () => {
    const busy = open(undefined, "busy");
    busy.host.request.mockReturnValue(new Promise(() => undefined));
    await busy.mount.show(grown(2));
    await vi.waitFor(() => expect(busy.find(".microlog-running")?.title).toContain("interrupt the cell"));
    expect(busy.find(".microlog-stop-recording")?.hidden).toBe(true);
    const dead = open(undefined, "dead");
    await dead.mount.show(grown(2));
    await vi.waitFor(() => expect(dead.find(".microlog-running")?.hidden).toBe(true));
  });

  it("keeps the theme and takes newer data; another tab stands still until it is left", async () => {
    const { mount, place, find, tab, duration } = open();
    await mount.show(grown(2));
    await mount.show(grown(3));
    expect(duration()).toBe("3.00 s");
    expect(place.querySelectorAll(".microlog")).toHaveLength(1);
    expect(find(".microlog")?.style.getPropertyValue("--ml-hover")).not.toBe("");
    expect(find(".microlog")?.style.visibility).toBe("");
    tab("Log")?.click();
    await mount.show(grown(4));
    expect(duration()).toBe("3.00 s");
    await vi.waitFor(() => expect(find(".microlog-running")?.textContent).toContain("seen up to 3.00 s"));
    tab("Timeline")?.click();
    expect(duration()).toBe("4.00 s");
    tab("Log")?.click();
    await mount.show(grown(5, { running: false }));
    expect(duration()).toBe("5.00 s");
    expect(tab("Log")?.ariaSelected).toBe("true");
  });
});

describe("a recording that grows", () => {
  it("is seen to between its pictures, until it has ended", async () => {
    const { mount, duration, heard } = open();
    await mount.show(grown(2));
    await vi.waitFor(() => expect(heard.has("growth")).toBe(true));
    heard.get("growth")?.(...piece(2));
    expect(duration()).toBe("2.50 s");
    await mount.show(grown(3));
    expect(duration()).toBe("3.00 s");
    heard.get("growth")?.(...piece(3.2));
    expect(duration()).toBe("3.00 s");
    await mount.show(grown(4, { running: false }));
    heard.get("growth")?.(...piece(4));
    expect(duration()).toBe("4.00 s");
    mount.dispose();
    expect(heard.has("growth")).toBe(false);
  });

  it("has what came while a picture was on its way", async () => {
    const { mount, duration, heard } = open();
    await mount.show(grown(2));
    await vi.waitFor(() => expect(heard.has("growth")).toBe(true));
    const shown = mount.show(grown(2.2));
    heard.get("growth")?.(...piece(2));
    await shown;
    expect(duration()).toBe("2.50 s");
  });

  it("waits for what somebody is at, and goes on behind it", async () => {
    const { mount, find, place, duration, heard } = open();
    await mount.show(grown(2));
    await vi.waitFor(() => expect(heard.has("growth")).toBe(true));
    place.querySelector(".microlog")?.dispatchEvent(new Event("pointerdown", { bubbles: true }));
    heard.get("growth")?.(...piece(2));
    window.dispatchEvent(new Event("pointerup"));
    find(".microlog input")?.focus();
    heard.get("growth")?.(...piece(2.5));
    expect(duration()).toBe("2.00 s");
    find(".microlog input")?.blur();
    vi.spyOn(performance, "now").mockReturnValue(performance.now() + 1000);
    heard.get("growth")?.(...piece(3));
    expect(duration()).toBe("3.50 s");
  });
});

describe("views of one model", () => {
  it("go on where the user is, also when the first one is gone", async () => {
    const memory: Memory = { seen: null };
    const [first, second, third] = [open(memory), open(memory), open(memory)];
    await first.mount.show(grown(2));
    first.tab("Log")?.click();
    await second.mount.show(grown(3, { running: false }));
    expect(second.tab("Log")?.ariaSelected).toBe("true");
    second.tab("Anomalies")?.click();
    first.mount.dispose();
    second.mount.dispose();
    await third.mount.show(grown(3, { running: false }));
    expect(third.tab("Anomalies")?.ariaSelected).toBe("true");
  });
});
