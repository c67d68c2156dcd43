"""Runs the benchmarks and prints one table: `python -m tests.benchmarks [PART ...]`, all parts by default, see `PARTS`."""

from __future__ import annotations

import sys

from tests.benchmarks import anomalies, cost, overhead, torture, truth
from tests.benchmarks.table import Result, show

PARTS = {
    "truth": truth.results,
    "torture": torture.results,
    "anomalies": anomalies.results,
    "cost": cost.results,
    "overhead": overhead.results,
}


def main(names: list[str]) -> int:
    """Runs the named parts; the exit code says whether every budget was kept."""
    if unknown := set(names) - set(PARTS):
        print(f"error: unknown {', '.join(sorted(unknown))}: choose from {', '.join(PARTS)}", file=sys.stderr)
        return 2
    results: list[Result] = []
    for name in names or PARTS:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        results.extend(PARTS[name]())
    show(results)
    return int(any(result.kept is False for result in results))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
