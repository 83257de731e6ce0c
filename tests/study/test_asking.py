"""A question to another reviewer is seen where they look: status, This week, the evidence page; and answered in the page."""

from __future__ import annotations

import json
from pathlib import Path

from pipeline.study.study import Study
from tests.study.conftest import key_file, study, tmp_path  # noqa: F401 - fixtures
from tests.study.test_how_read import command
from tests.web.house import bring_in, page_on, verify


def test_a_question_is_listed_until_it_is_answered(study: Study, key_file: Path) -> None:  # noqa: F811
    """And no word of it leaves the sealed log."""
    bring_in(study, "week one")
    page, one = page_on(study), "/api/recordings/R0001"
    page.post(f"{one}/pulse", {"holder": "h"})
    asked = {"kind": "note", "line": "u0", "text": "Is Brindlewick a place?", "asks": True}
    answer = page.post(f"{one}/decisions", {"decision": asked, "holder": "h"}).json()
    (note,) = answer["notes"]
    assert note["waits"]
    assert "questions: 1 to another reviewer, not answered" in command(study, key_file, "status")
    assert json.loads(command(study, key_file, "status", "--json"))["waiting"] == 1
    assert page.send("GET", f"{one}/progress").json()["waiting"] == 1
    assert {r["kind"]: r["recordings"] for r in page.send("GET", "/api/evidence").json()["risks"]}[
        "asked"
    ] == ["R0001"]
    told = {"kind": "answer", "note": note["number"], "text": "It is; take Brindlewick out."}
    page.post(f"{one}/decisions", {"decision": told, "holder": "h"})
    assert "not answered" not in command(study, key_file, "status")
    assert "asked" not in {r["kind"] for r in page.send("GET", "/api/evidence").json()["risks"]}
    page.post(f"{one}/leave", {"holder": "h"})
    verify(study, "R0001")
    outside = (
        "".join(str(e.facts()) for e in study.audit.entries())
        + page.send("GET", "/recordings/R0001/report").text
    )
    assert "Brindlewick" not in outside
    assert b"Brindlewick" not in b"".join(p.read_bytes() for p in study.folder.rglob("*") if p.is_file())
