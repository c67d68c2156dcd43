"""Servers, browser and pages for the browser tests; what they saw is kept in build/e2e/."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, WebError, expect, sync_playwright

from tests.e2e.jupyter import Application, JupyterServer

ARTEFACTS = Path(__file__).parent.parent.parent / "build" / "e2e"
SLOWEST_MS = 60_000
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
]
# What Jupyter itself says at the error level while all is well: a page without icon or network, a plug-in of Notebook 7
# without its schema, the widget manager on a saved widget whose kernel is gone, the server's list of kernels while one of
# them ends, and the notebook's window when a cell is moved (nothing in the view removes a node through its parent).
NOT_OURS = re.compile(
    r"favicon|reading 'schema'|widget model not found|net::ERR_(FAILED|BLOCKED_BY_CLIENT|INTERNET_DISCONNECTED)"
    r"|status of 500 .*/api/kernels\b|'removeChild' on 'Node'"
)


@pytest.fixture(autouse=True)
def nothing_left_behind() -> None:
    """Servers and browser outlive a test here: that nothing is left behind is checked by the other tests."""


@pytest.fixture(scope="session")
def artefacts() -> Path:
    """Where screenshots and server logs are kept."""
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    return ARTEFACTS


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's Chromium, else Playwright's own."""
    machine = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    expect.set_options(timeout=SLOWEST_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=machine, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory, artefacts: Path) -> Iterator[JupyterServer]:
    """A JupyterLab server."""
    yield from _serve("lab", tmp_path_factory, artefacts)


@pytest.fixture(scope="session")
def notebook7(tmp_path_factory: pytest.TempPathFactory, artefacts: Path) -> Iterator[JupyterServer]:
    """A Notebook 7 server."""
    yield from _serve("notebook", tmp_path_factory, artefacts)


def _serve(application: Application, folders: pytest.TempPathFactory, artefacts: Path) -> Iterator[JupyterServer]:
    server = JupyterServer(application, folders.mktemp(application), artefacts / f"{application}.log")
    yield server
    server.stop()


@pytest.fixture(params=["lab", "notebook7"], scope="session")
def server(request: pytest.FixtureRequest) -> JupyterServer:
    """Each of the two applications in turn."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, JupyterServer)
    return found


@contextmanager
def profile(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh browser profile, of which no page may report an error."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000}, reduced_motion="reduce")
    context.set_default_timeout(SLOWEST_MS)
    errors: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        text = f"{message.text} ({message.location['url']})"
        if message.type == "error" and not NOT_OURS.search(text):
            errors.append(text)

    def on_exception(error: WebError) -> None:
        if not NOT_OURS.search(str(error.error)):
            errors.append(str(error.error))

    context.on("console", on_console)
    context.on("weberror", on_exception)
    yield context
    context.close()
    assert not errors, "the browser's console has errors"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser profile of this test's own."""
    with profile(browser) as context:
        yield context


@pytest.fixture
def page(context: BrowserContext, picture: Path) -> Iterator[Page]:
    """An empty page; its last look is kept."""
    page = context.new_page()
    yield page
    page.screenshot(path=picture)


@pytest.fixture
def offline_page(context: BrowserContext, picture: Path) -> Iterator[Page]:
    """Another empty page, which reaches files and nothing else."""

    def refuse(route: Route) -> None:
        route.abort()

    page = context.new_page()
    page.route(re.compile(r"^(?!file:|data:|blob:)"), refuse)
    yield page
    page.screenshot(path=picture.with_stem(f"{picture.stem}-offline"))


@pytest.fixture
def picture(request: pytest.FixtureRequest, artefacts: Path) -> Path:
    """The file that shows how this test ended."""
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name).strip("-")
    return artefacts / f"{name}.png"
