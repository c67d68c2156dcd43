"""`microlog run` against `python`: the same program, the same output, errors and exit codes, and a recording besides."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

import microlog_nb
from microlog_nb import api

Ended = subprocess.CompletedProcess[str]
STATISTICS = "Microlog Statistics"


def run(folder: Path, *command: str) -> Ended:
    """Runs the interpreter with a command line in a folder."""
    environment = {**os.environ, "PYTHONPATH": str(Path(microlog_nb.__file__).parents[1])}
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def microlog(folder: Path, *arguments: str) -> Ended:
    return run(folder, "-m", "microlog_nb.cli", *arguments)


def program(folder: Path, source: str, name: str = "program.py") -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(source), encoding="utf-8")


def compare(folder: Path, *command: str) -> tuple[Ended, str]:
    """Runs a program with python and with microlog; returns how the latter ended, and the statistics after its stderr."""
    plain = run(folder, *command)
    recorded = microlog(folder, "run", *command)
    said, found, statistics = recorded.stderr.partition(STATISTICS)
    assert recorded.stdout == plain.stdout
    assert said == plain.stderr
    assert recorded.returncode == plain.returncode
    assert found
    return recorded, found + statistics


@pytest.mark.parametrize(
    "source",
    [
        "print('hello')",
        (
            "import sys\nprint(__name__, __file__, __package__, __spec__, __doc__, __cached__ if '__cached__' in dir() else None)\n"
            "print(sys.argv, sys.path[0], type(__loader__).__name__)"
        ),
        "import sys\nprint(sys.modules['__main__'].__dict__ is globals(), __builtins__ is sys.modules['builtins'])",
        "import sys\nprint('out')\nprint('err', file=sys.stderr)\nsys.exit(3)",
        "import sys\nsys.exit('a reason')",
        "import sys\nsys.exit()",
        "raise SystemExit(0)",
        "def f():\n    g()\ndef g():\n    raise ValueError('v')\nf()",
        "try:\n    1/0\nexcept ZeroDivisionError as e:\n    raise KeyError('k') from e",
        "try:\n    1/0\nexcept ZeroDivisionError:\n    raise KeyError('k')",
        "raise ExceptionGroup('g', [ValueError(1)])",
        "import broken",
        "import no_such_module",
        "from microlog_nb.errors import MicrologError\nraise MicrologError('of the program')",
        "import signal\nsignal.raise_signal(signal.SIGINT)",
        "import sys\nsys.excepthook = lambda kind, error, traceback: print('hook', kind.__name__, traceback.tb_lineno)\n\n1/0",
        "import atexit\natexit.register(print, 'at exit')\nprint('before')",
        (
            "import threading\nend = threading.Event()\n"
            "threading.Thread(target=lambda: (end.wait(), print('late'))).start()\nprint('main is over')\nend.set()"
        ),
        "import threading\nthread = threading.Thread(target=lambda: 1/0, name='t')\nthread.start()\nthread.join()",
        "from concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor(2)\npool.submit(print, 'pooled')",
        "import pickle\nclass Thing: pass\nprint(type(pickle.loads(pickle.dumps(Thing()))) is Thing)",
        (
            "import multiprocessing\ndef double(x): return 2 * x\nif __name__ == '__main__':\n"
            "    with multiprocessing.get_context('spawn').Pool(1) as pool: print(pool.map(double, [1, 2]))"
        ),
        (
            "import os, warnings\nwarnings.simplefilter('ignore')\nprint('parent', flush=True)\nchild = os.fork()\n"
            "if child: print('child ended', os.waitpid(child, 0)[1])\nelse: print('child', flush=True)"
        ),
        "import logging\nlogging.warning('last resort')\nlogging.getLogger('x').info('unseen')",
        "import warnings\nwarnings.warn('odd')",
        "import asyncio\nasync def main():\n    await asyncio.sleep(0)\n    print('async')\nasyncio.run(main())",
        "import sys\nsys.stdout.write('no newline at the end')",
        "name = input('name? ')",
        "from __future__ import annotations\nfrom dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\nprint(P(1))",
    ],
)
def test_a_script_behaves_as_under_python(tmp_path: Path, source: str) -> None:
    program(tmp_path, source)
    program(tmp_path, "def broken(:\n", "broken.py")
    compare(tmp_path, "program.py")


@pytest.mark.parametrize("source", ["x = = 2", "if True:\nprint(1)", "print('\\x00')\nreturn"])
def test_a_script_that_does_not_compile_ends_as_under_python_and_is_not_recorded(tmp_path: Path, source: str) -> None:
    program(tmp_path, source)
    plain, ended = run(tmp_path, "program.py"), microlog(tmp_path, "run", "program.py")
    assert (ended.stdout, ended.stderr, ended.returncode) == (plain.stdout, plain.stderr, plain.returncode)
    assert not (tmp_path / "program.microlog").exists()


@pytest.mark.parametrize(
    "arguments", [["-x", "--name", "y"], ["--", "a b"], ["-m", "z"], ["--help"], ["--interval", "fast"]]
)
def test_what_follows_the_script_is_its_own(tmp_path: Path, arguments: list[str]) -> None:
    program(tmp_path, "import sys\nprint(sys.argv)")
    compare(tmp_path, "program.py", *arguments)


def test_a_script_in_another_folder_imports_from_there(tmp_path: Path) -> None:
    program(tmp_path, "import beside, sys\nprint(beside.x, sys.path[0], __file__)", "sub/program.py")
    program(tmp_path, "x = 42", "sub/beside.py")
    compare(tmp_path, "sub/program.py")
    assert (tmp_path / "program.microlog").exists(), "the recording is saved where the command was given"
    (tmp_path / "link.py").symlink_to(tmp_path / "sub" / "program.py")
    compare(tmp_path, "link.py")


@pytest.mark.parametrize("name", ["module", "package", "package.inner"])
def test_a_module_behaves_as_under_python(tmp_path: Path, name: str) -> None:
    said = (
        "import sys\nprint(__name__, __file__, __package__, __spec__.name, sys.argv, sys.path[0])\n"
        "print(sys.modules['__main__'].__dict__ is globals())"
    )
    program(tmp_path, said, "module.py")
    program(tmp_path, "print('package')", "package/__init__.py")
    program(tmp_path, said, "package/__main__.py")
    program(tmp_path, f"from . import __main__ as other\n{said}", "package/inner.py")
    compare(tmp_path, "-m", name, "-x", "--name", "y")
    stem = name.rpartition(".")[2]
    assert api.load(tmp_path / f"{stem}.microlog").name == stem


def test_an_error_in_a_module_has_a_traceback_that_begins_there(tmp_path: Path) -> None:
    program(tmp_path, "def f():\n    1/0\nf()", "module.py")
    ended = microlog(tmp_path, "run", "-m", "module")
    assert ended.returncode == 1
    traceback = ended.stderr.partition(STATISTICS)[0]
    assert [line.split(", ")[1] for line in traceback.splitlines() if line.startswith("  File ")] == [
        "line 3",
        "line 2",
    ]


def test_the_whole_program_is_recorded(tmp_path: Path) -> None:
    program(
        tmp_path,
        """
        import atexit, threading
        main_over = threading.Event()
        def late():
            main_over.wait()
            print("a late thread")
        atexit.register(lambda: print("at exit"))
        threading.Thread(target=late).start()
        def work():
            print("working")
        work()
        main_over.set()
        """,
    )
    _, statistics = compare(tmp_path, "program.py")
    assert "program.microlog" in statistics
    recording = api.load(tmp_path / "program.microlog")
    assert recording.name == "program"
    assert sorted(recording.logs.message) == ["a late thread", "at exit", "working"]
    said = recording.logs[recording.logs.message == "working"].iloc[0]
    assert said.function == "work"
    assert said.file == str(tmp_path / "program.py")
    assert not any("cli" in file for file in recording.calls.file), "none of our own frames"


def test_the_exception_that_ended_the_program_is_in_its_recording_once(tmp_path: Path) -> None:
    program(tmp_path, "print('before')\n1/0")
    compare(tmp_path, "program.py")
    logs = api.load(tmp_path / "program.microlog").logs
    assert list(logs.source) == ["print", "exception"]
    assert "ZeroDivisionError" in logs.message[1]


def test_options_of_the_recording_come_before_the_script(tmp_path: Path) -> None:
    program(tmp_path, "import os\nprint('hear')\nos.chdir('/')")
    options = ["--name", "my run", "--interval", "2ms", "--no-logs", "--save", "kept.microlog", "--html", "report.html"]
    ended = microlog(tmp_path, "run", *options, "program.py")
    assert ended.returncode == 0
    assert "kept.microlog" in ended.stderr
    assert "report.html" in ended.stderr
    recording = api.load(tmp_path / "kept.microlog")
    assert (recording.name, recording.interval, len(recording.logs)) == ("my run", 0.002, 0)
    assert "<html" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert not (tmp_path / "my-run.microlog").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run"], "nothing to run: name a script, or a module after -m"),
        (["run", "-m"], "nothing to run: name a script, or a module after -m"),
        (["run", "missing.py"], "cannot run missing.py: No such file or directory"),
        (["run", "."], "cannot run .: Is a directory"),
        (["run", "-m", "no_such_module"], "cannot run the module no_such_module: there is none"),
        (["run", "-m", "no.such"], "cannot run the module no.such: No module named 'no'"),
        (["run", "-m", "..x"], "cannot run the module ..x: "),
        (["run", "-m", "json"], "cannot run the module json.__main__: there is none"),
        (["run", "-m", "math"], "cannot run the module math: "),
        (["run", "--interval", "fast", "program.py"], "interval 'fast' is not a duration"),
        (["run", "--save", "no/x.microlog", "program.py"], "there is no folder "),
        (["run", "--html", "no/x.html", "program.py"], "there is no folder "),
        (["show", "missing.microlog"], "missing.microlog"),
        (["show", "program.py"], "program.py"),
        (["html", "program.py"], "program.py"),
        (["recover", "-o", "no"], "there is no folder no"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(tmp_path: Path, arguments: list[str], said: str) -> None:
    program(tmp_path, "print('never')")
    ended = microlog(tmp_path, *arguments)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.startswith("microlog: ")
    assert said in ended.stderr
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [["run", "--bad", "program.py"], ["run", "--inter", "1ms", "program.py"], [], ["x"]]
)
def test_a_mistyped_command_line_is_told_with_its_usage(tmp_path: Path, arguments: list[str]) -> None:
    program(tmp_path, "print('never')")
    ended = microlog(tmp_path, *arguments)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert "usage: microlog" in ended.stderr
