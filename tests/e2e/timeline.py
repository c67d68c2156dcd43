"""The timeline as a person uses it: with pointer, wheel and keys. What it shows, its root element says in words."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

GUTTER = 128
RULER, MARKERS = 20, 22
ROW = 18


@dataclass(frozen=True)
class Timeline:
    """The only timeline of a page."""

    page: Page

    @property
    def root(self) -> Locator:
        """The element that holds everything."""
        return self.page.locator(".microlog[data-painted]")

    @property
    def card(self) -> Locator:
        """The floating card that is open."""
        return self.root.locator(".microlog-card")

    @property
    def window(self) -> tuple[int, int]:
        """The visible time: start and end, in nanoseconds."""
        start, end = (self.root.get_attribute("data-window") or "").split(",")
        return int(start), int(end)

    def wait(self) -> None:
        """Waits until it has painted, and brings it into view."""
        expect(self.root).to_be_visible()
        self.root.scroll_into_view_if_needed()
        expect(self.root.locator("canvas").first).to_be_visible()

    def point_at_call(self, function: str, *, at: float = 0.5) -> None:
        """Moves the pointer onto the bar of a function, looked for in all rows at a share of the width."""
        lanes = self._box(".microlog-lanes canvas")
        x = lanes[0] + lanes[2] * at
        seen = []
        y = lanes[1] + ROW / 2
        while y < lanes[1] + lanes[3]:
            self.page.mouse.move(x, y)
            self._painted()
            seen.append(self.root.get_attribute("data-hover"))
            if seen[-1] == function:
                return
            y += ROW / 2
        raise AssertionError(f"no bar of {function} at {at:.0%} of the width, only {sorted(set(seen) - {None, ''})}")

    def click_marker(self, message: str) -> None:
        """Clicks the marker of a log entry, looked for from left to right by its tooltip."""
        head = self.root.locator(".microlog-head canvas")
        left, top, width, _ = self._box(".microlog-head canvas")
        y = top + RULER + MARKERS / 2
        for x in range(int(left) + 2, int(left + width), 5):
            self.page.mouse.move(x, y)
            if message in (head.get_attribute("title") or ""):
                self.page.mouse.click(x, y)
                return
        raise AssertionError(f"no marker says {message!r}")

    def wheel(self, distance: int, *, control: bool) -> None:
        """Turns the wheel over the middle of the lanes; a negative distance is away from the user."""
        left, top, width, height = self._box(".microlog-lanes canvas")
        self.page.mouse.move(left + width / 2, top + height / 2)
        if control:
            self.page.keyboard.down("Control")
        self.page.mouse.wheel(0, distance)
        if control:
            self.page.keyboard.up("Control")
        self._painted()

    def focus(self) -> None:
        """Clicks an empty place at the bottom of the lanes, so that keys go to the timeline."""
        left, top, _, height = self._box(".microlog-lanes canvas")
        self.page.mouse.click(left + 3, top + height - 3)

    def _box(self, selector: str) -> tuple[float, float, float, float]:
        box = self.root.locator(selector).first.bounding_box()
        assert box is not None
        return box["x"], box["y"], box["width"], box["height"]

    def _painted(self) -> None:
        """Lets the browser draw what is due."""
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
