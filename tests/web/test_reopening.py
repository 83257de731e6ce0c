"""Reopening a verified recording from its page."""

from __future__ import annotations

from pathlib import Path

from pipeline.study.study import Study
from pipeline.study.vault.states import State
from tests.study.conftest import CHEAP
from tests.web.house import bring_in, page_on, verify


def test_a_verified_recording_has_a_button_and_goes_back_into_review(tmp_path: Path) -> None:
    """What was given out is shown, the reason is kept, and the same page decides again."""
    with Study.create(tmp_path / "study", key_file=tmp_path / "key", by="tester", cost=CHEAP) as study:
        reopen_in(study)


def reopen_in(study: Study) -> None:
    bring_in(study, "week one")
    verify(study, "R0001")
    page = page_on(study)
    assert 'id="reopen"' in page.send("GET", "/recordings/R0001").text
    assert page.send("GET", "/api/recordings/R0001/reopening").json()["given"] == []
    asked = {"reason": "a place was missed", "reviewer": "Sam Example"}
    assert page.post("/api/recordings/R0001/reopening", asked | {"reason": " "}).status_code == 409
    assert page.post("/api/recordings/R0001/reopening", asked).status_code == 200
    assert study.recording("R0001").state is State.IN_REVIEW
    assert 'id="reopen"' not in page.send("GET", "/recordings/R0001").text
    assert page.send("GET", "/api/recordings/R0001/transcript").status_code == 409
    pulse = page.post("/api/recordings/R0001/pulse", {"holder": "me"}, **{"x-passive": "1"})
    assert pulse.json()["can"]
    assert page.post("/api/recordings/R0001/reopening", asked).status_code == 409
