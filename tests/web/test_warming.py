"""What a review waits for is read once the first page has been shown, neither before nor twice."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx

from pipeline.web import warming
from pipeline.web.access import Door
from pipeline.web.app import create_app
from pipeline.web.place import Place
from pipeline.web.warming import PAUSE_SECONDS as PAUSE
from tests.web.conftest import NAME, PORT


class Clock:
    """The event loop's time, which goes on only when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0
        asyncio.get_running_loop().time = lambda: self.now  # type: ignore[method-assign]

    async def go_on(self, seconds: float) -> None:
        """What is due by then has been done."""
        self.now += seconds
        for _ in range(3):
            await asyncio.sleep(0)


class Browser:
    """Asks the page for what a browser asks it for, and sees after which of it something began."""

    def __init__(self, folder: Path) -> None:
        self.began = 0
        self.clock = Clock()
        door = Door(host=NAME, lasting=True)
        place = Place(folder, reviewer="Sam Example", may_unlock=True)
        app = create_app(place, door, port=PORT, when_shown=self.begin)
        self.link = f"/open?token={door.make_token()}"
        transport = httpx.ASGITransport(app)
        self.client = httpx.AsyncClient(transport=transport, base_url=f"http://{NAME}:{PORT}")

    def begin(self) -> None:
        self.began += 1

    async def ask(self, path: str, pause: float) -> int:
        """How often it has begun a pause after an answer."""
        assert (await self.client.get(path)).status_code == 200
        await self.clock.go_on(pause)
        return self.began


def test_it_begins_once_the_first_page_has_its_scripts(tmp_path: Path) -> None:
    """Not on the way from the one-time link, however slow the browser is; and once."""

    async def visit() -> list[int]:
        browser = Browser(tmp_path)
        return [
            await browser.ask(path, pause)
            for path, pause in (
                (browser.link, 3 * PAUSE), ("/", 3 * PAUSE), ("/static/unlock.js", 0), ("/static/frame.js", 0.9 * PAUSE),
                ("/static/dom.js", 1.1 * PAUSE), ("/", 3 * PAUSE), ("/static/dom.js", 3 * PAUSE),
            )
        ]  # fmt: skip

    assert asyncio.run(visit()) == [0, 0, 0, 0, 1, 1, 1]


def test_it_waits_for_what_the_page_still_asks(tmp_path: Path) -> None:
    """An answer that takes longer than the pause, as that of a large study does, is part of the page."""
    began: list[str] = []

    async def visit() -> None:
        clock, ready = Clock(), asyncio.Event()

        async def page(scope: object, receive: object, send: object) -> None:
            if scope["path"] == "/api/week":  # type: ignore[index]
                await ready.wait()
                began.append("answered")

        shown = warming.OnceShown(page, lambda: began.append("begun"))  # type: ignore[arg-type]
        slow = asyncio.create_task(_ask(shown, "/api/week"))
        await clock.go_on(0)
        await _ask(shown, "/static/week.js")
        await clock.go_on(4 * PAUSE)
        ready.set()
        await slow
        await clock.go_on(1.1 * PAUSE)

    asyncio.run(visit())
    assert began == ["answered", "begun"]


async def _ask(app: warming.OnceShown, path: str) -> None:
    await app({"type": "http", "path": path}, None, None)  # type: ignore[arg-type]
