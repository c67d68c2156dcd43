"""Views of a cell that runs again are closed; all others stay."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from microlog_nb.widget import shown
from microlog_nb.widget.widget import Timeline
from tests.widget.views import tables


@pytest.fixture
def request_of(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The message that asked for what is running."""
    message: dict[str, Any] = {"header": {}, "metadata": {}}
    monkeypatch.setattr(shown, "_runs", {})
    monkeypatch.setattr("IPython.get_ipython", lambda: SimpleNamespace(get_parent=lambda: message))
    return message


def show(message: dict[str, Any], cell: str | None, request: str) -> Timeline:
    """A view that a run of a cell shows."""
    message["metadata"] = {"cellId": cell} if cell else {}
    message["header"] = {"msg_id": request}
    view = Timeline(tables())
    shown.note(view)
    return view


def test_a_run_closes_the_views_of_the_run_before(request_of: dict[str, Any]) -> None:
    one, two = show(request_of, "cell", "first"), show(request_of, "cell", "first")
    other = show(request_of, "another cell", "second")
    assert [view.comm is None for view in (one, two, other)] == [False, False, False]
    again = show(request_of, "cell", "third")
    assert [view.comm is None for view in (one, two, other, again)] == [True, True, False, False]
    assert one.layout.comm is None


def test_where_cells_have_no_id_nothing_is_closed(request_of: dict[str, Any]) -> None:
    views = [show(request_of, None, "first"), show(request_of, None, "second")]
    assert all(view.comm is not None for view in views)
