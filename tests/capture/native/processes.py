"""Programs in processes of their own, alone and recorded: how they end must be the same."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

# A process that is started in the background of a shell ignores interrupts; Python then has no handler to test.
_INTERRUPTS = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
ALONE = f"""
{_INTERRUPTS}
import contextlib
record = contextlib.nullcontext
"""
RECORDED = f"""
{_INTERRUPTS}
import microlog_nb as microlog
class record:
    def __enter__(self):
        self.recording = microlog.start(interval=50e-6, sampler="native")
    def __exit__(self, kind, exception, traceback):
        self.recording.stop(exception)
        if self.recording.meta["sampler"] != "native": print(self.recording.meta["notes"])
"""


@dataclass(frozen=True)
class End:
    """How a process ended; `status` as waitpid gives it: a signal is told from an exit code, a core dump from none."""

    status: int
    stdout: str
    stderr: str


def run(program: str, *arguments: str, recording: str = RECORDED, environment: dict[str, str] | None = None) -> End:
    """Runs a program to its end, in a folder that has nothing else but `record` for it."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        file = Path(folder, "program.py")
        file.write_text("from recording import record\n" + program)
        file.with_name("recording.py").write_text(recording)
        command = [sys.executable, str(file), *arguments]
        variables = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **(environment or {})}
        process = subprocess.Popen(command, stdout=out, stderr=err, env=variables, cwd=folder)
        _, status = os.waitpid(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read().decode().replace(folder, "FOLDER").replace(f"pid={process.pid}", "pid=PID"))
        return End(status, *texts)


def alone_and_recorded(program: str, *arguments: str) -> tuple[End, End]:
    """The same program twice; what it does `with record():` is recorded by the native sampler the second time."""
    return run(program, *arguments, recording=ALONE), run(program, *arguments)
