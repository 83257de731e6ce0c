"""Whatever a request holds, it is answered, and what is wrong with it is the sender's fault (4xx), never a bug (5xx)."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.routing import Route

from pipeline.study.study import Study
from pipeline.web.bodies import RequestError, parse_body
from tests.study.conftest import CHEAP
from tests.web.conftest import HERE, Page
from tests.web.house import bring_in, page_on

DEEP = b"[" * 50_000 + b"]" * 50_000
ODD_BODIES = [
    b"",
    b"{",
    b"nonsense",
    b"[]",
    b"null",
    b'"text"',
    b"\xff\xfe{}",
    DEEP,
    b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    b'{"decision":' + b'{"kind":' * 17 + b"1" + b"}" * 18,
    b'{"holder": "\\ud800"}',
    b'{"holder": NaN}',
    b'{"holder": 1e999}',
    b'{"start": ' + b"9" * 10_000 + b"}",
    b'{"line": "u1", "start": -5, "end": 9007199254740993}',
    b'{"line": "u1", "start": -5, "end": 99999999}',
    b'{"line": "u1", "start": true, "end": false}',
    b'{"holder": "a b"}',
    b'{"holder": "me", "digest": "", "reviewer": "\\u0000\\n", "accepted": true}',
]
RANGES = [
    "bytes=" + "9" * 5000 + "-",
    "bytes=0-" + "9" * 5000,
    "bytes=-" + "9" * 5000,
    "bytes=9-1",
    "bytes=-0",
    "bytes=-",
    "bytes=٣-٤",
    "bytes=0-1,2-3",
]


def places(page: Page) -> list[tuple[str, str]]:
    """Every method and path the application answers, with a recording that is there and one that is not."""
    found = []
    for route in page.app.routes:
        if isinstance(route, Route):
            for method in sorted(route.methods or ()):
                for recording in ("r1", "r2", "nowhere"):
                    path = route.path.replace("{recording}", recording)
                    found.append((method, path))
    return list(dict.fromkeys(found))


def write(page: Page, method: str, path: str, body: bytes, **more: str) -> Any:
    """One request with the session's secret."""
    headers = {"origin": HERE, "x-csrf": page.csrf, "sec-fetch-site": "same-origin", **more}
    headers.setdefault("content-type", "application/json")
    return page.send(method, path, content=body, headers=headers)


@pytest.mark.parametrize("body", ODD_BODIES, ids=range(len(ODD_BODIES)))
def test_no_body_breaks_any_route(page: Page, body: bytes) -> None:
    """Every route that takes a body, with every kind of wrong one."""
    for method, path in places(page):
        if method == "POST" and path != "/api/end":
            answer = write(page, method, path, body)
            assert 200 <= answer.status_code < 500, (path, answer.status_code)


def test_no_path_breaks_any_route(page: Page) -> None:
    """Recordings that are there, not ready, or unknown: a refusal, not a bug."""
    for method, path in places(page):
        if path != "/api/end":
            assert write(page, method, path, b"{}").status_code < 500, (method, path)


@pytest.mark.parametrize("asked", RANGES, ids=range(len(RANGES)))
def test_ranges_that_are_none_are_refused(page: Page, asked: str) -> None:
    """Thousands of digits, other scripts' digits, several ranges at once."""
    answer = page.send("GET", "/api/recordings/r1/sound", headers={"range": asked.encode()})  # type: ignore[dict-item]
    assert answer.status_code in (206, 416)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
KNOWN = st.sampled_from(["holder", "line", "start", "end", "marks", "decision", "reviewer", "digest", "kind"])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.dictionaries(KNOWN, JSON, max_size=6))
def test_no_mixture_breaks_a_write(page: Page, body: dict[str, Any]) -> None:
    """Right names with anything under them."""
    for path in ("pulse", "words", "mentions", "decisions", "approval", "leave"):
        answer = write(page, "POST", f"/api/recordings/r1/{path}", json.dumps(body).encode())
        assert answer.status_code < 500, path


@given(st.binary(max_size=60))
def test_bytes_are_an_object_or_refused(raw: bytes) -> None:
    """Nothing else comes out of parsing."""
    with suppress(RequestError):
        assert isinstance(parse_body(raw), dict)


WRONG = [
    b"{",
    b"[]",
    b"{}",
    DEEP,
    b'{"a": "\\ud800"}',
    b'{"name": 5, "folder": [], "files": "x", "recordings": {}, "formats": [1], "text": 7, "accepted": "yes"}',
    b'{"name": "x\\u0000y", "passphrase": null, "way": "door", "person": "P1\\n", "kind": "sites", "words": [3]}',
    b'{"policy": {"a": 1}, "reviewers": [], "destroy_after_days": "soon", "language": 4, "size": 1e300}',
]
LEFT_ALONE = ("/api/run", "/api/end", "/api/lock")  # they begin or end what goes on


def fill(path: str) -> str:
    """A path with things that are there, and things that are not."""
    for name, value in {
        "recording": "R0001",
        "code": "P99",
        "folder": "none",
        "ticket": "none",
        "study": "none",
    }.items():
        path = path.replace(f"{{{name}}}", value)
    return path


def test_no_body_breaks_any_route_of_a_study(tmp_path: Path) -> None:
    """Every route around the review, over a real study, with every kind of wrong body; nothing is changed by them."""
    study = Study.create(tmp_path / "study", key_file=tmp_path / "key", cost=CHEAP)
    bring_in(study, "week one")
    page = page_on(study)
    before = [(row.id, row.state) for row in study.recordings()]
    for route in page.app.routes:
        if not isinstance(route, Route) or "POST" not in (route.methods or ()) or route.path in LEFT_ALONE:
            continue
        for body in WRONG:
            answer = write(page, "POST", fill(route.path), body)
            assert answer.status_code < 500, (route.path, body[:40])
    assert [(row.id, row.state) for row in study.recordings()] == before
    for route in page.app.routes:
        if isinstance(route, Route) and "GET" in (route.methods or ()):
            for path in (fill(route.path), fill(route.path).replace("R0001", "R9999")):
                assert page.send("GET", path).status_code < 500, path
    study.close()
