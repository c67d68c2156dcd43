"""The page in a real browser: script a frame while a long recording is panned and zoomed, and the time to the first picture."""

from __future__ import annotations

import base64
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from microlog_nb.formats import html
from microlog_nb.tables import Tables
from microlog_nb.widget import bundle, limits, payload
from microlog_nb.widget.widget import Timeline
from tests.benchmarks.synthetic import long_recording
from tests.benchmarks.table import Result, at_most
from tests.benchmarks.tracing import Frames, traced

SCALES = (1, 10, 100, 1_000, 10_000, 100_000)
BUDGET_MS, LONGEST_MS, FIRST_S = 10.0, 50.0, 0.5
_CALLS_PER_SAMPLE = 1.32
LANES, HEAD = ".microlog-lanes canvas", ".microlog-head canvas"


def results() -> Iterator[Result]:
    """A line for each scale of each page, pointing and searching, and the first picture."""
    tables = Tables(long_recording(int(1_000_000 / _CALLS_PER_SAMPLE)))
    levels = payload.levels(tables)
    with _browser() as browser, tempfile.TemporaryDirectory() as folder:
        # No page is sent all of so many; how it would fare is told without a budget.
        for name, most in (("report", limits.ALL.calls), ("page with all calls", 10**9)):
            bars = levels.at_most(most)
            yield Result(f"{name}: calls and bars", f"{len(tables.call_data)} and {len(bars.call)}")
            page = _report(browser, payload.encode(tables, bars), Path(folder) / "long.html")
            lines = _moving(browser, page, name)
            yield from lines if most == limits.ALL.calls else (Result(each.name, each.value) for each in lines)
            page.close()
        yield at_most("end of 60 s at 1 kHz -> timeline painted", _first_picture(browser), FIRST_S, "{:.2f} s")


@contextmanager
def _browser() -> Iterator[Browser]:
    machine = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=machine, args=["--no-sandbox"])
        yield browser
        browser.close()


def _report(browser: Browser, view: bytes, path: Path) -> Page:
    script, style = (bundle.script(name) for name in ("standalone.js", "widget.css"))
    path.write_text(html.dump(payload.deflate(view), title="long", script=script, style=style), "utf-8")
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(path.as_uri())
    page.locator(".microlog[data-painted]").wait_for(timeout=120_000)
    page.locator(".microlog-tree").wait_for(state="attached")
    return page


def _moving(browser: Browser, page: Page, name: str) -> Iterator[Result]:
    everything: list[float] = []
    for scale in SCALES[:3]:  # the compiler learns what is hot
        _zoom(page, scale)
        _pan_and_zoom(page)
    for scale in SCALES:
        _zoom(page, scale)
        with traced(browser, page) as frames:
            _pan_and_zoom(page)
        everything += frames.script
        yield _line(f"{name}: pan and zoom at 1/{scale:,}, {_shown(page)}, {len(frames.script)} frames", frames.script)
    yield _line(f"{name}: all of them", everything)
    pointing, searching = _pointing(browser, page), _searching(browser, page)
    yield _line(f"{name}: pointing at calls", pointing.script)
    yield at_most(f"{name}: longest script at one go, pointing", max(pointing.blocks), LONGEST_MS, "{:.1f} ms")
    yield at_most(f"{name}: longest script at one go, searching", max(searching.blocks), LONGEST_MS, "{:.1f} ms")


def _line(what: str, script: list[float]) -> Result:
    p95 = float(np.percentile(script, 95))
    value = f"{statistics.median(script):.1f}, p95 {p95:.1f} ms"
    return Result(what, value, f"p95 ≤ {BUDGET_MS:.0f} ms", p95 <= BUDGET_MS)


def _shown(page: Page) -> str:
    return f"{page.locator('.microlog').get_attribute('data-bars')} bars"


def _span(page: Page) -> int:
    start, end = (page.locator(".microlog").get_attribute("data-window") or "0,0").split(",")
    return int(end) - int(start)


def _zoom(page: Page, scale: int) -> None:
    """To about this part of the whole, at a place that is different each time."""
    box = _box(page)
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 5)
    page.keyboard.press("f")
    time.sleep(0.4)
    whole = _span(page)
    page.keyboard.down("Control")
    for turn in range(400):
        page.mouse.move(box["x"] + box["width"] * (0.3 + 0.4 * ((turn * 7) % 10) / 10), box["y"] + box["height"] / 2)
        if _span(page) <= whole / scale:
            break
        page.mouse.wheel(0, -120)
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.keyboard.up("Control")


def _pan_and_zoom(page: Page) -> None:
    """With the hand: drags to and fro, then turns of the wheel in and out."""
    box = _box(page)
    middle = box["y"] + box["height"] / 2
    for drag in range(3):
        page.mouse.move(box["x"] + box["width"] * 0.6, middle)
        page.mouse.down()
        for step in range(30):
            page.mouse.move(box["x"] + box["width"] * (0.6 + (-1) ** drag * 0.01 * step), middle)
            _breathe()
        page.mouse.up()
    page.keyboard.down("Control")
    for step in range(80):
        page.mouse.move(box["x"] + box["width"] * (0.3 + 0.005 * step), middle)
        page.mouse.wheel(0, -20 if step % 40 < 20 else 20)
        _breathe()
    page.keyboard.up("Control")


def _pointing(browser: Browser, page: Page) -> Frames:
    """Over bars of many functions, at several scales."""
    seen = Frames()
    for scale in (1, 1_000):
        _zoom(page, scale)
        box = _box(page)
        with traced(browser, page) as frames:
            for step in range(60):
                x = box["x"] + box["width"] * (0.1 + 0.8 * step / 60)
                page.mouse.move(x, box["y"] + 12 + (step * 18) % (box["height"] - 30))
                time.sleep(0.1 if step % 4 == 0 else 0.02)
        seen.script += frames.script
        seen.blocks += frames.blocks
    return seen


def _searching(browser: Browser, page: Page) -> Frames:
    page.mouse.move(5, 5)
    with traced(browser, page) as frames:
        for query in ("/", "method_1", "Enter", "Enter"):
            if len(query) > 1 and query != "Enter":
                page.keyboard.type(query, delay=60)
            else:
                page.keyboard.press(query)
            time.sleep(0.3)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    return frames


def _breathe() -> None:
    """Hands and screens are no faster than this."""
    time.sleep(0.016)


def _box(page: Page) -> dict[str, float]:
    box = page.locator(LANES).first.bounding_box()
    assert box is not None
    return {"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]}


_WIDGET = """
window.show = async (module, traits) => {
    const bytes = await fetch(`data:application/octet-stream;base64,${traits.payload}`);
    traits.payload = new Uint8Array(await bytes.arrayBuffer());
    const quiet = () => undefined;
    const model = { get: name => traits[name], set: quiet, save_changes: quiet, send: quiet, on: quiet, off: quiet };
    const url = URL.createObjectURL(new Blob([module], { type: "text/javascript" }));
    const el = document.body.appendChild(document.createElement("div"));
    const painted = new Promise(done => el.addEventListener("microlog:painted", done, { once: true, capture: true }));
    await (await import(url)).default().render({ model, el });
    await painted;
    return performance.timeOrigin + performance.now();
};
"""


def _first_picture(browser: Browser) -> float:
    """Seconds from the end of a recording to its picture in a page that has not shown any: analysis, bytes, code, painting."""
    measured = []
    for _ in range(5):
        page = browser.new_page(viewport={"width": 1200, "height": 700})
        page.add_script_tag(content=_WIDGET)
        trace = long_recording(60_000, logs=500, spans=1_000, gaps=100)
        start = time.time()
        view = Timeline(Tables(trace))
        code = view._code
        traits = {"payload": base64.b64encode(view.payload).decode(), "_first": code.first, "_more": code.more}
        ready = time.time()
        painted = page.evaluate("([module, traits]) => window.show(module, traits)", [view._esm, traits]) / 1e3
        print(f"  {ready - start:.2f} s in Python, {painted - ready:.2f} s on the page", file=sys.stderr, flush=True)
        measured.append(painted - start)
        view.close()
        page.close()
    return statistics.median(measured)
