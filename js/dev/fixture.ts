import type {
  AnomalyRow,
  CallId,
  FunctionRow,
  LaneId,
  LaneRow,
  Level,
  LogRow,
  Ns,
  PackageId,
  PackageRow,
  SpanRow,
  ViewData,
} from "../src/data/types";

import { derived, measured } from "./derived";

/** Made-up recordings for the eyes: the page in dev/ and the screenshots show them. */

const S = 1e9;
const MS = 1e6;
const ns = (value: number): Ns => Math.round(value) as Ns;

/** Numbers between 0 and 1 that are the same every time. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

interface Made {
  start: number;
  duration: number;
  lane: number;
  depth: number;
  function: number;
  parent: Made | null;
  cpu: number;
  anomaly: number;
}

/** Collects calls in any order, and gives columns in order of start, those of tasks last. */
class Builder {
  readonly packages: PackageRow[] = [];
  readonly functions: FunctionRow[] = [];
  readonly calls: Made[] = [];
  readonly lanes: LaneRow[] = [];

  function(name: string, module: string, kind: PackageRow["kind"] = "library"): number {
    const known = this.functions.findIndex((row) => row.name === name && row.module === module);
    if (known >= 0) return known;
    const top = module.split(".")[0] ?? module;
    let pack = this.packages.findIndex((row) => row.name === top);
    if (pack < 0) pack = this.packages.push({ name: top, kind, self: ns(0) }) - 1;
    const file = kind === "notebook" ? "In [7]" : `${top}.py`;
    return (
      this.functions.push({
        name,
        module,
        package: pack as PackageId,
        file,
        path: kind === "notebook" ? file : `/home/user/project/${file}`,
        line: 10 + this.functions.length * 7,
        calls: 1,
        mean: ns(0),
        median: ns(0),
        p95: ns(0),
        max: ns(0),
        self: ns(0),
        total: ns(0),
        cpu: ns(0),
        waiting: ns(0),
        contended: ns(0),
        anomalies: 0,
      }) - 1
    );
  }

  call(lane: number, parent: Made | null, fn: number, start: number, duration: number, cpu = 0.95): Made {
    const made = {
      start,
      duration,
      lane,
      depth: parent ? parent.depth + 1 : 0,
      function: fn,
      parent,
      cpu: cpu * duration,
      anomaly: -1,
    };
    this.calls.push(made);
    return made;
  }

  build(
    rest: Pick<ViewData, "facts" | "tips" | "logs" | "metrics" | "spans" | "gaps"> & {
      anomalies: readonly (AnomalyRow & { made?: Made })[];
    },
  ): ViewData {
    const ofTask = (made: Made) => Number(this.lanes[made.lane]?.kind === "asyncio");
    const order = [...this.calls].sort((a, b) => ofTask(a) - ofTask(b) || a.start - b.start || a.depth - b.depth);
    const place = new Map(order.map((made, i) => [made, i]));
    const n = order.length;
    const self = Float64Array.from(order, (made) => made.duration);
    order.forEach((made) => {
      const parent = made.parent ? (place.get(made.parent) ?? -1) : -1;
      if (parent >= 0) self[parent] = (self[parent] ?? 0) - made.duration;
    });
    const inside = (made: Made) => {
      for (let at = made.parent; at; at = at.parent) if (at.function === made.function) return true;
      return false;
    };
    const byFunction = this.functions.map(
      () => [] as { duration: number; self: number; cpu: number; inside: boolean }[],
    );
    order.forEach((made, i) => {
      if (!ofTask(made)) byFunction[made.function]?.push({ ...made, self: self[i] ?? 0, inside: inside(made) });
    });
    const functions = this.functions.map((row, id) => ({
      ...measured(row, byFunction[id] ?? []),
      anomalies: rest.anomalies.filter(({ made }) => made?.function === id).length,
    }));
    const packages = this.packages.map((row, id) => ({
      ...row,
      self: ns(
        order.reduce((sum, made, i) => sum + (functions[made.function]?.package === id ? (self[i] ?? 0) : 0), 0),
      ),
    }));
    const anomalies = rest.anomalies.map(({ made, ...row }) => ({
      ...row,
      call: made ? (place.get(made) ?? -1) : row.call,
    }));
    anomalies.forEach((row, id) => {
      const made = order[row.call];
      if (made) made.anomaly = id;
    });
    const logs = rest.logs.map((row) => {
      const call = order.reduce(
        (best, made, i) =>
          made.lane === row.lane &&
          made.start <= row.time &&
          row.time < made.start + made.duration &&
          made.depth >= (order[best]?.depth ?? 0)
            ? i
            : best,
        -1,
      );
      const writer = functions[order[call]?.function ?? -1];
      return writer && row.call < 0
        ? { ...row, call: call as CallId, function: writer.name, file: writer.file, line: writer.line + 2 }
        : row;
    });
    return {
      ...rest,
      logs,
      ...derived(functions, packages, rest.facts.duration),
      threadStarts: [],
      answers: [],
      anomalies,
      packages,
      functions,
      lanes: this.lanes.map((lane, id) => ({
        ...lane,
        depth: order.reduce((depth, made) => (made.lane === id ? Math.max(depth, made.depth + 1) : depth), 0),
      })),
      calls: {
        count: order.filter((made) => !ofTask(made)).length,
        drawn: n,
        start: Float64Array.from(order, (made) => made.start),
        duration: Float64Array.from(order, (made) => made.duration),
        self,
        cpu: Float64Array.from(order, (made) => (ofTask(made) ? Number.NaN : made.cpu)),
        waiting: Float64Array.from(order, (made) => made.duration - made.cpu),
        contended: Float64Array.from(order, (made) => (ofTask(made) ? Number.NaN : 0)),
        lane: Int32Array.from(order, (made) => made.lane),
        depth: Int32Array.from(order, (made) => made.depth),
        function: Int32Array.from(order, (made) => made.function),
        parent: Int32Array.from(order, (made) => (made.parent ? (place.get(made.parent) ?? -1) : -1)),
        callerLine: Int32Array.from(order, (made) => (made.parent ? 12 : 0)),
        samples: Int32Array.from(order, (made) => Math.max(Math.round(made.duration / MS), 1)),
        anomaly: Int32Array.from(order, (made) => made.anomaly),
        merged: new Int32Array(n).fill(1),
      },
    };
  }
}

function facts(duration: number, more: Partial<ViewData["facts"]> = {}): ViewData["facts"] {
  return {
    id: "fixture",
    name: "load_and_fit",
    cell: "In [7]",
    started: "2026-03-14T09:41:00+01:00",
    duration: ns(duration),
    interval: ns(MS),
    samples: Math.round(duration / MS),
    rate: 1000,
    overhead: 0.007,
    cpu: 92,
    peakMemory: 1.74e9,
    memoryChange: 1.31e9,
    sampler: "native",
    python: "3.12.3",
    platform: "Linux x86_64",
    notes: [],
    running: false,
    detail: null,
    ...more,
  };
}

function lane(name: string, kind: LaneRow["kind"], start: number, end: number, cpu: number | null): LaneRow {
  return { name, kind, nativeId: 4242, start: ns(start), end: ns(end), depth: 0, cpu };
}

function log(time: number, level: Level, message: string, laneId = 0, source: LogRow["source"] = "print"): LogRow {
  return {
    time: ns(time),
    level,
    source,
    logger: "",
    message,
    html: "",
    lane: laneId as LaneId,
    call: -1,
    function: "load_and_fit",
    file: "In [7]",
    line: 12,
    exception: "",
  };
}

/** A recording in which nothing was measured, said or found. */
const NOTHING: Pick<ViewData, "metrics" | "spans" | "gaps" | "logs" | "anomalies" | "tips"> = {
  metrics: {
    count: 0,
    time: new Float64Array(),
    cpu: new Float64Array(),
    systemCpu: new Float64Array(),
    memory: new Float64Array(),
    modules: new Float64Array(),
    threads: new Float64Array(),
    gcObjects: new Float64Array(),
  },
  spans: [],
  gaps: [],
  logs: [],
  anomalies: [],
  tips: [],
};

const TIPS: ViewData["tips"] = [
  tip(
    "date-parsing",
    "Give read_csv a date format",
    1.9 * S,
    "Parsing guessed the format for each row.",
    "read_csv 4.24 s",
  ),
  tip("http-session", "Reuse one HTTP connection", 1.55 * S, "9 of 9 requests opened a new connection.", "connect × 9"),
  tip(
    "blocking-async",
    "Do not block the event loop",
    null,
    "fit_fold ran for 32.5 s while tasks waited.",
    "fit_fold × 8",
  ),
];

function tip(id: string, title: string, saving: number | null, evidence: string, chip: string): ViewData["tips"][0] {
  const place = { function: "fit_fold", file: "pipeline.py", path: "/home/user/project/pipeline.py", line: 168 };
  const advice = "Change the one line that does it; the rest of the program stays as it is.";
  const chips = [`pipeline.py:168 ${chip}`, "an example"];
  return {
    id,
    title,
    advice,
    saving: saving === null ? null : ns(saving),
    share: 0.1,
    ...place,
    call: 3,
    evidence,
    chips,
  };
}

/** The recording of the reference pictures: a table is read, cleaned, and eight models are fitted beside a worker. */
export function reference(): ViewData {
  const b = new Builder();
  const next = random(7);
  b.lanes.push(lane("MainThread", "main", 0, 48.2 * S, 0.9), lane("enrich", "thread", 5.7 * S, 34 * S, 0.16));
  const load = b.function("load_and_fit", "__main__", "notebook");
  const importer = b.function("_find_and_load", "importlib._bootstrap");
  const pandas = (name: string) => b.function(name, "pandas.io");
  const mine = (name: string) => b.function(name, "pipeline", "user");
  const sklearn = (name: string) => b.function(name, "sklearn.ensemble");
  for (let i = 0; i < 4; i++) {
    const outer = b.call(0, null, importer, (0.02 + i * 0.25) * S, 0.22 * S);
    const inner = b.call(0, outer, importer, outer.start + 5 * MS, 0.2 * S);
    for (let k = 0; k < 6; k++) b.call(0, inner, importer, inner.start + k * 33 * MS, 12 * MS);
  }
  const root = b.call(0, null, load, 1.4 * S, 46.7 * S);
  const csv = b.call(0, root, pandas("read_csv"), 1.45 * S, 4.24 * S);
  const inside = b.call(0, csv, pandas("_read"), 1.5 * S, 4.18 * S);
  const parser = b.call(0, inside, pandas("TextFileReader.read"), 1.55 * S, 4.1 * S);
  const chunk = b.call(0, parser, pandas("CParserWrapper.read"), 1.6 * S, 1.8 * S);
  for (let i = 0; i < 6; i++) b.call(0, chunk, pandas("_concatenate_chunks"), chunk.start + i * 0.3 * S, 0.29 * S);
  const process = b.call(0, parser, pandas("_process_date_conversion"), 3.45 * S, 2.1 * S);
  b.call(0, process, pandas("array_to_datetime"), 3.5 * S, 2 * S);
  const clean = b.call(0, root, mine("clean"), 5.75 * S, 3.1 * S);
  b.call(0, clean, pandas("DataFrame.dropna"), 5.8 * S, 0.55 * S);
  b.call(0, clean, pandas("DataFrame.rename"), 6.45 * S, 0.5 * S);
  const apply = b.call(0, clean, pandas("DataFrame.apply"), 7 * S, 1.5 * S);
  const python = b.call(0, apply, pandas("_python_apply_general"), 7.05 * S, 1.4 * S);
  for (let i = 0; i < 640; i++) {
    const filled = b.call(0, python, mine("fill_region"), python.start + i * 2.1 * MS, 1.9 * MS);
    b.call(0, filled, pandas("Series.fillna"), filled.start + 0.2 * MS, 1.5 * MS);
  }
  const features = b.call(0, root, mine("features"), 8.9 * S, 2 * S);
  b.call(0, features, pandas("DataFrame.merge"), 8.95 * S, 0.65 * S);
  const dummies = b.call(0, features, pandas("get_dummies"), 9.7 * S, 0.62 * S);
  b.call(0, features, pandas("DataFrame.join"), 10.4 * S, 0.4 * S);
  const wait = b.call(0, root, b.function("Event.wait", "threading"), 10.95 * S, 1.65 * S, 0.01);
  b.call(0, wait, b.function("Condition.wait", "threading"), 11 * S, 1.58 * S, 0.01);
  let slow: Made | null = null;
  for (let fold = 0; fold < 8; fold++) {
    const long = fold === 3;
    const start = 12.65 * S + fold * 3.83 * S + (fold > 3 ? 2.1 * S : 0);
    const call = b.call(0, root, mine("fit_fold"), start, (long ? 5.9 : 3.72 + next() * 0.1) * S, long ? 0.62 : 0.97);
    if (long) slow = call;
    b.call(0, call, b.function("array", "numpy"), start + 0.02 * S, 0.25 * S);
    const fit = b.call(0, call, sklearn("HistGradientBoostingRegressor.fit"), start + 0.3 * S, (long ? 5.12 : 3.0) * S);
    b.call(0, call, sklearn("r2_score"), start + (long ? 5.5 : 3.4) * S, 0.25 * S);
    let time = fit.start + 0.05 * S;
    for (let tree = 0; time < fit.start + fit.duration - 0.4 * S; tree++) {
      const size = (0.2 + next() * 0.9) * S;
      const from = long && tree > 0 && time < 26.3 * S ? 26.35 * S : time;
      const steps = Math.floor(size / (9 * MS));
      const width = tree % 3 === 0 ? size : 0;
      if (width > 0) b.call(0, fit, sklearn("_bin_data"), from, Math.min(0.3 * S, width));
      else {
        for (let i = 0; i < steps; i++) {
          const at = from + i * 9 * MS;
          if (at + 8 * MS > fit.start + fit.duration) break;
          const grow = b.call(0, fit, sklearn("TreeGrower.grow"), at, 8 * MS);
          const split = b.call(0, grow, sklearn("TreeGrower.split_next"), at + 0.4 * MS, 6 * MS);
          if (i % 3 > 0) b.call(0, split, sklearn("Splitter.find_node_split"), at + 1 * MS, 4 * MS);
        }
      }
      time = from + size + 0.06 * S;
    }
  }
  const enrich = b.call(1, null, mine("enrich"), 5.75 * S, 28.2 * S, 0.16);
  let fetch: Made | null = null;
  let time = 5.8 * S;
  for (let i = 0; time < 33 * S; i++) {
    const long = i === 5;
    const size = Math.min((long ? 8.12 : 2.2 + next() * 0.8) * S, 33.9 * S - time);
    const call = b.call(1, enrich, mine("fetch_rates"), time, size, 0.1);
    if (long) fetch = call;
    const got = b.call(
      1,
      call,
      b.function("Session.get", "requests.sessions"),
      time + 10 * MS,
      (long ? 5 : size / S - 0.2) * S,
      0.05,
    );
    b.call(1, got, b.function("SSLSocket.connect", "ssl"), got.start + 20 * MS, 0.12 * S, 0.9);
    b.call(1, got, b.function("SSLSocket.read", "ssl"), got.start + 0.2 * S, got.duration - 0.3 * S, 0.02);
    if (long) {
      const loads = b.call(1, call, b.function("loads", "json"), time + 5.9 * S, 2.2 * S, 1);
      b.call(1, loads, b.function("JSONDecoder.decode", "json"), loads.start + 10 * MS, 2.18 * S, 1);
    } else b.call(1, call, b.function("loads", "json"), time + size - 0.08 * S, 0.05 * S, 1);
    time += size + 0.02 * S;
  }
  return b.build({
    facts: facts(48.2 * S),
    metrics: metricsOf(48.2 * S, next),
    spans: collections(next),
    gaps: [{ start: ns(24.25 * S), duration: ns(2.08 * S) }],
    logs: [
      log(1.5 * S, "info", "reading sales_2024.csv"),
      log(5.7 * S, "info", "1.2 M rows"),
      log(6.4 * S, "warning", "DtypeWarning: columns (3) have mixed types", 0, "warning"),
      log(8.5 * S, "info", "12 regions filled"),
      log(8.6 * S, "warning", "SettingWithCopyWarning", 0, "warning"),
      log(8.7 * S, "warning", "PerformanceWarning: frame is fragmented", 0, "warning"),
      log(12.6 * S, "info", "rates ready"),
      log(16.3 * S, "info", "fold 0: r² 0.801"),
      log(23.6 * S, "error", "HTTPError: 503 for url rates", 1, "logging"),
      log(24.3 * S, "debug", "fold 3: 1.05 M train rows", 0, "logging"),
      log(26.6 * S, "warning", "slow response: 8.12 s", 1, "logging"),
      log(29.9 * S, "info", "fold 3: r² 0.798"),
      log(38 * S, "info", "fold 5: r² 0.799"),
      log(47.9 * S, "critical", "disk almost full", 0, "logging"),
    ],
    tips: TIPS,
    anomalies: [
      anomaly("slow call", slow, 3.8, 5.9, "5.90 s against a median of 3.80 s."),
      anomaly("slow call", fetch, 2.5, 8.12, "8.12 s against a median of 2.50 s."),
      anomaly("slow call", dummies, 0.1, 0.62, "620 ms against a median of 100 ms."),
      {
        kind: "GC pause",
        start: ns(8.9 * S),
        duration: ns(412 * MS),
        call: -1,
        function: -1,
        lane: 0,
        where: "generation 2 · MainThread at 8.90 s",
        unit: "s",
        expected: 0.02,
        observed: 0.412,
        score: 4,
        reason: "A collection of generation 2 took 412 ms against a median of 20.0 ms in 6.",
        peers: [0.012, 0.018, 0.02, 0.022, 0.031],
      },
    ],
  });
}

function anomaly(
  kind: string,
  made: Made | null,
  expected: number,
  observed: number,
  reason: string,
): AnomalyRow & { made?: Made } {
  const row = {
    kind,
    start: ns(made?.start ?? 0),
    duration: ns(made?.duration ?? 0),
    call: -1,
    function: made?.function ?? -1,
    lane: made?.lane ?? -1,
    where: "MainThread",
    unit: "s",
    expected,
    observed,
    score: 3,
    reason,
    peers: [0.94, 0.98, 1, 1.01, 1.05].map((share) => share * expected),
  };
  return made ? { ...row, made } : row;
}

function metricsOf(duration: number, next: () => number): ViewData["metrics"] {
  const count = Math.floor(duration / (100 * MS));
  const time = Float64Array.from({ length: count }, (_, i) => i * 100 * MS);
  const seconds = (i: number) => (time[i] ?? 0) / S;
  const cpu = time.map((_, i) => {
    const at = seconds(i);
    if (at > 11 && at < 12.6) return 3 + next() * 2;
    if (at > 1 && at < 1.6) return 50 + next() * 15;
    return 93 + next() * 6 - (at > 16 && Math.floor(at * 4) % 15 === 0 ? 8 : 0);
  });
  const ramp = (at: number) =>
    at < 6
      ? 0.43 + at * 0.07
      : at < 10
        ? 0.85
        : at < 10.5
          ? 0.85 + (at - 10) * 1.2
          : 1.5 + Math.min((at - 10.5) * 0.01, 0.24);
  return {
    count,
    time,
    cpu,
    systemCpu: cpu.map((value) => value / 8),
    memory: time.map((_, i) => ramp(seconds(i)) * 1e9),
    modules: time.map((_, i) => (seconds(i) < 1.2 ? 600 + Math.floor(seconds(i) * 5) * 70 : 1007)),
    threads: time.map(() => 2),
    gcObjects: time.map(() => 120_000),
  };
}

function collections(next: () => number): SpanRow[] {
  const gc = (start: number, duration: number): SpanRow => ({
    kind: "gc",
    name: "gc",
    start: ns(start),
    duration: ns(duration),
    lane: 0 as LaneId,
  });
  const list = Array.from({ length: 25 }, (_, i) => gc((0.1 + i * 1.9 + next() * 0.4) * S, (4 + next() * 20) * MS));
  return [...list, gc(8.9 * S, 412 * MS)].sort((a, b) => a.start - b.start);
}

/** Nothing was sampled. */
export function empty(): ViewData {
  const b = new Builder();
  b.lanes.push(lane("MainThread", "main", 0, 3.1 * MS, null));
  return b.build({
    facts: facts(3.1 * MS, { samples: 0, name: "", cpu: null, peakMemory: null, memoryChange: null, overhead: null }),
    ...NOTHING,
  });
}

/** One call and nothing else. */
export function single(): ViewData {
  const b = new Builder();
  b.lanes.push(lane("MainThread", "main", 0, 500 * MS, 1));
  b.call(0, null, b.function("sleep_a_bit", "__main__", "notebook"), 20 * MS, 450 * MS, 0.05);
  return b.build({
    ...NOTHING,
    facts: facts(500 * MS),
    logs: [log(100 * MS, "info", "hello")],
  });
}

/** A loop with two tasks: one fetches and parses three times, the other is short; while they wait the loop selects. */
export function tasks(): ViewData {
  const b = new Builder();
  const main = b.function("main", "__main__", "user");
  const [select, fetch, parse, sleep] = [
    b.function("EpollSelector.select", "selectors"),
    b.function("fetch", "crawl", "user"),
    b.function("parse", "crawl", "user"),
    b.function("sleep", "asyncio.tasks"),
  ];
  b.lanes.push(
    lane("MainThread", "main", 0, 2 * S, 0.3),
    lane("crawler", "asyncio", 0, 2 * S, null),
    lane("heartbeat", "asyncio", 0, 0.1 * S, null),
  );
  const root = b.call(0, null, main, 0, 2 * S, 0.3);
  for (let i = 0; i < 3; i++) {
    const start = i * 0.65 * S;
    b.call(0, root, select, start, 0.5 * S, 0);
    b.call(0, root, parse, start + 0.5 * S, 0.15 * S, 1);
    const waits = b.call(1, null, fetch, start, 0.5 * S, 0);
    b.call(1, waits, sleep, start, 0.5 * S, 0);
    b.call(1, b.call(1, null, fetch, start + 0.5 * S, 0.15 * S, 1), parse, start + 0.5 * S, 0.15 * S, 1);
  }
  b.call(2, null, sleep, 0, 0.1 * S, 0);
  return b.build({
    facts: facts(2 * S, { name: "crawl", cell: "" }),
    ...NOTHING,
  });
}

/** Very many calls, most of them too short to see; 12 lanes, so that they scroll. */
export function large(count = 300_000): ViewData {
  const b = new Builder();
  const next = random(3);
  const duration = 60 * S;
  const functions = Array.from({ length: 40 }, (_, i) => b.function(`step_${i}`, `package${i % 14}`));
  const lanes = 12;
  for (let id = 0; id < lanes; id++) {
    b.lanes.push(
      lane(id === 0 ? "MainThread" : `ThreadPoolExecutor-0_${id}`, id === 0 ? "main" : "thread", 0, duration, 0.5),
    );
    const each = Math.floor(count / lanes / 5);
    const root = b.call(id, null, functions[0] ?? 0, 0, duration);
    for (let i = 0; i < each; i++) {
      const slot = duration / each;
      const pick = () => functions[Math.floor(next() * functions.length)] ?? 0;
      let parent = b.call(id, root, pick(), i * slot, slot * (0.4 + 0.59 * next()));
      for (let depth = 0; depth < 4; depth++)
        parent = b.call(id, parent, pick(), parent.start + parent.duration * 0.05, parent.duration * 0.9);
    }
  }
  const levels: Level[] = ["debug", "info", "info", "warning", "error"];
  return b.build({
    facts: facts(duration, { name: "large" }),
    metrics: metricsOf(duration, next),
    spans: collections(next),
    gaps: [],
    logs: Array.from({ length: 4000 }, (_, i) =>
      log((i / 4000) * duration, levels[Math.floor(next() * 5)] ?? "info", `line ${i}`),
    ),
    anomalies: [],
    tips: [],
  });
}
