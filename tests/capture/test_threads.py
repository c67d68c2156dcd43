"""Every thread's lane: the name it had at the end, its native id, its start and end; both samplers tell the same."""

from __future__ import annotations

import _thread
import threading
import time

import pandas as pd
import pytest

import microlog_nb as microlog
from microlog_nb.capture.threads import Threads
from tests.capture.looked_at import spin

SAMPLERS = ["native", "thread"]


def rows(rec: microlog.Recording, name: str) -> pd.DataFrame:
    return rec.threads[rec.threads["name"] == name]


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_lane_has_the_name_and_the_id_that_its_thread_had_at_the_end(sampler: str) -> None:
    def rename() -> None:
        spin(10)
        threading.current_thread().name = "renamed by itself"
        spin(10)

    with microlog.profile(sampler=sampler) as rec:
        workers = [threading.Thread(target=rename), threading.Thread(target=spin, args=(20,), name="first name")]
        for worker in workers:
            worker.start()
        workers[1].name = "renamed by another"
        for worker in workers:
            worker.join()
    for worker in workers:
        (native_id,) = rows(rec, worker.name)["native_id"]
        assert native_id == worker.native_id
    assert {"renamed by itself", "renamed by another"} <= set(rec.calls["thread"])
    assert len(rows(rec, "first name")) == 0


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_lane_begins_and_ends_with_its_thread(sampler: str) -> None:
    moments = {}
    with microlog.profile(sampler=sampler) as rec:
        with microlog.span("clock"):
            zero = time.perf_counter()
        spin(20)

        def run() -> None:
            moments["start"] = time.perf_counter()
            spin(150)
            moments["end"] = time.perf_counter()

        worker = threading.Thread(target=run, name="between")
        worker.start()
        worker.join()
        spin(20)
    zero -= rec.spans.set_index("name").loc["clock", "start"]
    (lane,) = rows(rec, "between").itertuples()
    main = rec.threads[rec.threads["main"]].iloc[0]
    assert main["start"] < lane.start <= moments["end"] - zero
    assert moments["start"] - zero < lane.end < main["end"]
    assert lane.end - lane.start > 0.02


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_threads_that_follow_each_other_have_lanes_of_their_own(sampler: str) -> None:
    """Their idents and places in the interpreter's list are used again."""
    with microlog.profile(sampler=sampler) as rec:
        for number in range(12):
            worker = threading.Thread(target=spin, args=(12,), name=f"number {number}")
            worker.start()
            worker.join()
    lanes = rec.threads.set_index("name").loc[[f"number {number}" for number in range(12)]]
    starts, ends = lanes["start"].to_numpy(), lanes["end"].to_numpy()
    # a look may find one ended and the next begun
    assert (starts[1:] > starts[:-1]).all()
    assert (ends[1:] > ends[:-1]).all()
    assert (starts[2:] >= ends[:-2]).all()
    calls = rec.calls[rec.calls["function"] == "spin"].groupby("thread", observed=True).size()
    assert set(lanes.index) <= set(calls.index)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_thread_that_threading_does_not_know_has_a_lane(sampler: str) -> None:
    ended = _thread.allocate_lock()
    idents: list[int] = []

    def run() -> None:
        idents.append(_thread.get_native_id())
        spin(30)
        ended.release()

    ended.acquire()
    with microlog.profile(sampler=sampler) as rec:
        ident = _thread.start_new_thread(run, ())
        ended.acquire()
    (name,) = set(rec.calls.loc[rec.calls["function"] == "spin", "thread"])
    assert name == f"thread {ident}"
    if sampler == "native":
        assert rows(rec, name)["native_id"].tolist() == idents


class Late(threading.Thread):
    """A thread that is seen before it has told `threading` its id of the system."""

    def __init__(self, threads: Threads) -> None:
        super().__init__(name="late")
        self.threads = threads

    def _set_native_id(self) -> None:
        self.seen = self.threads.of_native(threading.get_ident(), threading.get_native_id(), 0)
        super()._set_native_id()  # type: ignore[misc]  # the stubs leave it out


def test_a_thread_that_is_seen_before_it_is_known_gets_its_own_name_and_no_other() -> None:
    threads = Threads()
    late = Late(threads)
    threads.started(late)
    late.start()
    late.join()
    done = threading.Event()
    for number in range(50):  # one of them gets the ident
        other = threading.Thread(target=done.wait, name=f"other {number}")
        other.start()
        if other.ident == late.ident:
            break
    threads.look(1)
    names = [row[0] for row in threads.rows() if row[1] == late.ident]
    done.set()
    assert names == ["late", other.name]
