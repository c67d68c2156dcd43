"""Where a code object can go back: a frame that stands at an earlier instruction than before, and in no loop, is another call.

    0 ........ 40 ............ 90 ...... 120       instructions
               |<-- backward jump --|
      -1             40               -1           the loop around an instruction: where it begins, -1 for none

Loops that overlap are one. Where exceptions are handled the compiler jumps back too; that only makes a loop larger than it is.
"""

from __future__ import annotations

import opcode

_BACKWARD = tuple(number for name, number in opcode.opmap.items() if "JUMP" in name and "BACKWARD" in name)
_CACHES: dict[str, dict[str, int]] = opcode._cache_format  # type: ignore[attr-defined]  # noqa: SLF001  # sizes by field
_NAMES = {number: name for name, number in opcode.opmap.items()}
_EXTENDED_ARG = opcode.opmap["EXTENDED_ARG"]


def loops(code: bytes) -> list[tuple[int, int]]:
    """Regions (first, last) of instruction offsets in bytes, ordered, that do not overlap; of a `co_code`."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(_backward_jumps(code)):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def loop_around(regions: list[tuple[int, int]], instruction: int) -> int:
    """Where the loop around an instruction begins, -1 if it is in none."""
    for first, last in regions:
        if first <= instruction <= last:
            return first
    return -1


def _backward_jumps(code: bytes) -> list[tuple[int, int]]:
    """(target, jump) of every backward jump, found by the speed of `bytes.find`: most code has few."""
    jumps = []
    for operation in _BACKWARD:
        caches = sum(_CACHES.get(_NAMES[operation], {}).values())
        at = code.find(operation)
        while at >= 0:
            if at % 2 == 0:  # odd bytes are arguments
                argument, shift, before = code[at + 1], 8, at - 2
                while before >= 0 and code[before] == _EXTENDED_ARG:
                    argument |= code[before + 1] << shift
                    shift += 8
                    before -= 2
                jumps.append((at + 2 + 2 * caches - 2 * argument, at))
            at = code.find(operation, at + 1)
    return jumps
