r"""Where a code object calls `print`, and how often each of these calls writes.

`print` writes each argument and what follows it, one after the other, from one frame at one instruction:

    print("a", 2)        "a"  " "  "2"  "\n"       2 writes for each argument
    print()              "\n"                     1 for none
    print(*names)        ?                       known only when it runs
"""

from __future__ import annotations

import dis
from types import CodeType
from typing import NamedTuple

VARIES = 0
"""In place of the number of writes: arguments are unpacked, their number is in no instruction."""


class PrintCall(NamedTuple):
    """One call of `print` in the source; `ends_line` if its last write is a lone newline."""

    writes: int
    ends_line: bool


_NAME_WIDTH = len("print")
# On 3.11 the adaptive interpreter makes a call at PRECALL or at CALL; from 3.13 keywords have a call of their own.
_CALLS = frozenset({"PRECALL", "CALL", "CALL_KW"})


def print_calls(code: CodeType) -> dict[int, PrintCall]:
    """Calls of the name `print` by instruction offset; two instructions of one call have the very same value.

    A call belongs to a name if both begin at the same place of the source. Code that does not know its columns (`-X
    no_debug_ranges`, generated code) has no calls.
    """
    names: set[tuple[int | None, int]] = set()
    calls: dict[int, PrintCall] = {}
    keywords: tuple[str, ...] = ()
    before: dis.Instruction | None = None
    for instruction in dis.get_instructions(code):
        operation, at = instruction.opname, instruction.positions
        if at is None or at.col_offset is None or at.end_col_offset is None:
            continue
        start = (at.lineno, at.col_offset)
        if operation in {"LOAD_NAME", "LOAD_GLOBAL"}:
            width = at.end_col_offset - at.col_offset
            if instruction.argval == "print" and width == _NAME_WIDTH and at.lineno == at.end_lineno:
                names.add(start)
        elif operation == "KW_NAMES":
            keywords = code.co_consts[instruction.arg or 0]
        elif operation == "CALL_FUNCTION_EX":
            if start in names:
                calls[instruction.offset] = PrintCall(VARIES, ends_line=False)
        elif operation in _CALLS:
            if operation == "CALL_KW":
                keywords = before.argval if before is not None and isinstance(before.argval, tuple) else ()
            if start in names:
                if operation == "CALL" and before is not None and before.opname == "PRECALL":
                    calls[instruction.offset] = calls[before.offset]
                else:
                    writes = 2 * ((instruction.arg or 0) - len(keywords)) or 1
                    calls[instruction.offset] = PrintCall(writes, "end" not in keywords)
            if operation != "PRECALL":
                keywords = ()
        before = instruction
    return calls
