"""Pictures for README.md, and of every state of the view for the eyes: `make pictures`.

README's two come from the report that `make demo` left. The others show the made-up recordings of `js/dev`, in both themes; they
go to build/pictures/. A state that is not reached, or an error in the console, is an error here. `docs/pictures.py NAME ...` makes
those whose names begin so; README's are called "readme".
"""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

HERE = Path(__file__).parent
REPORT = HERE.parent / "build" / "demo" / "report.html"
DEV = HERE.parent / "build" / "dev" / "index.html"
PICTURES = HERE.parent / "build" / "pictures"
Step = Callable[[Page], object]
TABS = ("Timeline", "Functions", "Log", "Anomalies", "Design", "Explain")


@dataclass(frozen=True)
class State:
    """A picture: which recording at which size, and what was done before it was taken."""

    name: str
    steps: tuple[Step, ...] = ()
    fixture: str = "reference"
    width: int = 1200
    height: int = 456
    page: dict[str, str] = field(default_factory=dict)
    """What else the page of js/dev is asked for: kernel, model, bytes."""
    media: dict[str, str] = field(default_factory=dict)
    """What the reader of the page has set: forced_colors, contrast."""


def press(*keys: str) -> Step:
    """Presses keys while the focus is on the lanes."""

    def step(page: Page) -> None:
        page.locator(".microlog-lanes canvas").first.focus()
        for key in keys:
            page.keyboard.press(key)

    return step


def press_here(*keys: str) -> Step:
    """Presses keys where the focus is."""

    def step(page: Page) -> None:
        for key in keys:
            page.keyboard.press(key)

    return step


def open_tab(name: str) -> Step:
    """Opens a view."""

    def step(page: Page) -> None:
        page.get_by_role("tab", name=name).click()
        page.get_by_role("tab", name=name, selected=True).wait_for()
        # The panel's code has come, and what it shows is there.
        page.locator(".microlog-panels > :not(.microlog-none)").wait_for()

    return step


def click(selector: str) -> Step:
    """Clicks the first element that fits."""
    return lambda page: page.locator(selector).first.click()


def see(selector: str) -> Step:
    """Waits until something is seen."""
    return lambda page: page.locator(selector).first.wait_for()


def point(x: float, y: float) -> Step:
    """Moves the pointer over the lanes: a share of the width, and pixels from the top; waits for a card."""
    return over(".microlog-lanes canvas", x, y)


def over(selector: str, x: float, y: float, card: str = ".microlog-card") -> Step:
    """Moves the pointer over an element: a share of its width, and pixels from its top; waits for a card."""

    def step(page: Page) -> None:
        box = page.locator(selector).first.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + box["width"] * x, box["y"] + y)
        page.locator(card).wait_for()

    return step


def click_at(selector: str, x: float, y: float) -> Step:
    """Clicks on a place of an element."""

    def step(page: Page) -> None:
        box = page.locator(selector).first.bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + box["width"] * x, box["y"] + y)

    return step


def write(text: str) -> Step:
    """Types."""
    return lambda page: page.keyboard.type(text)


def select_range(start: float, end: float) -> Step:
    """Selects a range by shares of the width."""

    def step(page: Page) -> None:
        box = page.locator(".microlog-lanes canvas").first.bounding_box()
        assert box is not None
        page.keyboard.down("Shift")
        page.mouse.move(box["x"] + box["width"] * start, box["y"] + 100)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * end, box["y"] + 100, steps=3)
        page.mouse.up()
        page.keyboard.up("Shift")
        page.locator(".microlog-range-card").wait_for()

    return step


def search(text: str, found: str = "of") -> Step:
    """Searches and goes to the first match."""

    def step(page: Page) -> None:
        page.locator(".microlog").first.focus()
        page.keyboard.press("/")
        page.keyboard.type(text)
        page.locator(".microlog-search-count").filter(has_text=found).wait_for()
        page.keyboard.press("Enter")

    return step


HEAD = ".microlog-head canvas"
EXPLAIN = open_tab("Explain")
STATES = (
    State("timeline"),
    State("timeline-760", width=760),
    State("timeline-measured", (see(".microlog-lane-spans:not([hidden])"),), fixture="measured"),
    State("timeline-selected", (press("ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowDown"),)),
    State("timeline-zoomed", (press("ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowDown", "Enter"),)),
    State("timeline-collapsed", (click(".microlog-lane:not(.microlog-lane-spans)"),)),
    State("timeline-waiting", (select_range(0.2, 0.3), press("z"), press("Escape"))),
    State("gap", (select_range(0.48, 0.58), press("z"), press("Escape"))),
    State("hover", (point(0.55, 31),), page={"kernel": "idle"}),
    State("hover-anomaly-pinned", (point(0.55, 31), press("p")), page={"kernel": "idle"}),
    State("hover-many", (point(0.32, 68),), page={"kernel": "idle"}),
    State("marker", (over(HEAD, 0.26, 31, ".microlog-marker-card"),)),
    State("marker-cluster", (over(HEAD, 0.125, 31, ".microlog-marker-card"),)),
    State("marker-open", (click_at(HEAD, 0.26, 31), see(".microlog-log-card"))),
    State("range", (select_range(0.28, 0.58),), height=500, page={"kernel": "idle"}),
    State("range-no-kernel", (select_range(0.28, 0.58),), height=500),
    State("search", (search("fit_fold"),)),
    State("search-760", (click(".microlog-search-open"), write("read"), see(".microlog-search-count")), width=760),
    State("search-none", (search("zzz", "0 of"),)),
    State("search-none-functions", (open_tab("Functions"), search("zzz", "0 of"), see(".microlog-none"))),
    State("search-none-log", (open_tab("Log"), search("zzz", "0 of"), see(".microlog-none"))),
    State("search-none-anomalies", (open_tab("Anomalies"), search("zzz", "0 of"), see(".microlog-none"))),
    State("search-functions", (open_tab("Functions"), search("read"))),
    State("log", (open_tab("Log"),), fixture="talk", height=600),
    State("log-many", (open_tab("Log"),)),
    State("log-stack", (open_tab("Log"), click("text=traceback")), fixture="talk", height=600),
    State("log-entry", (open_tab("Log"), click(".microlog-log-when")), fixture="talk"),
    State("log-none", (open_tab("Log"), see(".microlog-none")), fixture="quiet"),
    State("functions", (open_tab("Functions"),), height=600, page={"kernel": "idle"}),
    State("functions-chosen", (open_tab("Functions"), click("text=fit_fold >> nth=0")), height=600),
    State("anomalies", (open_tab("Anomalies"),), height=600, page={"kernel": "idle"}),
    State("anomalies-none", (open_tab("Anomalies"), see(".microlog-none")), fixture="quiet"),
    State("anomalies-muted", (open_tab("Anomalies"), click(".microlog-anomaly-reason"), press_here("m"))),
    State("design", (open_tab("Design"),), height=600),
    State("design-chosen", (open_tab("Design"), click(".microlog-design-graph [data-node]")), height=600),
    State("explain-report", (EXPLAIN, see(".microlog-explain-note")), height=600),
    State(
        "explain-offline", (EXPLAIN, see(".microlog-explain-text .microlog-chip")), height=600, page={"kernel": "idle"}
    ),
    State(
        "explain-answer",
        (EXPLAIN, see(".microlog-explain-text .microlog-chip")),
        height=600,
        page={"kernel": "idle", "model": "answered"},
    ),
    State(
        "explain-answering",
        (
            EXPLAIN,
            see(".microlog-explain-ask .microlog-field"),
            click(".microlog-explain-ask .microlog-primary"),
            see(".microlog-caret"),
        ),
        height=600,
        page={"kernel": "idle", "model": "answering"},
    ),
    State("explain-busy", (EXPLAIN, see(".microlog-explain-note")), height=600, page={"kernel": "busy"}),
    State("explain-dead", (EXPLAIN, see(".microlog-explain-note")), height=600, page={"kernel": "dead"}),
    State("help", (press("?"), see(".microlog-help")), height=600),
    State("export", (click(".microlog-open-export"), see(".microlog-export"))),
    State("export-kernel", (click(".microlog-open-export"), see(".microlog-export")), page={"kernel": "idle"}),
    State("notes", (click(".microlog-open-notes"), see(".microlog-notes")), "talk"),
    State("recording", (see(".microlog-running"),), fixture="recording", page={"kernel": "idle"}),
    State("recording-760", (see(".microlog-running"),), fixture="recording", width=760, page={"kernel": "idle"}),
    State("kernel-busy", (see("[data-kernel=busy]"),), page={"kernel": "busy"}),
    State("kernel-dead", (see("[data-kernel=dead]"),), page={"kernel": "dead"}),
    State("kernel-none", (see("[data-kernel=none]"),), page={"kernel": "none"}),
    State("kernel-none-760", (see("[data-kernel=none]"),), width=760, page={"kernel": "none"}),
    State("loading", (see("text=loading"),), page={"bytes": "slow"}),
    State("error-cut", (see("[role=alert]"),), page={"bytes": "cut"}),
    State("error-version", (see("[role=alert]"), click("text=Details")), page={"bytes": "version"}),
    State("error-absent", (see("[role=alert]"),), page={"bytes": "absent"}),
    State("empty", (see(".microlog-empty"),), fixture="empty"),
    State("single", fixture="single"),
    State("tasks", fixture="tasks"),
    State("tasks-card", (point(0.2, 60),), fixture="tasks"),
    State("tasks-560", fixture="tasks", width=560),
    State("hostile", fixture="hostile"),
    State("hostile-log", (open_tab("Log"),), fixture="hostile", height=600),
    State("hostile-functions", (open_tab("Functions"),), fixture="hostile", height=600),
    State("contrast", (point(0.55, 31),), media={"contrast": "more"}),
    State("contrast-log", (open_tab("Log"),), fixture="talk", media={"contrast": "more"}),
    State("forced", media={"forced_colors": "active"}),
    State("forced-hover", (point(0.55, 31), press("p")), media={"forced_colors": "active"}),
    State("forced-range", (select_range(0.28, 0.58),), media={"forced_colors": "active"}),
    State("forced-log", (open_tab("Log"),), fixture="talk", media={"forced_colors": "active"}),
    State("forced-anomalies", (open_tab("Anomalies"),), media={"forced_colors": "active"}),
    State("forced-functions", (open_tab("Functions"),), media={"forced_colors": "active"}),
    State("narrow-card", (point(0.55, 58), press("p")), width=560, height=600),
    State("narrow-range", (select_range(0.28, 0.58),), width=560, height=600),
    State("narrow-help", (press("?"), see(".microlog-help")), width=560, height=600),
    State("narrow-export", (click(".microlog-open-export"), see(".microlog-export")), width=560, height=600),
    State("narrow-search", (click(".microlog-search-open"), write("read"), see(".microlog-search-count")), width=560),
    *(
        State(f"at-{width}-{tab.lower()}", (open_tab(tab),), width=width, height=500, page={"kernel": "idle"})
        for width in (760, 640, 560, 400, 380)
        for tab in TABS
    ),
)
# Nothing is painted where there is nothing to paint.
UNPAINTED = {"empty", "loading", "error-cut", "error-version", "error-absent"}


def take_states(browser: Browser, wanted: tuple[str, ...]) -> None:
    """Every state in both themes, or those whose names begin as wanted."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    if not wanted:
        for old in PICTURES.glob("*.png"):
            old.unlink()
    for state in STATES:
        if not wanted or state.name.startswith(wanted):
            for scheme in ("light", "dark"):
                take(browser, state, scheme)


def take(browser: Browser, state: State, scheme: str) -> None:
    """One state in one theme."""
    size = ViewportSize(width=state.width + 32, height=state.height + 32)
    page = browser.new_page(viewport=size, color_scheme=scheme, reduced_motion="reduce", offline=True, **state.media)
    page.set_default_timeout(10_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    asked = {"fixture": state.fixture, "theme": scheme, "width": str(state.width), **state.page}
    try:
        page.goto(f"{DEV.as_uri()}?{urlencode(asked)}")
        root = page.locator(".microlog")
        root.wait_for()
        if state.name not in UNPAINTED:
            page.evaluate(
                "height => { document.querySelector('.microlog').style.height = `${height}px` }", state.height
            )
            page.locator(".microlog[data-painted]").wait_for()
        for step in state.steps:
            step(page)
        # The last of what was asked for is drawn, and the marks of typing and pointing have settled.
        page.evaluate("() => new Promise(done => setTimeout(done, 200))")
        root.screenshot(path=PICTURES / f"{state.name}-{scheme}.png")
    except Exception as error:
        raise SystemExit(f"The state {state.name}, {scheme}, was not reached: {error}") from error
    if errors:
        raise SystemExit(f"The state {state.name}, {scheme}, has errors in the console: {errors}")
    page.close()


def take_readme(browser: Browser) -> None:
    """The timeline of the report in the light and the dark theme."""
    for scheme in ("light", "dark"):
        page = browser.new_page(
            viewport={"width": 1200, "height": 700}, color_scheme=scheme, reduced_motion="reduce", offline=True
        )
        page.goto(REPORT.as_uri())
        timeline = page.locator(".microlog[data-painted]")
        timeline.wait_for()
        timeline.screenshot(path=HERE / f"timeline-{scheme}.png")
        page.close()


def main() -> None:
    """Takes all pictures, or those that are named."""
    wanted = tuple(sys.argv[1:])
    machine = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=machine, args=["--no-sandbox"])
        take_states(browser, wanted)
        if not wanted or "readme" in wanted:
            take_readme(browser)
        browser.close()


if __name__ == "__main__":
    main()
