"""Makes the pictures of README.md from the report that `make demo` left: the timeline in the light and the dark theme."""

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
REPORT = HERE.parent / "build" / "demo" / "report.html"


def main() -> None:
    """Takes both pictures."""
    machine = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=machine, args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            page = browser.new_page(
                viewport={"width": 1200, "height": 700}, color_scheme=scheme, reduced_motion="reduce", offline=True
            )
            page.goto(REPORT.as_uri())
            timeline = page.locator(".microlog[data-painted]")
            timeline.wait_for()
            timeline.screenshot(path=HERE / f"timeline-{scheme}.png")
        browser.close()


if __name__ == "__main__":
    main()
