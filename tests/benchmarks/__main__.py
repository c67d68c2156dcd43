"""Runs the benchmarks and prints one table.

python -m tests.benchmarks                              all but the long run
python -m tests.benchmarks overhead --workload deep     a part of it
python -m tests.benchmarks memory --minutes 10          the long run
"""

from __future__ import annotations

import argparse
import sys

from tests.benchmarks import anomalies, cost, memory, overhead, paint, rate, saved, torture, truth
from tests.benchmarks.table import Result, show
from tests.benchmarks.workloads import WORKLOADS

USUAL = ("truth", "torture", "anomalies", "cost", "saved", "rate", "paint", "overhead")


def main(arguments: list[str]) -> int:
    """Runs the named parts; the exit code says whether every budget was kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("parts", nargs="*", metavar="part", help=f"default: {' '.join(USUAL)}; also memory")
    parser.add_argument(
        "--workload", action="append", choices=list(WORKLOADS), default=[], help="of overhead; may be repeated"
    )
    parser.add_argument("--rounds", type=int, default=overhead.ROUNDS, help="of overhead")
    parser.add_argument("--minutes", type=float, default=10.0, help="of memory")
    chosen = parser.parse_args(arguments)
    parts = {
        "truth": truth.results,
        "torture": torture.results,
        "anomalies": anomalies.results,
        "cost": cost.results,
        "rate": rate.results,
        "saved": saved.results,
        "paint": paint.results,
        "overhead": lambda: overhead.results(chosen.workload, chosen.rounds),
        "memory": lambda: memory.results(chosen.minutes),
    }
    if unknown := set(chosen.parts) - set(parts):
        parser.error(f"unknown {', '.join(sorted(unknown))}: choose from {', '.join(parts)}")
    results: list[Result] = []
    for name in chosen.parts or USUAL:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        results.extend(parts[name]())
    show(results)
    return int(any(result.kept is False for result in results))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
