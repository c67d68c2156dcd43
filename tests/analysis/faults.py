"""Made-up runs that know their faults: true calls of two threads, seen by a sampler at 1 kHz with its noise.

Every function has a law of its own for how long its calls take: narrow, lognormal, with a power tail. A fault is something that
happened beside that: a call that took many times as long, a wait, a stall, a jump of memory, and so on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from microlog_nb.analysis.anomalies import find_anomalies
from microlog_nb.analysis.calls import Calls
from microlog_nb.model import arrays
from microlog_nb.model.schema import SAMPLE_STATES, TABLES
from microlog_nb.model.trace import Trace
from tests.pictures import META, MS, tables_from_rows

S = 1000 * MS
CORES = 4

KINDS = (
    "slow call",
    "waiting",
    "contention",
    "GIL held",
    "memory jump",
    "memory growth",
    "GC pause",
    "slow import",
    "log flood",
    "error",
    "warning",
    "starved",
)

Law = Callable[[np.random.Generator], float]

LAWS: dict[str, Law] = {  # milliseconds
    "even": lambda random: 40 * max(1 + 0.1 * random.standard_normal(), 0.3),
    "narrow": lambda random: 30 * np.exp(0.2 * random.standard_normal()),
    "lognormal": lambda random: 25 * np.exp(0.35 * random.standard_normal()),
    "wide": lambda random: 15 * np.exp(0.6 * random.standard_normal()),
    "pareto": lambda random: 12 * (1 + random.pareto(3.0)),
}
FACTORS = {"even": (3.5, 8), "narrow": (6, 12), "lognormal": (12, 20), "wide": (60, 100), "pareto": (100, 200)}
"""How many times the median a slow call takes: what is beyond chance depends on how wide the law is."""


@dataclass(frozen=True)
class Fault:
    """Something that went wrong, and when."""

    kind: str
    start_ns: int
    end_ns: int
    function: str = ""


@dataclass
class Run:
    """A run being made. A call is (function, start, end, depth) of one thread; a state is (state, start, end)."""

    random: np.random.Generator
    now: int = 0
    calls: dict[int, list[tuple[str, int, int, int, int]]] = field(default_factory=lambda: {0: [], 1: []})
    states: dict[int, list[tuple[str, int, int]]] = field(default_factory=lambda: {0: [], 1: []})
    faults: list[Fault] = field(default_factory=list)
    logs: list[dict[str, Any]] = field(default_factory=list)
    spans: list[dict[str, Any]] = field(default_factory=list)
    jumps: list[tuple[int, int, float]] = field(default_factory=list)
    growth: float = 0.0
    full: list[tuple[int, int]] = field(default_factory=list)

    def call(
        self, function: str, length_ns: float, *, instruction: int = 0, depth: int = 1, thread: int = 0
    ) -> tuple[int, int]:
        """One call from now on; time passes only with calls of the main thread."""
        start, end = self.now, self.now + max(int(length_ns), MS // 10)
        self.calls[thread].append((function, start, end, depth, instruction))
        if thread == 0 and depth == 1:
            self.now = end
        return start, end


SOURCE = "\n".join(
    [
        "import time",
        "",
        *(f"# {n}" for n in range(8)),
        "    time.sleep(pause)",
        "    data = response.read()",
        "    lock.acquire()",
    ]
)
_LINE_OF = {"sleeper": 11, "fetcher": 12, "locker": 13}


def make_run(seed: int, kinds: Sequence[str] = KINDS, *, calls: int = 400) -> tuple[Trace, list[Fault]]:
    """A run of some 15 to 60 seconds with about three faults of each of the kinds (one of growth)."""
    random = np.random.default_rng(seed)
    run = Run(random)
    names = list(LAWS)
    faulty: dict[int, str] = {}
    places = random.permutation(np.arange(calls // 10, calls - 5))[: 3 * len(kinds)]
    for place, kind in zip(places.tolist(), [kind for kind in kinds for _ in range(3)], strict=False):
        faulty[place] = kind
    for number in range(calls):
        law = names[int(random.integers(len(names)))]
        length = LAWS[law](random) * MS
        _step(run, number, law, length, faulty.get(number, ""))
        run.now += int(random.integers(0, 2 * MS))
        if random.random() < 0.05:
            _noise(run)
    if "memory growth" in kinds:
        run.growth = float(random.uniform(200e6, 600e6)) / run.now
        run.faults.append(Fault("memory growth", 0, run.now))
    return _seen(run), run.faults


def _step(run: Run, number: int, law: str, length: float, kind: str) -> None:
    random = run.random
    if kind == "slow call":
        low, high = FACTORS[law]
        length = float(np.median([LAWS[law](random) for _ in range(99)])) * MS * random.uniform(low, high)
        # half of them in a call inside
        inner = random.random() < 0.5
        start = run.now
        if inner:
            run.calls[0].append((f"{law}_inner", start + MS, start + int(length) - MS, 2, 0))
        run.faults.append(Fault(kind, *run.call(law, length, instruction=number % 2), f"{law}_inner" if inner else law))
        return
    start = run.now
    if kind in ("", "error", "warning", "GC pause", "memory jump") and length > 6 * MS:
        run.calls[0].append((f"{law}_inner", start + MS, start + int(length) - MS, 2, 0))
    if kind == "waiting":
        name = list(_LINE_OF)[int(random.integers(3))]
        start, end = run.call(name, random.uniform(150, 900) * MS)
        run.states[0].append(("waiting", start, end))
        run.faults.append(Fault(kind, start, end, name))
    elif kind == "contention":
        start, end = run.call("contended", random.uniform(200, 800) * MS)
        at = start
        while at < end:  # both threads run in turns of 5 ms
            run.states[0].append(("contended", at, at + 5 * MS))
            run.calls[1].append((f"crunch_{int(random.integers(3))}", at, at + 5 * MS, 0, 0))
            at += 10 * MS if random.random() < 0.3 else 8 * MS
        run.faults.append(Fault(kind, start, end, "contended"))
    elif kind == "GIL held":
        start, end = run.call("loads", random.uniform(150, 900) * MS)
        run.calls[1].append((f"compute_{number}", start - 30 * MS, end + 30 * MS, 0, 0))
        run.states[1].append(("contended", start, end))
        run.faults += [Fault(kind, start, end, "loads"), Fault("contention", start, end, f"compute_{number}")]
    elif kind == "slow import":
        start, end = run.call("importer", random.uniform(400, 2000) * MS)
        run.spans.append(_span("import", f"module_{number}", start, end))
        run.faults.append(Fault(kind, start, end))
    elif kind == "log flood":
        start, end = run.call("chatter", random.uniform(600, 1500) * MS)
        times = np.linspace(start, end - MS, int(random.integers(600, 2000)))
        run.logs += [_log(int(time), f"row {n}") for n, time in enumerate(times)]
        run.faults.append(Fault(kind, start, end))
    elif kind == "starved":
        start, end = run.call("starving", random.uniform(1000, 2500) * MS)
        run.full.append((start, end))
        run.faults.append(Fault(kind, start, end))
    else:
        start, end = run.call(law, length, instruction=number % 2)
        if kind in ("error", "warning"):
            run.logs.append(
                _log(start + 1, f"{kind} of {'abcdefghijklmnop'[number % 16]}{law}", level=kind, source="logging")
            )
            run.faults.append(Fault(kind, start, end))
        elif kind == "GC pause":
            end = start + int(random.uniform(120, 600) * MS)
            run.spans.append(_span("gc", "generation 2", start, end))
            run.faults.append(Fault(kind, start, end))
        elif kind == "memory jump":
            run.jumps.append((start, end, float(random.uniform(150e6, 800e6))))
            run.faults.append(Fault(kind, start, end))


def _noise(run: Run) -> None:
    """What happens in any run: short collections, imports, waits, prints, and a thread that waits for work."""
    random, start = run.random, run.now
    which = int(random.integers(5))
    if which == 0:
        pause = int(min(5 * np.exp(0.6 * random.standard_normal()), 40) * MS)
        run.spans.append(_span("gc", f"generation {int(random.integers(3))}", start, start + pause))
    elif which == 1:
        took = int(min(10 * np.exp(random.standard_normal()), 150) * MS)
        run.spans.append(_span("import", f"small_{start}", *run.call("importer", took)))
    elif which == 2:
        begin, end = run.call("naps", random.uniform(5, 60) * MS)
        run.states[0].append(("waiting", begin, end))
    elif which == 3:
        run.logs += [_log(start + n * 100_000, f"printed {n}") for n in range(int(random.integers(1, 60)))]
    else:
        run.call("loads", random.uniform(5, 30) * MS)


def _span(kind: str, name: str, start: int, end: int) -> dict[str, Any]:
    return {"kind": kind, "name": name, "start_ns": start, "duration_ns": end - start, "thread": 0, "stack": -1}


def _log(time: int, message: str, *, level: str = "info", source: str = "print") -> dict[str, Any]:
    place = {"thread": 0, "stack": 0, "markdown": False, "exception": "", "logger": ""}
    return {"time_ns": time, "level": level, "source": source, "message": message, **place}


@dataclass(frozen=True)
class Score:
    """How many faults there were, how many were found, how many findings there were, and how many of them were faults."""

    faults: int = 0
    found: int = 0
    findings: int = 0
    true: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(
            self.faults + other.faults, self.found + other.found, self.findings + other.findings, self.true + other.true
        )

    @property
    def recall(self) -> float:
        """Share of the faults that were found."""
        return self.found / self.faults if self.faults else 1.0

    @property
    def precision(self) -> float:
        """Share of the findings that are faults."""
        return self.true / self.findings if self.findings else 1.0


def score(faults: Sequence[Fault], found: Sequence[Fault]) -> Score:
    """Compares what happened with what was found, both of one kind.

    Both must have half of the shorter one's time in common, give or take the 100 ms between two metrics, and, where a fault
    has a function, name it.
    """

    def same(fault: Fault, finding: Fault) -> bool:
        start, end = max(fault.start_ns, finding.start_ns), min(fault.end_ns, finding.end_ns)
        shorter = min(fault.end_ns - fault.start_ns, finding.end_ns - finding.start_ns)
        return end - start + 100 * MS >= shorter / 2 and fault.function in ("", finding.function)

    return Score(
        faults=len(faults),
        found=sum(any(same(fault, finding) for finding in found) for fault in faults),
        findings=len(found),
        true=sum(any(same(fault, finding) for fault in faults) for finding in found),
    )


def plain_rule(trace: Trace, calls: Calls) -> list[Fault]:
    """Slow calls by the rule that one writes first: 0.1 s and 30 % above the mean of the function."""
    duration = calls.duration_ns
    count = np.bincount(calls.function)
    mean = (np.bincount(calls.function, weights=duration) / np.maximum(count, 1))[calls.function]
    names = trace.texts("functions", "name")
    rows = np.flatnonzero((duration > 100 * MS) & (duration > 1.3 * mean))
    return [
        Fault("slow call", int(calls.start_ns[row]), int(calls.end_ns[row]), names[calls.function[row]]) for row in rows
    ]


def findings(trace: Trace, calls: Calls) -> list[Fault]:
    """What `find_anomalies` finds, in the same form."""
    found = find_anomalies(trace, calls)
    names = [*trace.texts("functions", "name"), ""]
    return [
        Fault(kind, start, start + duration, names[function])
        for kind, start, duration, function in zip(
            found.kind, found.start_ns.tolist(), found.duration_ns.tolist(), found.function.tolist(), strict=True
        )
    ]


# ------------------------------------------------------------------------------------------------ as a sampler sees it


def _seen(run: Run) -> Trace:
    duration = run.now + 10 * MS
    functions: dict[str, int] = {"<module>": 0}
    stacks: dict[tuple[int, int, int, int], int] = {(-1, 0, 1, 0): 0}
    parts = [_samples(run, thread, functions, stacks, duration) for thread in (0, 1)]
    taken, seen = parts[0][0] + parts[0][1], parts[0][3]
    for log in run.logs:  # said where the thread is seen next
        log["stack"] = int(seen[min(int(np.searchsorted(taken, log["time_ns"])), len(seen) - 1)])
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    order = np.lexsort((columns[2], columns[0] + columns[1]))
    columns = [column[order] for column in columns]
    schema = TABLES["samples"].arrow
    rows = {
        "functions": [
            {"module": "__main__", "name": name, "file": "In [1]", "line": 1, "kind": "notebook"} for name in functions
        ],
        "stacks": [
            {
                "parent": parent,
                "function": function,
                "line": line,
                "instruction": instruction,
                "loop": 0 if function == 0 else -1,
            }
            for parent, function, line, instruction in stacks
        ],
        "threads": [
            {"name": name, "ident": n, "native_id": n, "main": n == 0, "start_ns": 0, "end_ns": duration}
            for n, name in enumerate(("MainThread", "worker"))
        ],
        "logs": sorted(run.logs, key=lambda row: row["time_ns"]),
        "spans": sorted(run.spans, key=lambda row: row["start_ns"]),
        "metrics": _metrics(run, duration),
        "sources": [{"file": "In [1]", "text": SOURCE}],
    }
    tables = tables_from_rows(rows)
    tables["samples"] = pa.table(
        [
            arrays.words(column, SAMPLE_STATES) if column_.name == "state" else arrays.numbers(column, column_.type)
            for column, column_ in zip(columns, schema, strict=True)
        ],
        schema=schema,
    )
    return Trace(tables, {**META, "duration_ns": duration, "sampler": "native", "cores": CORES})


def _samples(
    run: Run, thread: int, functions: dict[str, int], stacks: dict[tuple[int, int, int, int], int], duration: int
) -> list[np.ndarray[Any, Any]]:
    random = run.random
    due = np.arange(MS // 2, duration, MS)
    delay = np.minimum(random.exponential(60_000, len(due)), 900_000).astype(np.int64) // 1000 * 1000
    taken = due + delay
    at = np.full(len(due), 0 if thread == 0 else -1, np.int64)
    for function, start, end, depth, instruction in sorted(run.calls[thread], key=lambda call: call[3]):
        number = functions.setdefault(function, len(functions))
        first, stop = np.searchsorted(taken, (start, end))
        parents, place = np.unique(at[first:stop], return_inverse=True)
        line = _LINE_OF.get(function, 2)
        new = []
        for parent in parents.tolist():
            above = parent
            if depth == 1:  # the caller stands at another instruction for another call
                above = stacks.setdefault((-1, 0, 5, 2 * (start // 1000 % 10_000) + instruction), len(stacks))
            new.append(stacks.setdefault((above, number, line, 0), len(stacks)))
        at[first:stop] = np.array(new, np.int64)[place] if len(new) else -1
    state = np.full(len(due), SAMPLE_STATES.index("ran" if thread == 0 else "waiting"))
    state[at >= 0] = SAMPLE_STATES.index("ran")
    for what, start, end in run.states[thread]:
        first, stop = np.searchsorted(taken, (start, end))
        state[first:stop] = SAMPLE_STATES.index(what)
    cpu = np.where(state == SAMPLE_STATES.index("ran"), np.diff(taken, prepend=0), 0)
    for start, end in run.full:
        first, stop = np.searchsorted(taken, (start, end))
        cpu[first:stop] = cpu[first:stop] * 3 // 10
    return [due, delay, np.full(len(due), thread), at, cpu, state]


def _metrics(run: Run, duration: int) -> list[dict[str, Any]]:
    random = run.random
    rows = []
    times = np.arange(0, duration, 100 * MS)
    wander = np.cumsum(random.normal(0, 0.3e6, len(times)))
    saw = 20e6 * (times / S % 3 / 3)  # garbage that is collected every three seconds
    for n, time in enumerate(times.tolist()):
        memory = 300e6 + wander[n] - wander[: n + 1].mean() + saw[n] + run.growth * time
        memory += sum(size * min(max((time - start) / max(end - start, 1), 0), 1) for start, end, size in run.jumps)
        starved = any(start <= time - 50 * MS <= end for start, end in run.full)
        own = random.normal(30, 3) if starved else random.normal(96, 2)
        system = random.normal(398, 1) if starved else own + random.uniform(0, 60)
        rows += [
            {"time_ns": time, "name": name, "value": float(value)}
            for name, value in (("memory", memory), ("cpu", own), ("system_cpu", min(system, 400.0)))
        ]
    return rows
