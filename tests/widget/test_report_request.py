"""The report that a view asks for."""

from __future__ import annotations

import base64
import re
import zlib
from pathlib import Path
from typing import Any

from microlog_nb.api import views
from microlog_nb.api.recording import Recording
from microlog_nb.widget.requests import Requests
from tests.explain.recordings import recording
from tests.widget.views import decode


def asked(rec: Recording, body: Any) -> tuple[Any, list[Any]]:
    sent: list[tuple[Any, list[Any]]] = []
    Requests(views.handlers(rec), lambda content, buffers: sent.append((content, buffers))).receive(
        {"id": "1", "kind": "report", "body": body}
    )
    [answer] = sent
    return answer


def view_in(page: bytes) -> Any:
    found = re.search(r'id="microlog-view">([^<]*)<', page.decode())
    assert found
    return decode(zlib.decompress(base64.b64decode(found[1])))


def test_it_is_the_page_that_to_html_writes(tmp_path: Path) -> None:
    rec = recording()
    answer, [page] = asked(rec, {})
    assert "error" not in answer
    assert page == rec.to_html(tmp_path / "report.html").read_bytes()


def test_of_a_range_it_is_of_that_part() -> None:
    rec = recording()
    half = round(rec.duration * 1e9) // 2
    _, [page] = asked(rec, {"start": 0, "end": half})
    assert view_in(page).facts["duration"] == half


def test_what_is_no_range_is_refused_with_a_sentence() -> None:
    rec = recording()
    for body in ({"start": "0", "end": 5}, {"start": 5}, {"start": 5, "end": 5}, {"start": 0, "end": 10**18}):
        answer, buffers = asked(rec, body)
        assert ("nanoseconds" in answer["error"]) or ("is no range" in answer["error"])
        assert buffers == []
