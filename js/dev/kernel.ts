import type { AnswerRow, CitedPlace, Ns, ViewData } from "../src/data/types";
import type { Answer, Heard, Host, KernelState } from "../src/host/host";
import { noHost } from "../src/host/none";

/** Which model the made-up kernel has: none, one that has answered, or one that is in the middle of its answer. */
export type Model = "none" | "answered" | "answering";

const NAMED = { model: "coder-14b", server: "https://llm.example.org/v1" };
const NOT_NAMED = "No model is set: microlog.configure(model=...), or MICROLOG_LLM_MODEL in the environment.";

const SENT = `recording    In [7] load_and_fit   48.2 s
cpu          92%, memory 432 MB to 1.74 GB
top self     SSLSocket.read   20.5 s, mostly waiting
             HistGradientBoostingRegressor.fit   11.0 s
anomaly:0    fit_fold   5.90 s against 3.80 s
anomaly:1    fetch_rates   8.12 s against 2.50 s
log:8        error at 23.6 s: HTTPError 503 for «url»
source       «path»/pipeline.py:164
   168   model.fit(X[~test], y[~test])
   171   page = session.get("«url»", timeout=5)
   172   headers = {"Authorization": "«secret»"}`;

const SECTIONS = [
  { name: "calls", title: "Function names and times", tokens: 612 },
  { name: "source", title: "Source of the 3 hottest functions", tokens: 388 },
  { name: "logs", title: "Log messages", tokens: 141 },
  { name: "values", title: "Variable values", tokens: 96 },
];

/** A kernel that answers as Python does, as far as the eyes need it. One that is busy keeps what it is asked. */
export function madeUpKernel(more: unknown, state: KernelState, model: Model, data: ViewData): Host {
  const hearers = new Map<string, Heard>();
  const say = (kind: string, body: object) => hearers.get(kind)?.(body, []);
  const places = placesOf(data);
  const answer: AnswerRow = {
    id: "q1",
    question: "",
    after: "",
    about: "the whole recording",
    html: model === "none" ? SUMMARY : ANSWER,
    places,
    model: model === "none" ? "" : NAMED.model,
    server: model === "none" ? "" : NAMED.server,
    time: "2026-03-14T09:44:10+01:00",
    facts: "",
    redacted: 4,
    dropped: 0,
    cut: false,
  };
  const preview = {
    text: SENT,
    tokens: 1141,
    redacted: { url: 2, path: 1, secret: 1 },
    sections: SECTIONS,
    without: ["values"],
    off: false,
    ...(model === "none" ? { model: "", server: "", missing: NOT_NAMED } : { ...NAMED, missing: "" }),
    kept: model === "answered" ? answer : null,
    answers: model === "answered" ? [answer] : [],
  };
  const replies: Readonly<Record<string, () => object>> = {
    "explain.preview": () => preview,
    "explain.ask": () => {
      setTimeout(() => {
        const open = model === "answering";
        const html = open
          ? `${ANSWER}<p>The last [call:0] on all rows is half as long as one fold, so</p>`
          : answer.html;
        const told = { run: "r1", html, places, error: "", looked: [] };
        say("explain", { ...told, state: open ? "running" : "done", answer: open ? null : answer });
      });
      return { run: "r1" };
    },
  };
  return {
    ...noHost(more),
    kind: "kernel",
    recall: () => null,
    keep: () => undefined,
    state: () => state,
    request(kind): Promise<Answer> {
      const reply = replies[kind];
      if (state === "busy") return new Promise(() => undefined);
      if (state !== "idle") return Promise.reject(new Error("The kernel has ended: run the cell again to ask it."));
      return reply
        ? Promise.resolve({ body: reply(), buffers: [] })
        : Promise.reject(new Error(`The made-up kernel knows no "${kind}".`));
    },
    listen(kind, listener) {
      hearers.set(kind, listener);
      return () => hearers.delete(kind);
    },
  };
}

/** The longest call of each function that the texts name, by the citations that they use. */
function placesOf({ calls, functions, anomalies }: ViewData): Record<string, CitedPlace> {
  const longest = (name: string): CitedPlace => {
    const id = functions.findIndex((row) => row.name === name);
    let best = -1;
    for (let call = 0; call < calls.count; call++)
      if (calls.function[call] === id && (calls.duration[call] ?? 0) > (calls.duration[best] ?? -1)) best = call;
    return { start: (calls.start[best] ?? 0) as Ns, duration: (calls.duration[best] ?? 0) as Ns, function: id };
  };
  return {
    "call:0": longest("HistGradientBoostingRegressor.fit"),
    "call:1": longest("read_csv"),
    "call:2": longest("array_to_datetime"),
    "call:3": longest("loads"),
    "call:4": longest("enrich"),
    ...Object.fromEntries(
      anomalies.map(({ start, duration, function: id }, i) => [`anomaly:${i}`, { start, duration, function: id }]),
    ),
    "log:8": { start: 23.6e9 as Ns, duration: 0 as Ns, function: -1 },
  };
}

const ANSWER = `<h2>Where the 48.2 s went</h2>
<p>Fitting is two thirds of the run: eight folds of [call:0] grow their trees one after the other. Loading takes [call:1],
half of it in [call:2].</p>
<h2>Why the 4th fold was slow</h2>
<p>[anomaly:0] overlaps [call:3] in the thread <code>enrich</code>: parsing one page of 38.2 MB holds the GIL, and the fold
waits for it. The retry follows [log:8].</p>
<h2>What to change first</h2>
<ol><li>Parse pages in smaller pieces, or in a process.</li>
<li>Pass <code>date_format="%Y-%m-%d"</code> to [call:1].</li></ol>
<pre><code>df = pd.read_csv(path, parse_dates=["ts"], date_format="%Y-%m-%d")
</code></pre>`;

const SUMMARY = `<h2>Time</h2>
<ul><li>[call:0] is the longest of 8 calls; together they are 54% of the recording.</li>
<li>[call:4] spent 84% of its time waiting.</li></ul>
<h2>Anomalies</h2>
<ul><li>[anomaly:0] took 1.55 × the median of 3.80 s. It overlaps [call:3].</li>
<li>[anomaly:1] took 3.25 × the median of 2.50 s.</li></ul>
<h2>Logs</h2>
<ul><li>1 error: <strong>HTTPError</strong>, [log:8].</li><li>4 warnings, 7 infos, 1 debug message.</li></ul>`;
