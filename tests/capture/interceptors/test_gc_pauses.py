"""GIVEN garbage collections that are listened to, WHEN one takes long enough, THEN it is a span."""

from __future__ import annotations

import gc

import pytest

from microlog_nb.capture.interceptors import gc_pauses
from microlog_nb.capture.interceptors.gc_pauses import GcPauses
from tests.capture.interceptors.recording_sink import listening


@pytest.fixture(autouse=True)
def only_collections_asked_for():
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("generation", [0, 1, 2])
def test_collection_is_a_span_where_it_happened(monkeypatch, generation):
    monkeypatch.setattr(gc_pauses, "SHORTEST_NS", 0)
    with listening(GcPauses()) as sink:
        before = sink.clock()
        gc.collect(generation)
        after = sink.clock()
    (span,) = sink.spans
    assert (span.kind, span.name) == ("gc", f"generation {generation}")
    assert before <= span.start_ns <= span.end_ns <= after
    assert span.function == "test_collection_is_a_span_where_it_happened"


def test_short_collection_is_only_counted(monkeypatch):
    monkeypatch.setattr(gc_pauses, "SHORTEST_NS", 10**12)
    pauses = GcPauses()
    with listening(pauses) as sink:
        gc.collect()
        gc.collect(0)
    assert sink.spans == []
    assert pauses.short == 2


def test_callbacks_of_others_stay_where_they_are():
    def own(phase, info):
        pass

    before, the_list = gc.callbacks[:], gc.callbacks
    pauses = GcPauses()
    try:
        with listening(pauses):
            gc.callbacks.append(own)
        assert gc.callbacks == [*before, own]
        assert gc.callbacks is the_list
    finally:
        gc.callbacks.remove(own)
