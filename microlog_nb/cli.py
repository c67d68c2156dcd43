"""The `microlog` command: records a script, shows and converts recordings, rescues those of killed processes."""

from __future__ import annotations

import argparse
import atexit
import builtins
import contextlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import CodeType, ModuleType, TracebackType

from microlog_nb import api, config
from microlog_nb.errors import MicrologError


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command.

    Args:
        arguments: without the command's own name; default is the command line.

    Returns:
        The exit code: 0, or 2 if the user asked for what cannot be done. `run` ends as the program it runs.
    """
    asked = _parser().parse_args(arguments)
    try:
        program = asked.command(asked)
    except MicrologError as error:
        print(f"microlog: {error}", file=sys.stderr)
        return 2
    if program is not None:
        program()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="microlog", description=__doc__, allow_abbrev=False)
    version = sys.modules["microlog_nb"].__version__  # to import it from here would turn the layers round
    parser.add_argument("--version", action="version", version=f"microlog {version}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    run = commands.add_parser(
        "run",
        help="run a script or module and record it",
        usage="microlog run [options] (SCRIPT | -m MODULE) [ARGUMENTS ...]",
        description="Runs a script, or a module after -m, as python would, and records it until it ends.",
        allow_abbrev=False,
    )
    run.add_argument("--name", help="name of the recording; default: that of the script or module")
    run.add_argument("--interval", metavar="TIME", help="time between samples, as 0.5ms; default: 1ms")
    run.add_argument("--no-logs", dest="logs", action="store_false", help="leave out prints, log records and warnings")
    run.add_argument(
        "--no-sources", dest="sources", action="store_const", const=False, help="leave out the text of your own files"
    )
    run.add_argument("--save", metavar="PATH", help="file for the recording; default: NAME.microlog in this folder")
    run.add_argument("--html", metavar="PATH", help="write a self-contained HTML report to this file too")
    run.add_argument("-m", dest="module", metavar="MODULE", nargs=argparse.REMAINDER, help="run a module, as python -m")
    run.add_argument("script", metavar="SCRIPT", nargs=argparse.REMAINDER, help="the script and its own arguments")
    run.set_defaults(command=_run)

    show = commands.add_parser("show", help="print the statistics of a recording", allow_abbrev=False)
    show.add_argument("file", help="a .microlog file")
    show.set_defaults(command=_show)

    html = commands.add_parser("html", help="make an HTML report of a recording", allow_abbrev=False)
    html.add_argument("file", help="a .microlog file")
    html.add_argument("-o", "--output", metavar="PATH", help="the report; default: the recording's name with .html")
    html.set_defaults(command=_html)

    recover = commands.add_parser(
        "recover",
        help="list or rescue recordings of processes that were killed",
        description="Lists the recordings of processes that were killed; with -o it moves them to a folder.",
        allow_abbrev=False,
    )
    recover.add_argument("-o", "--output", metavar="FOLDER", help="save each there as a .microlog file, and tidy up")
    recover.set_defaults(command=_recover)
    return parser


def _show(asked: argparse.Namespace) -> None:
    print(api.load(asked.file).summary())


def _html(asked: argparse.Namespace) -> None:
    recording = api.load(asked.file)
    print(recording.to_html(asked.output or Path(asked.file).with_suffix(".html")))


def _recover(asked: argparse.Namespace) -> None:
    from microlog_nb.formats import spool

    folder = Path(asked.output) if asked.output is not None else None
    if folder is not None and not folder.is_dir():
        raise MicrologError(f"there is no folder {folder}")
    orphans = spool.orphans(config.home())
    if not orphans:
        print("no recording is left of a process that was killed")
    for orphan in orphans:
        try:
            recording = api.load(orphan)
        except MicrologError as error:
            print(f"{orphan}: {error}")
            continue
        facts = f"{recording.name}, {recording.duration:.3g} s from {recording.started}"
        if folder is None:
            print(f"{orphan}: {facts}")
            continue
        name = f"{_stem(recording.name)}-{recording.meta['id'][:8]}.microlog"
        print(f"{recording.save(folder / name)}: {facts}")
        spool.discard(orphan)


def _stem(name: str) -> str:
    """A recording's name as a file name."""
    return re.sub(r"[^\w.-]+", "-", name).strip("-.") or "recording"


# ------------------------------------------------------------------------------------------------ running a program


def _run(asked: argparse.Namespace) -> Callable[[], None]:
    """Prepares all that the user may have got wrong; what it returns runs the program."""
    words = asked.script if asked.module is None else asked.module
    if not words:
        raise MicrologError("nothing to run: name a script, or a module after -m")
    name = asked.name or (Path(words[0]).stem if asked.module is None else words[0].rpartition(".")[2])
    html = None if asked.html is None else Path(asked.html).absolute()
    if html is not None and not html.parent.is_dir():
        raise MicrologError(f"cannot write {html}: there is no folder {html.parent}")
    program, code = _script(words) if asked.module is None else _module(words)
    save = asked.save or f"{_stem(name)}.microlog"
    recording = api.start(
        name, interval=asked.interval, logs=asked.logs, sources=asked.sources, save=save, display=False
    )
    process = os.getpid()

    def report() -> None:
        if os.getpid() != process:
            return
        try:
            recording.stop()
            if html is not None:
                recording.to_html(html)
        except MicrologError as error:
            print(f"microlog: {error}", file=sys.stderr)
        print(recording.summary(), file=sys.stderr)

    # Exit handlers run when the program's other threads have ended, the last registered first: so the recording has
    # all that the program does, and the report comes below its traceback. What is loaded then cannot register itself
    # with the interpreter's end any more, so the one module that does is loaded now.
    import concurrent.futures.thread  # noqa: F401

    atexit.register(report)

    def run() -> None:
        sys.modules["__main__"] = program
        try:
            exec(code, program.__dict__)  # noqa: S102  # that is the command's purpose
        except SystemExit:
            raise
        except BaseException as error:
            _hide_our_frames(program)
            with contextlib.suppress(MicrologError):  # it could not be saved: the report tries again, and says so
                recording.stop(error)
            raise

    return run


def _script(words: list[str]) -> tuple[ModuleType, CodeType]:
    """What `python SCRIPT ARGUMENTS` runs."""
    file = Path(words[0])
    try:
        source = file.read_bytes()
    except OSError as error:
        raise MicrologError(f"cannot run {file}: {error.strerror or error}") from error
    path = str(file.absolute())
    loader = importlib.machinery.SourceFileLoader("__main__", path)
    program = ModuleType("__main__")
    program.__file__ = path
    program.__loader__ = loader
    program.__dict__["__builtins__"] = builtins
    sys.argv = list(words)
    _put_first_on_path(str(file.resolve().parent))
    with _syntax_errors_as_they_are():
        return program, loader.source_to_code(source, path)


def _module(words: list[str]) -> tuple[ModuleType, CodeType]:
    """What `python -m MODULE ARGUMENTS` runs."""
    _put_first_on_path(str(Path.cwd()))
    name = words[0]
    spec = _find(name)
    if spec.submodule_search_locations is not None:
        spec = _find(name := f"{name}.__main__")
    with _syntax_errors_as_they_are():
        code = spec.loader.get_code(name) if isinstance(spec.loader, importlib.abc.InspectLoader) else None
    if code is None:
        raise MicrologError(f"cannot run the module {name}: it is not written in Python")
    program = importlib.util.module_from_spec(spec)
    program.__name__ = "__main__"
    program.__dict__["__builtins__"] = builtins
    sys.argv = [spec.origin or name, *words[1:]]
    return program, code


def _find(name: str) -> importlib.machinery.ModuleSpec:
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError) as error:
        raise MicrologError(f"cannot run the module {name}: {error}") from error
    if spec is None:
        raise MicrologError(f"cannot run the module {name}: there is none")
    return spec


def _put_first_on_path(folder: str) -> None:
    """Replaces the folder of this command, as the interpreter does for the program it runs."""
    if not sys.flags.safe_path:
        sys.path[0] = folder


@contextlib.contextmanager
def _syntax_errors_as_they_are() -> Iterator[None]:
    """A program that does not compile ends as under python."""
    try:
        yield
    except SyntaxError:
        _hide_our_frames(None)
        raise


def _hide_our_frames(program: ModuleType | None) -> None:
    """Lets the traceback that ends the process begin at the program, or say nothing if it never ran."""
    show = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        while traceback is not None and (program is None or traceback.tb_frame.f_globals is not program.__dict__):
            traceback = traceback.tb_next
        show(kind, error.with_traceback(traceback), traceback)

    sys.excepthook = hook


if __name__ == "__main__":
    sys.exit(main())
