"""What a rule is given, and what it says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from microlog_nb import words
from microlog_nb.analysis.calls import Calls
from microlog_nb.analysis.tips.code import Code, Sources
from microlog_nb.analysis.tips.places import Place, Places
from microlog_nb.analysis.tips.seen import SeenCalls
from microlog_nb.analysis.tips.tree import Mask, Tree
from microlog_nb.model.trace import Trace

_LAST = re.compile(r"[/\\]")


@dataclass(frozen=True)
class Tip:
    """A finding with its evidence and what to do about it.

    Attributes:
        tip: the rule's name.
        title: what to do, in a few words.
        advice: the same in one or two sentences.
        saving_ns: time that could be saved at most; NaN if unknown.
        share: of the recording's time, 0 to 1.
        function: row of the trace's functions: the user's, -1 if none.
        line: where in it.
        call: id of an example, -1 if none.
        evidence: a sentence with the numbers.
        score: seconds that could be saved, weighted by how sure that is (0 to 1).
        chips: the evidence in a few words each.
        covered: nodes of the tree of stacks whose time it is about; None if it is not about certain calls.
    """

    tip: str
    title: str
    advice: str
    saving_ns: float
    share: float
    function: int
    line: int
    call: int
    evidence: str
    score: float
    chips: tuple[str, ...] = ()
    covered: Mask | None = field(default=None, repr=False, compare=False)


class Evidence:
    """One recording as rules see it.

    Attributes:
        trace: the recording's.
        names, files: of its functions, by row.
        tree: its stacks, and the time of each.
        places: lines of the user's.
    """

    def __init__(self, trace: Trace, calls: Calls) -> None:
        self.trace = trace
        self.tree = Tree(trace)
        self.names = self.tree.names
        self.files = trace.texts("functions", "file")
        sources = dict(zip(trace.texts("sources", "file"), trace.texts("sources", "text"), strict=True))
        self.places = Places(self.tree, SeenCalls(trace, calls, self.tree), self.files, Sources(sources))

    def named(self, module: str, pattern: str = "") -> Mask:
        """Functions of this module or package whose qualified name matches the whole pattern; "" is any."""
        expression = re.compile(pattern) if pattern else None
        modules = self.tree.modules
        found = np.zeros(len(self.names), bool)
        for row in self._packages.get(module.partition(".")[0], ()):
            inside = modules[row] == module or modules[row].startswith(f"{module}.")
            found[row] = inside and (expression is None or expression.fullmatch(self.names[row]) is not None)
        return found

    def mean_metric(self, name: str) -> float:
        """Mean of a metric of the process, NaN if it was not read."""
        names = np.array(self.trace.texts("metrics", "name"), object)
        values = self.trace.numbers("metrics", "value")[names == name]
        values = values[np.isfinite(values)]
        return float(values.mean()) if len(values) else float("nan")

    def code(self, place: Place) -> Code:
        """The source of the file of a place; empty if the recording has it not."""
        return self.places.code(place)

    def matters(self, ns: float) -> bool:
        """Whether a time is worth a tip."""
        return self.tree.matters(ns)

    def share(self, ns: float) -> float:
        """Of the recording; threads beside one another count as one."""
        return min(ns / self.tree.duration_ns, 1.0)

    def where(self, function: int, line: int) -> str:
        """A place as it is shown: "In [7]:12", "steps.py:40"."""
        if function < 0:
            return "a place outside your code"
        return f"{_LAST.split(self.files[function])[-1]}:{line}"

    def cost(self, place: Place) -> str:
        """The numbers of a place: "1.20 s, 62% of the recording, at In [7]:12"."""
        time, part = words.duration(place.ns), words.percent(self.share(place.ns))
        near = f" and {words.plural(place.lines - 1, 'line')} more" if place.lines > 1 else ""
        return f"{time}, {part} of the recording, at {self.where(place.function, place.line)}{near}"

    def tip(
        self,
        tip: str,
        place: Place,
        *,
        title: str,
        advice: str,
        evidence: str,
        sure: float,
        saving: float = 1.0,
        chips: Iterable[str] = (),
    ) -> Tip:
        """A tip about a place.

        Args:
            tip: the rule's name.
            place: what it is about.
            title: what to do, in a few words.
            advice: one or two sentences.
            evidence: a sentence with the numbers.
            sure: how sure it is that the time can be saved, 0 to 1.
            saving: share of the place's time that can be saved at most; NaN if unknown.
            chips: further evidence in a few words each.
        """
        known = saving if saving == saving else 1.0  # noqa: PLR0124  # NaN
        return Tip(
            tip=tip,
            title=title,
            advice=advice,
            saving_ns=place.ns * saving,
            share=self.share(place.ns),
            function=place.function,
            line=place.line,
            call=place.call,
            evidence=evidence,
            score=place.ns * known * sure / 1e9,
            chips=(f"{self.where(place.function, place.line)} {words.duration(place.ns)}", *chips),
            covered=place.covered,
        )

    @cached_property
    def _packages(self) -> dict[str, list[int]]:
        """Functions by the package that they belong to."""
        packages: dict[str, list[int]] = {}
        for row, module in enumerate(self.tree.modules):
            packages.setdefault(module.partition(".")[0], []).append(row)
        return packages
