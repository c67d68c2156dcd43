"""GIVEN source that prints, WHEN its bytecode is read, THEN every call of print is found with its number of writes."""

from __future__ import annotations

import pytest

from microlog_nb.capture.interceptors.print_calls import VARIES, print_calls

MANY = ", ".join(f"a{i}" for i in range(300))


@pytest.mark.parametrize("inside", ["{}", "def f():\n    {}", "class C:\n    {}", "if x:\n    y = [1]\n    {}"])
@pytest.mark.parametrize(
    ("call", "found"),
    [
        ("print()", [(1, True)]),
        ("print(a)", [(2, True)]),
        ("print(a, b if c else d, f(g)(h))", [(6, True)]),
        ("print(a, sep='', end='')", [(2, False)]),
        ("print(file=f)", [(1, True)]),
        ("print(*a)", [(VARIES, False)]),
        ("print(a, **b)", [(VARIES, False)]),
        ("print(print(a), b)", [(2, True), (4, True)]),
        ("print(\n        a,\n        b,\n    )", [(4, True)]),
        ("f(print)", []),
        ("f.print(a)", []),
        ("say(a)", []),
        (f"f({MANY}); print(a, é)", [(4, True)]),
    ],
)
def test_calls_are_found_with_their_writes(inside, call, found):
    code = compile(inside.format(call), "<test>", "exec")
    calls = {}
    for one in (code, *(const for const in code.co_consts if hasattr(const, "co_code"))):
        calls.update({id(call): tuple(call) for call in print_calls(one).values()})
    assert sorted(calls.values()) == sorted(found)
