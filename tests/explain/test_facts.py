"""The facts that a model reads: the same every time, never too long, and about what was asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microlog_nb.api.recording import load
from microlog_nb.explain.citations import Places
from microlog_nb.explain.facts import facts_of, section_names, tokens_of
from microlog_nb.explain.focus import Focus, focus_of
from microlog_nb.explain.offline import explain_offline
from microlog_nb.model.trace import Trace
from microlog_nb.tables import Tables
from tests.explain.recordings import recording
from tests.pictures import trace_from_picture, traces

GOLDEN = Path(__file__).parent.parent / "golden"


def whole(tables: Tables) -> Focus:
    return focus_of(None, tables)


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("*.microlog")), ids=lambda file: file.stem)
def test_the_facts_of_a_golden_recording_are_as_they_were(file: Path) -> None:
    """After a change that is meant: write `rec.to_prompt()`'s facts into the file beside it, and read them."""
    tables = load(file)._tables
    assert facts_of(tables, whole(tables), tokens=6000).text == file.with_suffix(".facts.txt").read_text().rstrip("\n")


@settings(max_examples=30)  # each computes every table twice
@given(traces(), st.integers(500, 3000))
def test_facts_of_any_recording_fit_and_are_the_same_every_time(trace: Trace, tokens: int) -> None:
    first, second = (facts_of(Tables(trace), whole(Tables(trace)), tokens=tokens) for _ in range(2))
    assert first.text == second.text
    assert first.hash == second.hash
    assert tokens_of(first.text) <= tokens


@settings(max_examples=30)
@given(traces())
def test_every_citation_of_the_facts_names_something(trace: Trace) -> None:
    tables = Tables(trace)
    facts = facts_of(tables, whole(tables), tokens=6000, without=["log", "source"])
    said = explain_offline(tables, whole(tables), facts)
    checked = [
        Places(tables).check(line) for line in facts.text.splitlines() if line.startswith(("[call:", "[anomaly:"))
    ]
    assert all(line.dropped == 0 for line in checked)
    assert said


def test_what_matters_most_is_cut_last() -> None:
    logs = [{"at": 1 + place / 10, "message": f"entry {place} " + "x" * 200} for place in range(1000)]
    rec = recording(logs=logs)
    tables = rec._tables
    small, large = (facts_of(tables, whole(tables), tokens=tokens) for tokens in (700, 20_000))
    assert small.cut > 0
    assert large.cut == 0
    assert {"about", "self"} <= {section.name for section in small.sections}
    assert len(small.text) < len(large.text)


def test_sections_can_be_left_out() -> None:
    tables = recording()._tables
    names = {section.name for section in facts_of(tables, whole(tables), tokens=6000).sections}
    assert names <= set(section_names())
    left = facts_of(tables, whole(tables), tokens=6000, without=["source", "log"])
    assert {section.name for section in left.sections} == names - {"source", "log"}
    assert "import time" not in left.text


def test_a_range_counts_only_what_is_in_it() -> None:
    rec = recording()
    text = rec.to_prompt(focus=(0.0, 0.04))
    assert "This is about the range from 0 s to 40.0 ms" in text
    assert "40.0 ms (100%), 1 call: load" in text
    assert "fit (" not in text.split("## Heaviest path")[1].split("## Source")[0]
    assert "[log:0]" in text
    assert "[log:1]" not in text


def test_a_call_is_described_with_its_callers_and_what_it_called() -> None:
    rec = recording()
    fit = int(rec.calls.index[rec.calls.function == "fit"][0])
    text = rec.to_prompt(focus={"call": fit})
    assert f"[call:{fit}] fit" in text
    assert "called from <module>" in text
    assert "  it called [call:" in text


def test_a_log_entry_comes_with_its_traceback() -> None:
    text = recording().to_prompt(focus={"log": 1})
    about = text.split("## ")[1]
    assert "[log:1] 100 ms error logging in step" in about
    assert "TimeoutError: no answer" in about


def test_an_anomaly_comes_with_its_reason_and_its_call() -> None:
    rec = recording()
    assert len(rec.anomalies)
    text = rec.to_prompt(focus={"anomaly": 0})
    assert f"[anomaly:0] {rec.anomalies.kind[0]}" in text
    assert rec.anomalies.reason[0] in text


def test_waiting_is_told_from_the_cpu_of_the_process() -> None:
    process = recording().to_prompt().split("## Process")[1].split("##")[0]
    assert "0 s to 60.0 ms: CPU 90%" in process
    assert "60.0 ms to 200 ms: waiting" in process
    assert "memory 100 MB at the start, 299 MB at the end" in process


def test_times_of_lines_stand_beside_the_source() -> None:
    source = recording().to_prompt().split("## Source")[1]
    assert " 160 ms    8 model = fit(table)" in source
    assert "   1 import time" in source


def test_an_empty_recording_has_facts_and_an_explanation() -> None:
    rec = recording("main: -", logs=[], metrics=None, sources={})
    assert "0 samples" in rec.to_prompt() or "samples at" in rec.to_prompt()
    assert "ran for" in rec.explain(offline=True).text


def test_names_in_the_explanation_by_rules_are_no_markup() -> None:
    tables = Tables(trace_from_picture("main: <b>evil</b>*30 __init__*30"))
    text = explain_offline(tables, whole(tables), facts_of(tables, whole(tables), tokens=6000))
    assert "<b>" not in text.replace("`<b>evil</b>`", "")
    assert r"\_\_init\_\_" in text
