"""What it costs to have and to keep: import time, analysis time, bytes in files, in notebooks and on the way to a page."""

from __future__ import annotations

import gzip
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import microlog_nb as microlog
from microlog_nb.analysis.calls import infer_calls
from microlog_nb.tables import Tables
from tests.benchmarks.synthetic import synthetic_trace
from tests.benchmarks.table import Result, at_most
from tests.benchmarks.workloads import WORKLOADS

IMPORT = "import time; start = time.perf_counter(); import microlog_nb; print(time.perf_counter() - start)"
LONG_RECORDING_S = 30.0


def results() -> Iterator[Result]:
    """One line a budget."""
    yield at_most("import microlog_nb", _import_time(), 0.05, "{:.0f} ms", scale=1e3)
    yield at_most("1,000,000 samples -> calls", _analysis_time(), 1.0, "{:.2f} s")
    parts = _everything_else()
    yield at_most("1,000,000 samples -> all else", sum(parts.values()), 1.0, "{:.2f} s")
    for name, seconds in parts.items():
        yield Result(f"  {name}", f"{seconds:.2f} s")
    yield from _file()
    yield from _bundle()


def _import_time() -> float:
    def once() -> float:
        return float(subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, text=True, check=True).stdout)

    return statistics.median(once() for _ in range(9))


def _analysis_time() -> float:
    def once() -> float:
        trace = synthetic_trace()
        start = time.perf_counter()
        infer_calls(trace)
        return time.perf_counter() - start

    return statistics.median(once() for _ in range(5))


def _everything_else() -> dict[str, float]:
    """Seconds for each of the other analyses of the same recording."""
    parts: dict[str, Callable[[Tables], object]] = {
        "functions": lambda tables: tables.function_data,
        "lines": lambda tables: tables.line_data,
        "anomalies": lambda tables: tables.anomaly_data,
        "tips": lambda tables: tables.tip_data,
        "graph": lambda tables: tables.graph_data("class"),
    }
    runs: list[dict[str, float]] = []
    for _ in range(3):
        tables = Tables(synthetic_trace())
        tables.call_data  # noqa: B018  # the calls have a budget of their own
        spent = {}
        for name, part in parts.items():
            start = time.perf_counter()
            part(tables)
            spent[name] = time.perf_counter() - start
        runs.append(spent)
    return {name: statistics.median(run[name] for run in runs) for name in parts}


def _file() -> Iterator[Result]:
    """A recording of half a minute of everything."""
    with microlog.profile(display=False) as recording:
        end = time.perf_counter() + LONG_RECORDING_S
        while time.perf_counter() < end:
            for workload in WORKLOADS.values():
                workload()
    with tempfile.TemporaryDirectory() as folder:
        file, page = Path(folder) / "long.microlog", Path(folder) / "long.html"
        recording.save(file)
        recording.to_html(page)
        samples = len(recording.samples)
        yield at_most("file, bytes a sample", file.stat().st_size / samples, 3, "{:.2f}")
        yield Result("HTML report of the same", f"{page.stat().st_size / 1000:.0f} KB")


def _bundle() -> Iterator[Result]:
    static = Path(microlog.__file__).parent / "widget" / "static"
    code = b"".join((static / name).read_bytes() for name in ("widget.css", "common.js", "widget.js"))
    yield at_most("JS bundle, minified", len(code), 120_000, "{:.0f} KB", scale=1e-3)
    yield at_most("JS bundle, gzipped", len(gzip.compress(code)), 40_000, "{:.0f} KB", scale=1e-3)
