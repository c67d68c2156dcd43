import type { CallId, LaneId, LogRow, Ns, ViewData } from "../src/data/types";
import { single } from "./fixture";

const entry = (ms: number, more: Partial<LogRow>): LogRow => ({
  time: (ms * 1e6) as Ns,
  level: "info",
  source: "print",
  logger: "",
  message: "",
  html: "",
  lane: 0 as LaneId,
  call: 0 as CallId,
  function: "sleep_a_bit",
  file: "In [7]",
  line: 3,
  exception: "",
  ...more,
});

const TRACEBACK = `Traceback (most recent call last):
  File "pipeline.py", line 84, in enrich
    page = fetch_rates(n)
  File "pipeline.py", line 71, in fetch_rates
    r = session.get(url, timeout=5)
ReadTimeout: rates.example.com read timed out (5.00 s), and a line that is much longer than any card is wide`;

const MARKDOWN = `<h2>Loaded 1 204 331 rows</h2><p><strong>14 columns</strong>, 3 of them with gaps:</p>
<ul><li><code>price</code> 0.41% missing</li><li><code>region</code> 2.10% missing</li></ul>
<pre><code>df = df.astype({"region": "category"})</code></pre>
<table><thead><tr><th>fold</th><th>r²</th></tr></thead><tbody><tr><td>0</td><td>0.871</td></tr></tbody></table>
<p>See <a href="https://example.com/">the page</a>.</p>`;

/** One call that says everything that can be said. */
export function talk(): ViewData {
  const data = single();
  return {
    ...data,
    facts: {
      ...data.facts,
      notes: ["2 threads ended before they were sampled.", "Memory is unknown on this platform."],
    },
    logs: [
      entry(40, { message: "plain\n  indented\ttabbed" }),
      entry(100, { source: "microlog", message: "## Loaded", html: MARKDOWN }),
      entry(160, { level: "error", source: "exception", message: "ReadTimeout: read timed out", exception: TRACEBACK }),
      entry(220, {
        level: "warning",
        source: "warning",
        message: "<img src=x onerror=alert(1)> \u001b[31mred\u001b[0m \u202egnp.exe",
      }),
      entry(280, { level: "critical", source: "logging", logger: "sales.api.client", message: "disk almost full" }),
      ...Array.from({ length: 300 }, (_, i) => entry(340, { level: "debug", message: `line ${i}` })),
    ],
  };
}
