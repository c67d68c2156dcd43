"""GIVEN stdout and stderr that are listened to, WHEN a program writes, THEN it makes one entry of each thing said."""

# ruff: noqa: FURB105  # how print is called is what is tested

from __future__ import annotations

import contextlib
import gc
import io
import pprint
import signal
import subprocess
import sys
import threading
import traceback
import weakref
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell

from microlog_nb.capture.interceptors import said
from microlog_nb.capture.interceptors.streams import Streams
from tests.capture.interceptors.recording_sink import RecordingSink, listening


def test_print_of_three_arguments_is_one_entry(stdout):
    with listening(Streams()) as sink:
        print(1, 2, 3)
    assert sink.messages == ["1 2 3"]
    assert stdout.getvalue() == "1 2 3\n"


def test_entry_says_what_where_and_how(stdout, stderr):
    with listening(Streams()) as sink:
        print("out")
        line = sys._getframe().f_lineno - 1
        print("err", file=sys.stderr)
    out, err = sink.entries
    assert (out.source, out.level, out.line) == ("print", "info", line)
    assert out.function == "test_entry_says_what_where_and_how"
    assert (err.source, err.level, err.message) == ("stderr", "warning", "err")


def test_prints_in_a_loop_are_an_entry_each(stdout):
    with listening(Streams()) as sink:
        for i in range(5):
            print(i, "x", end=" ")
    assert sink.messages == [f"{i} x " for i in range(5)]


@pytest.mark.parametrize("times", [1, 60])
def test_specialised_bytecode_counts_the_same(stdout, times):
    def say():
        print("a", "b", sep="", end="", file=sys.stdout)
        print("a", "b", file=sys.stdout)
        print("a", "b")

    with listening(Streams()) as sink:
        for _ in range(times):
            say()
    assert sink.messages == ["ab", "a b", "a b"] * times


def test_time_is_that_of_the_first_write(stdout):
    with listening(Streams()) as sink:
        sys.stdout.write("a")
        before = sink.clock()
        sys.stdout.write("b\n")
    assert sink.messages == ["ab"]
    assert sink.entries[0].time_ns < before


def test_unpacked_arguments_end_with_the_newline(stdout):
    words = ["a", "b", "c"]
    with listening(Streams()) as sink:
        for _ in range(2):
            print(*words)
    assert sink.messages == ["a b c", "a b c"]


@pytest.mark.parametrize("blank", [(), ("",), ("\n",)])
def test_blank_print_is_no_entry(stdout, blank):
    with listening(Streams()) as sink:
        print()
        print("")
        print(*blank)
    assert sink.entries == []


def test_inner_newlines_belong_to_the_entry(stdout):
    with listening(Streams()) as sink:
        print("a\nb", "c\n")
    assert sink.messages == ["a\nb c\n"]


def test_other_names_for_print_are_one_entry_a_line(stdout):
    say = print
    with listening(Streams()) as sink:
        say("a", 1)
        list(map(print, "bc"))
    assert sink.messages == ["a 1", "b", "c"]


def test_print_that_means_something_else_is_taken_line_by_line(stdout):
    program = "for i in range(2): print('x', i)"
    with listening(Streams()) as sink:
        exec(compile(program, "<cell>", "exec"), {"print": partial(print, "prefix", sep="-")})
    assert sink.messages == ["prefix-x-0", "prefix-x-1"]


def test_print_inside_the_str_of_an_argument_is_an_entry_of_its_own(stdout):
    class Loud:
        def __str__(self):
            print("inner", 1)
            return "loud"

    with listening(Streams()) as sink:
        print("outer", Loud(), "end")
    assert sorted(sink.messages) == ["inner 1", "outer loud end"]
    assert stdout.getvalue() == "outer inner 1\nloud end\n"


def test_print_given_up_by_an_exception_is_not_glued_to_the_next(stdout):
    class Bad:
        def __str__(self):
            raise ValueError

    def say(value):
        print("a", value, "z")

    with listening(Streams()) as sink:
        for value in (Bad(), 1, Bad(), Bad(), 2, 3):
            with contextlib.suppress(ValueError):
                say(value)
        for value in (Bad(), 1):
            with contextlib.suppress(ValueError):
                print("b", value)
    assert sink.messages == ["a ", "a 1 z", "a a ", "a 2 z", "a 3 z", "b ", "b 1"]


def test_writes_without_newline_make_one_line(stdout):
    with listening(Streams()) as sink:
        for _ in range(3):
            sys.stdout.write(".")
        sys.stdout.write("done\nand more\n")
        sys.stdout.write("next")
        print("print")
        sys.stdout.write("unfinished")
    assert sink.messages == ["...done\nand more", "next", "print", "unfinished"]


def test_unfinished_line_keeps_its_place(stdout):
    def begin():
        sys.stdout.write("begun")

    with listening(Streams()) as sink:
        begin()
    assert sink.entries[0].function == "begin"


def test_pretty_print_is_one_entry(stdout):
    value = {f"key {i}": list(range(i)) for i in range(12)}
    with listening(Streams()) as sink:
        pprint.pprint(value)
    assert sink.messages == [pprint.pformat(value)]


def test_writelines_is_listened_to(stdout):
    with listening(Streams()) as sink:
        sys.stdout.writelines(["a", "b\n"])
    assert sink.messages == ["ab"]
    assert stdout.getvalue() == "ab\n"


def test_printed_traceback_is_one_entry(stderr):
    def fail():
        raise ValueError("inside")

    with listening(Streams()) as sink:
        for _ in range(2):
            try:
                fail()
            except ValueError:
                traceback.print_exc()
        print("after", file=sys.stderr)
    assert len(sink.entries) == 3
    assert sink.entries[0].message.startswith("Traceback (most recent call last):\n")
    assert sink.entries[0].message == sink.entries[1].message
    assert sink.entries[0].message.endswith("ValueError: inside")
    assert "".join(f"{message}\n" for message in sink.messages) == stderr.getvalue()


@pytest.mark.parametrize(
    "update",
    [
        lambda i: print(f"\r{i}%", end=""),
        lambda i: print(f"{i}%", end="\r"),
        lambda i: sys.stdout.write(f"\r{i}%"),
        lambda i: print(*["\r", i, "%"], sep="", end=""),
    ],
)
def test_progress_bar_is_one_entry_as_it_looks_in_the_end(stdout, update):
    with listening(Streams()) as sink:
        for i in range(0, 101, 10):
            update(i)
        print()
        print("next")
    assert sink.messages == ["100%", "next"]


def test_shorter_update_leaves_the_rest_of_the_longer_one(stdout):
    with listening(Streams()) as sink:
        print("abcdef\rxyz")
        print("dos\r")
        print("windows", end="\r\n")
    assert sink.messages == ["xyzdef", "dos", "windows"]


def test_progress_bar_of_many_updates_needs_little_memory(stdout):
    streams = Streams()
    with listening(streams) as sink:
        for i in range(2000):
            sys.stdout.write(f"\r{i}" + " " * 1000)
        open_entry = streams._tees[0]._boxes[threading.get_ident()][-1][-1]
        assert sum(map(len, open_entry.said.parts)) < 4000
    assert sink.messages == ["1999" + " " * 1000]


def test_print_of_very_many_unpacked_arguments_needs_few_pieces(stdout):
    streams = Streams()
    with listening(streams) as sink:
        print(*range(20_000), end="")
        open_entry = streams._tees[0]._boxes[threading.get_ident()][-1][-1]
        assert len(open_entry.said.parts) <= 1001
    assert sink.messages == [stdout.getvalue()]


def test_code_without_columns_is_taken_line_by_line():
    program = """if True:
        import io, sys
        from contextlib import redirect_stdout
        from microlog_nb.capture.interceptors.streams import Streams
        from tests.capture.interceptors.recording_sink import listening
        with redirect_stdout(io.StringIO()) as out, listening(Streams()) as sink:
            print("a", 1)
            print("b", end="")
            print("c")
        assert sink.messages == ["a 1", "bc"], sink.messages
    """
    done = subprocess.run(
        [sys.executable, "-X", "no_debug_ranges", "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_long_text_is_cut_and_says_so(stdout, monkeypatch):
    monkeypatch.setattr(said, "LONGEST", 10)
    with listening(Streams()) as sink:
        print("0123456789abcdef", "x" * 2000)
        print("short")
    assert sink.messages == ["0123456789… (2,008 more characters left out)", "short"]
    assert stdout.getvalue() == "0123456789abcdef " + "x" * 2000 + "\nshort\n"


def test_thread_has_entries_of_its_own(stdout):
    turn = threading.Barrier(2, timeout=10)

    class Slow:
        def __init__(self, text):
            self.text = text

        def __str__(self):
            turn.wait()
            return self.text

    def say(text):
        print(text, Slow(text), Slow(text))

    with listening(Streams()) as sink:
        threads = [threading.Thread(target=say, args=(name,), name=name) for name in "ab"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted((entry.thread, entry.message) for entry in sink.entries) == [("a", "a a a"), ("b", "b b b")]


def test_unfinished_line_of_an_ended_thread_is_told(stdout):
    with listening(Streams()) as sink:
        for name in "abc":
            thread = threading.Thread(target=lambda name=name: sys.stdout.write(name), name=name)
            thread.start()
            thread.join()
    assert sorted((entry.thread, entry.message) for entry in sink.entries) == [("a", "a"), ("b", "b"), ("c", "c")]


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs timers that interrupt")
def test_signal_handler_that_prints_disturbs_nothing(stdout):
    handled = 0

    def handler(*_):
        nonlocal handled
        handled += 1
        print("signal", handled)

    with listening(Streams()) as sink:
        before = signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
        i = 0
        try:
            while handled < 100:
                print("loop", i, "x")
                i += 1
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
    assert sorted(sink.messages) == sorted(
        [f"loop {k} x" for k in range(i)] + [f"signal {k + 1}" for k in range(handled)]
    )


def test_finalizer_that_prints_disturbs_nothing(stdout):
    class Dying:
        def __init__(self):
            self.cycle = self

        def __del__(self):
            print("dying", 1)

    before = gc.get_threshold()
    with listening(Streams()) as sink:
        gc.set_threshold(5)
        try:
            for i in range(200):
                Dying()
                print("living", i)
            gc.collect()
        finally:
            gc.set_threshold(*before)
    assert sorted(sink.messages) == sorted(["dying 1"] * 200 + [f"living {i}" for i in range(200)])


def test_sink_that_fails_is_not_the_programs_business(stdout):
    class Failing(RecordingSink):
        def log(self, **_):
            raise RuntimeError("sink")

    sink, streams = Failing(), Streams()
    streams.install(sink)
    print("a", 1)
    print("b")
    with contextlib.suppress(RuntimeError):
        streams.uninstall()
    assert stdout.getvalue() == "a 1\nb\n"
    assert len(sink.faults) == 2


def test_exception_of_the_stream_goes_its_way(monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", write_through=True)
    monkeypatch.setattr("sys.stdout", stream)
    with listening(Streams()) as sink:
        for word in ("ok", "ö", "ok"):
            with contextlib.suppress(UnicodeEncodeError):
                print("a", word, "z")
        with pytest.raises(TypeError):
            sys.stdout.write(1)
        with pytest.raises(TypeError):
            sys.stdout.write()
        assert sys.stdout.write("four") == 4
    assert sink.messages == ["a ok z", "a ", "a ok z", "four"]
    assert stream.buffer.getvalue() == b"a ok z\na a ok z\nfour"


def test_stream_is_the_same_object_and_gets_its_write_back(stdout, stderr):
    before = sys.stdout, sys.stderr
    with listening(Streams()):
        assert (sys.stdout, sys.stderr) == before
        assert "write" in vars(stdout)
    assert "write" not in vars(stdout)
    assert "write" not in vars(stderr)


def test_write_that_was_an_attribute_before_is_put_back(stdout):
    heard = []
    own = stdout.write = lambda text: heard.append(text)
    with listening(Streams()) as sink:
        print("a")
    assert stdout.write is own
    assert heard == ["a", "\n"]
    assert sink.messages == ["a"]


def test_patch_on_top_of_ours_stays_and_ours_passes_through(stdout):
    with listening(Streams()) as sink:
        ours = stdout.write
        stdout.write = theirs = lambda text: ours(text.upper())
    print("late")
    assert stdout.write is theirs
    assert stdout.getvalue() == "LATE\n"
    assert sink.entries == []


def test_redirected_output_is_not_recorded(stdout):
    inner = io.StringIO()
    with listening(Streams()) as sink:
        with contextlib.redirect_stdout(inner):
            print("hidden")
        print("seen")
    assert sink.messages == ["seen"]
    assert inner.getvalue() == "hidden\n"


def test_wrapper_around_the_stream_still_makes_one_entry_a_line(stdout):
    class Wrapper:
        def write(self, text):
            return stdout.write(text)

    with listening(Streams()) as sink, contextlib.redirect_stdout(Wrapper()):
        print("a", "b")
        print("c")
    assert sink.messages == ["a b", "c"]


def _ipythons_tee():
    """What IPython puts over stdout while a cell runs."""
    tee = getattr(InteractiveShell, "_tee", None)
    if tee is None:
        pytest.skip("this IPython has none")
    quiet = SimpleNamespace(is_publishing=True, is_active=True)
    return tee(
        SimpleNamespace(execution_count=1, display_pub=quiet, displayhook=quiet, showing_traceback=True), "stdout"
    )


def test_recording_inside_a_cell_of_ipython_leaves_its_tee_as_it_was(stdout):
    with _ipythons_tee():
        theirs = stdout.write
        with listening(Streams()) as sink:
            print("a", 1)
            print("b", end="")
            assert stdout.write is theirs
        assert stdout.write is theirs
        print("late")
    assert sink.messages == ["a 1", "b"]
    assert stdout.write == io.StringIO.write.__get__(stdout)
    assert stdout.getvalue() == "a 1\nblate\n"


def test_recording_goes_on_from_cell_to_cell(stdout):
    streams = Streams()
    with ExitStack() as stack:
        with _ipythons_tee():
            sink = stack.enter_context(listening(streams))
            print("a", 1)
        print("between", end="")
        with _ipythons_tee():
            print("b", 2, end="")
            print("c", 3)
            stack.close()
            print("late")
    assert sink.messages == ["a 1", "between", "b 2", "c 3"]
    assert {entry.function for entry in sink.entries} == {"test_recording_goes_on_from_cell_to_cell"}
    assert stdout.write == io.StringIO.write.__get__(stdout)
    assert stdout.getvalue() == "a 1\nbetweenb 2c 3\nlate\n"


def test_recording_begun_between_cells_and_ended_in_one_leaves_nothing(stdout):
    with ExitStack() as stack:
        sink = stack.enter_context(listening(Streams()))
        with _ipythons_tee():
            print("a", 1)
            stack.close()
            print("late")
    assert sink.messages == ["a 1"]
    assert stdout.write == io.StringIO.write.__get__(stdout)


def test_one_stream_for_both_is_heard_once(stdout, monkeypatch):
    monkeypatch.setattr("sys.stderr", stdout)
    with listening(Streams()) as sink:
        print("a")
        print("b", file=sys.stderr)
    assert sink.messages == ["a", "b"]


@pytest.mark.parametrize("slots", [True, False])
def test_stream_that_cannot_be_listened_to_is_left_as_it_is(monkeypatch, slots):
    class Slotted:
        __slots__ = ("text",)

        def __init__(self):
            self.text = ""

        def write(self, text):
            self.text += text

    class Guarded(Slotted):
        write = property(lambda self: partial(Slotted.write, self))

    stream = Slotted() if slots else Guarded()
    monkeypatch.setattr("sys.stdout", stream)
    with listening(Streams(), faults=True) as sink:
        print("a")
    assert stream.text == "a\n"
    assert [place for place, _ in sink.faults] == ["stdout is not recorded"]
    assert sink.entries == []


def test_no_stream_is_no_problem(monkeypatch):
    monkeypatch.setattr("sys.stdout", None)
    with listening(Streams()) as sink:
        print("nowhere")
    assert sink.entries == []


def test_no_frame_is_kept_alive(stdout):
    class Witness:
        pass

    class Bad:
        def __str__(self):
            raise ValueError

    def say(kind):
        witness = Witness()
        if kind == "given up":
            with contextlib.suppress(ValueError):
                print("a", Bad())
        else:
            sys.stdout.write("unfinished")
        return weakref.ref(witness)

    with listening(Streams()):
        assert say("given up")() is None
        assert say("unfinished")() is None


def test_kind_of_str_is_taken_as_text(stdout):
    class Word(str):
        def endswith(self, *_):
            raise RuntimeError

    with listening(Streams()) as sink:
        sys.stdout.write(Word("word\n"))
    assert type(sink.messages[0]) is str
    assert sink.messages == ["word"]


@dataclass
class Said:
    """A print whose arguments may print when they are turned into text."""

    arguments: list[str | Said]
    sep: str
    end: str

    def __str__(self):
        say(self)
        return "said"

    def texts(self):
        text = self.sep.join(a if isinstance(a, str) else "said" for a in self.arguments) + self.end
        yield text
        for argument in self.arguments:
            if isinstance(argument, Said):
                yield from argument.texts()


def say(one):
    a, sep, end = one.arguments, one.sep, one.end
    match len(a):
        case 0:
            print(sep=sep, end=end)
        case 1:
            print(a[0], sep=sep, end=end)
        case 2:
            print(a[0], a[1], sep=sep, end=end)
        case _:
            print(a[0], a[1], a[2], sep=sep, end=end)


WORDS = st.text(alphabet="ab \né…", max_size=4)
SAID = st.recursive(
    st.builds(Said, st.lists(WORDS, max_size=3), WORDS, WORDS),
    lambda inner: st.builds(Said, st.lists(WORDS | inner, max_size=3), WORDS, WORDS),
    max_leaves=12,
)


@given(st.lists(SAID, max_size=6))
@settings(max_examples=150, deadline=None)
def test_every_print_is_one_entry_however_they_nest(prints):
    expected = [text.removesuffix("\n") for one in prints for text in one.texts()]
    plain = io.StringIO()
    with contextlib.redirect_stdout(plain):
        for one in prints:
            say(one)
    teed = io.StringIO()
    with contextlib.redirect_stdout(teed), listening(Streams()) as sink:
        for one in prints:
            say(one)
    assert teed.getvalue() == plain.getvalue()
    assert sorted(sink.messages) == sorted(text for text in expected if text.strip("\n"))


@given(
    st.lists(st.tuples(st.sampled_from("psw"), st.lists(WORDS, max_size=4), WORDS, st.sampled_from(["", "\n", " "])))
)
@settings(max_examples=150, deadline=None)
def test_entries_together_are_what_was_written(steps):
    def run():
        for way, words, sep, end in steps:
            if way == "p":
                print(words, sep=sep, end=end)
            elif way == "s":
                print(*words, sep=sep, end=end)
            else:
                sys.stdout.write(sep.join(words) + end)

    plain, teed = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(plain):
        run()
    with contextlib.redirect_stdout(teed), listening(Streams()) as sink:
        run()
    assert teed.getvalue() == plain.getvalue()
    in_order = sorted(sink.entries, key=lambda entry: entry.time_ns)
    assert "".join(entry.message for entry in in_order).replace("\n", "") == plain.getvalue().replace("\n", "")
