// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { empty, reference } from "../../dev/fixture";
import { nobody } from "../../tests/nobody";
import type { CallId, ViewData } from "../data/types";
import { indexRows } from "../logic/rows";
import { whole } from "../logic/viewport";
import { createStore, initial } from "../state/store";
import type { Theme } from "../theme/theme";
import type { Cards } from "./cards";
import { createTimeline } from "./timeline";

/** What a browser has and jsdom has not; nothing is ever in sight, so nothing is painted. */
class Observer {
  observe() {}
  disconnect() {}
}

const theme: Theme = {
  dark: false,
  colors: {} as Theme["colors"],
  font: "sans-serif",
  mono: "monospace",
  swatches: [],
};

function open(data: ViewData) {
  const root = document.createElement("div");
  document.body.append(root);
  const store = createStore(initial(whole(data.facts.duration)));
  const cards = {
    point: vi.fn(),
    moved: vi.fn(),
    pin: vi.fn(),
    unpin: vi.fn(),
    logs: vi.fn(),
    dispose: vi.fn(),
  } satisfies Cards;
  const host = nobody();
  const show = () => undefined;
  const rows = () => indexRows(data);
  const context = {
    data,
    rows,

    select: () => undefined,
    store,
    host,
    theme: () => theme,
    onTheme: () => () => undefined,
    recolor: () => undefined,
    show,
    root,
  };
  const timeline = createTimeline(context, cards);
  root.append(timeline.el);
  const leaked = vi.fn();
  document.body.addEventListener("keydown", leaked);
  const canvas = timeline.el.querySelector(".microlog-lanes canvas") as HTMLElement;
  const press = (key: string, more: KeyboardEventInit = {}, target: HTMLElement = canvas) => {
    target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
  };
  const nameOf = (call: CallId | null) =>
    call === null ? null : data.functions[data.calls.function[call] ?? -1]?.name;
  return { context, store, cards, timeline, press, leaked, selected: () => nameOf(store.get().selected) };
}

beforeEach(() => {
  vi.stubGlobal("ResizeObserver", Observer);
  vi.stubGlobal("IntersectionObserver", Observer);
  // Reduced motion: a glide is a jump.
  vi.stubGlobal("matchMedia", () => ({ matches: true, addEventListener: () => undefined }));
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
});

afterEach(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("keys", () => {
  it("zoom, pan and fit", () => {
    const { store, press } = open(reference());
    const before = store.get().window;
    press("w");
    const zoomed = store.get().window;
    expect(zoomed.end - zoomed.start).toBeCloseTo((before.end - before.start) / 1.4, 0);
    press("d");
    expect(store.get().window.start).toBeGreaterThan(zoomed.start);
    press("f");
    expect(store.get().window).toEqual(before);
  });

  it("move between calls, and Enter zooms to one", () => {
    const { store, press, selected } = open(reference());
    press("ArrowDown");
    press("ArrowRight");
    press("ArrowRight");
    press("ArrowRight");
    press("ArrowRight");
    expect(selected()).toBe("load_and_fit");
    press("ArrowDown");
    press("ArrowRight");
    expect(selected()).toBe("clean");
    press("Enter");
    expect(store.get().window.start).toBeGreaterThan(5e9);
    expect(store.get().window.end).toBeLessThan(9e9);
  });

  it("step back one thing at a time: logs, card, selection, then nothing", () => {
    const { store, press, cards } = open(reference());
    press("ArrowDown");
    store.set({ pinned: true, log: 3 as never });
    press("Escape");
    expect(cards.logs).toHaveBeenLastCalledWith(null, null);
    expect(store.get()).toMatchObject({ log: null, pinned: true });
    press("Escape");
    expect(cards.unpin).toHaveBeenCalled();
    expect(store.get()).toMatchObject({ pinned: false });
    expect(store.get().selected).not.toBeNull();
    press("Escape");
    expect(store.get().selected).toBeNull();
  });

  it("never reach the notebook, but save and copy do", () => {
    const { press, leaked } = open(reference());
    for (const key of ["d", "x", "Enter", "Escape", "ArrowDown", "?"]) press(key);
    expect(leaked).not.toHaveBeenCalled();
    press("s", { ctrlKey: true });
    expect(leaked).toHaveBeenCalledTimes(1);
  });

  it("are letters in a field, and Enter on a button presses it", () => {
    const { store, press, timeline, context } = open(reference());
    const field = document.createElement("input");
    context.root.append(field);
    const before = store.get().window;
    press("w", {}, field);
    press("ArrowDown");
    press("Enter", {}, timeline.el.querySelector("button") as HTMLElement);
    expect(store.get().window).toBe(before);
  });

  it("work by place where the keyboard has no Latin letters", () => {
    const { store, press } = open(reference());
    const before = store.get().window;
    press("ц", { code: "KeyW" });
    expect(store.get().window).not.toBe(before);
  });
});

describe("lanes", () => {
  it("collapse and expand by a click on their name", () => {
    const { store, timeline } = open(reference());
    const button = timeline.el.querySelector("button") as HTMLButtonElement;
    button.click();
    expect([...store.get().collapsed]).toEqual([0]);
    expect(button.getAttribute("aria-expanded")).toBe("false");
    button.click();
    expect(store.get().collapsed.size).toBe(0);
  });

  it("show names as text, whatever is in them", () => {
    const data = reference();
    const hostile = "<img src=x onerror=alert(1)>";
    const { timeline } = open({ ...data, lanes: data.lanes.map((lane) => ({ ...lane, name: hostile })) });
    expect(timeline.el.querySelector("img")).toBeNull();
    expect(timeline.el.querySelector(".microlog-lane-name")?.textContent).toBe(hostile);
  });

  it("say when nothing was sampled, and keys do no harm then", () => {
    const { timeline, press, store } = open(empty());
    expect(timeline.el.textContent).toContain("No calls were sampled.");
    for (const key of ["ArrowDown", "w", "Enter", "z", "p", "Escape"]) press(key);
    expect(store.get().selected).toBeNull();
  });
});

describe("the end", () => {
  it("leaves no listener on the root", () => {
    const { store, timeline, press } = open(reference());
    timeline.dispose();
    const before = store.get().window;
    press("w");
    expect(store.get().window).toBe(before);
  });
});
