"""The options of `%%microlog`, `%microlog`, usage errors, loading and unloading: in a real kernel."""

from __future__ import annotations

import json

import pytest

from tests.magic.kernels import Kernel


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--bad", "unrecognized arguments: --bad"),
        ("--interval fast", "interval 'fast' is not a duration"),
        ("--interval 1h", "interval '1h' is not a duration"),
        ("--interval 9s", "interval '9s' is out of range"),
        ("--sampler x", "sampler 'x' does not exist"),
        ("--as 1x", "--as '1x' is not the name of a variable"),
        ("--name 'open", "a quotation mark is not closed"),
        ("--name", "argument --name: expected one argument"),
    ],
)
@pytest.mark.parametrize("above", ["", "# why\n\n"])
def test_a_mistyped_magic_is_told_in_one_line_and_the_cell_does_not_run(
    kernel: Kernel, above: str, line: str, said: str
) -> None:
    ran = kernel.run(f"{above}%%microlog {line}\nprint('never')\nran = True")
    assert ran.reply["status"] == "error"
    assert ran.reply["ename"] == "UsageError"
    assert ran.stdout == ""
    assert ran.stderr.startswith("UsageError: %%microlog: ")
    assert said in ran.stderr
    assert ran.stderr.count("\n") == 1
    assert ran.shown == []
    assert kernel.run("'ran' in globals()").result == "False"


@pytest.mark.parametrize("cell", ["%%microlog", "%%microlog --quiet\n", "%%microlog\n\n  \n"])
def test_an_empty_cell_is_a_usage_error(kernel: Kernel, cell: str) -> None:
    ran = kernel.run(cell)
    assert ran.reply["ename"] == "UsageError"
    assert "empty" in ran.stderr
    assert ran.shown == []


@pytest.mark.parametrize(("question", "known"), [("%%microlog?", "--metrics-interval"), ("%microlog?", "last")])
def test_a_question_mark_explains_the_options(kernel: Kernel, question: str, known: str) -> None:
    ran = kernel.run(question)
    text = json.dumps(ran.reply["payload"])
    for option in ("--name", "--interval", "--quiet", "--no-logs", "--as", known):
        assert option in text
    assert ran.shown == []


def test_the_magics_are_listed_and_completed(kernel: Kernel) -> None:
    assert "%%microlog" in kernel.run("%lsmagic").result
    assert "%%microlog" in kernel.complete("%%microl")
    assert "%microlog" in kernel.complete("%microl")


def test_a_console_ends_the_cell_at_a_blank_line(kernel: Kernel) -> None:
    assert kernel.is_complete("%%microlog\nx = 1") == "incomplete"
    assert kernel.is_complete("%%microlog\nx = 1\n\n") == "complete"
    assert kernel.run("import microlog_nb").shown == [], "asking records nothing"


def test_quiet_records_and_shows_nothing(kernel: Kernel) -> None:
    assert kernel.run("%%microlog --quiet --name hushed\nprint(1)").shown == []
    assert kernel.run("import microlog_nb; microlog_nb.last().name").result == "'hushed'"


def test_as_binds_the_recording(kernel: Kernel) -> None:
    kernel.run("%%microlog --as rec --interval 0.5ms --metrics-interval 50ms --sampler thread\nprint(1)")
    assert kernel.run("rec is microlog_nb.last(), rec.interval, rec.running").result == "(True, 0.0005, False)"


def test_no_logs_leaves_out_what_is_said(kernel: Kernel) -> None:
    assert kernel.run("%%microlog --as rec --no-logs\nprint(1)\n1/0").stdout == "1\n"
    assert kernel.run("len(rec.logs)").result == "0"


def test_save_and_html_write_files_and_names_may_be_expressions(kernel: Kernel) -> None:
    kernel.run("stem = 'kept'")
    ran = kernel.run('%%microlog --name "nightly {1 + 1}" --save "{stem} it.microlog" --html no/$stem.html\n1')
    assert "the report was not written" in ran.stderr
    assert len(ran.shown) == 1
    ran = kernel.run('%%microlog --name "nightly {1 + 1}" --save "{stem} it.microlog" --html {stem}.html\n1')
    assert ran.stderr == ""
    assert kernel.run("microlog_nb.load('kept it.microlog').name").result == "'nightly 2'"
    assert kernel.run("'<html' in open('kept.html').read()").result == "True"


def test_a_recording_that_cannot_begin_does_not_stop_the_cell(kernel: Kernel) -> None:
    ran = kernel.run("%%microlog --save no/such/folder/a.microlog\nprint('runs')\n42")
    assert ran.stdout == "runs\n"
    assert ran.result == "42"
    assert ran.stderr.startswith("microlog: the cell runs unrecorded: cannot save to ")
    assert ran.stderr.count("\n") == 1
    assert ran.shown == []
    kernel.run("import os; os.environ['MICROLOG_INTERVAL'] = 'never'")
    ran = kernel.run("%%microlog\n42")
    kernel.run("del os.environ['MICROLOG_INTERVAL']")
    assert ran.result == "42"
    assert ran.stderr.startswith("microlog: the cell runs unrecorded: interval 'never' is not a duration")


def test_every_cell_is_recorded_between_on_and_off(kernel: Kernel) -> None:
    kernel.run("%microlog off")
    assert kernel.run("1").shown == []
    ran = kernel.run("%microlog on --interval 2ms")
    assert ran.stdout.startswith("microlog records every cell")
    assert ran.shown == []
    assert kernel.run("print('seen')").shown == [1]
    assert kernel.run("microlog_nb.last().interval").shown == [1]
    assert kernel.run("1/0").shown == [1]
    assert kernel.run("%%microlog --quiet\n1").shown == []
    assert kernel.run("").shown == []
    assert kernel.run("x = 1", store_history=False).shown == []
    assert len(kernel.run("get_ipython().run_cell('1');").shown) == 1
    assert kernel.run("%%time\nx = 1").shown == [1]
    status = kernel.run("# which?\n%microlog")
    assert status.stdout.startswith("microlog records every cell; the last one is 'In[n]', ")
    assert status.shown == []
    assert kernel.run("%microlog off").stdout.startswith("microlog records cells that begin with %%microlog")
    assert kernel.run("1").shown == []


def test_the_last_recording_is_shown_again(kernel: Kernel) -> None:
    kernel.run("%%microlog --quiet\n1")
    assert kernel.run("%microlog last").shown == [0]


@pytest.mark.parametrize("line", ["on --save x", "--quiet", "off --name x", "sideways", "on --interval x", "onn"])
def test_a_mistyped_line_magic_changes_nothing(kernel: Kernel, line: str) -> None:
    kernel.run("%microlog off")
    ran = kernel.run(f"%microlog {line}")
    assert ran.reply["ename"] == "UsageError"
    assert ran.stderr.startswith("UsageError: %microlog: ")
    assert kernel.run("1").shown == []


def test_loading_twice_records_once(kernel: Kernel) -> None:
    kernel.run("%load_ext microlog_nb")
    kernel.run("microlog_nb.load_ipython_extension(get_ipython())")
    assert len(kernel.run("%%microlog\n1").shown) == 1
    kernel.run("%reload_ext microlog_nb")
    assert len(kernel.run("%%microlog\n1").shown) == 1


def test_unloading_leaves_nothing(kernel: Kernel) -> None:
    kernel.run(
        "def state():\n"
        "    ip = get_ipython()\n"
        "    everything = [*ip.input_transformers_cleanup, *sum(ip.events.callbacks.values(), [])]\n"
        "    return [x for x in everything if 'microlog' in str(getattr(x, '__module__', ''))], 'microlog' in "
        "ip.magics_manager.magics['cell'], 'microlog' in ip.magics_manager.magics['line']"
    )
    assert kernel.run("(lambda s: (len(s[0]), *s[1:]))(state())").result == "(3, True, True)"
    ran = kernel.run("%%microlog\n%unload_ext microlog_nb\nprint(1)")
    assert ran.stdout == "1\n"
    assert ran.shown == []
    assert kernel.run("state()").result == "([], False, False)"
    assert kernel.run("%%microlog\n1").reply["ename"] == "UsageError"
    assert "microlog" not in kernel.run("from microlog_nb.capture import recorder\nrecorder.current()").messages
    kernel.run("%load_ext microlog_nb")
    assert len(kernel.run("%%microlog\n1").shown) == 1
