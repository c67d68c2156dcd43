// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { empty, reference } from "../../dev/fixture";
import { talk } from "../../dev/talk";
import { arrived, stubBrowser } from "../../tests/browser";
import { nobody } from "../../tests/nobody";
import type { ViewData } from "../data/types";
import type { Host, KernelState } from "../host/host";
import { createApp } from "./app";

const ends: (() => void)[] = [];

function page(className = "microlog"): HTMLElement {
  const root = document.createElement("div");
  root.className = className;
  document.body.append(root);
  return root;
}

function open(data: ViewData, kept: string | null = null, state: KernelState = "none") {
  const host = { ...nobody(), recall: vi.fn(() => kept), keep: vi.fn(), state: () => state } satisfies Host;
  const root = page();
  const app = createApp(root, data, host);
  ends.push(app.dispose);
  const press = (key: string, target: Element = root, more: KeyboardEventInit = {}, type = "keydown") =>
    target.dispatchEvent(new KeyboardEvent(type, { key, bubbles: true, cancelable: true, ...more }));
  const find = (selector: string) => root.querySelector<HTMLElement>(selector);
  return { root, app, host, press, find, text: (selector: string) => find(selector)?.textContent ?? "" };
}

beforeEach(() => {
  stubBrowser();
});

afterEach(() => {
  for (const end of ends.splice(0)) end();
  document.body.replaceChildren();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("header", () => {
  it("says the facts in order", () => {
    const { find, text } = open(reference());
    const facts = [...(find(".microlog-facts")?.children ?? [])].map((fact) => fact.textContent);
    expect(facts).toEqual([
      "48.2 s",
      "48\u202f200 samples @ 1.00 kHz",
      "overhead 0.7%",
      "CPU 92%",
      "peak 1.74 GB",
      "(+1.31 GB)",
      "14 logs",
      "4 anomalies",
    ]);
    expect(text(".microlog-amber")).toBe("4 anomalies");
    expect(text(".microlog-header")).toMatch(/^micrologIn \[7\]load_and_fit/);
  });

  it("says nothing of what is not known, and nothing amber without anomalies", () => {
    const { find } = open(empty());
    const facts = [...(find(".microlog-facts")?.children ?? [])].map((fact) => fact.textContent);
    expect(facts).toEqual(["3.10 ms", "0 samples", "0 logs", "0 anomalies"]);
    expect(find(".microlog-amber")).toBeNull();
  });

  it("notes of the recording open by a button and close with Escape", async () => {
    const { find, press } = open(talk());
    const opener = find("[aria-label='2 notes about this recording']") as HTMLElement;
    opener.click();
    await arrived();
    expect(find(".microlog-notes")?.textContent).toContain("2 threads ended");
    press("Escape", opener);
    expect(find(".microlog-notes")).toBeNull();
  });
});

describe("legend", () => {
  const items = (root: HTMLElement) => [...root.querySelectorAll<HTMLElement>(".microlog-modules button")];
  const named = (root: HTMLElement, name: string) =>
    items(root).find((item) => item.textContent?.startsWith(name)) as HTMLElement;

  it("names eight modules by self time and counts the rest; the notebook's goes by its cell", async () => {
    const { root } = open(reference());
    await arrived();
    const names = items(root).map((item) => item.textContent);
    expect(names).toHaveLength(10);
    expect(names[0]).toBe("mine / libraries");
    expect(names).toContain("In [7]");
    expect(names.at(-1)).toBe("+2");
  });

  it("says at a press whose code the time went to, in the colours of all views, and keeps that", async () => {
    const { root, host } = open(reference());
    await arrived();
    named(root, "mine").click();
    expect(items(root).map((item) => item.textContent?.replace(/\d+%/, "0%"))).toEqual([
      "mine / libraries",
      "In [7]0%",
      "own0%",
      "libraries0%",
      "+0",
    ]);
    expect(host.keep).toHaveBeenCalledWith("owners", "yes");
    const grey = named(root, "libraries").querySelector<HTMLElement>(".microlog-swatch")?.style.background;
    expect(grey).toBe("rgb(200, 200, 200)");
    named(root, "mine").click();
    expect(items(root)).toHaveLength(10);
    expect(host.keep).toHaveBeenLastCalledWith("owners", "");
  });

  it("an entry that is pressed stays so until it is pressed again, another is, or Escape", async () => {
    const { root, press } = open(reference());
    await arrived();
    const pressed = () =>
      items(root)
        .filter((item) => item.getAttribute("aria-pressed") === "true")
        .map((item) => item.textContent);
    named(root, "sklearn").click();
    expect(pressed()).toEqual(["sklearn"]);
    named(root, "In [7]").click();
    expect(pressed()).toEqual(["In [7]"]);
    named(root, "In [7]").click();
    expect(pressed()).toEqual([]);
    named(root, "sklearn").click();
    press("Escape");
    expect(pressed()).toEqual([]);
  });
});

describe("what needs a kernel", () => {
  it.each([
    ["idle", true],
    ["busy", true],
    ["dead", false],
    ["none", false],
  ] as const)("is offered only where one is: %s", async (state, offered) => {
    const { find, press } = open(reference(), null, state);
    press("ArrowRight", find(".microlog-lanes canvas") as HTMLElement, { shiftKey: true });
    await arrived();
    const buttons = [...(find(".microlog-range-card")?.querySelectorAll(".microlog-actions button") ?? [])];
    expect(buttons.some((each) => each.textContent?.startsWith("Zoom"))).toBe(true);
    expect(buttons.some((each) => each.textContent?.startsWith("Explain"))).toBe(offered);
  });
});

describe("states", () => {
  it("an empty recording says what to do", () => {
    const { text, find } = open(empty());
    expect(text(".microlog-empty")).toBe(
      "The cell ended before the first sample. Use %%microlog --interval 0.1ms or record a longer cell.",
    );
    expect(find("[aria-label='Show the whole recording']")).toBeNull();
  });

  it("the still picture is hidden while the recording is shown, and comes back", () => {
    const picture = document.createElement("div");
    picture.className = "microlog-static microlog-static-fixture";
    document.body.append(picture);
    const first = open(reference());
    const second = open(reference());
    expect(picture.style.display).toBe("none");
    first.app.dispose();
    expect(picture.style.display).toBe("none");
    second.app.dispose();
    expect(picture.style.display).toBe("");
  });
});

describe("keys", () => {
  it("stay in the widget, except with a modifier", () => {
    const { root, press } = open(reference());
    const leaked = vi.fn();
    for (const type of ["keydown", "keypress", "keyup"]) document.body.addEventListener(type, leaked);
    for (const type of ["keydown", "keypress", "keyup"]) press("x", root, {}, type);
    expect(leaked).not.toHaveBeenCalled();
    press("s", root, { ctrlKey: true });
    expect(leaked).toHaveBeenCalledOnce();
    expect(root.dataset.lmSuppressShortcuts).toBe("true");
    const button = root.querySelector("button") as HTMLElement;
    button.focus();
    expect(button.dataset.lmSuppressShortcuts).toBe("true");
  });

  it("Tab is left to the browser", () => {
    const { press, find } = open(reference());
    expect(press("Tab", find("button") as HTMLElement)).toBe(true);
  });

  it("? opens the card of keys, with every fact; Escape closes it and gives the focus back", async () => {
    const { press, find, text } = open(reference());
    const help = find("[aria-label='Keys and marks']") as HTMLElement;
    help.focus();
    press("?", help);
    await arrived();
    expect(text(".microlog-help")).toContain("48\u202f200 @ 1.00 kHz, native sampler");
    expect(find(".microlog-help")?.contains(document.activeElement)).toBe(true);
    press("Escape", document.activeElement as Element);
    expect(find(".microlog-help")).toBeNull();
    expect(document.activeElement).toBe(help);
  });
});

describe("height", () => {
  it("is what was kept, within its bounds", () => {
    expect(open(reference()).root.style.height).toBe("456px");
    expect(open(reference(), "600").root.style.height).toBe("600px");
    expect(open(reference(), "9000").root.style.height).toBe("1200px");
    expect(open(reference(), "nonsense").root.style.height).toBe("456px");
  });

  it("changes by keys on the edge and is kept", () => {
    const { root, find, press, host } = open(reference());
    press("ArrowDown", find(".microlog-edge") as HTMLElement);
    expect(root.style.height).toBe("472px");
    expect(host.keep).toHaveBeenCalledWith("height", "472");
  });

  it("is the window's in a page of its own", () => {
    const root = page("microlog microlog-page");
    ends.push(createApp(root, reference(), nobody()).dispose);
    expect(root.style.height).toBe("");
    expect(root.querySelector(".microlog-edge")).toBeNull();
  });
});
