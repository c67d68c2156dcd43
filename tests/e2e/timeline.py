"""The timeline as a person uses it: with pointer, wheel and keys. What it shows, its root element says in words."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

RULER, MARKERS = 20, 22
ROW, PADDING = 18, 4
LANES, HEAD = ".microlog-lanes canvas", ".microlog-head canvas"


@dataclass(frozen=True)
class Timeline:
    """The only timeline of a page, or of a frame in it."""

    page: Page
    frame: str = ""
    """What selects the frame."""

    @property
    def root(self) -> Locator:
        """The element that holds everything."""
        inside = self.page.frame_locator(self.frame) if self.frame else self.page
        return inside.locator(".microlog[data-painted]")

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

    def show_all(self) -> None:
        """Closes what is open and shows the whole recording."""
        self.focus()
        for key in ("Escape", "Escape", "f"):
            self.page.keyboard.press(key)
        expect(self.card).to_be_hidden()
        self._painted()

    def point_at_call(self, function: str, *, at: float = 0.5) -> None:
        """Moves the pointer onto the bar of a function, looked for at a share of the width.

        From the deepest row to the first, since the card of a call may cover the rows below it.
        """
        left, top, width, height = self._box(LANES)
        seen = []
        for row in range(int(height / ROW), -1, -1):
            self.page.mouse.move(left + width * at, top + row * ROW + PADDING + ROW / 2)
            self._painted()
            seen.append(self.root.get_attribute("data-hover"))
            if seen[-1] == function:
                return
        raise AssertionError(f"no bar of {function} at {at:.0%} of the width, only {sorted(set(seen) - {None, ''})}")

    def click_marker(self, message: str) -> None:
        """Clicks the marker of a log entry, found by its card; a click on a cluster zooms in, until it falls apart."""
        head = self.root.locator(HEAD)
        left, top, width, _ = self._box(HEAD)
        y = top + RULER + MARKERS / 2
        for _ in range(20):
            cluster, seen = None, ""
            for x in range(int(left) + 4, int(left + width), 10):
                self.page.mouse.move(x, y)
                marker = head.get_attribute("data-marker") or ""
                if marker in ("", seen):
                    continue
                seen = marker
                card = self.root.locator(f".microlog-marker-card[data-marker='{marker}']")
                expect(card).to_be_visible()
                said = card.inner_text()
                if message in said and marker.endswith("+1"):
                    self.page.mouse.click(x, y)
                    return
                if message in said or (" more\n" in said and cluster is None):
                    cluster = x
            if cluster is None:
                break
            self.page.mouse.click(cluster, y)
            self._painted()
        raise AssertionError(f"no marker says {message!r}")

    def wheel(self, distance: int, *, control: bool, at: float = 0.5) -> None:
        """Turns the wheel over the lanes, at a share of their width; a negative distance is away from the user."""
        left, top, width, height = self._box(LANES)
        self.page.mouse.move(left + width * at, top + height / 2)
        if control:
            self.page.keyboard.down("Control")
        self.page.mouse.wheel(0, distance)
        if control:
            self.page.keyboard.up("Control")
        self._painted()

    def select(self, start: float, end: float) -> None:
        """Selects a range over the lanes, between two shares of their width."""
        left, top, width, height = self._box(LANES)
        self.page.keyboard.down("Shift")
        self.page.mouse.move(left + width * start, top + height / 2)
        self.page.mouse.down()
        self.page.mouse.move(left + width * end, top + height / 2, steps=4)
        self.page.mouse.up()
        self.page.keyboard.up("Shift")

    def focus(self) -> None:
        """Clicks an empty place at the bottom of the lanes, so that keys go to the timeline."""
        _, _, _, height = self._box(LANES)
        self.root.locator(LANES).first.click(position={"x": 3, "y": height - 3})

    def _box(self, selector: str) -> tuple[float, float, float, float]:
        element = self.root.locator(selector).first
        box = None
        while box is None:  # a view that grows may take its place at any moment
            element.evaluate("element => element.scrollIntoViewIfNeeded()")
            box = element.bounding_box()
        return box["x"], box["y"], box["width"], box["height"]

    def _painted(self) -> None:
        """Lets the browser draw what is due."""
        self.root.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
