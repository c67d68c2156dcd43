"""GIVEN imports that are listened to, WHEN a module is imported, THEN its import is a span; nothing else is."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from microlog_nb.capture.interceptors import imports
from microlog_nb.capture.interceptors.imports import Imports
from tests.capture.interceptors.recording_sink import listening


@pytest.fixture(autouse=True)
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder to import from; what is imported is forgotten, and no import is too short."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(imports, "SHORTEST_NS", 0)
    known = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - known:
        del sys.modules[name]


def write(folder: Path, **sources: str) -> None:
    for name, source in sources.items():
        (folder / f"{name}.py").write_text(source)
    importlib.invalidate_caches()


def names(sink) -> list[str]:
    return [span.name for span in sink.spans]


def test_import_is_a_span_with_what_it_imports_inside(modules):
    write(modules, ours_a="import ours_b\nimport ours_c", ours_b="x = 1", ours_c="")
    with listening(Imports()) as sink:
        import ours_a  # noqa: F401
    by_name = {span.name: span for span in sink.spans}
    assert set(by_name) == {"ours_a", "ours_b", "ours_c"}
    outer, first, second = by_name["ours_a"], by_name["ours_b"], by_name["ours_c"]
    assert outer.start_ns <= first.start_ns <= first.end_ns <= second.start_ns <= second.end_ns <= outer.end_ns
    assert {span.kind for span in sink.spans} == {"import"}
    assert outer.function == "test_import_is_a_span_with_what_it_imports_inside"


def test_short_inner_imports_are_only_counted(modules, monkeypatch):
    monkeypatch.setattr(imports, "SHORTEST_NS", 10**12)
    write(modules, ours_a="import ours_b", ours_b="")
    interceptor = Imports()
    with listening(interceptor) as sink:
        import ours_a  # noqa: F401
    assert names(sink) == ["ours_a"]
    assert interceptor.short == 1


def test_poll_sees_the_end(modules):
    write(modules, ours_a="")
    interceptor = Imports()
    with listening(interceptor) as sink:
        import ours_a  # noqa: F401

        interceptor.poll()
        after = sink.clock()
        assert names(sink) == ["ours_a"]
        assert sink.spans[0].end_ns <= after
    assert names(sink) == ["ours_a"]


def test_poll_from_another_thread_tells_of_the_importing_one(modules):
    write(modules, ours_a="")
    interceptor = Imports()
    with listening(interceptor) as sink:
        import ours_a  # noqa: F401

        thread = threading.Thread(target=interceptor.poll, name="poller")
        thread.start()
        thread.join()
    assert [(span.name, span.thread) for span in sink.spans] == [("ours_a", threading.current_thread().name)]


def test_poll_does_not_end_an_import_that_is_running(modules):
    write(modules, ours_a="import ours_hook\nours_hook.poll()\nours_hook.poll()")
    sys.modules["ours_hook"] = hook = ModuleType("ours_hook")
    interceptor = Imports()
    hook.poll = interceptor.poll
    with listening(interceptor) as sink:
        import ours_a  # noqa: F401
    assert names(sink) == ["ours_a"]


def test_who_polls_is_woken_once_and_told_when_to_come_again(modules):
    write(modules, ours_a="import ours_b", ours_b="import ours_hook\nours_hook.poll()")
    sys.modules["ours_hook"] = hook = ModuleType("ours_hook")
    interceptor, told = Imports(), []
    hook.poll = lambda: told.append(interceptor.poll())
    with listening(interceptor) as sink:
        assert interceptor.poll() == 0
        import ours_a  # noqa: F401

        assert interceptor.poll() == 0
    assert sink.hurried == 1
    assert [1_000_000 <= ns <= 10_000_000 for ns in told] == [True]


def test_looking_up_a_module_is_no_import(modules):
    write(modules, ours_a="")
    with listening(Imports()) as sink:
        assert importlib.util.find_spec("ours_a") is not None
        assert importlib.util.find_spec("ours_missing") is None
    assert sink.spans == []


def test_failed_imports_leave_no_span_and_their_own_error(modules):
    write(modules, ours_a="import ours_b", ours_b="1 / 0")
    with listening(Imports()) as sink:
        with pytest.raises(ModuleNotFoundError):
            import ours_missing  # noqa: F401
        sys.modules["ours_missing"] = ModuleType("ours_missing")
        with pytest.raises(ZeroDivisionError) as raised:
            import ours_a
        write(modules, ours_b="")
        import ours_a  # noqa: F401
    assert [Path(frame.filename).name for frame in traceback.extract_tb(raised.tb)] == [
        "test_imports.py",
        "ours_a.py",
        "ours_b.py",
    ]
    assert sorted(names(sink)) == ["ours_a", "ours_b"]


def test_optional_import_that_fails_inside_another_is_no_span(modules):
    write(
        modules,
        ours_a="try:\n    import ours_missing\nexcept ImportError:\n    pass\nimport ours_b",
        ours_b="",
    )
    with listening(Imports()) as sink:
        import ours_a  # noqa: F401
    assert sorted(names(sink)) == ["ours_a", "ours_b"]
    outer, inner = sorted(sink.spans, key=lambda span: span.name)
    assert outer.start_ns <= inner.start_ns <= inner.end_ns <= outer.end_ns


def test_package_and_its_module_are_a_span_each(modules):
    package = modules / "ours_package"
    package.mkdir()
    write(package, __init__="", part="")
    with listening(Imports()) as sink:
        import ours_package.part  # noqa: F401
    assert names(sink) == ["ours_package", "ours_package.part"]


def test_threads_import_apart(modules):
    write(modules, ours_a="import ours_x", ours_b="import ours_y", ours_x="", ours_y="")
    with listening(Imports()) as sink:
        threads = [threading.Thread(target=importlib.import_module, args=(f"ours_{name}",), name=name) for name in "ab"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted((span.name, span.thread) for span in sink.spans) == [
        ("ours_a", "a"),
        ("ours_b", "b"),
        ("ours_x", "a"),
        ("ours_y", "b"),
    ]


def test_lazy_module_is_not_woken(modules):
    write(modules, ours_a="raise RuntimeError('woken')")
    spec = importlib.util.find_spec("ours_a")
    spec.loader = loader = importlib.util.LazyLoader(spec.loader)
    interceptor = Imports()
    with listening(interceptor):
        module = importlib.util.module_from_spec(spec)
        sys.modules["ours_a"] = module
        loader.exec_module(module)
        interceptor.poll()
    assert object.__getattribute__(module, "__class__") is not ModuleType


def test_import_of_what_is_there_begins_nothing(modules):
    interceptor = Imports()
    with listening(interceptor) as sink:
        import json  # noqa: F401

        assert interceptor._begun == {}
    assert sink.spans == []


def test_finder_that_imports_and_asks_all_others_survives(modules):
    write(modules, ours_a="", ours_needed="")

    class Nosy:
        def find_spec(self, name, path=None, target=None):
            if name == "ours_a":
                import ours_needed  # noqa: F401

                for finder in sys.meta_path:
                    if finder is not self and (spec := finder.find_spec(name, path, target)):
                        return spec
            return None

    nosy = Nosy()
    sys.meta_path.insert(0, nosy)
    before = sys.meta_path[:]
    try:
        with listening(Imports()) as sink:
            sys.meta_path.reverse()
            sys.meta_path.reverse()
            import ours_a  # noqa: F401
        assert sorted(names(sink)) == ["ours_a", "ours_needed"]
        assert sys.meta_path == before
    finally:
        sys.meta_path.remove(nosy)


def test_meta_path_is_the_same_list_again():
    the_list, before = sys.meta_path, sys.meta_path[:]
    with listening(Imports()):
        assert sys.meta_path[1:] == before
    assert sys.meta_path is the_list
    assert sys.meta_path == before


def test_import_running_at_the_end_ends_with_it(modules):
    write(modules, ours_a="import ours_hook, ours_b\nours_hook.uninstall()", ours_b="")
    sys.modules["ours_hook"] = hook = ModuleType("ours_hook")
    interceptor = Imports()
    hook.uninstall = interceptor.uninstall
    with listening(interceptor) as sink:
        import ours_a  # noqa: F401
    assert names(sink) == ["ours_b", "ours_a"]
