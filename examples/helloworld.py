"""Three runs of print and sleep, and every way of saying something, on one timeline.

Run it, then open build/examples/helloworld.html in a browser.
"""

import logging
import sys
import time
from pathlib import Path

import microlog_nb as microlog

RESULTS = Path("build/examples")


def run(number: int) -> None:
    """Sleeps a little longer each time, and says so."""
    print(f"run {number}: good morning")
    time.sleep(0.1 * number)
    print(f"run {number}: good night")


def say_everything() -> None:
    """Says one thing at each level, once to microlog and once to the standard logging module."""
    microlog.debug("debug: `microlog.debug`")
    microlog.info("## info\nA *Markdown* entry:\n\n- `microlog.info`\n- shown where it was said")
    microlog.warn("warn: `microlog.warn` is short for `microlog.warning`")
    microlog.warning("warning: `microlog.warning`")
    microlog.error("error: `microlog.error`")

    logger = logging.getLogger("helloworld")
    logger.setLevel(logging.DEBUG)
    logger.debug("debug: logging.debug")
    logger.info("info: logging.info")
    logger.warning("warning: logging.warning")
    logger.error("error: logging.error")
    logger.critical("critical: logging.critical")

    print("to standard error", file=sys.stderr)


def main() -> None:
    """Records three runs and everything that can be said."""
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s")
    RESULTS.mkdir(parents=True, exist_ok=True)
    with microlog.profile("hello world") as recording:
        for number in (1, 2, 3):
            run(number)
        say_everything()
    recording.save(RESULTS / "helloworld.microlog")
    recording.to_html(RESULTS / "helloworld.html")
    print(recording.summary())


if __name__ == "__main__":
    main()
