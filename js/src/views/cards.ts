import type { CallId, FunctionId, LogId } from "../data/types";
import { placeBeside, placeUnder } from "../logic/place";
import type { Context } from "./context";
import { el } from "./dom";
import { loadMore } from "./load-more";
import type { More } from "./panel";
import { createError } from "./states";

/** A rectangle in CSS pixels, relative to the `.microlog` root. */
export interface Anchor {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What a card is about: a call, or entries of the log. */
export type Target = CallId | readonly LogId[];

/**
 * The floating cards of the timeline. They own their delays (80 ms to open, 200 ms to close), their placement inside the
 * root beside the anchor, and stay open while the pointer is on them; the timeline only says what is pointed at.
 */
export interface Cards {
  /** The call, or the entries of the marker, under the pointer and the place of it; null when the pointer left them all. */
  point(target: Target | null, bar: Anchor | null): void;
  /** Bars and markers are elsewhere now: a card that is only open because of the pointer is beside none, and closes at once. */
  moved(): void;
  /** Keeps the card of this call open until `unpin` (a click or P). */
  pin(call: CallId, bar: Anchor): void;
  unpin(): void;
  /** The entries of a marker (one, or a cluster's), opened by a click; null closes. */
  logs(entries: readonly LogId[] | null, marker: Anchor | null): void;
  dispose(): void;
}

/** The cards, and what the keys of the app do with them. */
export interface CardStack extends Cards {
  /** Closes a card that is only open because of the pointer; false when there is none. */
  dismiss(): boolean;
  /** The widget has another size: the open card is placed inside it again. */
  settle(): void;
  /** Copies the call of the open card, else the range or the table that is shown; false when there is none of them. */
  copy(): boolean;
}

export interface CardActions {
  readonly zoom: (call: CallId) => void;
}

const OPEN_MS = 80;
const CLOSE_MS = 200;
/** Air between a card and the edge of the widget. */
const EDGE = 6;
/** Under this width a card is a sheet at the bottom, placed by the style sheet. */
const SHEET_UNDER = 640;
const STATUS = 24;

interface Open {
  readonly target: Target;
  readonly el: HTMLElement;
  /** It stays when the pointer leaves. */
  readonly pinned: boolean;
  bar: Anchor;
}

export function createCards(context: Context, actions: CardActions): CardStack {
  const { data, store, root } = context;
  let open: Open | null = null;
  let pointerX = 0;
  let timer = 0;
  /** Cards come with the next turn of the page, the first ones with their code: one that something else replaced meanwhile is not shown. */
  let asked = 0;
  /** Call or marker under the pointer. */
  let pointed: Target | null = null;

  const wait = (ms: number, then: () => void) => {
    clearTimeout(timer);
    timer = window.setTimeout(then, ms);
  };
  const close = () => {
    clearTimeout(timer);
    asked++;
    open?.el.remove();
    open = null;
  };
  const frame = (label: string, content: HTMLElement) => {
    const card = el("section", "microlog-card", content);
    card.setAttribute("role", "dialog");
    card.setAttribute("aria-label", label);
    card.addEventListener("pointerenter", () => {
      if (open?.el !== card || open.pinned) return;
      clearTimeout(timer);
      // The bar stays marked, and the keys still mean its call.
      if (isCall(open.target)) store.set({ hover: open.target });
    });
    card.addEventListener("pointerleave", () => {
      if (open?.el !== card || open.pinned) return;
      store.set({ hover: null });
      wait(CLOSE_MS, close);
    });
    return card;
  };
  const put = (next: Open) => {
    const focused = open?.el.matches(":focus-within") ?? false;
    close();
    open = next;
    root.append(next.el);
    place(next);
    if (focused) next.el.querySelector("button")?.focus();
  };
  const place = ({ el: card, bar, target, pinned }: Open) => {
    const content = card.firstElementChild as HTMLElement;
    card.classList.remove("microlog-card-wide");
    card.style.maxHeight = "";
    card.classList.remove("microlog-card-above");
    if (root.clientWidth < SHEET_UNDER) {
      card.style.transform = "";
      const top = root.clientHeight - STATUS - card.offsetHeight;
      card.classList.toggle("microlog-card-above", bar.y + bar.height > top && bar.y > card.offsetHeight);
      return;
    }
    const bounds = {
      x: EDGE,
      y: EDGE,
      width: root.clientWidth - 2 * EDGE,
      height: root.clientHeight - STATUS - 2 * EDGE,
    };
    const size = () => ({ width: card.offsetWidth, height: content.offsetHeight + 2 });
    // Beside a marker it would lie over the next ones.
    let placed = isCall(target) || pinned ? placeBeside(bar, size(), bounds) : null;
    if (!placed) {
      card.classList.toggle("microlog-card-wide", isCall(target));
      placed = placeUnder(bar, size(), bounds, pointerX);
    }
    card.style.maxHeight = `${Math.floor(placed.maxHeight)}px`;
    card.style.transform = `translate(${Math.round(placed.x)}px, ${Math.round(placed.y)}px)`;
  };

  const showCall = (call: CallId, bar: Anchor, pinned: boolean) => {
    const id = data.calls.function[call] as FunctionId;
    pointed = call;
    later(call, data.functions[id]?.name ?? "Call", bar, pinned, (more) =>
      more.callCard(context, call, pinned, {
        zoom: (zoomed) => {
          actions.zoom(zoomed);
          // Its bar is somewhere else now; a pinned card goes with it.
          if (!pinned) closeCall();
        },
        pin: togglePin,
        close: closeCall,
        logs: (entries) => showLogs(entries, bar),
      }),
    );
  };
  const togglePin = (call: CallId) => {
    if (!open) return;
    const pinned = !open.pinned;
    store.set(pinned ? { selected: call, pinned } : { pinned });
    showCall(call, open.bar, pinned);
  };
  const closeCall = () => {
    close();
    store.set({ pinned: false, hover: null });
  };
  const showLogs = (entries: readonly LogId[], bar: Anchor) => {
    store.set({ pinned: false, hover: null, log: entries[0] ?? null });
    const shut = () => {
      close();
      store.set({ log: null });
    };
    later(entries, "Log", bar, true, (more) => more.logCard(context, entries, shut));
  };
  const showMarker = (entries: readonly LogId[], bar: Anchor) => {
    pointed = entries;
    later(entries, "Log", bar, false, (more) => more.markerCard(context, entries, (some) => showLogs(some, bar)));
  };
  const later = (target: Target, label: string, bar: Anchor, pinned: boolean, make: (more: More) => HTMLElement) => {
    const turn = ++asked;
    const wanted = () => turn === asked && (pinned || pointed === target);
    const show = (content: HTMLElement) => put({ target, pinned, bar, el: frame(label, content) });
    loadMore(context).then(
      (more) => wanted() && show(make(more)),
      (error) => wanted() && show(createError("The card cannot be shown.", error)),
    );
  };

  const track = (event: PointerEvent) => {
    pointerX = event.clientX - root.getBoundingClientRect().left;
  };
  root.addEventListener("pointermove", track, { passive: true });
  const unsubscribe = context.onTheme(() => {
    // The colours of modules are written into the card.
    if (open && isCall(open.target)) showCall(open.target, open.bar, open.pinned);
  });

  return {
    point(target, bar) {
      if (open?.pinned) return;
      if (target === null || !bar) {
        pointed = null;
        if (open) wait(CLOSE_MS, close);
        else clearTimeout(timer);
      } else if (String(open?.target) === String(target)) clearTimeout(timer);
      else wait(OPEN_MS, () => (isCall(target) ? showCall(target, bar, false) : showMarker(target, bar)));
    },
    moved() {
      // Who has gone into a card with the keys is not thrown out of it.
      if (open?.pinned || open?.el.matches(":focus-within")) return;
      pointed = null;
      clearTimeout(timer);
      if (open) closeCall();
    },
    pin(call, bar) {
      clearTimeout(timer);
      if (open?.target !== call || !open.pinned) {
        showCall(call, bar, true);
      } else if (root.clientWidth > 0 && !same(open.bar, bar)) {
        // Without a width the widget is out of the page, as while a notebook changes its theme: no bar has a place then.
        open.bar = bar;
        place(open);
      }
    },
    unpin() {
      if (open && isCall(open.target)) close();
      else if (!open) clearTimeout(timer);
    },
    logs(entries, marker) {
      asked++;
      if (entries && marker) showLogs(entries, marker);
      else if (open && !isCall(open.target)) close();
    },
    dismiss() {
      if (!open || open.pinned) return false;
      closeCall();
      return true;
    },
    settle() {
      if (open && root.clientWidth > 0) place(open);
    },
    copy() {
      // The last one lies over the others.
      const seen = [...root.querySelectorAll<HTMLElement>("[data-action=copy]")].filter(
        (each) => !each.closest("[hidden]"),
      );
      seen.at(-1)?.click();
      return seen.length > 0;
    },
    dispose() {
      close();
      unsubscribe();
      root.removeEventListener("pointermove", track);
    },
  };
}

function isCall(target: Target): target is CallId {
  return typeof target === "number";
}

function same(a: Anchor, b: Anchor): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}
