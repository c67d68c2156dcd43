"""The live view and what is shown beside it."""

from __future__ import annotations

import base64
import sys
import zlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from microlog_nb.errors import MicrologError
from microlog_nb.summary import statistics
from microlog_nb.widget import bundle, display, payload
from tests.widget.views import tables

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


FILES = {
    "widget.css": ".microlog {}",
    "common.js": "export const a = 1",
    "widget.js": "export default { render() {} }",
    "more.js": "export const panels = {}",
    "loader.js": "export default { async render() {} }",
}


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bundle of one line, in place of the built one."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(bundle, "packed", bundle.packed.__wrapped__)  # what is kept is of the built one
    monkeypatch.setattr(bundle, "_STATIC", tmp_path)
    monkeypatch.delitem(sys.modules, "microlog_nb.widget.widget", raising=False)
    return tmp_path


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """A kernel without a frontend: what would be shown, in order."""
    shown: list[Any] = []
    monkeypatch.setattr(display, "in_notebook", lambda: True)
    monkeypatch.setattr("IPython.display.display", lambda value, raw=False: shown.append((value, raw)))
    return shown


def made() -> Any:
    """The live view."""
    from microlog_nb.widget.widget import Timeline

    return Timeline(tables())


def unpacked(text: str) -> list[str]:
    """The files in a text of packed ones."""
    return zlib.decompress(base64.b85decode(text)).decode().split("\0")


def test_the_view_carries_the_deflated_bytes(built: Path) -> None:
    from microlog_nb.widget.widget import Timeline

    view = Timeline(tables())
    assert zlib.decompress(view.payload) == payload.encode(tables())
    state = view.get_state()
    assert state["payload"] == view.payload
    assert state["_esm"] == FILES["loader.js"]


def test_all_views_have_one_code(built: Path) -> None:
    from microlog_nb.widget.widget import Timeline

    one, two = Timeline(tables()), Timeline(tables())
    assert one._code is not None
    assert one.get_state()["_code"] == two.get_state()["_code"] == f"IPY_MODEL_{one._code.model_id}"
    code = one._code.get_state()
    assert unpacked(code["first"]) == [FILES["widget.css"], FILES["common.js"], FILES["widget.js"]]
    assert unpacked(code["more"]) == [FILES["more.js"]]
    assert one.get_state()["_first"] == ""


def test_code_that_was_closed_is_made_again(built: Path) -> None:
    from microlog_nb.widget.widget import Timeline

    before = Timeline(tables())._code
    assert before is not None
    before.close()
    after = Timeline(tables())._code
    assert after is not None
    assert after is not before
    assert unpacked(after.more) == [FILES["more.js"]]


def test_the_view_has_a_text_for_those_who_cannot_see_it(built: Path) -> None:
    from microlog_nb.widget.widget import Timeline

    shown = Timeline(tables())._repr_mimebundle_()
    assert shown is not None
    data, _ = shown
    assert data["text/plain"] == statistics(tables())
    assert data[WIDGET_VIEW]["model_id"]


def test_a_notebook_gets_the_view_and_then_the_picture(built: Path, notebook: list[Any]) -> None:
    display.display(tables(), made)
    (view, view_raw), (static, static_raw) = notebook
    assert type(view).__name__ == "Timeline"
    assert not view_raw
    assert static_raw
    assert static["text/html"].startswith('<div class="microlog-static')
    assert static["text/plain"] == ""


def test_a_static_view_is_a_page_in_a_frame_and_a_picture(notebook: list[Any]) -> None:
    display.embed(tables(), lambda: '<title>a & b</title><p id="x">')
    ((shown, raw),) = notebook
    assert raw
    assert shown["text/plain"] == statistics(tables())
    frame, picture = shown["text/html"].split("</iframe>")
    assert 'srcdoc="<title>a &amp; b</title><p id=&quot;x&quot;>"' in frame
    assert 'sandbox="allow-scripts allow-downloads"' in frame
    assert picture.startswith('<div class="microlog-static')


def test_a_terminal_gets_the_summary(capsys: pytest.CaptureFixture[str]) -> None:
    display.display(tables(), made)
    display.embed(tables(), str)
    assert capsys.readouterr().out == 2 * (statistics(tables()) + "\n")
    assert display.bundle(tables(), made) == {"text/plain": statistics(tables())}


def test_a_marimo_notebook_gets_the_view_in_the_output_of_its_cell(
    built: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown: list[Any] = []
    marimo = SimpleNamespace(running_in_notebook=lambda: True, output=SimpleNamespace(append=shown.append))
    monkeypatch.setitem(sys.modules, "marimo", marimo)
    view = made()
    display.display(tables(), lambda: view)
    assert shown == [view]
    assert capsys.readouterr().out == ""
    assert unpacked(view._more) == [FILES["more.js"]]  # no other model could be asked there
    assert view._code is None
    marimo.Html = str
    display.embed(tables(), lambda: "<p>")
    framed = shown.pop()
    assert 'srcdoc="<p>"' in framed
    assert "<img" not in framed  # nobody there drops the frame
    marimo.running_in_notebook = lambda: False
    display.display(tables(), made)
    assert shown == [view]
    assert capsys.readouterr().out == f"{statistics(tables())}\n"


def test_a_recording_as_a_value_has_a_form_for_every_reader(built: Path, notebook: list[Any]) -> None:
    data, _ = display.bundle(tables(), made)
    assert set(data) == {WIDGET_VIEW, "text/html", "text/plain"}


def test_a_view_that_was_not_built_says_what_to_do(built: Path, notebook: list[Any]) -> None:
    (built / "widget.js").unlink()
    with pytest.raises(MicrologError, match=r"the view was not built \(widget\.js is missing\): run `make setup`"):
        display.display(tables(), made)
    assert notebook == []


def test_the_text_of_the_bundle(built: Path) -> None:
    assert bundle.script("widget.css") == ".microlog {}"
    with pytest.raises(MicrologError, match=r"standalone\.js is missing"):
        bundle.script("standalone.js")


@pytest.mark.parametrize(("shell", "expected"), [(None, False), (object(), False), (SimpleNamespace(kernel=1), True)])
def test_a_notebook_is_where_a_kernel_is(monkeypatch: pytest.MonkeyPatch, shell: object, expected: bool) -> None:
    import IPython

    monkeypatch.setattr(IPython, "get_ipython", lambda: shell)
    assert display.in_notebook() is expected
