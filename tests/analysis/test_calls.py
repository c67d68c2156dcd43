"""Calls are inferred from observations by the rules that the module states."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from microlog_nb.analysis.calls import Calls, infer_calls
from microlog_nb.model.trace import Trace
from tests.pictures import MS, trace_from_picture


def drawn(trace: Trace) -> list[str]:
    """Every call as `thread depth name start-end`, in milliseconds."""
    calls = infer_calls(trace)
    names, threads = trace.texts("functions", "name"), trace.texts("threads", "name")
    return [
        f"{threads[calls.thread[i]]} {calls.depth[i]} {names[calls.function[i]]} "
        f"{calls.start_ns[i] / MS:g}-{calls.end_ns[i] / MS:g}"
        for i in range(len(calls))
    ]


def test_neighbouring_samples_of_one_function_are_one_call() -> None:
    trace = trace_from_picture("main: a a a")
    assert drawn(trace) == ["main 0 a 0-3"]


def test_a_callee_lies_inside_its_caller() -> None:
    trace = trace_from_picture("main: a a.b a.b a a.c")
    assert drawn(trace) == ["main 0 a 0-5", "main 1 b 1-3", "main 1 c 4-5"]


def test_a_function_called_from_another_instruction_is_another_call() -> None:
    trace = trace_from_picture("main: a@2.b a@2.b a@8.b a@8.b")
    assert drawn(trace) == ["main 0 a 0-4", "main 1 b 0-2", "main 1 b 2-4"]


def test_what_a_call_calls_ends_when_it_moves_to_another_instruction() -> None:
    trace = trace_from_picture("main: a.b@2.c a.b@4.c a.b@4.c")
    assert drawn(trace) == ["main 0 a 0-3", "main 1 b 0-3", "main 2 c 0-1", "main 2 c 1-3"]


def test_a_function_without_a_loop_that_goes_back_is_another_call() -> None:
    trace = trace_from_picture("main: f.a@2.b f.a@8.c f.a@2.b f.a@8.c", loops={"f": 0})
    assert drawn(trace)[:3] == ["main 0 f 0-4", "main 1 a 0-2", "main 2 b 0-1"]
    assert "main 1 a 2-4" in drawn(trace)


def test_the_code_of_a_cell_is_one_call_whatever_statement_it_is_at() -> None:
    trace = trace_from_picture("main: <module>@8.a@2 <module>@2.a@2 <module>@4")
    assert drawn(trace) == ["main 0 <module> 0-3", "main 1 a 0-1", "main 1 a 1-2"]
    nested = trace_from_picture("main: f.<module>@8 f.<module>@2")
    assert drawn(nested) == ["main 0 f 0-2", "main 1 <module> 0-1", "main 1 <module> 1-2"]


def test_a_cell_is_not_left_between_two_of_its_statements() -> None:
    trace = trace_from_picture("main: <module>@2.a - <module>@4.b -*120 <module>@6.b - f - f")
    assert drawn(trace) == [
        "main 0 <module> 0-3",
        "main 1 a 0-1",
        "main 1 b 2-3",
        "main 0 <module> 123-124",
        "main 1 b 123-124",
        "main 0 f 125-126",
        "main 0 f 127-128",
    ]


def test_a_function_goes_back_in_its_loop() -> None:
    trace = trace_from_picture("main: a@2.b a@8.c a@2.b a@8.c", loops={"a": 0})
    assert drawn(trace)[0] == "main 0 a 0-4"
    assert len(drawn(trace)) == 5


def test_recursion_is_a_call_for_every_level() -> None:
    trace = trace_from_picture("main: a a.a a.a.a a")
    assert drawn(trace) == ["main 0 a 0-4", "main 1 a 1-3", "main 2 a 2-3"]


def test_the_gap_before_a_late_sample_belongs_to_what_it_saw() -> None:
    trace = trace_from_picture("main: a.b a.b > > > > > a.c a")
    assert drawn(trace) == ["main 0 a 0-9", "main 1 b 0-2", "main 1 c 2-8"]


def test_a_thread_without_the_cpu_stays_where_it_was_during_a_gap() -> None:
    """Another thread held the GIL; this one has moved on only at its end."""
    trace = trace_from_picture("main: a.b a.b > > > > > a.c~ a")
    assert drawn(trace) == ["main 0 a 0-9", "main 1 b 0-7.5", "main 1 c 7.5-8"]


def test_a_sample_that_is_a_little_late_shares_the_gap() -> None:
    trace = trace_from_picture("main: a.b a.b > a.c a.c")
    assert drawn(trace) == ["main 0 a 0-5", "main 1 b 0-2.5", "main 1 c 2.5-5"]


def test_a_thread_that_left_the_users_code_has_no_calls_meanwhile() -> None:
    trace = trace_from_picture("main: a a - - - a a")
    assert drawn(trace) == ["main 0 a 0-2", "main 0 a 5-7"]


def test_threads_do_not_touch_one_another() -> None:
    trace = trace_from_picture("main: a a a a\nworker: - b b -")
    assert drawn(trace) == ["main 0 a 0-4", "worker 0 b 1-3"]


def test_a_log_entry_is_an_observation_of_the_call_that_wrote_it() -> None:
    """A call too short for a sample is known by what it said."""
    trace = trace_from_picture("main: a a a", logs=[{"at": 1.9, "stack": "a.quick", "message": "hello"}])
    calls = infer_calls(trace)
    assert drawn(trace) == ["main 0 a 0-3", "main 1 quick 1.7-2.2"]
    assert trace.texts("functions", "name")[calls.function[calls.log_call[0]]] == "quick"
    assert calls.samples.tolist() == [3, 0]


@pytest.mark.parametrize(
    ("picture", "entry"),
    [
        ("main: a@2 a@2 a@6", {"at": 1.49, "stack": "a@4"}),  # the sample behind it was taken before it
        ("main: a@2 a@6 a@6", {"at": 1.51, "stack": "a@4"}),  # the sample before it was taken behind it
    ],
)
def test_rounded_times_of_samples_turn_no_entry_round(picture: str, entry: dict[str, Any]) -> None:
    trace = trace_from_picture(picture, logs=[{**entry, "message": "x"}])
    assert drawn(trace) == ["main 0 a 0-3"]
    assert infer_calls(trace).log_call.tolist() == [0]


def test_an_entry_further_from_a_sample_than_rounding_is_of_another_call() -> None:
    trace = trace_from_picture("main: a@2 a@2 a@6", logs=[{"at": 1.4, "stack": "a@4", "message": "x"}])
    assert len(drawn(trace)) == 2


def test_an_entry_without_a_stack_belongs_to_no_call() -> None:
    calls = infer_calls(trace_from_picture("main: a a", logs=[{"at": 1, "message": "x"}]))
    assert calls.log_call.tolist() == [-1]


def test_samples_know_their_innermost_call() -> None:
    calls = infer_calls(trace_from_picture("main: a a.b - a"))
    assert calls.sample_call.tolist() == [0, 1, -1, 2]


def test_cpu_time_is_that_of_the_thread_inside_the_call() -> None:
    trace = trace_from_picture("main: a.b a.b a.b~ a.b~ a.c a.c")
    calls = infer_calls(trace)
    spent = dict(zip((trace.texts("functions", "name")[f] for f in calls.function), calls.cpu_ns / MS, strict=True))
    assert spent["b"] == pytest.approx(2, abs=0.6)
    assert spent["c"] == pytest.approx(2, abs=0.6)
    assert spent["a"] == pytest.approx(4, abs=0.6)


def test_the_line_of_the_call_is_told() -> None:
    calls = infer_calls(trace_from_picture("main: a:7.b"))
    assert calls.caller_line.tolist() == [0, 7]


@pytest.mark.parametrize("picture", ["main: -", "main: ."])
def test_no_samples_no_calls(picture: str) -> None:
    assert len(infer_calls(trace_from_picture(picture))) == 0


# a small call tree, so that neighbours often share callers
_frames = st.sampled_from(["a", "b", "a@2", "b@2"])
_words = st.one_of(st.lists(_frames, min_size=1, max_size=5).map(".".join), st.sampled_from(["-", ".", ">"]))
_pictures = st.lists(st.lists(_words, min_size=1, max_size=25).map(" ".join), min_size=1, max_size=3).map(
    lambda lines: "\n".join(f"thread{number}: {line} a" for number, line in enumerate(lines))
)


@given(_pictures)
def test_calls_nest_and_their_self_times_add_up(picture: str) -> None:
    trace = trace_from_picture(picture)
    calls = infer_calls(trace)
    inner = np.flatnonzero(calls.parent >= 0)
    outer = calls.parent[inner]
    assert (calls.duration_ns >= 0).all()
    assert (calls.self_ns >= 0).all()
    assert (calls.start_ns[1:] >= calls.start_ns[:-1]).all()
    assert (calls.end_ns <= trace.duration_ns).all()
    assert (calls.depth[inner] == calls.depth[outer] + 1).all()
    assert (calls.thread[inner] == calls.thread[outer]).all()
    assert (calls.start_ns[inner] >= calls.start_ns[outer]).all()
    assert (calls.end_ns[inner] <= calls.end_ns[outer]).all()
    roots = calls.parent < 0
    assert calls.self_ns.sum() == calls.duration_ns[roots].sum()
    _assert_disjoint(calls)


@given(_pictures, st.sampled_from([{}, {"a": 0}, {"b": 4}]))
def test_calls_agree_with_the_rule_applied_one_sample_at_a_time(picture: str, loops: dict[str, int]) -> None:
    trace = trace_from_picture(picture, loops=loops)
    assert sorted(drawn(trace)) == sorted(_one_at_a_time(trace))


def _assert_disjoint(calls: Calls) -> None:
    """Calls of one depth of one thread do not overlap."""
    for thread in np.unique(calls.thread):
        for depth in np.unique(calls.depth[calls.thread == thread]):
            rows = np.flatnonzero((calls.thread == thread) & (calls.depth == depth))
            assert (calls.start_ns[rows][1:] >= calls.end_ns[rows][:-1]).all()


def _one_at_a_time(trace: Trace) -> list[str]:
    """The same rules, written as one would explain them."""
    names, threads = trace.texts("functions", "name"), trace.texts("threads", "name")
    parents, functions = trace.numbers("stacks", "parent"), trace.numbers("stacks", "function")
    instructions, loops = trace.numbers("stacks", "instruction"), trace.numbers("stacks", "loop")
    interval = trace.interval_ns
    found = []
    for thread in range(len(threads)):
        open_calls: list[tuple[int, int]] = []  # (node, start)
        before, path = None, []
        rows = np.flatnonzero(trace.numbers("samples", "thread") == thread)
        for row in rows[np.argsort(trace.taken_ns[rows], kind="stable")]:
            taken, due = int(trace.taken_ns[row]), int(trace.numbers("samples", "due_ns")[row])
            late = taken - due > 3 * interval
            node, new_path = int(trace.numbers("samples", "stack")[row]), []
            while node >= 0:
                new_path.insert(0, node)
                node = int(parents[node])
            reach = max(due if late else taken, before or 0)
            if before is None or not path:
                edge = max(before or 0, reach - interval // 2)
            elif late and not new_path:
                edge = taken
            else:
                edge = (before + reach) // 2
                spent = int(trace.numbers("samples", "cpu_ns")[row])
                edge = max(edge, taken - spent) if late and spent >= 0 else edge
            keep = 0
            while keep < min(len(path), len(new_path)) and path[keep] == new_path[keep]:
                keep += 1
            if keep < min(len(path), len(new_path)) and functions[path[keep]] == functions[new_path[keep]]:
                old, new = path[keep], new_path[keep]
                keep += int(instructions[new] >= instructions[old] or (loops[old] == loops[new] >= 0))
            while len(open_calls) > keep:
                node, start = open_calls.pop()
                found.append((thread, len(open_calls), node, start, edge))
            for node in new_path[keep:]:
                open_calls.append((node, edge))
            before, path = taken, new_path
        end = min((before or 0) + interval // 2, trace.duration_ns)
        while open_calls:
            node, start = open_calls.pop()
            found.append((thread, len(open_calls), node, start, end))
    return [
        f"{threads[thread]} {depth} {names[functions[node]]} {start / MS:g}-{end / MS:g}"
        for thread, depth, node, start, end in found
    ]


def waits(picture: str, **options: object) -> dict[str, tuple[float, float]]:
    """Waiting and contended intervals of every function that has one call."""
    trace = trace_from_picture(picture, **options)  # type: ignore[arg-type]
    calls = infer_calls(trace)
    names = (trace.texts("functions", "name")[function] for function in calls.function)
    return dict(zip(names, zip(calls.waiting_ns / MS, calls.contended_ns / MS, strict=True), strict=True))


def test_waiting_and_contention_are_those_of_the_samples_inside_the_call() -> None:
    found = waits("main: a a.b~*4 a.b!*2 a.b a.c*2 -", states=True)
    assert found["b"] == pytest.approx((4, 2))
    assert found["c"] == pytest.approx((0, 0))
    assert found["a"] == pytest.approx((4, 2))


def test_a_sampler_that_does_not_know_what_threads_wait_for_tells_the_time_without_cpu() -> None:
    found = waits("main: a a.b~*4 a.b a -")
    assert found["b"][0] == pytest.approx(4, abs=0.6)
    assert np.isnan(found["b"][1])


def test_threads_wait_for_themselves() -> None:
    found = waits("main: a~*6\nworker: b!*6", states=True)
    assert found == {"a": pytest.approx((6, 0)), "b": pytest.approx((0, 6))}
