"""The page opened with an analysis key shows transcripts and evidence, and no name; ways to each ring are made in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.routing import Mount, Route

from pipeline.erase.destroy import destroy
from pipeline.study.key_changes import add_way
from pipeline.study.study import Study
from pipeline.study.vault.key_files import make_key_file
from pipeline.study.vault.keys import KeyFile, Passphrase
from pipeline.study.vault.study_key import Ring
from pipeline.web.place import Place
from tests.batch.fakes import GIVEN, SPOKEN_NAME
from tests.study.conftest import CHEAP, PASSPHRASE, key_file, study, tmp_path  # noqa: F401 - fixtures
from tests.web.conftest import Page
from tests.web.house import bring_in, enter, page_on, page_on_locked, verify

ANALYST = "an analyst battery"
PLANTED = ("Zephyrine", "Quagmire", "Zeffy", SPOKEN_NAME, *GIVEN)
SHOWN_TO_ANALYSIS = {
    *("/", "/read/{recording}", "/out", "/evidence", "/settings", "/setup", "/open", "/texts.js"),
    "/static/{name}",
    *("/recordings/{recording}", "/recordings/{recording}/report", "/recordings/{recording}/certificate"),
    *("/api/week", "/api/out", "/api/out/preview", "/api/out/{ticket}", "/api/settings", "/api/passphrase"),
    *("/api/recovery", "/api/language", "/api/active", "/api/end", "/api/lock", "/api/unlock", "/api/ways"),
    *("/api/ways/{way}/remove", "/api/studies", "/api/studies/{study}/open", "/api/folders"),
    *("/api/folders/{folder}", "/api/evidence", "/api/evidence/check", "/api/evidence/certificates"),
    *("/api/recordings/{recording}/transcript", "/api/recordings/{recording}/report"),
}


@pytest.fixture
def rings(study: Study, tmp_path: Path) -> Study:  # noqa: F811
    study.roster.add("Zephyrine Quagmire", ("Zeffy",), "student")
    bring_in(study, "Zeffy-one", "Zeffy-two", "Zeffy-three")
    for recording in ("R0001", "R0002"):
        verify(study, recording)
    destroy(study, "R0001", by="Ann Example")
    for ring in (Ring.IDENTITY, Ring.ANALYSIS):
        make_key_file(tmp_path / f"{ring}.key", purpose="test")
        add_way(study, KeyFile(tmp_path / f"{ring}.key"), "file", ring=ring)
    return study


def page_by(study: Study, ring: Ring) -> Page:  # noqa: F811
    opened = Study.open(study.folder, KeyFile(study.folder.parent / f"{ring}.key"), by="somebody")
    return page_on(opened, may_unlock=True)


def routes_of(page: Page) -> list[Route]:
    return [route for route in page.app.routes if not isinstance(route, Mount)]


def filled(path: str) -> str:
    return re.sub(r"\{\w+\}", lambda m: "R0002" if m.group() == "{recording}" else "P01", path)


def test_no_address_shows_a_name_to_an_analysis_key(rings: Study) -> None:
    """Every address is asked: those that need names refuse, whatever is sent; the others hold none."""
    page = page_by(rings, Ring.ANALYSIS)
    before = len(list(rings.audit.entries()))
    asked = set()
    for route in routes_of(page):
        path = filled(route.path)
        for method in sorted((route.methods or {"GET"}) - {"HEAD"}):
            if path in ("/api/lock", "/api/end", "/api/unlock", "/open"):
                continue
            answer = page.send("GET", path) if method == "GET" else page.post(path, {})
            asked.add(route.path)
            assert [name for name in PLANTED if name in answer.text] == [], (method, path)
            refused = answer.status_code == 403 and "identity ring" in answer.text
            needs = route.path not in SHOWN_TO_ANALYSIS or (method, path) == ("POST", "/api/settings")
            assert refused or not needs, (method, path, answer.status_code, answer.text[:200])
            assert answer.status_code < 500, (method, path)
    assert len(asked) > 50
    # Recovery sheets and the like are an analyst's own business; nothing else was noted.
    assert {e.event for e in list(rings.audit.entries())[before:]} <= {"key added"}


def test_what_an_analyst_does_works(rings: Study) -> None:
    """Read, report, certificate, evidence, give out: by recordings' ids."""
    page = page_by(rings, Ring.ANALYSIS)
    week = page.send("GET", "/api/week").json()
    assert [card["name"] for card in week["cards"]] == ["R0001", "R0002", "R0003"]
    assert week["cards"][0]["actions"] == ["export", "read", "report", "certificate"]
    assert week["cards"][1]["actions"] == ["export", "read", "report"]
    assert week["cards"][2]["actions"] == []
    assert week["next"]["kind"] == "export"
    assert page.send("GET", "/api/recordings/R0001/transcript").status_code == 200
    assert page.send("GET", "/recordings/R0001/report").status_code == 200
    assert page.send("GET", "/recordings/R0001/certificate").status_code == 200
    assert page.post("/api/evidence/check", {}).json()["holds"]
    body = {"recordings": ["R0001", "R0002"], "formats": ["txt", "qdpx"]}
    given = page.post("/api/out", body).json()
    assert page.send("GET", f"/api/out/{given['ticket']}").status_code == 200
    assert len(rings.audit.events("exported")) == 2
    assert page.send("GET", "/recordings/R0002").headers["location"] == "/read/R0002"
    nav = re.findall(r'<li><a href="([^"]+)"', page.send("GET", "/").text)
    assert nav == ["/", "/out", "/evidence", "/settings"]


def test_the_identity_ring_reviews_and_gives_nothing_out(rings: Study) -> None:
    """What is approved and destroyed is not its to read."""
    page = page_by(rings, Ring.IDENTITY)
    cards = {card["id"]: card["actions"] for card in page.send("GET", "/api/week").json()["cards"]}
    assert cards["R0001"] == ["certificate"]
    assert cards["R0002"] == ["destroy", "read", "report"]
    assert cards["R0003"] == ["review", "hear-again"]
    assert page.send("GET", "/api/recordings/R0003").status_code == 200
    assert page.send("GET", "/api/recordings/R0002/transcript").status_code == 200
    for path in ("/api/out", "/out", "/api/recordings/R0001/transcript", "/recordings/R0001/report"):
        answer = page.send("GET", path)
        assert (answer.status_code, "analysis ring" in answer.text) == (403, True), path
    assert page.send("GET", "/api/people").status_code == 200


def test_a_way_for_the_analyst_is_made_and_removed_in_the_page(study: Study) -> None:  # noqa: F811
    """It opens the page with what it may show; the list says which opens what; the last way stays."""
    page = page_on(study, may_unlock=True)
    made = page.post("/api/ways", {"ring": "analysis", "passphrase": ANALYST}).json()["name"]
    ways = {each["name"]: each for each in page.send("GET", "/api/settings").json()["ways"]}
    assert ways[made]["ring"] == "analysis"
    assert page.post("/api/ways", {"ring": "everything", "passphrase": "12345678"}).status_code == 422
    assert page.post("/api/ways", {"ring": "identity", "passphrase": ANALYST}).status_code == 409
    locked = page_on_locked(study.folder)
    assert locked.post("/api/unlock", {"way": "passphrase", "passphrase": ANALYST}).status_code == 200
    shown = locked.send("GET", "/api/settings").json()
    assert (shown["ring"], shown["rings"]) == ("analysis", ["analysis"])
    assert [each["removable"] for each in shown["ways"]] == [False, False, True]
    assert locked.post("/api/settings", {"reviewers": 2}).status_code == 403
    others = next(name for name, each in ways.items() if each["ring"] == "both")
    assert locked.post(f"/api/ways/{others}/remove", {}).status_code == 403
    assert page.post(f"/api/ways/{made}/remove", {}).status_code == 200
    assert (
        page_on_locked(study.folder)
        .post("/api/unlock", {"way": "passphrase", "passphrase": ANALYST})
        .status_code
        == 403
    )


def test_an_analyst_changes_their_own_passphrase_alone(study: Study) -> None:  # noqa: F811
    add_way(study, Passphrase(ANALYST), "passphrase", CHEAP, ring=Ring.ANALYSIS)
    place = Place.of_study(Study.open(study.folder, Passphrase(ANALYST)), reviewer="Sam", may_unlock=True)
    page = enter(place, True)
    wrong = {"old": PASSPHRASE, "new": "another analyst"}
    assert page.post("/api/passphrase", wrong).status_code == 403
    assert page.post("/api/passphrase", {"old": ANALYST, "new": "another analyst"}).status_code == 200
    for passphrase, ring in ((PASSPHRASE, Ring.BOTH), ("another analyst", Ring.ANALYSIS)):
        with Study.open(study.folder, Passphrase(passphrase)) as opened:
            assert opened.key.ring is ring
