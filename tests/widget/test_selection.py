"""The selected range: one value in Python and on every view, through the messages of the widgets."""

from __future__ import annotations

from typing import Any

import comm
import pytest
from comm.base_comm import BaseComm

from microlog_nb.api import views
from microlog_nb.api.recording import Recording
from microlog_nb.errors import MicrologError
from tests.explain.recordings import recording

MS = 1_000_000
Sent = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """What the kernel sends to its pages: the comm, and the data of the message."""
    messages: Sent = []

    class Wire(BaseComm):
        def publish_msg(self, msg_type: str, data: Any = None, *_more: Any, **_keys: Any) -> None:
            if msg_type == "comm_msg":
                messages.append((self.comm_id, data))

    monkeypatch.setattr(comm, "create_comm", Wire)
    return messages


def opened(rec: Recording) -> Any:
    """Another view of the recording."""
    return views.maker(rec)()


def chosen_by_page(view: Any, value: Any) -> None:
    """The page sets its model's range and saves it."""
    data = {"method": "update", "state": {"range": value}, "buffer_paths": []}
    view.comm.handle_msg({"content": {"data": data}, "buffers": []})


def shown(sent: Sent) -> list[dict[str, Any]]:
    """The places that pages were told to go to."""
    return [data["content"]["body"] for _, data in sent if data.get("method") == "custom"]


def test_without_a_range_the_selection_is_the_recording_and_nothing_is_sent(sent: Sent) -> None:
    rec = recording()
    view = opened(rec)
    assert rec.selection is rec
    assert view.range is None
    assert sent == []


def test_what_a_page_selects_is_a_recording_in_python_and_on_the_other_pages(sent: Sent) -> None:
    rec = recording()
    first, second = opened(rec), opened(rec)
    chosen_by_page(first, [50 * MS, 90 * MS])
    assert rec.selection.duration == pytest.approx(0.04)
    assert rec.selection.calls.equals(rec.between(0.05, 0.09).calls)
    assert rec.selection is rec.selection
    assert second.range == (50 * MS, 90 * MS)
    assert opened(rec).range == (50 * MS, 90 * MS)
    assert shown(sent) == []
    chosen_by_page(second, None)
    assert rec.selection is rec
    assert first.range is None


def test_what_python_selects_is_on_every_page_and_they_go_there(sent: Sent) -> None:
    rec = recording()
    both = [opened(rec), opened(rec)]
    rec.select(0.05, 0.09)
    assert [view.range for view in both] == [(50 * MS, 90 * MS)] * 2
    assert shown(sent) == [{"kind": "range", "start": 50 * MS, "end": 90 * MS}] * 2
    rec.select()
    assert [view.range for view in both] == [None, None]
    assert len(shown(sent)) == 2


def test_another_recording_has_a_selection_of_its_own(sent: Sent) -> None:
    one, other = recording(), recording()
    view = opened(other)
    one.select(0.05, 0.09)
    assert other.selection is other
    assert view.range is None


@pytest.mark.parametrize(
    "span", [(1, 0), (0, 0), (-1, 0.1), (0, 99), ("0", 1), (0.1, None), (float("nan"), 0.1), (0, 1e-12)]
)
def test_a_wrong_range_is_refused_and_changes_nothing(span: Any) -> None:
    rec = recording()
    rec.select(0.05, 0.09)
    with pytest.raises(
        MicrologError, match=r"^select\(.*\) is no range: allowed is 0 <= start < end <= 0\.2, in seconds$"
    ):
        rec.select(*span)
    assert rec.selection.duration == pytest.approx(0.04)


def test_pages_go_to_a_call_by_its_id_or_its_row(sent: Sent) -> None:
    rec = recording()
    opened(rec)
    call = int(rec.calls.index[rec.calls.function == "fit"][0])
    rec.show(call)
    rec.show(rec.calls.index[call])
    rec.show(rec.calls.loc[call])
    row = rec.calls.loc[call]
    place = {
        "kind": "call",
        "start": round(row.start * 1e9),
        "end": round((row.start + row.duration) * 1e9),
        "lane": 0,
        "depth": int(row.depth),
    }
    assert shown(sent) == [place] * 3


def test_pages_go_to_an_entry_of_the_log(sent: Sent) -> None:
    rec = recording()
    opened(rec)
    rec.show(rec.logs.iloc[1])
    assert shown(sent) == [{"kind": "log", "start": 100 * MS, "end": 100 * MS, "row": 1}]


@pytest.mark.parametrize("call", [-1, 10_000])
def test_an_unknown_call_is_refused(call: int) -> None:
    rec = recording()
    with pytest.raises(MicrologError, match=rf"^there is no call {call}: allowed is 0 to {len(rec.calls) - 1}$"):
        rec.show(call)


@pytest.mark.parametrize("what", ["fit", None, True, 1.5, float("nan"), (0, 1)])
def test_what_is_no_place_is_refused(what: Any) -> None:
    with pytest.raises(MicrologError, match=r"is no place: give a call's id, or a row"):
        recording().show(what)
