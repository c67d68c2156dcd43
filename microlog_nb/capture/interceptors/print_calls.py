r"""Where a code object calls `print`, and how often each of these calls writes.

`print` writes each argument and what follows it, one after the other, from one frame at one instruction:

    print("a", 2)        "a"  " "  "2"  "\n"       2 writes for each argument
    print()              "\n"                     1 for none
    print(*names)        ?                       known only when it runs
"""

from __future__ import annotations

from opcode import opmap
from types import CodeType
from typing import NamedTuple

VARIES = 0
"""In place of the number of writes: arguments are unpacked, their number is in no instruction."""


class PrintCall(NamedTuple):
    """One call of `print` in the source; `ends_line` if its last write is a lone newline."""

    writes: int
    ends_line: bool


_NAME_WIDTH = len("print")
_CACHE = opmap["CACHE"]
_EXTENDED_ARG = opmap["EXTENDED_ARG"]
_LOAD_NAME = opmap["LOAD_NAME"]
_LOAD_GLOBAL = opmap["LOAD_GLOBAL"]
_LOAD_CONST = opmap["LOAD_CONST"]
_CALL = opmap["CALL"]
_CALL_FUNCTION_EX = opmap["CALL_FUNCTION_EX"]
# On 3.11 the adaptive interpreter makes a call at PRECALL or at CALL; keywords are named by KW_NAMES before the call,
# from 3.13 by a constant before a call of another kind.
_PRECALL = opmap.get("PRECALL", -1)
_KW_NAMES = opmap.get("KW_NAMES", -1)
_CALL_KW = opmap.get("CALL_KW", -1)


def print_calls(code: CodeType) -> dict[int, PrintCall]:
    """Calls of the name `print` by instruction offset; two instructions of one call have the very same value.

    A call belongs to a name if both begin at the same place of the source. Code that does not know its columns (`-X
    no_debug_ranges`, generated code) has no calls.
    """
    calls: dict[int, PrintCall] = {}
    if "print" not in code.co_names:
        return calls
    which = code.co_names.index("print")
    names: set[tuple[int | None, int | None]] = set()
    keywords: tuple[str, ...] = ()
    before, before_argument, extended = (-1, 0), 0, 0
    units = code.co_code
    places = zip(range(0, len(units), 2), units[::2], units[1::2], code.co_positions(), strict=False)
    for offset, operation, low, (line, end_line, column, end_column) in places:
        if operation == _CACHE:
            continue
        argument = extended | low
        if operation == _EXTENDED_ARG:
            extended = argument << 8
            continue
        extended = 0
        start = (line, column)
        if operation in {_LOAD_NAME, _LOAD_GLOBAL}:
            name = argument >> 1 if operation == _LOAD_GLOBAL else argument  # its lowest bit is a flag
            if name == which and column is not None and end_column == column + _NAME_WIDTH and line == end_line:
                names.add(start)
        elif operation == _KW_NAMES:
            keywords = code.co_consts[argument]
        elif operation == _CALL_FUNCTION_EX:
            if start in names:
                calls[offset] = PrintCall(VARIES, ends_line=False)
        elif operation in {_PRECALL, _CALL, _CALL_KW}:
            if operation == _CALL_KW:
                keywords = code.co_consts[before_argument] if before[0] == _LOAD_CONST else ()
            if start in names:
                if before[0] == _PRECALL:
                    calls[offset] = calls[before[1]]
                else:
                    calls[offset] = PrintCall(2 * (argument - len(keywords)) or 1, "end" not in keywords)
            if operation != _PRECALL:
                keywords = ()
        before, before_argument = (operation, offset), argument
    return calls
