// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { empty, reference } from "../../dev/fixture";
import { talk } from "../../dev/talk";
import { arrived, stubBrowser } from "../../tests/browser";
import { nobody } from "../../tests/nobody";
import type { CallId, LogId, ViewData } from "../data/types";
import type { Host, KernelState } from "../host/host";
import { indexRows } from "../logic/rows";
import { createStore, type UiState } from "../state/store";
import type { Theme } from "../theme/theme";
import { createApp } from "./app";
import { createCards } from "./cards";

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

const BAR = { x: 10, y: 10, width: 20, height: 17 };
const theme: Theme = { dark: false, colors: {} as Theme["colors"], font: "", mono: "", swatches: [] };

function stack(data: ViewData) {
  vi.useFakeTimers();
  const root = page();
  const store = createStore({ hover: null, selected: null, pinned: false, log: null } as UiState);
  const host = nobody();
  const zoom = vi.fn();
  const context = {
    data,
    rows: () => indexRows(data),
    select: () => undefined,
    store,
    host,
    root,
    theme: () => theme,
    onTheme: () => () => undefined,
    recolor: () => undefined,
    show: () => undefined,
  };
  const cards = createCards(context, { zoom });
  ends.push(cards.dispose);
  const card = () => root.querySelector<HTMLElement>(".microlog-card");
  const click = (label: RegExp) => {
    const button = [...(card()?.querySelectorAll("button") ?? [])].find((each) => label.test(each.textContent ?? ""));
    button?.click();
  };
  return { cards, store, zoom, card, click };
}

const named = (data: ViewData, name: string, nth = 0) => {
  const all = Array.from(data.calls.function.keys()).filter(
    (call) => data.functions[data.calls.function[call] ?? -1]?.name === name,
  );
  return all[nth] as CallId;
};

describe("cards", () => {
  it("open after 80 ms on a bar and close 200 ms after it", () => {
    const { cards, card } = stack(reference());
    cards.point(0 as CallId, BAR);
    vi.advanceTimersByTime(79);
    expect(card()).toBeNull();
    vi.advanceTimersByTime(1);
    expect(card()).not.toBeNull();
    cards.point(null, null);
    vi.advanceTimersByTime(199);
    expect(card()).not.toBeNull();
    vi.advanceTimersByTime(1);
    expect(card()).toBeNull();
  });

  it("stay while the pointer is on them, and their bar stays marked", () => {
    const { cards, card, store } = stack(reference());
    cards.point(3 as CallId, BAR);
    vi.advanceTimersByTime(80);
    cards.point(null, null);
    card()?.dispatchEvent(new Event("pointerenter"));
    vi.advanceTimersByTime(1000);
    expect(store.get().hover).toBe(3);
    card()?.dispatchEvent(new Event("pointerleave"));
    expect(store.get().hover).toBeNull();
    vi.advanceTimersByTime(200);
    expect(card()).toBeNull();
  });

  it("pinned ones ignore the pointer until they are unpinned", () => {
    const { cards, card, store, click } = stack(reference());
    cards.point(3 as CallId, BAR);
    vi.advanceTimersByTime(80);
    click(/pin/);
    expect(store.get()).toMatchObject({ pinned: true, selected: 3 });
    const before = card()?.getAttribute("aria-label");
    cards.point(9 as CallId, BAR);
    vi.advanceTimersByTime(1000);
    expect(card()?.getAttribute("aria-label")).toBe(before);
    cards.unpin();
    expect(card()).toBeNull();
  });

  it("say of a call what it was, how it compares and how long it waited", async () => {
    const data = reference();
    const { cards, card } = stack(data);
    cards.pin(named(data, "fit_fold", 3), BAR);
    await arrived();
    const text = card()?.textContent ?? "";
    expect(text).toContain("pipeline.py:");
    expect(text).toContain("called at In [7]:12");
    expect(text).toContain("This call is an anomaly: 5.90 s against a median of 3.80 s");
    expect(text).toContain("The slowest of 8 calls");
    expect(text).toContain("It waited 38% of the time, 2.24 s.");
    expect(text).toContain("2.08 s of it have no samples.");
    expect(text).toContain("All 8 calls, in order");
    expect(text).toContain("this is the 4th");
    const heights = [...(card()?.querySelectorAll(".microlog-strip rect") ?? [])].map((bar) =>
      Number(bar.getAttribute("height")),
    );
    expect(heights.indexOf(Math.max(...heights))).toBe(3);
    expect(Math.max(...heights)).toBeGreaterThan(1.3 * Math.min(...heights));
  });

  it("show 60 calls of very many", async () => {
    const data = reference();
    const { cards, card } = stack(data);
    cards.pin(named(data, "fill_region", 100), BAR);
    await arrived();
    expect(card()?.querySelectorAll(".microlog-strip rect")).toHaveLength(60);
    expect(card()?.textContent).toContain("Calls 71 to 130 of 640, in order");
  });

  it("list three logs and open all of them", async () => {
    const { cards, card, click, store } = stack(talk());
    cards.pin(0 as CallId, BAR);
    expect(card()?.textContent).toContain("305 logs inside");
    expect(card()?.querySelectorAll(".microlog-log-line")).toHaveLength(4);
    click(/302 more/);
    await arrived();
    expect(store.get().log).toBe(0);
    expect(card()?.querySelectorAll("article")).toHaveLength(100);
    expect(card()?.textContent).toContain("205 more");
  });

  it("list what is under a marker, the gravest first; the pointer may go on to it, and a press opens an entry", async () => {
    const { cards, card, click, store } = stack(talk());
    const entries = Array.from({ length: 30 }, (_, id) => id as LogId);
    cards.point(entries, BAR);
    vi.advanceTimersByTime(80);
    await arrived();
    const levels = [...(card()?.querySelectorAll(".microlog-log-line") ?? [])].map((line) =>
      line.getAttribute("aria-label")?.replace(/ .*/s, ""),
    );
    expect(levels).toHaveLength(9);
    expect(levels.slice(0, 2)).toEqual(["critical", "error"]);
    expect(card()?.textContent).toContain("30 logs");
    expect(card()?.textContent).toContain("22 more");
    cards.point(null, null);
    card()?.dispatchEvent(new Event("pointerenter"));
    vi.advanceTimersByTime(1000);
    click(/22 more/);
    await arrived();
    expect(store.get().log).toBe(0);
    expect(card()?.querySelectorAll("article")).toHaveLength(30);
  });

  it("a marker's card does not come when the pointer has left meanwhile", async () => {
    const { cards, card } = stack(talk());
    cards.point([1 as LogId], BAR);
    vi.advanceTimersByTime(80);
    cards.point(null, null);
    await arrived();
    expect(card()).toBeNull();
  });

  it("zoom closes a card that is not pinned", () => {
    const { cards, card, click, zoom } = stack(reference());
    cards.point(3 as CallId, BAR);
    vi.advanceTimersByTime(80);
    click(/^Zoom/);
    expect(zoom).toHaveBeenCalledWith(3);
    expect(card()).toBeNull();
  });

  it("copy puts Markdown on the clipboard and says so", async () => {
    const writeText = vi.fn(async () => undefined);
    vi.stubGlobal("navigator", { clipboard: { writeText } });
    const data = reference();
    const { cards, card } = stack(data);
    expect(cards.copy()).toBe(false);
    cards.pin(named(data, "fit_fold", 3), BAR);
    expect(cards.copy()).toBe(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(writeText).toHaveBeenCalledWith(expect.stringMatching(/^\*\*`fit_fold`\*\* in `pipeline`/));
    expect(card()?.textContent).toContain("Copied");
  });

  it("text of a log is never taken as HTML, and nothing in it is hidden", async () => {
    const { cards, card } = stack(talk());
    cards.logs([3 as LogId], BAR);
    await arrived();
    expect(card()?.querySelector("img")).toBeNull();
    expect(card()?.querySelector(".microlog-message")?.textContent).toBe(
      "<img src=x onerror=alert(1)> red U+202Egnp.exe",
    );
  });

  it("Markdown that Python rendered is shown as such; its links leave the page alone", async () => {
    const { cards, card } = stack(talk());
    cards.logs([1 as LogId], BAR);
    await arrived();
    expect(card()?.querySelector(".microlog-markdown h2")?.textContent).toBe("Loaded 1 204 331 rows");
    const link = card()?.querySelector("a");
    expect([link?.target, link?.rel]).toEqual(["_blank", "noopener noreferrer nofollow"]);
  });

  it("a traceback stands under its message", async () => {
    const { cards, card } = stack(talk());
    cards.logs([2 as LogId], BAR);
    await arrived();
    expect(card()?.querySelector("pre")?.textContent).toContain("line 71, in fetch_rates");
  });
});
