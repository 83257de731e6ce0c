"""A real server on a free port, and Debian's Chromium to look at it."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from pipeline.verify.store import ReviewStore
from pipeline.web.access import IDLE_SECONDS, Door
from pipeline.web.place import Place
from pipeline.web.server import bind_port, make_server, open_link
from tests.verify.memory import MemoryStore

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]
PATIENCE_SECONDS = 120.0  # only against waiting without end: a busy machine may take long
PATIENCE_MS = 1000 * PATIENCE_SECONDS


@dataclass
class Served:
    """A running server."""

    store: ReviewStore
    door: Door
    port: int

    def link(self, recording: str = "") -> str:
        """A fresh one-time link."""
        return open_link(self.door, self.port, recording)

    def url(self, path: str) -> str:
        """An address on it."""
        return f"http://{self.door.host}:{self.port}{path}"


@contextmanager
def serving(store: ReviewStore, idle_seconds: float = IDLE_SECONDS) -> Iterator[Served]:
    """The review page of a store in memory."""
    place = Place.of_store(store, reviewer="Sam Example")
    with serving_place(place, Door(idle_seconds)) as served:
        served.store = store
        yield served


@contextmanager
def serving_place(place: Place, door: Door) -> Iterator[Served]:
    """A place served from a thread until the block ends."""
    ready = threading.Event()
    with ExitStack() as stack:
        bound = [stack.enter_context(each) for each in bind_port(0)]
        port = bound[0].getsockname()[1]
        server = make_server(place, door, port=port, when_ready=ready.set)
        thread = threading.Thread(target=server.run, args=(bound,))
        thread.start()
        try:
            assert ready.wait(15)
            yield Served(MemoryStore(), door, port)
        finally:
            server.should_exit = True
            thread.join(15)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Headless Chromium; the test is skipped where none is installed."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium on this machine: run tests/browser_setup.sh to install it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def watch(page: Page, wrong: list[str]) -> None:
    """Collects what goes wrong in a page: errors of scripts, and refusals by the policy."""
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)


def open_review(browser: Browser, served: Served, recording: str = "session-s1", **how: object) -> Page:
    """A page on a recording, ready to work."""
    facts: dict[str, Any] = {"viewport": {"width": 1360, "height": 860}, **how}
    page: Page = browser.new_context(**facts).new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(served.link(recording))
    page.wait_for_selector("body[data-ready]")
    return page


def seen(where: Page | Locator, expression: str) -> Any:
    """The value of a JavaScript expression; None while one page gives way to the next."""
    from playwright.sync_api import Error

    try:
        return where.evaluate(expression)
    except Error as gone:
        if "Execution context was destroyed" in gone.message:
            return None
        raise


def until(page: Page, expression: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until a JavaScript expression is true (Playwright's own wait needs eval, which the policy forbids)."""
    end = time.monotonic() + seconds
    while not seen(page, expression):
        assert time.monotonic() < end, f"never came true: {expression}"
        page.wait_for_timeout(30)


def until_still(page: Page, expression: str) -> Any:
    """The value of a JavaScript expression once it is the same twice, as when scrolling has come to an end."""
    before, now = None, page.evaluate(expression)
    while now != before:
        page.wait_for_timeout(150)
        before, now = now, page.evaluate(expression)
    return now


def until_true(page: Page, check: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until something holds outside the page, while the page goes on."""
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end, "never came true"
        page.wait_for_timeout(100)


def kinds(store: ReviewStore) -> list[str]:
    """The decisions kept of the sample, without what was read, and what the recognizers looked through."""
    found = [e.decision.kind for e in store.events("session-s1")]
    return [kind for kind in found if kind not in ("read", "look")]


def wait_for(page: Page, text: str) -> None:
    """Until the status line says something."""
    until(page, f"document.getElementById('said').textContent.includes({json.dumps(text)})")
