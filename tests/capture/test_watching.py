"""Who follows a running recording takes a hundredth of the time at most."""

from __future__ import annotations

from microlog_nb.capture.watching import LEAST_NS, Watch


def test_pause_is_a_hundred_times_what_a_look_costs_and_no_shorter_than_agreed() -> None:
    now, spent = 0, 0
    looks: list[int] = []
    costs = [1_000_000, 20_000_000]

    def look() -> bool:
        nonlocal spent
        spent += costs[len(looks)]
        looks.append(now)
        return len(looks) < len(costs)

    watch = Watch(look, 0, spent_ns=lambda: spent)
    assert watch.tell(lambda: now)
    assert watch.due_ns == LEAST_NS
    now = LEAST_NS - 1
    assert watch.tell(lambda: now)
    assert looks == [0]
    now = LEAST_NS
    assert not watch.tell(lambda: now)
    assert looks == [0, LEAST_NS]
    assert watch.due_ns == LEAST_NS + 100 * costs[1]
