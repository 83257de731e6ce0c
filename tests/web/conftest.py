"""The page's server without a socket: requests go straight into the application."""

from __future__ import annotations

from typing import Any

import anyio
import httpx
import pytest

from pipeline.verify.store import RecordingInfo
from pipeline.web.access import Door
from pipeline.web.app import create_app
from pipeline.web.place import Place
from tests.verify.conftest import material, small_material
from tests.verify.memory import MemoryStore
from tests.verify.sample import sample_sound, sample_store

__all__ = ["material"]  # the small recording, as the rooms below see it

PORT = 4711
NAME = "5e551014.localhost"
HERE = f"http://{NAME}:{PORT}"


class Clock:
    """Time that passes when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Page:
    """A browser's side: keeps the cookie, knows the secret, sends what a page sends."""

    def __init__(self, app: Any, door: Door) -> None:
        self.app, self.door = app, door
        self.cookies: dict[str, str] = {}
        self.csrf = ""

    def send(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any
    ) -> httpx.Response:
        """One request; `headers` override those a page would send."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=HERE, cookies=self.cookies) as client:
                return await client.request(method, path, headers=headers, **more)

        answer: httpx.Response = anyio.run(ask)
        self.cookies |= dict(answer.cookies)
        return answer

    def enter(self) -> Page:
        """Open the one-time link."""
        assert self.send("GET", f"/open?token={self.door.make_token()}").status_code == 200
        self.csrf = next(iter(self.door._visits.values())).csrf
        return self

    def post(self, path: str, body: object, **headers: str) -> httpx.Response:
        """A write as the page's scripts send it."""
        sent = {"origin": HERE, "x-csrf": self.csrf, "sec-fetch-site": "same-origin", **headers}
        return self.send("POST", path, json=body, headers={k: v for k, v in sent.items() if v})

    def decide(self, decision: dict[str, Any], holder: str = "me") -> httpx.Response:
        """One decision on the small recording."""
        return self.post("/api/recordings/r1/decisions", {"decision": decision, "holder": holder})

    def pulse(self, holder: str = "me") -> dict[str, Any]:
        """Ask for the right to decide."""
        answer: dict[str, Any] = self.post(
            "/api/recordings/r1/pulse", {"holder": holder}, **{"x-passive": "1"}
        ).json()
        return answer


@pytest.fixture
def clock() -> Clock:
    """Time for the door."""
    return Clock()


@pytest.fixture
def study() -> MemoryStore:
    """One recording ready for review, with sound, and one that is not."""
    store = MemoryStore("A study")
    store.put(RecordingInfo("r1", "week one", "redacted", 15.0, 1.0), small_material(), sample_sound(15))
    store.put(RecordingInfo("r2", "week two", "sealed", 15.0, 1.0))
    return store


@pytest.fixture
def store() -> MemoryStore:
    """The sample study."""
    return sample_store()


@pytest.fixture
def stranger(study: MemoryStore, clock: Clock) -> Page:
    """A browser that has not been let in."""
    door = Door(clock=clock, host=NAME)
    return Page(create_app(Place.of_store(study, reviewer="Sam"), door, port=PORT), door)


@pytest.fixture
def page(stranger: Page) -> Page:
    """A browser that opened the link."""
    return stranger.enter()


@pytest.fixture(autouse=True)
def _any_bytes_are_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Recordings of these tests are random bytes: what an import looks for in them has tests of its own
    (tests/study/test_refused_early.py)."""
    monkeypatch.setattr("pipeline.study.intake.importing.refuse_unusable", lambda _: None)
    monkeypatch.setattr("pipeline.audio.usable.check_usable", lambda _, **__: None)
