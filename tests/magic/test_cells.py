"""Cells behave under `%%microlog` as without it: each is run in a real kernel with the line, and with a comment for it."""

from __future__ import annotations

import re

import pytest

from tests.magic.kernels import Kernel, Ran

MARK = "%%microlog"
FORGET = "import IPython.core.interactiveshell as s; vars(s).pop('__warningregistry__', None)"
"""Lets IPython say once more that `exit` is the way out."""


def run_both(kernel: Kernel, cell: str, *, plain: str | None = None, **options: bool) -> Ran:
    """Runs a cell without and with its mark and compares all it says; what came with the mark is returned."""
    without = kernel.run(cell.replace(MARK, f"#{MARK}", 1) if plain is None else plain, **options)
    recorded = kernel.run(cell, **options)
    assert without.shown == []
    assert recorded.settled == without.settled
    assert recorded.reply["status"] == without.reply["status"]
    assert recorded.count == without.count + 1
    assert recorded.shown == [len(recorded.messages)], "one timeline, below everything the cell put out"
    assert recorded.pictured == recorded.shown
    return recorded


def lines_of(traceback: str) -> list[int]:
    """The numbers of the cell's own lines in a traceback, outermost first."""
    return [int(number) for number in re.findall(r"Cell In\[n\], line (\d+)", traceback)]


@pytest.mark.parametrize(
    ("cell", "result"),
    [
        ("%%microlog\n40 + 2", "42"),
        ("%%microlog\nx = 40 + 2", None),
        ("%%microlog\n40 + 2;", None),
        ("%%microlog\n40 + 2 ; # silent", None),
        ("%%microlog\n40 + 2  # said;", "42"),
        ("%%microlog\nNone", None),
        ("%%microlog\n40\n42", "42"),
        ("%%microlog --name x --interval 5ms\nif True:\n    42", None),
        ("%%microlog\n'''a\n%%microlog\nb'''", "'a\\n%%microlog\\nb'"),
        ("%%microlog\n'''\n%time 1\n!ls\n'''", "'\\n%time 1\\n!ls\\n'"),
        ("\n\n# why\n\n%%microlog\n42", "42"),
        ("    %%microlog\n    42", "42"),
        ("%%microlog\n\n\n42\n\n", "42"),
        (
            (
                "%%microlog\nclass Thing:\n    def _repr_html_(self): return '<b>b</b>'\n    def __repr__(self): return 'thing'\n"
                "Thing()"
            ),
            "thing",
        ),
        ("%%microlog\nfrom __future__ import annotations\n(lambda x: x)(42)", "42"),
    ],
)
def test_the_last_expression_is_the_result(kernel: Kernel, cell: str, result: str | None) -> None:
    assert run_both(kernel, cell).result == result


@pytest.mark.parametrize(
    "cell",
    [
        "import asyncio\nawait asyncio.sleep(0, 42)",
        (
            "import asyncio\nasync def two():\n    yield 1\n    await asyncio.sleep(0)\n    yield 2\n"
            "async for x in two():\n    print(x)\nx"
        ),
        "import asyncio\nfor t in asyncio.as_completed([asyncio.sleep(0, n) for n in range(3)]):\n    await t\nprint('done')",
        (
            "import contextlib\n@contextlib.asynccontextmanager\nasync def around():\n    print('in')\n    yield 42\n"
            "    print('out')\nasync with around() as x:\n    print(x)\nx"
        ),
        "await __import__('asyncio').sleep(0)\n1/0",
        "import asyncio\nasync def fails():\n    await asyncio.sleep(0)\n    raise KeyError('k')\nawait fails()",
    ],
)
def test_await_at_the_top_level(kernel: Kernel, cell: str) -> None:
    run_both(kernel, f"{MARK}\n{cell}")


def test_only_a_cell_with_await_is_looked_for_among_suspended_tasks(kernel: Kernel) -> None:
    looked_for = "len(__import__('microlog_nb').capture.recorder.current()._tasks)"
    assert kernel.run(f"{MARK}\n{looked_for}").result == "0"
    assert kernel.run(f"{MARK}\nawait __import__('asyncio').sleep(0)\n{looked_for}").result == "1"


def test_a_cell_is_one_call_however_many_statements_it_awaits(kernel: Kernel) -> None:
    statements = "\n".join(f"await asyncio.sleep(0.01)\nprint({n})\nworks()" for n in range(20))
    works = "def works():\n    end = time.perf_counter() + 0.005\n    while time.perf_counter() < end:\n        pass"
    kernel.run(f"%%microlog --quiet\nimport asyncio, time\n{works}\n{statements}")
    of_cell = "calls[(calls.depth == 0) & (calls.function == '<module>')]"
    assert kernel.run(f"calls = microlog_nb.last().calls\nlen({of_cell})").result == "1"


def test_the_tasks_of_a_cell_have_names_and_those_of_the_kernel_are_not_among_them(kernel: Kernel) -> None:
    cell = (
        "import asyncio\nasync def fetch():\n    await asyncio.sleep(0.1)\n"
        "done = await asyncio.gather(fetch(), asyncio.create_task(fetch(), name='second'))"
    )
    run_both(kernel, f"{MARK}\n{cell}")
    tasks = "__import__('microlog_nb').last()._tables.trace.texts('tasks', 'name')"
    assert kernel.run(f"sorted({tasks})").result == "['fetch', 'second']"


def test_underscore_out_and_in_go_on(kernel: Kernel) -> None:
    ran = kernel.run("%%microlog\n40 + 2")
    assert kernel.run("_").result == "42"
    assert kernel.run(f"Out[{ran.count}], _{ran.count}, _oh[{ran.count}]").result == "(42, 42, 42)"
    assert kernel.run(f"_i{ran.count}").result == repr("%%microlog\n40 + 2")
    assert kernel.run(f"In[{ran.count}]").result == repr("#%%microlog\n40 + 2")
    assert kernel.run(f"%history {ran.count}").stdout == "%%microlog\n40 + 2\n"
    again = kernel.run(f"%rerun {ran.count}")
    assert again.result == "42"
    assert len(again.shown) == 1


@pytest.mark.parametrize(
    ("cell", "lines"),
    [
        ("%%microlog\n1/0", [2]),
        ("# why\n\n%%microlog\n\n\n1/0", [6]),
        ("\n\n%%microlog\n1/0", [2]),
        ("%%microlog\ndef f():\n    g()\ndef g():\n    raise ValueError('v')\n\nf()", [7, 3, 5]),
        ("%%microlog\nprint('before')\nimport json\njson.loads('{')", [4]),
        ("%%microlog\nx = [1,\n  2 +\n  '3']", [3]),
        ("%%microlog\ntry:\n    1/0\nexcept ZeroDivisionError as e:\n    raise KeyError('k') from e", []),
        ("%%microlog\nraise ExceptionGroup('g', [ValueError(1), KeyError(2)])", []),
        ("%%microlog\nexec('1/0')", [2]),
        ("%%microlog\nget_ipython().run_cell('1/0');", [1]),
        ("%%microlog\ndel no_such_name", [2]),
        ("%%microlog\nassert 1 == 2, 'no'", [2]),
        (f"%%microlog\n{FORGET}\nraise SystemExit(3)", []),
        ("%%microlog\nraise GeneratorExit", [2]),
        ("%%microlog\nclass Odd(BaseException): pass\nraise Odd('o')", [3]),
        (f"%%microlog\n{FORGET}\nimport sys\nsys.exit('bye')", []),
        ("%%microlog\nimport signal\nsignal.raise_signal(signal.SIGINT)\nprint('never')", [3]),
        ("%%microlog\nclass Bad:\n    def __str__(self):\n        1/0\nprint('a')\nprint('x', Bad())", [6, 4]),
        ("%%microlog\nprint('a', sep=3)", [2]),
        ("%%microlog\nprint('a', nonsense=3)", [2]),
        ("%%microlog\nimport logging\nlogging.getLogger('x').warning('%d %d', 1, 2, 3)", []),
        (
            (
                "%%microlog\nimport warnings\nwith warnings.catch_warnings():\n    warnings.simplefilter('error')\n"
                "    warnings.warn('odd')"
            ),
            [5],
        ),
        ("%%microlog\nimport no_such_module", [2]),
        ("%%microlog\nclass Bad:\n    def __repr__(self):\n        raise RuntimeError('no repr')\nBad()", []),
    ],
)
def test_errors_have_the_lines_of_the_cell_as_typed(kernel: Kernel, cell: str, lines: list[int]) -> None:
    recorded = run_both(kernel, cell)
    if lines:
        assert recorded.error is not None
        assert lines_of(recorded.error[2]) == lines
    assert "microlog_nb" not in str(recorded.messages), "none of our frames is in the traceback"


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        ("%%microlog\nx = 1\nx = = 2", 3),
        ("# why\n%%microlog\nfor x in y\n    pass", 3),
        ("%%microlog\nif True:\nprint(1)", 3),
        ("%%microlog\nx = '''open", 2),
        ("%%microlog\nx = (1,\n", 2),
        ("%%microlog\nreturn 3", 2),
        ("%%microlog\nx = 1\n  y = 2", 3),
        ("%%microlog\n0o9", 2),
    ],
)
def test_syntax_errors_have_the_lines_of_the_cell_as_typed(kernel: Kernel, cell: str, line: int) -> None:
    recorded = run_both(kernel, cell)
    assert recorded.error is not None
    assert recorded.error[0] in {"SyntaxError", "IndentationError", "_IncompleteInputError"}
    assert line in lines_of(recorded.error[2])


@pytest.mark.parametrize(
    "body",
    [
        "!echo from a shell",
        "files = !echo one; echo two\nfiles",
        "!echo on stderr >&2; exit 3\n_exit_code",
        "%time x = sum(range(10))\nx",
        "%timeit -n1 -r1 pass",
        "%precision 3\n3.14159",
        "x = %pwd\ntype(x)",
        "%matplotlib --list",
        "print?",
        "%nosuchmagic",
        "%%nosuchmagic\nx",
        "for n in range(2):\n    !echo {n}\n    %time n",
        "%run -n no_such_file.py",
        "from IPython.display import display, HTML\nprint('a')\ndisplay(HTML('<b>b</b>'))\nprint('c')\n42",
        "from IPython.display import clear_output\nprint('gone')\nclear_output()\nprint('stays')",
    ],
)
def test_ipythons_own_syntax(kernel: Kernel, body: str) -> None:
    if body.startswith("%%"):
        run_both(kernel, f"{MARK}\n{body}", plain=body)
    else:
        run_both(kernel, f"{MARK}\n{body}")


@pytest.mark.parametrize("above", ["%%microlog\n", "# why\n\n%%microlog --name x\n\n"])
@pytest.mark.parametrize(
    "cell",
    [
        "%%timeit -n1 -r1\nsum(range(10))",
        "%%time\nx = 1\nx + 1",
        "%%time\nx = 1\n1/0",
        "%%bash\necho from bash\necho on stderr >&2",
        "%%bash\nexit 3",
        "%%capture said\nprint('captured')\n42",
        "%%capture\nx = 1\n1/0",
        "%%html\n<b>b</b>",
        "%%writefile written.txt\n%%microlog\ntext",
        "%%time\n%%capture\nprint(1)",
        "%%timeit no_such_name\npass",
    ],
)
def test_cell_magics_stacked_below(kernel: Kernel, above: str, cell: str) -> None:
    kernel.run("import pathlib; pathlib.Path('written.txt').touch()")
    run_both(kernel, above + cell, plain=cell)


def test_capture_below_keeps_what_it_captured(kernel: Kernel) -> None:
    kernel.run("%%microlog\n%%capture said\nprint('captured')")
    assert kernel.run("said.stdout").result == repr("captured\n")


@pytest.mark.parametrize("timed", ["%%time", "%%timeit -n1 -r1"])
def test_the_mark_below_a_magic_that_times_the_cell(kernel: Kernel, timed: str) -> None:
    run_both(kernel, f"{timed}\n%%microlog\nx = 1\nprint('timed')")
    run_both(kernel, f"{timed}\n%%microlog\nx = 1\n1/0")


def test_a_cell_inside_capture_is_recorded_and_its_timeline_captured(kernel: Kernel) -> None:
    ran = kernel.run("%%capture said\n%%microlog --name inside\nprint('captured')")
    assert ran.messages == []
    assert ran.shown == []
    assert kernel.run("said.stdout").result == repr("captured\n")
    assert kernel.run("len(said.outputs)").result == "2", "the view, and the picture of it"
    assert kernel.run("import microlog_nb; microlog_nb.last().name").result == "'inside'"


@pytest.mark.parametrize(
    "body",
    [
        "input()",
        "print('before')\ninput('name? ')\nprint('never')",
        "import getpass\ngetpass.getpass()",
    ],
)
def test_input_is_refused_where_there_is_nobody_to_ask(kernel: Kernel, body: str) -> None:
    recorded = run_both(kernel, f"{MARK}\n{body}")
    assert recorded.error is not None
    assert recorded.error[0] == "StdinNotImplementedError"


def test_stderr_is_apart_from_stdout_and_the_order_holds(kernel: Kernel) -> None:
    body = (
        "import sys\n"
        "for n in range(3):\n"
        "    print('out', n, flush=True)\n"
        "    print('err', n, file=sys.stderr, flush=True)\n"
        "sys.stdout.write('no newline')\n"
        "print('a', 'b', sep='-', end='!\\n')\n"
        "print()\n"
        "display(1)\n"
        "print('last', flush=True)\n"
        "2"
    )
    recorded = run_both(kernel, f"{MARK}\n{body}")
    assert [kind for kind, _ in recorded.messages] == ["stdout", "stderr"] * 3 + ["stdout", "display_data"] + [
        "stdout",
        "execute_result",
    ]


@pytest.mark.parametrize(
    "body",
    [
        "import logging\nlogging.getLogger('a.b').warning('last resort')",
        "import logging\nlogging.warning('root')\nlogging.getLogger('quiet').info('unseen')",
        (
            "import logging\nroot = logging.getLogger()\n[root.removeHandler(h) for h in root.handlers[:]]\n"
            "logging.basicConfig(level='INFO', format='%(levelname)s %(message)s', force=False)\nlogging.info('configured')"
        ),
        "import logging\nlogging.getLogger().handlers, logging.getLogger().level",
        "import warnings\nglobals().pop('__warningregistry__', None)\nwarnings.warn('odd')\nprint('on')",
        (
            "import warnings\nwith warnings.catch_warnings(record=True) as caught:\n    warnings.simplefilter('always')\n"
            "    warnings.warn('odd')\n[str(w.message) for w in caught]"
        ),
    ],
)
def test_logging_and_warnings_are_said_once_and_as_before(kernel: Kernel, body: str) -> None:
    tidy = "import logging; [logging.getLogger().removeHandler(h) for h in logging.getLogger().handlers[:]]"
    kernel.run(tidy)
    without = kernel.run(f"#{MARK}\n{body}")
    kernel.run(tidy)
    recorded = kernel.run(f"{MARK}\n{body}")
    assert recorded.settled == without.settled
    kernel.run(tidy)


def test_last_resort_warnings_appear_once(kernel: Kernel) -> None:
    kernel.run("import logging; [logging.getLogger().removeHandler(h) for h in logging.getLogger().handlers[:]]")
    assert kernel.run("%%microlog\nimport logging\nlogging.getLogger('x').warning('once')").stderr == "once\n"


def test_basic_config_works_after_a_recorded_cell(kernel: Kernel) -> None:
    kernel.run("import logging, sys; [logging.getLogger().removeHandler(h) for h in logging.getLogger().handlers[:]]")
    kernel.run("%%microlog\nlogging.getLogger('x').error('recorded')")
    ran = kernel.run(
        "logging.basicConfig(stream=sys.stdout, format='%(message)s', level='INFO'); logging.info('works')"
    )
    assert ran.stdout == "works\n"
    kernel.run("[logging.getLogger().removeHandler(h) for h in logging.getLogger().handlers[:]]")


def test_what_the_user_set_and_what_the_interpreter_has_stays(kernel: Kernel) -> None:
    kernel.run(
        "import sys, builtins, threading, logging, warnings, gc, signal\n"
        "def state():\n"
        "    return (id(builtins.print), id(builtins.__import__), id(sys.stdout), id(sys.stderr), sys.excepthook.__qualname__,\n"
        "        id(threading.excepthook), id(sys.unraisablehook), id(warnings.showwarning),\n"
        "        id(warnings._showwarnmsg_impl), logging.Logger.callHandlers.__module__, len(gc.callbacks), len(sys.meta_path),\n"
        "        len(sys.path_hooks), sys.getswitchinterval(), str(signal.getsignal(signal.SIGINT)),\n"
        "        sorted(vars(sys.stdout)), sorted(vars(sys.stderr)))\n"
        "state();"
    )
    before = kernel.run("state()").result
    kernel.run("%%microlog\nprint(1); logging.warning('x'); import colorsys; gc.collect(); 1/0")
    assert kernel.run("state()").result == before


@pytest.mark.parametrize("hook", ["setprofile", "settrace"])
def test_a_trace_function_of_the_users_is_untouched(kernel: Kernel, hook: str) -> None:
    getter = hook.replace("set", "get")
    body = (
        "import sys, threading\n"
        "seen = []\n"
        "def watch(frame, event, argument):\n"
        "    if frame.f_code.co_name == 'watched': seen.append(event)\n"
        "    return watch\n"
        "def watched(): return len('x')\n"
        f"before = sys.{getter}()\n"
        f"sys.{hook}(watch)\n"
        "watched()\n"
        f"same = sys.{getter}() is watch\n"
        f"sys.{hook}(before)\n"
        "same, seen"
    )
    recorded = run_both(kernel, f"{MARK}\n{body}")
    assert recorded.result is not None
    assert recorded.result.startswith("(True, [")


def test_a_trace_function_set_before_stays_after(kernel: Kernel) -> None:
    kernel.run("import sys\ndef watch(*_): pass\nsys.setprofile(watch)")
    assert kernel.run("%%microlog\nsys.getprofile() is watch").result == "True"
    assert kernel.run("same = sys.getprofile() is watch\nsys.setprofile(None)\nsame").result == "True"


def test_threads_that_outlive_the_cell_still_print(kernel: Kernel) -> None:
    kernel.run(
        "%%microlog\nimport threading\ngo = threading.Event()\n"
        "def late():\n    go.wait()\n    print('late words', flush=True)\n"
        "thread = threading.Thread(target=late)\nthread.start()"
    )
    ran = kernel.run("go.set(); thread.join()")
    if "late words" not in ran.stdout:  # it is the first cell's, so it may come as that one's
        kernel.until_printed("late words")


def test_an_exception_in_a_thread_is_told_as_before(kernel: Kernel) -> None:
    body = "import threading\ndef fails(): 1/0\nthread = threading.Thread(target=fails, name='t')\nthread.start(); thread.join()"
    recorded = run_both(kernel, f"{MARK}\n{body}")
    assert "ZeroDivisionError" in recorded.stderr


def test_a_write_that_fails_fails_as_before(kernel: Kernel) -> None:
    recorded = kernel.run("%%microlog\nimport sys\nsys.stdout.write(3)")
    without = kernel.run("#%%microlog\nimport sys\nsys.stdout.write(3)")
    assert recorded.error is not None
    assert without.error is not None
    assert recorded.error[:2] == without.error[:2]
    assert lines_of(recorded.error[2]) == lines_of(without.error[2]) == [3]


def test_an_interrupt_ends_the_cell_and_what_was_recorded_is_shown(kernel: Kernel) -> None:
    body = "import threading\nprint('begun', flush=True)\nthreading.Event().wait()\nprint('never')"
    ran = kernel.run(f"{MARK}\n{body}", when=("begun", Kernel.interrupt))
    assert ran.error is not None
    assert ran.error[0] == "KeyboardInterrupt"
    assert "microlog_nb" not in ran.error[2]
    assert ran.stdout == "begun\n"
    assert ran.shown == [len(ran.messages)]
    assert kernel.run("len(microlog_nb.last().logs) >= 2").result == "True"


def test_an_interrupt_of_an_awaiting_cell(kernel: Kernel) -> None:
    body = "import asyncio\nprint('begun', flush=True)\nawait asyncio.sleep(1000)\nprint('never')"
    without = kernel.run(f"#{MARK}\n{body}", when=("begun", Kernel.interrupt))
    ran = kernel.run(f"{MARK}\n{body}", when=("begun", Kernel.interrupt))
    assert ran.error is not None
    assert without.error is not None
    assert ran.error[:2] == without.error[:2]
    assert ran.shown == [len(ran.messages)]
    assert kernel.run("40 + 2").result == "42"


def test_running_a_cell_again_records_it_again(kernel: Kernel) -> None:
    cell = "%%microlog\ndef again():\n    print('again')\nagain()"
    counts = []
    for _ in range(3):
        ran = kernel.run(cell)
        assert ran.stdout == "again\n"
        assert ran.shown == [1]
        counts.append(ran.count)
        assert kernel.run("microlog_nb.last().name").result == repr(f"In [{ran.count}]")
    assert counts == [counts[0], counts[0] + 2, counts[0] + 4]


def test_the_recording_knows_the_cell_and_its_lines(kernel: Kernel) -> None:
    ran = kernel.run("%%microlog --as rec\n\ndef speaks():\n    print('hear')\n\nspeaks()")
    assert kernel.run("rec.meta['cell'], rec.name").result == repr((f"In [{ran.count}]",) * 2)
    entry = kernel.run("' '.join(map(str, rec.logs[['source', 'message', 'function', 'file', 'line']].iloc[0]))").result
    assert entry == repr(f"print hear speaks In [{ran.count}] 4")


def test_a_profile_inside_a_recorded_cell(kernel: Kernel) -> None:
    body = (
        "import microlog_nb\n"
        "with microlog_nb.profile('inner', display=False) as inner:\n"
        "    print('inside')\n"
        "print('outside')\n"
    )
    recorded = run_both(kernel, f"{MARK} --as outer\n{body}")
    assert recorded.stdout == "inside\noutside\n"
    assert kernel.run("list(inner.logs.message), list(outer.logs.message)").result == repr(
        (["inside"], ["inside", "outside"])
    )


def test_stop_inside_a_cell_does_not_end_the_cells_recording(kernel: Kernel) -> None:
    ran = kernel.run("%%microlog --as outer\nmine = microlog_nb.start('mine')\nprint(1)\nmicrolog_nb.stop()\nprint(2)")
    assert ran.error is None
    assert kernel.run("list(outer.logs.message)").result == "['1', '2']"
    ran = kernel.run("%%microlog\nmicrolog_nb.stop()")
    assert ran.error is not None
    assert "MicrologError" in ran.error[0]


def test_a_recording_over_several_cells_has_the_prints_of_all(kernel: Kernel) -> None:
    kernel.run("several = microlog_nb.start('several', display=False)\nprint('one')")
    assert kernel.run("print('two')").stdout == "two\n"
    kernel.run("%%microlog\nprint('three')")
    assert kernel.run("print('four'); several.stop();").stdout == "four\n"
    assert kernel.run("list(several.logs.message)").result == "['one', 'two', 'three', 'four']"


def test_cells_run_by_a_cell_belong_to_its_recording(kernel: Kernel) -> None:
    ran = kernel.run("%%microlog --as outer\nget_ipython().run_cell('%%microlog --name inner\\nprint(1)')\nprint(2)\n;")
    assert ran.stdout == "1\n2\n"
    assert ran.shown == [len(ran.messages)]
    assert kernel.run("outer is microlog_nb.last(), list(outer.logs.message)").result == "(True, ['1', '2'])"


def test_silent_cells_are_not_recorded(kernel: Kernel) -> None:
    kernel.run("%%microlog --name loud\npass")
    assert kernel.run("%%microlog --name silent\nx = 1", silent=True).shown == []
    assert kernel.run("microlog_nb.last().name").result == "'loud'"


def test_a_cell_without_history_is_recorded_under_its_number(kernel: Kernel) -> None:
    kernel.run("pass")
    ran = kernel.run("%%microlog\nx = 1", store_history=False)
    assert len(ran.shown) == 1
    latest = kernel.run("microlog_nb.last().name")
    assert latest.result == repr(f"In [{latest.count}]"), "IPython gives the number of the next cell"


def test_a_block_in_a_cell_begins_at_the_cell(kernel: Kernel) -> None:
    kernel.run(
        "import time, microlog_nb\n"
        "from microlog_nb.capture import recorder\n"
        "def wait():\n    while recorder.current().sampler.ticks < 20: time.sleep(0.01)\n"
        "with microlog_nb.profile(display=False) as block:\n    wait()"
    )
    # threads that cells before this one have left are in it, too
    own = "list(block.calls[block.calls.thread == 'MainThread'].function)"
    assert kernel.run(own).result == "['<module>', 'wait']"
