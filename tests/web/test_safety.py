"""Who is let in, who is refused, and that nothing of a transcript gets out on the side."""

from __future__ import annotations

import json
import re

import pytest

from pipeline.web.access import IDLE_SECONDS, TOKEN_SECONDS, Door
from pipeline.web.pages import HERE as WEB
from tests.verify.memory import MemoryStore
from tests.web.conftest import HERE, NAME, PORT, Clock, Page

WORDS = ("Nerida", "Quorn", "Tess", "falconer")
PLACES = [
    "/",
    "/recordings/r1",
    "/api/recordings/r1",
    "/api/recordings/r1/sound",
    "/api/recordings/r1/approval",
]


@pytest.mark.parametrize("path", PLACES)
def test_nothing_is_served_without_a_session(stranger: Page, path: str) -> None:
    """Every page and every answer needs the cookie."""
    answer = stranger.send("GET", path)
    assert answer.status_code == 401
    assert not any(word in answer.text for word in WORDS)


def test_a_link_works_once(stranger: Page) -> None:
    """The token is spent by its first use."""
    token = stranger.door.make_token()
    assert stranger.send("GET", f"/open?token={token}").status_code == 200
    assert stranger.send("GET", f"/open?token={token}").status_code == 403


def test_an_old_or_wrong_link_does_not_work(stranger: Page, clock: Clock) -> None:
    """Ten minutes, and only the newest."""
    first = stranger.door.make_token()
    second = stranger.door.make_token()
    assert stranger.send("GET", f"/open?token={first}").status_code == 403
    clock.now += TOKEN_SECONDS + 1
    assert stranger.send("GET", f"/open?token={second}").status_code == 403
    assert stranger.send("GET", "/open").status_code == 403


def test_the_cookie_is_out_of_reach(stranger: Page) -> None:
    """Scripts cannot read it, other sites cannot send it, and it is not the token."""
    token = stranger.door.make_token()
    answer = stranger.send("GET", f"/open?token={token}")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert token.lower() not in cookie
    assert "domain" not in cookie  # it goes to this very host name alone
    assert 'content="0; url=/"' in answer.text


@pytest.mark.parametrize("recording", ["//evil.example", "https:evil", "..%2F..", "%0d%0aset-cookie:x"])
def test_a_link_leads_nowhere_else(stranger: Page, recording: str) -> None:
    """What follows the token cannot send the browser to another site."""
    answer = stranger.send("GET", f"/open?token={stranger.door.make_token()}&recording={recording}")
    assert 'content="0; url=/"' in answer.text
    assert "evil" not in answer.text


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", f"evil.example:{PORT}", "127.0.0.1", f"127.0.0.1:{PORT}", f"localhost:{PORT}"),
        *(NAME, "", f"[::1]:{PORT}", f"other.localhost:{PORT}", f"www.{NAME}:{PORT}"),
    ],
)
def test_another_host_is_refused(page: Page, host: str) -> None:
    """A foreign name that was pointed at this computer gets nothing (DNS rebinding), and neither does the loopback's
    own: who got the cookie must still know the name it belongs to."""
    assert page.send("GET", "/", headers={"host": host}).status_code == 421


def test_every_server_has_a_name_of_its_own() -> None:
    """Two servers at once, or one after another, cannot be sent each other's cookie."""
    names = {Door().host for _ in range(50)}
    assert len(names) == 50
    assert all(re.fullmatch(r"[0-9a-f]{24}\.localhost", name) for name in names)


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": f"http://localhost:{PORT}"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"x-csrf": ""},
        {"x-csrf": "guess"},
        {"content-type": "text/plain"},
    ],
    ids=str,
)
def test_a_write_from_elsewhere_is_refused(page: Page, study: MemoryStore, wrong: dict[str, str]) -> None:
    """Another origin, no origin, no secret or a form's content type: nothing is decided."""
    page.pulse()
    body = {"decision": {"kind": "accept", "marks": ["s3"]}, "holder": "me"}
    assert page.post("/api/recordings/r1/decisions", body, **wrong).status_code == 403
    assert study.events("r1") == ()


def test_reading_from_another_site_is_refused(page: Page) -> None:
    """Even with the cookie (a browser that ignores SameSite), a cross-site read gets nothing."""
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        assert page.send("GET", "/api/recordings/r1", headers=headers).status_code == 403


@pytest.mark.parametrize(
    "path", ["/", "/recordings/r1", "/static/review.js", "/api/recordings/r1", "/nowhere", "/open"]
)
def test_every_answer_carries_the_headers(page: Page, path: str) -> None:
    """No outside resource, no inline script, no framing, no caching: refusals included."""
    headers = page.send("GET", path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert not re.search(r"unsafe|https?:|\*|data:|blob:", policy)
    assert headers["cache-control"] == "no-store"
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers


def test_no_page_asks_for_anything_from_outside() -> None:
    """No address of another place, no inline script or style, no HTML made from text, in any file we serve."""
    for file in [*(WEB / "templates").iterdir(), *(WEB / "static").iterdir()]:
        text = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|@import|url\(", text), file.name
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(", text
        ), file.name
        assert not re.search(r"localStorage|sessionStorage|indexedDB|serviceWorker|sendBeacon", text), (
            file.name
        )
        if file.suffix == ".html":
            assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|\|\s*safe", text), (
                file.name
            )


def test_the_session_ends_when_nobody_is_there(page: Page, clock: Clock) -> None:
    """The page's own pulse and the sound do not keep it alive; a person does."""
    clock.now += IDLE_SECONDS - 10
    page.pulse()
    assert page.post("/api/active", {}, **{"x-passive": "1"}).json()["left"] == pytest.approx(10)
    page.send("GET", "/api/recordings/r1/sound", headers={"range": "bytes=0-99"})
    assert page.send("GET", "/").status_code == 200
    clock.now += IDLE_SECONDS - 10
    page.pulse()
    clock.now += 11
    assert page.send("GET", "/api/recordings/r1").status_code == 401


def test_ending_the_session_forgets_everything(page: Page) -> None:
    """The cookie stops working, and no review or sound stays in the server's memory."""
    page.pulse()
    page.send("GET", "/api/recordings/r1/sound")
    page.post("/api/end", {})
    desk = page.app.state.place.desk
    assert (desk._open, desk._sound, desk._holders) == ({}, None, set())
    assert page.send("GET", "/").status_code == 401


def test_the_page_and_its_state_hold_no_hidden_words(page: Page) -> None:
    """What a replacement hides is not sent until its key is held."""
    assert not any(word in page.send("GET", "/recordings/r1").text for word in WORDS)
    state = page.send("GET", "/api/recordings/r1").text
    assert "falconer" in state  # it stands in the open: nothing hides it yet
    assert not any(word in state for word in ("Tess Quorn", "Nerida here", "Vale"))
    page.pulse()
    changed = page.decide({"kind": "accept", "marks": ["s3"]}).text
    assert "falconer" not in changed


def test_a_bug_of_ours_tells_no_words(
    page: Page, study: MemoryStore, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An unexpected error says where, never what: its message may be a sentence somebody said."""

    def burst() -> None:
        raise RuntimeError("Nerida said so")

    monkeypatch.setattr(study, "recordings", burst)
    answer = page.send("GET", "/recordings/r1")
    shown = capsys.readouterr()
    assert answer.status_code == 500
    assert "Nerida" not in answer.text + shown.out + shown.err
    assert "RuntimeError" in shown.err


def test_a_malformed_request_is_not_repeated(page: Page, capsys: pytest.CaptureFixture[str]) -> None:
    """Words in a request that does not fit come back neither to the page nor to a log."""
    page.pulse()
    for body in (
        {"decision": {"kind": "correct", "text": "Nerida"}, "holder": "me"},
        {"decision": "Nerida"},
        ["Nerida"],
    ):
        answer = page.post("/api/recordings/r1/decisions", body)
        assert answer.status_code == 422
        assert "Nerida" not in answer.text
    shown = capsys.readouterr()
    assert "Nerida" not in shown.out + shown.err


def test_a_huge_request_is_refused(page: Page) -> None:
    """Nobody fills the memory through a write, whichever it is."""
    body = json.dumps({"holder": "x" * 2_000_000})
    headers = {"origin": HERE, "x-csrf": page.csrf, "content-type": "application/json"}
    for path in ("words", "pulse", "leave", "decisions"):
        answer = page.send("POST", f"/api/recordings/r1/{path}", content=body, headers=headers)
        assert answer.status_code == 413
    assert page.post("/api/recordings/r1/pulse", {"holder": "x" * 65}).status_code == 422
