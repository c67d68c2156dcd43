"""The timeline of a cell that is still running: in a real kernel, told by somebody who is there to be asked for input."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from tests.magic.kernels import Kernel, Ran

WITHDRAWN = ("update_display_data", {})
# A program that gave the lock away every moment would starve the kernel's other threads, the recorder's among them.
WAITS = """
from pathlib import Path
Path("enough").unlink(missing_ok=True)
{before}
while not Path("enough").exists():
    for _ in range(200):
        sum(range(10_000))
{after}
"""


@pytest.fixture
def enough(tmp_path: Path, kernel: Kernel) -> Callable[[Kernel], None]:
    """Lets the cell that waits go on."""
    folder = Path(str(kernel.run("import os; print(os.getcwd())").stdout.strip()))
    return lambda _kernel: (folder / "enough").touch()


def waits(mark: str = "%%microlog", *, before: str = "", after: str = "") -> str:
    """A recorded cell that goes on until it is let."""
    return mark + WAITS.format(before=before, after=after)


def assert_live(ran: Ran, at: int) -> None:
    """The timeline came there, and at the end once more below everything, where nothing is left of the first one."""
    assert ran.shown == [at, len(ran.messages) - 1]
    assert ran.pictured == [len(ran.messages) - 1]
    assert ran.messages[-1] == WITHDRAWN


def test_a_long_cell_shows_its_timeline_while_it_runs(kernel: Kernel, enough: Callable[[Kernel], None]) -> None:
    cell = waits(before="print('first')", after="print('last')\n42")
    ran = kernel.run(cell, allow_stdin=True, when_shown=enough)
    assert ran.error is None
    assert ran.stderr == ""
    assert ran.messages[:-1] == [("stdout", "first\n"), ("stdout", "last\n"), ("execute_result", {"text/plain": "42"})]
    assert_live(ran, at=1)
    assert kernel.run("print(*microlog_nb.last().meta['notes'])").stdout == "\n"


def test_live_shows_it_before_the_cells_first_line(kernel: Kernel) -> None:
    ran = kernel.run("%%microlog --live\nprint('said')", allow_stdin=True)
    assert ran.stderr == ""
    assert ran.messages[0] == ("stdout", "said\n")
    assert_live(ran, at=0)


@pytest.mark.parametrize("mark", ["%%microlog --no-live", "%%microlog --quiet"])
def test_a_cell_that_is_not_to_be_live_is_not(kernel: Kernel, mark: str) -> None:
    """Its recording has passed the time at which others are shown."""
    cell = f"{mark}\nrecorder = microlog_nb.capture.recorder.current()\nwhile recorder.now() < 2.5e9: pass"
    ran = kernel.run(cell, allow_stdin=True)
    assert ran.error is None
    assert ran.shown == ([] if "quiet" in mark else [0])
    assert ran.messages == []


def test_every_cell_may_be_live(kernel: Kernel) -> None:
    kernel.run("%microlog on --live")
    ran = kernel.run("print('said')", allow_stdin=True)
    kernel.run("%microlog off")
    assert_live(ran, at=0)


def test_nobody_sees_it_who_takes_no_questions(kernel: Kernel) -> None:
    ran = kernel.run("%%microlog --live\nprint('said')", allow_stdin=False)
    assert ran.messages == [("stdout", "said\n")]
    assert ran.shown == ran.pictured == [1]


def test_a_progress_bar_is_not_parted(kernel: Kernel, enough: Callable[[Kernel], None]) -> None:
    """The line is open from before the time at which the timeline would come, until it is closed."""
    body = (
        "recorder = microlog_nb.capture.recorder.current()\n"
        "while recorder.now() < 2.7e9: print(chr(13), recorder.now() > 0, end='', flush=True)\n"
        "print('done')"
    )
    ran = kernel.run(waits(before=body), allow_stdin=True, when_shown=enough)
    assert ran.error is None
    (kind, text), *rest = ran.messages
    assert kind == "stdout"
    assert text.endswith("Truedone\n")
    assert rest == [WITHDRAWN]
    assert_live(ran, at=1)


def test_what_the_program_captures_stays_as_it_is(kernel: Kernel, enough: Callable[[Kernel], None]) -> None:
    body = (
        "from IPython.utils.capture import capture_output\n"
        "recorder = microlog_nb.capture.recorder.current()\n"
        "with capture_output() as captured:\n"
        "    while recorder.now() < 2.7e9: pass\n"
        "print(len(captured.outputs))"
    )
    ran = kernel.run(waits(before=body), allow_stdin=True, when_shown=enough)
    assert ran.messages == [("stdout", "0\n"), WITHDRAWN]
    assert_live(ran, at=1)


def test_an_output_widget_gets_nothing_of_ours(kernel: Kernel, enough: Callable[[Kernel], None]) -> None:
    body = (
        "import ipywidgets\n"
        "recorder = microlog_nb.capture.recorder.current()\n"
        "with ipywidgets.Output():\n"
        "    while recorder.now() < 2.7e9: pass\n"
        "print('outside', flush=True)"
    )
    ran = kernel.run(waits(before=body), allow_stdin=True, when_shown=enough)
    assert ran.error is None
    assert_live(ran, at=1)


def test_hooks_of_the_program_do_not_see_it(kernel: Kernel, enough: Callable[[Kernel], None]) -> None:
    body = (
        "seen = []\n"
        "get_ipython().display_pub.register_hook(lambda message: seen.append(message) or message)\n"
        "formatter = get_ipython().display_formatter.ipython_display_formatter\n"
    )
    ran = kernel.run(waits(before=body, after="print(len(seen))"), allow_stdin=True, when_shown=enough)
    kernel.run("get_ipython().display_pub._hooks.clear()")
    assert ran.stdout == "0\n"


def test_threads_are_named_and_numbered_as_without_it(kernel: Kernel, enough: Callable[[Kernel], None]) -> None:
    count = "int(threading.Thread().name.split('-')[1])"
    before = f"import threading\nbefore = {count}"
    after = (
        "while any(thread.name == 'microlog' for thread in threading.enumerate()): pass  # as long as something is sent\n"
        f"print({count} - before, [thread.name for thread in threading.enumerate() if 'Dummy' in thread.name])"
    )
    ran = kernel.run(waits(before=before, after=after), allow_stdin=True, when_shown=enough)
    assert ran.stdout == "1 []\n"
    assert kernel.run("'microlog' in set(microlog_nb.last().threads.name)").result == "False"


@pytest.mark.parametrize("ends", ["interrupted", "fails"])
def test_a_cell_that_ends_otherwise_has_its_timeline_below_the_error(
    kernel: Kernel, enough: Callable[[Kernel], None], ends: str
) -> None:
    ran = kernel.run(waits(after="1/0"), allow_stdin=True, when_shown=enough if ends == "fails" else Kernel.interrupt)
    assert ran.error is not None
    assert ran.error[0] == ("ZeroDivisionError" if ends == "fails" else "KeyboardInterrupt")
    assert "microlog_nb" not in ran.error[2]
    assert_live(ran, at=0)


def test_clear_output_takes_it_away_until_the_end(kernel: Kernel, enough: Callable[[Kernel], None]) -> None:
    after = "from IPython.display import clear_output\nclear_output()\nprint('stays')"
    ran = kernel.run(waits(after=after), allow_stdin=True, when_shown=enough)
    assert [kind for kind, _ in ran.messages] == ["clear_output", "stdout", "update_display_data"]
    assert_live(ran, at=0)


def test_the_view_is_the_same_one_and_has_everything_at_the_end(
    kernel: Kernel, enough: Callable[[Kernel], None]
) -> None:
    kernel.run(waits(), allow_stdin=True, when_shown=enough)
    asked = (
        "import ipywidgets, zlib, json, struct\n"
        "from microlog_nb.widget.widget import Timeline\n"
        "views = [made for made in ipywidgets.widget._instances.values() if isinstance(made, Timeline)]\n"
        "data = zlib.decompress(views[-1].payload)\n"
        "facts = json.loads(data[16:16 + struct.unpack_from('<I', data, 8)[0]])['facts']\n"
        "facts['id'] == microlog_nb.last().meta['id'], facts['running'], facts['duration'] == microlog_nb.last().meta['duration_ns']"
    )
    assert kernel.run(asked).result == "(True, False, True)"


def test_a_notebook_that_is_run_by_nobody_ends_as_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MICROLOG_HOME", str(tmp_path))
    long = "recorder = microlog_nb.capture.recorder.current()\nwhile recorder.now() < 2.5e9: pass\nprint('ran')"
    cells = ["%load_ext microlog_nb\nimport microlog_nb", f"%%microlog --live\n{long}", f"%%microlog\n{long}"]
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    nbformat.validate(notebook)
    for cell in notebook.cells[1:]:
        said, view, picture = cell.outputs
        assert said.text == "ran\n"
        assert "application/vnd.jupyter.widget-view+json" in view.data
        assert "microlog-static" in picture.data["text/html"]
