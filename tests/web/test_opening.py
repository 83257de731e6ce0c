"""The way into the page: a file of ours, sockets on both loopback addresses, a cookie for this host name alone."""

from __future__ import annotations

import http.server
import os
import socket
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.errors import PortTakenError
from pipeline.web.access import Door
from pipeline.web.opening import STALE_SECONDS, opener
from pipeline.web.place import Place
from pipeline.web.server import bind_port, make_server
from tests.verify.memory import MemoryStore
from tests.web.browsing import chromium, serving
from tests.web.firefox import firefox


def test_the_link_lies_in_a_file_of_ours_alone(tmp_path: Path) -> None:
    """Mode 0600, the link escaped, gone at the end; nothing of the link is in its name."""
    with opener(tmp_path, 'http://a.localhost:1/open?token=SECRET&x="><script>') as path:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert "SECRET" not in path.name
        assert "<script>" not in path.read_text()
    assert list(tmp_path.iterdir()) == []
    with opener(None, "http://a.localhost:1/") as elsewhere:
        assert stat.S_IMODE(elsewhere.parent.stat().st_mode) == 0o700
    assert not elsewhere.parent.exists()


def test_what_a_killed_server_left_goes(tmp_path: Path) -> None:
    """An old one is removed, one of a server that runs beside us is not."""
    (tmp_path / "open-old.html").write_text("old")
    (tmp_path / "open-new.html").write_text("new")
    past = time.time() - STALE_SECONDS - 60
    os.utime(tmp_path / "open-old.html", (past, past))
    with opener(tmp_path, "http://a.localhost:1/"):
        assert not (tmp_path / "open-old.html").exists()
        assert (tmp_path / "open-new.html").exists()


def test_both_loopback_addresses_are_ours() -> None:
    """A browser may ask ::1 for the name: another account must not be able to answer there."""
    bound = bind_port(0)
    port = bound[0].getsockname()[1]
    if len(bound) == 1:
        pytest.skip("this computer has no ::1")
    try:
        for each in bound:
            each.listen()
        for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            with socket.socket(family) as other, pytest.raises(OSError, match="in use"):
                other.bind((address, port))
    finally:
        for each in bound:
            each.close()


def test_a_port_taken_on_one_address_is_taken() -> None:
    """Half a port is none."""
    with socket.socket(socket.AF_INET6) as other:
        try:
            other.bind(("::1", 0))
        except OSError:
            pytest.skip("this computer has no ::1")
        other.listen()
        with pytest.raises(PortTakenError):
            bind_port(other.getsockname()[1])


@contextmanager
def eavesdropper() -> Iterator[tuple[int, list[str]]]:
    """Another account's server on another port of this computer, which notes each cookie it is sent."""
    heard: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.headers.get("cookie") or "")
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_port, heard
        finally:
            server.shutdown()


@pytest.mark.browser
@pytest.mark.slow
def test_another_port_is_sent_no_cookie(store: MemoryStore, tmp_path: Path) -> None:
    """Chromium, let in through the file, then led to another program on 127.0.0.1 and localhost."""
    with serving(store) as served, chromium() as browser, eavesdropper() as (port, heard):
        page = browser.new_context().new_page()
        with opener(tmp_path, served.link("session-s1")) as path:
            page.goto(path.as_uri())
            page.wait_for_selector("body[data-ready]")
        assert [c["name"] for c in page.context.cookies()] == ["session_deid"]
        for host in ("127.0.0.1", "localhost"):
            page.goto(f"http://{host}:{port}/")
        assert heard
        assert not any("session_deid" in cookie for cookie in heard)


@pytest.mark.browser
@pytest.mark.slow
def test_firefox_comes_in_through_the_file_too(store: MemoryStore, tmp_path: Path) -> None:
    """It knows names below localhost without asking anybody."""
    with serving(store) as served, firefox() as browser, eavesdropper() as (port, heard):
        with opener(tmp_path, served.link("session-s1")) as path:
            browser.goto(path.as_uri())
            browser.until("document.body && document.body.dataset.ready")
        browser.goto(f"http://127.0.0.1:{port}/")
        assert heard
        assert not any("session_deid" in cookie for cookie in heard)


def test_a_server_nobody_has_a_page_of_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begun from the menu there is no terminal to end it from; while a page asks now and then it goes on."""
    monkeypatch.setattr("pipeline.web.app.IDLE_CHECK_SECONDS", 0.05)
    door, ready = Door(lasting=True), threading.Event()
    bound = bind_port(0)
    place = Place(None, reviewer="Sam", may_unlock=True)
    port = bound[0].getsockname()[1]
    server = make_server(place, door, port=port, when_ready=ready.set, leave_seconds=1.0)
    thread = threading.Thread(target=server.run, args=(bound,))
    thread.start()
    assert ready.wait(15)
    thread.join(15)
    assert not thread.is_alive()
    for each in bound:
        each.close()
