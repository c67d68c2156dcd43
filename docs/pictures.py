"""Pictures for README.md, and of every state of the view for the eyes: `make pictures`.

README's two come from the report that `make demo` left. The others show the made-up recordings of `js/dev`, and the report, in
both themes; they go to build/pictures/.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

HERE = Path(__file__).parent
REPORT = HERE.parent / "build" / "demo" / "report.html"
DEV = HERE.parent / "build" / "dev" / "index.html"
PICTURES = HERE.parent / "build" / "pictures"
Step = Callable[[Page], None]


@dataclass(frozen=True)
class State:
    """A picture: which recording at which size, and what was done before it was taken."""

    name: str
    steps: tuple[Step, ...] = ()
    fixture: str = "reference"
    width: int = 1200
    height: int = 456


def press(*keys: str) -> Step:
    """Presses keys while the focus is on the lanes."""

    def step(page: Page) -> None:
        page.locator(".microlog-lanes canvas").first.focus()
        for key in keys:
            page.keyboard.press(key)

    return step


def open_tab(name: str) -> Step:
    """Opens a view."""
    return lambda page: page.get_by_role("tab", name=name).click()


def click(selector: str) -> Step:
    """Clicks the first element that fits."""
    return lambda page: page.locator(selector).first.click()


def point(x: float, y: float) -> Step:
    """Moves the pointer over the lanes: a share of the width, and pixels from the top."""

    def step(page: Page) -> None:
        box = page.locator(".microlog-lanes canvas").first.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + box["width"] * x, box["y"] + y)
        page.locator(".microlog-card").wait_for()

    return step


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


def search(text: str) -> Step:
    """Searches and goes to the first match."""

    def step(page: Page) -> None:
        press("/")(page)
        page.keyboard.type(text)
        page.locator(".microlog-search-count").filter(has_text="of").wait_for()
        page.keyboard.press("Enter")

    return step


STATES = (
    State("timeline"),
    State("timeline-760", width=760),
    State(
        "timeline-selected", (press("ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowDown"),)
    ),
    State("timeline-collapsed", (click(".microlog-lane:not(.microlog-lane-spans)"),)),
    State("hover", (point(0.55, 31),)),
    State("hover-anomaly-pinned", (point(0.55, 31), press("p"))),
    State("range", (select_range(0.28, 0.58),), height=500),
    State("search", (search("fit_fold"),)),
    State("search-760", (click(".microlog-search-open"), lambda page: page.keyboard.type("read")), width=760),
    State("log", (open_tab("Log"),), fixture="talk", height=600),
    State("log-stack", (open_tab("Log"), click("text=traceback")), fixture="talk", height=600),
    State("log-entry", (open_tab("Log"), click(".microlog-log-when")), fixture="talk"),
    State("functions", (open_tab("Functions"),), height=600),
    State("anomalies", (open_tab("Anomalies"),), height=600),
    State("design", (open_tab("Design"),), height=600),
    State("explain", (open_tab("Explain"),), height=600),
    State("help", (press("?"), lambda page: page.locator(".microlog-help").wait_for()), height=600),
    State("export", (click(".microlog-open-export"), lambda page: page.locator(".microlog-export").wait_for())),
    State("notes", (click(".microlog-open-notes"), lambda page: page.locator(".microlog-notes").wait_for()), "talk"),
    State("narrow", width=560, height=600),
    State("narrow-card", (point(0.55, 58), press("p")), width=560, height=600),
    State("narrow-range", (select_range(0.28, 0.58),), width=560, height=600),
    State("narrow-log", (open_tab("Log"),), width=560),
    State("narrowest", width=380, height=500),
    State("narrowest-log", (open_tab("Log"),), width=380),
    State("empty", fixture="empty"),
    State("single", fixture="single"),
)


def take_states(browser: Browser) -> None:
    """Every state in both themes. A view that this version does not offer has no picture."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for scheme in ("light", "dark"):
        for state in STATES:
            size = ViewportSize(width=state.width + 32, height=state.height + 32)
            page = browser.new_page(viewport=size, color_scheme=scheme, reduced_motion="reduce", offline=True)
            page.set_default_timeout(5000)
            page.goto(f"{DEV.as_uri()}?fixture={state.fixture}&theme={scheme}&width={state.width}")
            root = page.locator(".microlog")
            root.wait_for()
            if state.fixture != "empty":
                page.evaluate(
                    "height => { document.querySelector('.microlog').style.height = `${height}px` }", state.height
                )
                page.locator(".microlog[data-painted]").wait_for()
            tab = state.name.capitalize()
            if (
                tab in ("Functions", "Anomalies", "Design", "Explain")
                and page.get_by_role("tab", name=tab).count() == 0
            ):
                page.close()
                continue
            for step in state.steps:
                step(page)
            page.evaluate("() => new Promise(done => setTimeout(done, 200))")
            root.screenshot(path=PICTURES / f"{state.name}-{scheme}.png")
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
    """Takes all pictures."""
    machine = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=machine, args=["--no-sandbox"])
        take_states(browser)
        if REPORT.exists():
            take_readme(browser)
        browser.close()


if __name__ == "__main__":
    main()
