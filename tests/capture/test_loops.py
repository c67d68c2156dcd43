"""Loops are where the bytecode can go back."""

from __future__ import annotations

import dis
import types

from microlog_nb.capture.loops import loop_around, loops


def straight(a: int) -> int:
    b = a + 1
    print(b) if b else None
    return b


def looping(items: list[int]) -> int:
    total = 0
    for item in items:
        while item:
            total += item
            item -= 1
    return total


def two(items: list[int]) -> None:
    for _ in items:
        len(items)
    for _ in items:
        len(items)


def lines_in_loops(function: types.FunctionType) -> dict[int, bool]:
    """For every line, counted from the function's first, whether one of its instructions is in a loop."""
    regions, found = loops(function.__code__.co_code), {}
    for instruction in dis.get_instructions(function):
        if instruction.positions is None or instruction.positions.lineno is None:
            continue
        line = instruction.positions.lineno - function.__code__.co_firstlineno
        found[line] = found.get(line, False) or loop_around(regions, instruction.offset) >= 0
    return found


def test_code_without_loops_never_goes_back() -> None:
    assert loops(straight.__code__.co_code) == []


def test_nested_loops_are_one() -> None:
    assert len(loops(looping.__code__.co_code)) == 1
    assert {line for line, inside in lines_in_loops(looping).items() if inside} == {2, 3, 4, 5}


def test_loops_behind_one_another_are_two() -> None:
    assert len(loops(two.__code__.co_code)) == 2


def test_backward_jumps_agree_with_the_disassembler() -> None:
    for function in (straight, looping, two, dis.findlinestarts, types.new_class, test_nested_loops_are_one):
        code = function.__code__
        jumps = [
            (instruction.argval, instruction.offset)
            for instruction in dis.get_instructions(code)
            if "BACKWARD" in instruction.opname
        ]
        for target, at in jumps:
            assert loop_around(loops(code.co_code), target) == loop_around(loops(code.co_code), at) >= 0


def test_a_jump_over_more_than_255_instructions_is_a_loop() -> None:
    source = "def long(items):\n    for item in items:\n" + "        item = item + item * 3\n" * 200
    names: dict[str, types.FunctionType] = {}
    exec(source, names)
    ((first, last),) = loops(names["long"].__code__.co_code)
    assert last - first > 512
