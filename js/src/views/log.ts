import type { LaneId, Level, LogId } from "../data/types";
import { logsAsMarkdown } from "../logic/export/markdown";
import { formatCount, formatDuration, formatNumberOf } from "../logic/format";
import { counted, filtered, LEVELS, type LogFilter, sourceOf } from "../logic/log-filter";
import { copyText } from "./clipboard";
import type { Context } from "./context";
import { button, el, key } from "./dom";
import { icon } from "./icon";
import { createLogRow, type Opened } from "./log-row";
import { createOverview } from "./overview";
import type { Panel } from "./panel";
import { createRows } from "./rows";

/** A row of one line. */
const ROW = 29;
const COLUMNS = ["Time", "Level", "Source", "Message", "Logged in"] as const;
const KEYS: readonly (readonly [keys: readonly string[], what: string])[] = [
  [["↑", "↓"], "move"],
  [["Enter"], "show on timeline"],
  [["→"], "stack"],
  [["/"], "search"],
];
let tables = 0;

/** Everything that was said, in order of time: the window, or the range, of the strip above it, through the filters. */
export function createLog(context: Context): Panel {
  const { data, store } = context;
  const { logs } = data;
  const overview = createOverview(context);
  const id = `microlog-log-${++tables}`;
  const opened = new Map<number, Opened>();
  let filter: LogFilter = { levels: new Set(), source: null, lane: null };
  let shown: readonly number[] = [];
  let visible = false;

  const openedOf = (log: number): Opened => {
    const found = opened.get(log) ?? { stack: false, whole: false };
    opened.set(log, found);
    return found;
  };
  const jump = (log: LogId) => context.show({ log });
  /** What was opened is seen, as far as there is room. */
  const renew = (log: LogId) => {
    rows.renew(log);
    rows.reveal(log);
  };
  const rows = createRows(ROW, (log, place) => {
    const row = createLogRow(context, log as LogId, openedOf(log), {
      jump,
      call: (call) => context.show({ call }),
      changed: renew,
    });
    row.id = `${id}-${log}`;
    row.setAttribute("aria-rowindex", String(place + 2));
    row.addEventListener("click", (event) => {
      if ((event.target as Element).closest("button, a")) return;
      store.set({ log: log as LogId });
    });
    row.addEventListener("dblclick", (event) => {
      if (!(event.target as Element).closest("button, a, pre, code")) jump(log as LogId);
    });
    mark(row, log);
    return row;
  });
  const mark = (row: HTMLElement, log: number) => {
    const { log: marked, found } = store.get();
    row.setAttribute("aria-selected", String(log === marked));
    row.classList.toggle("microlog-dimmed", found !== null && found.logs[log] !== 1);
  };
  const area = rows.el;
  area.setAttribute("role", "grid");
  area.setAttribute("aria-label", "Log");
  area.setAttribute("aria-colcount", String(COLUMNS.length));
  const none = el("p", "microlog-none");
  const head = el(
    "div",
    "microlog-log-row microlog-log-head",
    ...COLUMNS.map((name) => el("div", "microlog-log-cell", name)),
  );
  head.setAttribute("aria-hidden", "true");

  const words = el("span", "", "");
  words.setAttribute("role", "status");
  const foot = el(
    "div",
    "microlog-foot",
    words,
    el("div", "microlog-hints", ...KEYS.map(([keys, what]) => el("span", "microlog-hint", ...keys.map(key), what))),
  );
  const say = () => {
    const all = shown.length === logs.length ? "" : ` of ${formatCount(logs.length)}`;
    const { log } = store.get();
    words.textContent = `${formatNumberOf(shown.length, "log")}${all}${log === null ? "" : ", 1 selected"}`;
  };

  const pills = new Map<Level | null, HTMLButtonElement>();
  const update = () => {
    const { window, range } = store.get();
    shown = filtered(logs, range ?? window, filter);
    rows.show(shown);
    area.setAttribute("aria-rowcount", String(shown.length + 1));
    search();
    for (const [level, pill] of pills) {
      pill.setAttribute("aria-pressed", String(level === null ? filter.levels.size === 0 : filter.levels.has(level)));
    }
    say();
    point();
  };
  /** What does not match is pale; where nothing matches, one line says so. */
  const search = () => {
    const { found } = store.get();
    const some = found ? shown.some((log) => found.logs[log] === 1) : shown.length > 0;
    area.hidden = !some;
    none.hidden = some;
    none.textContent =
      logs.length === 0
        ? `Nothing was logged in ${formatDuration(data.facts.duration)}.`
        : shown.length === 0
          ? `None of ${formatNumberOf(logs.length, "log")} is here: change the filters or the time shown.`
          : `None of ${formatNumberOf(shown.length, "log")} matches the search.`;
  };
  const point = () => {
    const { log } = store.get();
    if (log !== null && shown.includes(log)) area.setAttribute("aria-activedescendant", `${id}-${log}`);
    else area.removeAttribute("aria-activedescendant");
  };
  const choose = (level: Level | null) => {
    const levels = new Set(level === null ? [] : filter.levels);
    if (level !== null && !levels.delete(level)) levels.add(level);
    filter = { ...filter, levels };
    update();
  };
  const pill = (level: Level | null, name: string, count: number) => {
    const made = button(
      "microlog-pill",
      () => choose(level),
      level ? icon(level, 14) : null,
      name,
      el("span", "microlog-pill-count", formatCount(count)),
    );
    pills.set(level, made);
    return made;
  };
  const levels = new Map(counted(logs, (log) => log.level));
  const sources = counted(logs, sourceOf);
  const lanes = counted(logs, (log) => log.lane).filter(([lane]) => lane >= 0);
  const copy = button(
    "microlog-button microlog-log-copy",
    () => void copyText(logsAsMarkdown(shown.flatMap((log) => logs[log] ?? [])), copy),
    "Copy as Markdown",
  );
  copy.dataset.action = "copy";
  const filters = el(
    "div",
    "microlog-log-filters",
    pill(null, "All", logs.length),
    ...LEVELS.filter((level) => levels.has(level)).map((level) =>
      pill(level, level[0]?.toUpperCase() + level.slice(1), levels.get(level) ?? 0),
    ),
    sources.length > 1
      ? choice(
          "Sources",
          "All sources",
          sources.map(([source, count]) => [source, `${source} (${count})`]),
          (source) => {
            filter = { ...filter, source };
            update();
          },
        )
      : null,
    lanes.length > 1
      ? choice(
          "Lanes",
          "All lanes",
          lanes.map(([lane, count]) => [String(lane), `${data.lanes[lane]?.name ?? ""} (${count})`]),
          (lane) => {
            filter = { ...filter, lane: lane === null ? null : (Number(lane) as LaneId) };
            update();
          },
        )
      : null,
    copy,
  );

  const move = (step: number) => {
    if (shown.length === 0) return;
    const { log } = store.get();
    const at = log === null ? -1 : shown.indexOf(log);
    // From nowhere the arrows come in at the ends.
    const from = at < 0 && step < 0 ? shown.length : at;
    const next = Math.min(Math.max(from + step, 0), shown.length - 1);
    store.set({ log: shown[next] as LogId });
  };
  const act = (pressed: string): boolean => {
    const { log } = store.get();
    const page = Math.max(Math.floor(area.clientHeight / ROW) - 1, 1);
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -shown.length, End: shown.length }[
      pressed
    ];
    if (step) move(step);
    else if (log === null) return false;
    else if (pressed === "Enter") jump(log);
    else if (pressed === "ArrowRight" || pressed === "ArrowLeft") {
      openedOf(log).stack = pressed === "ArrowRight";
      renew(log);
    } else if (pressed === "Escape") store.set({ log: null });
    else return false;
    return true;
  };
  area.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || (event.target !== area && event.key === "Enter")) return;
    if (act(event.key)) event.preventDefault();
  });

  const unsubscribe = store.subscribe((state, before) => {
    if (!visible) return;
    if (state.window !== before.window || state.range !== before.range) update();
    if (state.found !== before.found) search();
    if (state.log !== before.log || state.found !== before.found) {
      rows.each(mark);
      if (state.log !== null && state.log !== before.log) rows.reveal(state.log);
      point();
      say();
    }
  });
  const unsubscribeTheme = context.onTheme(() => {
    if (visible) update();
  });
  const panel = el("div", "microlog-log", overview.el, filters, head, area, none);
  return {
    el: panel,
    foot,
    shown() {
      visible = true;
      update();
      const { log } = store.get();
      if (log !== null) rows.reveal(log);
    },
    hidden() {
      visible = false;
    },
    dispose() {
      unsubscribe();
      unsubscribeTheme();
      rows.dispose();
      overview.dispose();
    },
  };
}

/** A list to choose one of; null stands for all. */
function choice(
  label: string,
  all: string,
  options: readonly (readonly [value: string, text: string])[],
  choose: (value: string | null) => void,
): HTMLElement {
  const select = el("select", "microlog-select");
  select.setAttribute("aria-label", label);
  const option = (value: string, text: string) => {
    const made = el("option", "", text);
    made.value = value;
    return made;
  };
  select.append(option("", all), ...options.map(([, text], i) => option(String(i), text)));
  select.addEventListener("change", () =>
    choose(select.value === "" ? null : (options[Number(select.value)]?.[0] ?? null)),
  );
  return select;
}
