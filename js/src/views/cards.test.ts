// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { reference } from "../../dev/fixture";
import { talk } from "../../dev/talk";
import { arrived, stubBrowser } from "../../tests/browser";
import { nobody } from "../../tests/nobody";
import type { CallId, LogId, ViewData } from "../data/types";
import { indexRows } from "../logic/rows";
import { createStore, type UiState } from "../state/store";
import type { Theme } from "../theme/theme";
import { createCards } from "./cards";

const ends: (() => void)[] = [];

function page(className = "microlog"): HTMLElement {
  const root = document.createElement("div");
  root.className = className;
  document.body.append(root);
  return root;
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

const BAR = { x: 10, y: 10, width: 20, height: 17 };
const theme: Theme = { dark: false, colors: {} as Theme["colors"], font: "", mono: "", swatches: [] };

function stack(data: ViewData) {
  vi.useFakeTimers();
  const root = page();
  const store = createStore({ hover: null, selected: null, pinned: false, log: null } as UiState);
  const host = nobody();
  const zoom = vi.fn();
  const select = vi.fn();
  const context = {
    data,
    rows: () => indexRows(data),
    select,
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
  return { cards, store, zoom, select, card, click };
}

const named = (data: ViewData, name: string, nth = 0) => {
  const all = Array.from(data.calls.function.keys()).filter(
    (call) => data.functions[data.calls.function[call] ?? -1]?.name === name,
  );
  return all[nth] as CallId;
};

describe("cards", () => {
  it("open after 80 ms on a bar and close 200 ms after it", async () => {
    const { cards, card } = stack(reference());
    cards.point(0 as CallId, BAR);
    vi.advanceTimersByTime(79);
    expect(card()).toBeNull();
    vi.advanceTimersByTime(1);
    await arrived();
    expect(card()).not.toBeNull();
    cards.point(null, null);
    vi.advanceTimersByTime(199);
    expect(card()).not.toBeNull();
    vi.advanceTimersByTime(1);
    expect(card()).toBeNull();
  });

  it("stay while the pointer is on them, and their bar stays marked", async () => {
    const { cards, card, store } = stack(reference());
    cards.point(3 as CallId, BAR);
    vi.advanceTimersByTime(80);
    await arrived();
    cards.point(null, null);
    card()?.dispatchEvent(new Event("pointerenter"));
    vi.advanceTimersByTime(1000);
    expect(store.get().hover).toBe(3);
    card()?.dispatchEvent(new Event("pointerleave"));
    expect(store.get().hover).toBeNull();
    vi.advanceTimersByTime(200);
    expect(card()).toBeNull();
  });

  it("pinned ones ignore the pointer until they are unpinned", async () => {
    const { cards, card, store, click } = stack(reference());
    cards.point(3 as CallId, BAR);
    vi.advanceTimersByTime(80);
    await arrived();
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

  it("a press on a bar of the strip goes to that call", async () => {
    const data = reference();
    const { cards, card, select } = stack(data);
    cards.pin(named(data, "fit_fold", 3), BAR);
    await arrived();
    card()
      ?.querySelector(".microlog-strip-plot")
      ?.dispatchEvent(new MouseEvent("click", { clientX: 0 }));
    expect(select).toHaveBeenCalledExactlyOnceWith(named(data, "fit_fold", 0));
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
    await arrived();
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

  it("zoom closes a card that is not pinned", async () => {
    const { cards, card, click, zoom } = stack(reference());
    cards.point(3 as CallId, BAR);
    vi.advanceTimersByTime(80);
    await arrived();
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
    await arrived();
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
