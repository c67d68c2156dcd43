"""Tips about texts, functions, files, the network and processes: what triggers each, and what is near it but must not."""

from __future__ import annotations

import asyncio
import copy
import functools
import io
import json
import logging
import random
import re
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import Pipe
from pathlib import Path

import pytest
import requests
from tqdm import tqdm

from tests.analysis.tips.programs import line_of, tips


class _Slow(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        threading.Event().wait(0.02)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def no_monitor(monkeypatch: pytest.MonkeyPatch) -> None:
    """A progress bar starts a thread that never ends."""
    monkeypatch.setattr(tqdm, "monitor_interval", 0)


@pytest.fixture
def address() -> Iterator[str]:
    """A server that takes 20 ms to answer."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Slow) as server:
        server.daemon_threads = False
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


def test_patterns_compiled_in_a_loop() -> None:
    def program() -> None:
        for number in range(5_000):
            re.search(rf"(\d+)-{number}[a-z]*(foo|bar)+", "12-34abc")

    assert tips(program).keys() == {"regex-compile"}


def test_one_pattern_used_in_a_loop_is_fine() -> None:
    def program() -> None:
        for _ in range(200_000):
            re.search(r"(\d+)-34[a-z]*(foo|bar)+", "12-34abc")

    assert not tips(program)


def test_large_json() -> None:
    rows = [{"number": number, "text": str(number)} for number in range(60_000)]

    def program() -> None:
        for _ in range(4):
            json.loads(json.dumps(rows))

    assert tips(program).keys() == {"large-json"}


def test_json_that_is_written_in_python_is_told_how_to_run_in_c() -> None:
    rows = [{"number": number, "text": str(number)} for number in range(120_000)]

    def program() -> None:
        json.dump(rows, io.StringIO())

    assert "without indent" in tips(program)["large-json"].advice


def test_a_little_json_is_fine() -> None:
    def program() -> None:
        for _ in range(1_000):
            json.loads('{"a": 1}')
            sum(range(20_000))

    assert "large-json" not in tips(program)


def test_sql_row_by_row() -> None:
    def program() -> None:
        connection = sqlite3.connect(":memory:")
        connection.execute("CREATE TABLE t (a INTEGER, b TEXT)")
        for number in range(250_000):
            connection.execute("INSERT INTO t VALUES (?, ?)", (number, "x"))
        connection.close()

    found = tips(program)
    assert found.keys() == {"row-sql"}
    assert found["row-sql"].line == line_of(program, "INSERT")


def test_rows_sent_together_are_fine() -> None:
    def program() -> None:
        connection = sqlite3.connect(":memory:")
        connection.execute("CREATE TABLE t (a INTEGER, b TEXT)")
        rows = [(number, "x") for number in range(200_000)]
        connection.executemany("INSERT INTO t VALUES (?, ?)", rows)
        connection.close()

    assert "row-sql" not in tips(program)


def test_requests_without_a_session_one_after_the_other(address: str) -> None:
    def program() -> None:
        for _ in range(12):
            requests.get(address, timeout=5)

    found = tips(program)
    assert "sequential-requests" in found
    assert found["sequential-requests"].saving_ns > 0
    assert found.keys() <= {"sequential-requests", "http-session"}


def test_one_request_is_fine(address: str) -> None:
    def program() -> None:
        requests.get(address + "?" + "x" * 3, timeout=5)
        sum(range(3_000_000))

    assert not tips(program).keys() & {"sequential-requests", "http-session"}


def test_awaits_in_a_loop() -> None:
    async def fetch() -> None:
        await asyncio.sleep(0.02)

    async def program() -> None:
        for _ in range(10):
            await fetch()

    assert "sequential-awaits" in tips(program)


def test_awaits_together_are_fine() -> None:
    async def fetch() -> None:
        await asyncio.sleep(0.2)

    async def program() -> None:
        await asyncio.gather(*[fetch() for _ in range(10)])

    assert not tips(program).keys() & {"sequential-awaits", "blocking-async"}


def test_a_coroutine_that_blocks() -> None:
    async def program() -> None:
        for _ in range(5):
            time.sleep(0.05)
            await asyncio.sleep(0)

    assert tips(program).keys() == {"blocking-async"}


def test_sleeping() -> None:
    def program() -> None:
        for _ in range(10):
            sum(range(1000))
            time.sleep(0.02)

    found = tips(program)
    assert found.keys() == {"sleeping"}
    assert found["sleeping"].title == "Shorten or remove the sleep"


def test_polling() -> None:
    def program() -> None:
        done = time.monotonic() + 0.3
        while time.monotonic() < done:
            time.sleep(0.02)

    assert tips(program)["sleeping"].title == "Wait for the event, not for a time"


def test_waiting_for_an_event_is_no_sleep() -> None:
    event = threading.Event()

    def program() -> None:
        event.wait(0.2)

    assert not tips(program)


def test_very_many_prints(capsys: pytest.CaptureFixture[str]) -> None:
    def program() -> None:
        for number in range(15_000):
            print("number", number)

    assert "printing" in tips(program)


def test_very_many_log_records(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("tips")

    def program() -> None:
        for number in range(3_000):
            logger.warning("number %s", number)

    assert tips(program).keys() == {"printing"}


def test_a_few_prints_are_fine(capsys: pytest.CaptureFixture[str]) -> None:
    def program() -> None:
        for number in range(100):
            print(number, sum(range(100_000)))

    assert not tips(program)


@pytest.mark.usefixtures("no_monitor")
def test_a_progress_bar_in_a_hot_loop() -> None:
    def program() -> None:
        for _ in range(4_000):
            for _ in tqdm(range(3), file=io.StringIO()):
                pass

    assert tips(program).keys() == {"progress-bars"}


@pytest.mark.usefixtures("no_monitor")
def test_a_progress_bar_over_slow_work_is_fine() -> None:
    def program() -> None:
        for _ in tqdm(range(20), file=io.StringIO()):
            sum(range(500_000))

    assert not tips(program)


def test_imports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(300):
        (tmp_path / f"tips_module_{number}.py").write_text("X = [\n" + "  (1, 'two', 3.0),\n" * 50 + "]\n" * 1)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "tips_all.py").write_text("".join(f"import tips_module_{number}\n" for number in range(300)))

    def program() -> None:
        import tips_all  # noqa: F401

    found = tips(program)
    for name in [name for name in sys.modules if name.startswith("tips_")]:
        del sys.modules[name]
    assert found.keys() == {"imports"}
    assert "tips_all" in found["imports"].evidence


def test_modules_that_are_loaded_already_are_fine() -> None:
    def program() -> None:
        for _ in range(400_000):
            import json.decoder  # noqa: F401

    assert "imports" not in tips(program)


def test_a_text_that_grows() -> None:
    class Report:
        text = ""

    report = Report()

    def program() -> None:
        report.text = ""
        for _ in range(20_000):
            report.text += "a line of the report\n" * 3

    found = tips(program)
    assert found.keys() == {"string-building"}
    assert "report.text" in found["string-building"].evidence


def test_numbers_that_are_added_are_no_text() -> None:
    def program() -> None:
        total = 0
        for number in range(3_000_000):
            total += number

    assert not tips(program)


def test_looking_for_values_in_a_list() -> None:
    def program() -> None:
        seen = []
        for number in range(10_000):
            if number not in seen:
                seen.append(number)

    found = tips(program)
    assert found.keys() == {"list-membership"}
    assert found["list-membership"].title == "Make seen a set"


def test_looking_for_values_in_a_set_is_fine() -> None:
    def program() -> None:
        seen = set()
        for number in range(1_500_000):
            if number not in seen:
                seen.add(number)

    assert not tips(program)


def test_a_process_for_every_item() -> None:
    def program() -> None:
        for _ in range(250):
            subprocess.run(["true"], check=True)

    assert tips(program).keys() == {"subprocesses"}


def test_one_process_is_fine() -> None:
    def program() -> None:
        subprocess.run(["sleep", "0.2"], check=True)

    assert not tips(program)


def test_deep_copies_in_a_loop() -> None:
    settings = {"a": [1, 2, 3], "b": {"c": list(range(20))}}

    def program() -> None:
        for _ in range(24_000):
            copy.deepcopy(settings)

    assert tips(program).keys() == {"copies"}


def test_a_function_called_with_the_same_arguments() -> None:
    def load(name: str) -> int:
        letters = sorted(name * 20_000)  # a line that is seen before the next one tells one call from another
        return sum(ord(letter) for letter in letters)

    def program() -> None:
        total = 0
        for number in range(20):
            total += number * load("settings")

    found = tips(program)
    assert found.keys() == {"repeated-calls"}
    assert found["repeated-calls"].line == line_of(program, "load(")
    assert found["repeated-calls"].title == "Call load once, keep its result"


def test_a_function_called_with_other_arguments_is_fine() -> None:
    def load(name: str, number: int) -> int:
        letters = sorted(name * 20_000)
        return number + sum(ord(letter) for letter in letters)

    def program() -> None:
        for number in range(20):
            load("settings", number)

    assert not tips(program)


def test_recursion_on_the_same_arguments() -> None:
    def fibonacci(n: int) -> int:
        return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)

    def program() -> None:
        fibonacci(32)

    found = tips(program)
    assert found.keys() == {"tree-recursion"}
    assert found["tree-recursion"].title == "Cache fibonacci"


def test_recursion_into_parts_is_fine() -> None:
    def sort(values: list[float]) -> list[float]:
        if len(values) < 2:
            return values
        low, high = sort(values[: len(values) // 2]), sort(values[len(values) // 2 :])
        merged = []
        while low and high:
            merged.append(low.pop() if low[-1] > high[-1] else high.pop())
        return low + high + merged[::-1]

    def program() -> None:
        sort([random.random() for _ in range(60_000)])

    assert not tips(program)


def test_cached_recursion_is_fine() -> None:
    @functools.cache
    def fibonacci(n: int) -> int:
        sum(range(20_000))
        return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)

    def program() -> None:
        fibonacci(300)

    assert "tree-recursion" not in tips(program)


def test_deep_recursion() -> None:
    def climb(n: int) -> int:
        return 0 if n == 0 else 1 + climb(n - 1)

    def program() -> None:
        for n in range(5_000):
            climb(400 + n % 2)

    assert tips(program).keys() == {"deep-recursion"}


def test_a_walk_through_a_tree_is_fine() -> None:
    tree = functools.reduce(lambda inner, _: [inner, inner, inner], range(12), 0)

    def walk(node: object) -> int:
        return sum(map(walk, node)) if isinstance(node, list) else 1

    def program() -> None:
        walk(tree)

    assert not tips(program)


def test_collections_of_very_many_objects() -> None:
    def program() -> None:
        kept = []
        for number in range(600_000):
            kept.append({"number": [number]})

    found = tips(program)
    assert "gc-pressure" in found
    assert found["gc-pressure"].line in range(line_of(program, "kept = []"), line_of(program, "kept.append") + 1)


def test_objects_that_are_not_kept_are_fine() -> None:
    def program() -> None:
        for number in range(1_000_000):
            make = [number]
            del make

    assert not tips(program)


def test_data_pickled_for_other_processes() -> None:
    rows = [{"number": number, "text": str(number)} for number in range(1_000)]
    near, far = Pipe()

    def program() -> None:
        for _ in range(1_000):
            near.send(rows)
            far.recv()

    assert tips(program).keys() == {"pickling"}
    near.close()
    far.close()


def test_waiting_for_another_process_is_no_pickling() -> None:
    near, far = Pipe()

    def program() -> None:
        near.poll(0.2)
        near.send("end")
        far.recv()

    assert "pickling" not in tips(program)
    near.close()
    far.close()
