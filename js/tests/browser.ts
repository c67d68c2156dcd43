import { vi } from "vitest";

/** What a browser has and jsdom has not; nothing has a size, so nothing is painted. */
class Observer {
  observe() {}
  disconnect() {}
}

/** Gives jsdom what it lacks; undone by `vi.unstubAllGlobals`. */
export function stubBrowser(): void {
  vi.stubGlobal("ResizeObserver", Observer);
  vi.stubGlobal("IntersectionObserver", Observer);
  vi.stubGlobal("CSS", { escape: (text: string) => text });
  vi.stubGlobal("matchMedia", () => ({
    matches: false,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }));
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
}

/** Lets the second module come. */
export async function arrived() {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
}
