"""Who calls whom: what is kept, what is folded, and that no time is lost or counted twice."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microlog_nb.analysis.calls import infer_calls
from microlog_nb.analysis.graph import LEVELS, MOST_NODES, call_graph
from microlog_nb.model.trace import Trace
from microlog_nb.tables import Graph, Tables
from tests.pictures import META, tables_from_rows, trace_from_picture, traces


def library(module: str, name: str = "f") -> dict[str, str]:
    return {"kind": "library", "module": module, "name": name, "file": f"/env/{module}.py"}


def user(module: str, name: str) -> dict[str, str]:
    return {"kind": "user", "module": module, "name": name, "file": f"/home/{module}.py"}


def graph(picture: str, level: str = "function", **more: object) -> Graph:
    return Tables(trace_from_picture(picture, **more)).graph(level)  # type: ignore[arg-type]


def edges(found: Graph) -> dict[tuple[str, str], float]:
    rows = found.edges
    return {
        (caller, callee): round(time * 1000, 6)
        for caller, callee, time in zip(rows["caller_name"], rows["callee_name"], rows["time"], strict=True)
    }


def test_edges_have_calls_and_time() -> None:
    found = graph("main: a a.b*2 a a.b*3 a.c")
    assert edges(found) == {("a", "b"): 5, ("a", "c"): 1}
    assert found.edges.set_index("callee_name")["calls"].to_dict() == {"b": 2, "c": 1}
    nodes = found.nodes.set_index("name")
    assert nodes.loc["a", ["calls", "self_time", "total_time"]].tolist() == pytest.approx([1, 0.002, 0.008])


def test_recursion_counts_once_and_is_a_cycle() -> None:
    found = graph("main: a.b a.b.a.b*4 a.b")
    assert edges(found) == {("a", "b"): 6, ("b", "a"): 4}
    assert found.nodes["cycle"].tolist() == [1, 1]
    assert found.edges["cycle"].all()
    assert found.nodes["total_time"].tolist() == pytest.approx([0.006, 0.006])


def test_two_cycles_are_told_apart() -> None:
    found = graph("main: r.a.b.a r.c.d.c r.e")
    cycles = found.nodes.set_index("name")["cycle"].to_dict()
    assert cycles["a"] == cycles["b"] != cycles["c"] == cycles["d"]
    assert cycles["r"] == cycles["e"] == 0
    assert {(row.caller_name, row.callee_name) for row in found.edges.itertuples() if row.cycle} == {
        ("a", "b"), ("b", "a"), ("c", "d"), ("d", "c"),
    }  # fmt: skip


def test_plumbing_of_a_library_is_folded_into_its_caller() -> None:
    functions = {"read": library("pandas", "read"), "wrap": library("pandas", "wrap"), "parse": library("numpy")}
    found = graph("main: " + "a " + "a.read.wrap.parse*150 " + "a.read.wrap", functions=functions)
    nodes = found.nodes.set_index("name")
    assert set(nodes.index) == {"a", "read", "f"}, "wrap has no time to speak of, and only pandas calls it"
    assert edges(found) == {("a", "read"): 151, ("read", "f"): 150}
    assert nodes.loc["read", "self_time"] == pytest.approx(0.001)


def test_levels_put_functions_together() -> None:
    functions = {
        "fit": library("sklearn.tree", "Tree.fit"),
        "grow": library("sklearn.tree", "Tree.grow"),
        "inner": user("steps", "clean.<locals>.inner"),
        "clean": user("steps", "clean"),
        "load": user("steps", "load"),
    }
    picture = "main: main.clean.inner*3 main.load*2 main.load.fit.grow*4"
    classes = graph(picture, "class", functions=functions)
    assert set(classes.nodes["name"]) == {"main", "load, clean, clean.<locals>.inner", "Tree"}
    assert classes.nodes.set_index("name").loc["Tree", "functions"] == 2
    modules = graph(picture, "module", functions=functions)
    assert set(modules.nodes["name"]) == {"In [1]", "steps", "sklearn.tree"}
    assert edges(modules) == {("In [1]", "steps"): 9, ("steps", "sklearn.tree"): 4}
    assert modules.nodes["package"].tolist() == ["In [1]", "steps", "sklearn"]


def test_a_thread_that_was_seen_to_be_started_has_an_edge() -> None:
    functions = {"start": library("threading", "Thread.start"), "start2": library("threading", "Thread.start")}
    picture = "main: a a.start a*4 b*3\nworker: - - work*5 -\nother: - - - - - - work*2"
    found = graph(picture, functions=functions)
    row = found.edges.set_index("callee_name").loc["work"]
    assert (row["caller_name"], row["starts_thread"], row["calls"]) == ("Thread.start", True, 1)
    assert row["time"] == pytest.approx(0.005)


def test_a_graph_too_large_is_grouped_by_package() -> None:
    many = 400
    functions = {f"f{n}": user(f"package{n % 40}.part", f"f{n}") for n in range(many)}
    found = graph("main: " + " ".join(f"a.f{n}*{n + 1}" for n in range(many)), functions=functions)
    assert len(found.nodes) == MOST_NODES
    assert "f399" in set(found.nodes["name"])
    assert "others" in set(found.nodes["name"])
    assert found.nodes["name"].str.startswith("others of package").any()
    assert found.nodes["functions"].sum() == many + 1
    assert found.nodes["self_time"].sum() == pytest.approx(found.nodes["total_time"].max())


stacks = st.lists(st.sampled_from("abcde"), min_size=1, max_size=6).map(".".join)


@given(st.lists(stacks | st.just("-"), min_size=1, max_size=30), st.sets(st.sampled_from("abcde")))
@settings(max_examples=60)
def test_no_time_is_lost_nor_counted_twice(words: list[str], libraries: set[str]) -> None:
    functions = {name: library(f"package{name}", name) for name in libraries}
    trace = trace_from_picture("main: " + " ".join(words), functions=functions)
    calls = infer_calls(trace)
    for level in LEVELS:
        found = call_graph(trace, calls, level)
        assert found.self_ns.sum() == calls.self_ns.sum(), "each has at least 1 % here: nothing is folded"
        assert (found.self_ns <= found.total_ns).all()
        assert (found.total_ns <= calls.duration_ns[calls.parent < 0].sum()).all()
        assert (found.edge_ns <= np.minimum(found.total_ns[found.caller], found.total_ns[found.callee])).all()
        assert (found.caller != found.callee).all()


@given(traces())
@settings(max_examples=40)
def test_every_trace_has_its_graphs(trace: Trace) -> None:
    for level in LEVELS:
        found = call_graph(trace, infer_calls(trace), level)
        assert len(found.name) <= MOST_NODES
        assert (found.node_of < len(found.name)).all()


@pytest.mark.parametrize("level", LEVELS)
def test_an_empty_recording_has_the_same_columns(level: str) -> None:
    nothing = Tables(Trace(tables_from_rows({}), META)).graph(level)
    something = graph("main: a.b", level)
    for empty, full in ((nothing.nodes, something.nodes), (nothing.edges, something.edges)):
        assert len(empty) == 0
        assert dict(empty.dtypes) == dict(full.dtypes)
    assert np.array_equal(nothing.nodes.columns, something.nodes.columns)
