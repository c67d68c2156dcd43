"""The mark of a cell: where it is found, what becomes of it, which line numbers stay."""

from __future__ import annotations

import string
from inspect import cleandoc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.error import UsageError
from IPython.core.inputtransformer2 import TransformerManager

from microlog_nb.magic import Options, comment_out, read_mark, read_options


def transform(cell: str) -> str:
    return "".join(comment_out(cell.splitlines(keepends=True)))


def options(cell: str) -> Options | None:
    lines = cell.splitlines(keepends=True)
    mark = read_mark(lines)
    return read_options(mark, lines) if mark else None


@pytest.fixture
def manager() -> TransformerManager:
    """IPython's own transformations, with ours as the extension adds it."""
    manager = TransformerManager()
    manager.cleanup_transforms.insert(0, comment_out)
    return manager


def test_the_mark_becomes_a_comment_and_every_line_stays() -> None:
    assert transform("%%microlog --quiet\nx = 1\nx\n") == "#%%microlog --quiet\nx = 1\nx\n"


@pytest.mark.parametrize("above", ["\n", "# why\n", "\n  \n# why\n\n", "#!shebang\n"])
def test_blank_lines_and_comments_may_come_before_the_mark(above: str) -> None:
    assert transform(f"{above}%%microlog\n1/0\n") == f"{above}#%%microlog\n1/0\n"
    assert options(f"{above}%%microlog\n1/0\n") == Options()


def test_an_indented_cell_is_dedented_as_if_the_mark_were_a_comment(manager: TransformerManager) -> None:
    marked = "    %%microlog\n    for i in range(2):\n        print(i)\n"
    assert manager.transform_cell(marked) == "#%%microlog\nfor i in range(2):\n    print(i)\n"


@pytest.mark.parametrize(
    "cell",
    [
        "x = 1\n%%microlog\n",
        "'''\n%%microlog\n'''\n",
        "%%microlog?\n",
        "%%microlog??\n",
        "%%micrologger\nx\n",
        "%%microlog_nb\nx\n",
        "%microlog on\n",
        "%%bash\n%%microlog\necho\n",
        "%%writefile cell.py\n%%microlog\nx\n",
        "%%capture\n%%microlog\nx\n",
        "",
        "\n\n",
        "# only a comment\n",
    ],
)
def test_other_cells_are_left_alone(cell: str) -> None:
    assert transform(cell) == cell
    assert options(cell) is None


@pytest.mark.parametrize("between", ["", "\n", "# note\n", "\n# note\n\n"])
@pytest.mark.parametrize("above", ["", "# why\n\n"])
def test_a_cell_magic_below_the_mark_becomes_the_first_line(
    above: str, between: str, manager: TransformerManager
) -> None:
    stacked = "%%bash -s x\necho $1\n"
    assert transform(f"{above}%%microlog\n{between}{stacked}") == stacked
    assert manager.transform_cell(f"{above}%%microlog\n{between}{stacked}") == manager.transform_cell(stacked)


@pytest.mark.parametrize("timed", ["%%time", "%%timeit -n1 -r1", "%%prun -q"])
def test_the_mark_may_stand_below_a_magic_that_times_the_cell(timed: str) -> None:
    assert transform(f"{timed}\n%%microlog --name x\ny = 1\n") == f"{timed}\n#%%microlog --name x\ny = 1\n"
    assert options(f"{timed}\n%%microlog --name x\ny = 1\n") == Options(name="x")
    assert transform(f"# why\n{timed}\n%%microlog\n%%capture\ny\n") == f"{timed}\n%%capture\ny\n"


def test_only_the_first_mark_counts() -> None:
    assert transform("%%microlog\n%%microlog\nx\n") == "%%microlog\nx\n"
    assert transform("%%microlog\nx = '''\n%%microlog\n'''\n") == "#%%microlog\nx = '''\n%%microlog\n'''\n"


@pytest.mark.parametrize(
    "mistake",
    [
        "--bad",
        "--nam x",
        "--name",
        "positional",
        "--interval fast",
        "--interval 2h",
        "--interval 0",
        "--metrics-interval -1",
        "--sampler magic",
        "--as 1x",
        "--as class",
        "--as a.b",
        '--name "open',
        "--quiet=yes",
    ],
)
def test_a_mistyped_option_leaves_the_magic_standing_so_that_nothing_runs(
    mistake: str, manager: TransformerManager
) -> None:
    cell = f"# why\n\n  %%microlog {mistake}\nx = 1\n"
    assert transform(cell) == f"%%microlog {mistake}\nx = 1\n"
    assert manager.transform_cell(cell) == f"get_ipython().run_cell_magic('microlog', {mistake!r}, 'x = 1\\n')\n"
    with pytest.raises(UsageError) as raised:
        options(cell)
    message = str(raised.value)
    assert message.startswith("%%microlog: ")
    assert "\n" not in message


@pytest.mark.parametrize("body", ["", "\n", "\n  \n\n"])
def test_an_empty_cell_leaves_the_magic_standing(body: str) -> None:
    assert transform(f"%%microlog\n{body}") == f"%%microlog\n{body}"


def test_every_option_is_read() -> None:
    line = (
        "--name 'nightly etl' --interval 0.5ms --metrics-interval=0.2s --sampler thread --no-logs --quiet --static "
        '--as rec --save "out dir/a.microlog" --html C:\\new\\a.html'
    )
    assert options(f"%%microlog {line}\nx\n") == Options(
        name="nightly etl",
        interval="0.5ms",
        metrics_interval="0.2s",
        sampler="thread",
        logs=False,
        quiet=True,
        static=True,
        variable="rec",
        save="out dir/a.microlog",
        html="C:\\new\\a.html",
    )


def test_consoles_go_on_asking_for_lines_until_a_blank_one(manager: TransformerManager) -> None:
    assert manager.check_complete("%%microlog")[0] == "incomplete"
    assert manager.check_complete("%%microlog\nx = 1")[0] == "incomplete"
    assert manager.check_complete("%%microlog\nx = 1\n\n")[0] == "complete"


LINES = st.text(string.ascii_letters + " #%'\"\t!?=()", max_size=12).map(lambda text: f"{text}\n")


@given(st.lists(LINES, max_size=6))
def test_transforming_is_pure_and_done_once(lines: list[str]) -> None:
    kept = list(lines)
    once = comment_out(lines)
    assert lines == kept
    assert comment_out(kept) == once


@given(st.lists(st.sampled_from(["", "  ", "# c", "\t# d"]), max_size=4), st.lists(LINES, min_size=1, max_size=6))
def test_line_numbers_stay_unless_a_cell_magic_follows(above: list[str], below: list[str]) -> None:
    first = next((line.strip() for line in below if line.strip() and not line.lstrip().startswith("#")), "")
    lines = [*(f"{line}\n" for line in above), "%%microlog\n", *below]
    if first.startswith("%%") or not "".join(below).strip():
        return
    expected = list(lines)
    expected[len(above)] = "#%%microlog\n"
    assert comment_out(lines) == expected


def test_a_cell_without_a_newline_at_its_end() -> None:
    assert transform(cleandoc("%%microlog\nx")) == "#%%microlog\nx"
