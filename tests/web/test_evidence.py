"""Evidence, settings and the end of a study, as the page tells of them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from pipeline.erase.destroy import destroy
from pipeline.study.evidence import CERTIFICATES
from pipeline.study.oversight import review_seconds
from pipeline.study.settings import read_settings, rules_of
from pipeline.study.study import Study
from pipeline.study.vault.audit import Entry
from tests.study.conftest import PASSPHRASE, key_file, study, tmp_path  # noqa: F401 - fixtures
from tests.web.house import bring_in, page_on, verify


def test_the_record_is_checked_in_words(study: Study) -> None:  # noqa: F811
    """Whole as it is; broken once somebody changed it, and then it says where."""
    bring_in(study, "week one")
    page = page_on(study)
    found = page.post("/api/evidence/check", {}).json()
    assert found["holds"]
    assert found["entries"] > 5
    study.ledger.query("UPDATE audit SET by = 'somebody else' WHERE seq = 3")
    broken = page.post("/api/evidence/check", {}).json()
    assert not broken["holds"]
    assert "entry 3" in broken["why"]


def test_certificates_are_checked_one_by_one(study: Study) -> None:  # noqa: F811
    """Genuine; then changed, another study's, missing."""
    bring_in(study, "week one")
    verify(study, "R0001")
    destroy(study, "R0001", by="tester")
    page = page_on(study)

    def why() -> str:
        (one,) = page.post("/api/evidence/certificates", {}).json()["certificates"]
        return str(one["why"])

    assert why() == ""
    file = study.folder / CERTIFICATES / "R0001.certificate.json"
    changed = json.loads(file.read_bytes())
    changed["certificate"]["destroyed_by"] = "somebody else"
    file.write_text(json.dumps(changed))
    assert "is not the one entry" in why()
    assert page.send("GET", "/recordings/R0001/certificate").status_code == 409
    file.unlink()
    assert "which is missing" in why()


def test_who_checked_what_and_what_is_open(study: Study) -> None:  # noqa: F811
    """Approvals with how much was read; what still exists or failed is named."""
    bring_in(study, "week one", "week two")
    bring_in(study, "broken", broken=True)
    verify(study, "R0001")
    shown = page_on(study).send("GET", "/api/evidence").json()
    one = shown["reviewed"][0]
    assert [a["name"] for a in one["approvals"]] == ["Sam Example"]
    risks = {risk["kind"]: risk["recordings"] for risk in shown["risks"]}
    assert risks["sound"] == ["R0001"]
    assert risks["failed"] == ["R0003"]
    events = [each["event"] for each in shown["entries"]]
    assert events[0] == "verified"
    assert all(each["by"] for each in shown["entries"])


def test_long_pauses_do_not_count_as_review() -> None:
    """Minutes between decisions, a night as five minutes."""

    def entry(after: timedelta, event: str = "decision") -> Entry:
        at = (datetime(2026, 3, 2, 10, 0) + after).isoformat()
        return Entry(1, at, "Sam", event, "R0001", "{}", "", "", "")

    marks = [entry(timedelta(seconds=s)) for s in (0, 60, 90)]
    assert review_seconds(marks) == 90
    assert review_seconds([*marks, entry(timedelta(hours=12), "verified")]) == 90 + 300
    assert review_seconds([]) == 0
    assert review_seconds([entry(timedelta(), "sealed"), entry(timedelta(hours=1), "decision")]) == 0


def test_settings_are_changed_checked_and_noted(study: Study) -> None:  # noqa: F811
    """What decides something stands in the record; what is wrong changes nothing; a path is no policy here."""
    page = page_on(study)
    noted = len(study.audit.events("settings"))
    assert page.post("/api/settings", {"sensitivity": "strict", "destroy_after_days": 7}).status_code == 200
    assert read_settings(study.folder).destroy_after_days == 7
    assert len(study.audit.events("settings")) == noted + 1
    assert page.post("/api/settings", {"name": "Another name"}).status_code == 200
    assert len(study.audit.events("settings")) == noted + 1
    for wrong in (
        {"sensitivity": "sloppy"},
        {"reviewers": 3},
        {"key_file": "/etc/passwd"},
        {"policy": "/etc/passwd"},
        {"policy": "../minimal"},
        {"nonsense": 1},
        {"name": ""},
    ):
        assert page.post("/api/settings", wrong).status_code == 409, wrong
    assert read_settings(study.folder).sensitivity == "strict"
    assert page.send("GET", "/api/settings").json()["settings"][0]["value"] == "Another name"


def test_a_setting_that_an_earlier_version_did_not_have_is_no_change(study: Study) -> None:  # noqa: F811
    """A chain that knows nothing of it: nothing is noted until it is another than by default."""
    earlier = rules_of(study.settings)
    del earlier["diarizer"]
    earlier["retention"] = {k: v for k, v in earlier["retention"].items() if k != "labels_until"}  # type: ignore[attr-defined]
    with study.ledger.transaction():
        study.audit.append("settings", detail={"settings": earlier})
    noted = len(study.audit.events("settings"))
    study.note_settings()
    assert len(study.audit.events("settings")) == noted
    study.settings = study.settings.model_copy(update={"diarizer": "one+other"})
    study.note_settings()
    assert len(study.audit.events("settings")) == noted + 1


def test_what_is_set_can_be_left_as_it_is(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """A model that is not installed here, a policy of one's own: the page offers it too, so saving does not change it."""
    monkeypatch.setenv("SESSION_DEID_MODELS", str(study.folder / "none"))
    own = {"model": "whisper-medium", "diarizer": "segmentation-3.0+eres2netv2-zh", "policy": "own.toml"}
    study.settings = study.settings.model_copy(update=own)
    shown = page_on(study).send("GET", "/api/settings").json()
    values = {each["id"]: str(each["value"]) for each in shown["settings"]}
    for name, offered in shown["choices"].items():
        assert values[name] in [each["id"] for each in offered], name
    assert values["diarizer"] == own["diarizer"]


def test_the_passphrase_is_changed_by_who_knows_it(study: Study) -> None:  # noqa: F811
    """The old one is asked for once more, since a page may stand open."""
    page = page_on(study)
    new = "another battery horse"
    assert page.post("/api/passphrase", {"old": "guess", "new": new}).status_code == 403
    assert page.post("/api/passphrase", {"old": PASSPHRASE, "new": "short"}).status_code == 409
    assert page.post("/api/passphrase", {"old": PASSPHRASE, "new": new}).status_code == 200
    assert page.post("/api/passphrase", {"old": PASSPHRASE, "new": new}).status_code == 403


def test_the_end_of_a_study(study: Study) -> None:  # noqa: F811
    """What is left is named; then the voices go, then who is behind each code."""
    bring_in(study, "week one")
    study.roster.add("Tess Quorn")
    page = page_on(study)
    assert [each["id"] for each in page.send("GET", "/api/ending").json()["left"]] == ["R0001"]
    assert page.post("/api/ending", {"accepted": True}).status_code == 409
    verify(study, "R0001")
    destroy(study, "R0001", by="tester")
    assert page.send("GET", "/api/ending").json()["not_given"][0]["id"] == "R0001"
    assert page.post("/api/ending", {}).status_code == 409
    assert page.post("/api/ending", {"accepted": True}).json()["removed"] == ["voices"]
    gone = page.post("/api/ending", {"accepted": True, "roster": True}).json()["removed"]
    assert "roster" in gone
    state = page.send("GET", "/api/ending").json()
    assert state["closed"]
    assert page.send("GET", "/api/people").json()["people"] == []


def test_what_the_board_asked_is_set_and_noted(study: Study) -> None:  # noqa: F811
    """Until when the sound is kept and by when it must be gone: checked as in study.toml, one rule without the other."""
    page = page_on(study)
    assert page.post("/api/settings", {"retention.sound_not_before": 30}).status_code == 200
    assert page.post("/api/settings", {"retention.sound_not_after": "2036-12-31"}).status_code == 200
    text = (study.folder / "study.toml").read_text(encoding="utf-8")
    assert "sound_not_before = 30" in text
    assert "2036-12-31" in text
    noted = study.audit.last_of("settings")
    assert noted is not None
    assert "retention" in str(noted.facts())
    for wrong in ("tomorrow", -1, "2036-13-31", True):
        assert page.post("/api/settings", {"retention.sound_not_before": wrong}).status_code == 409, wrong
    shown = {each["id"]: each["value"] for each in page.send("GET", "/api/settings").json()["settings"]}
    assert shown["retention.sound_not_before"] == 30
    assert shown["retention.sound_not_after"] == "2036-12-31"
    assert page.post("/api/settings", {"retention.sound_not_before": None}).status_code == 200
    assert study.settings.retention.sound_not_before is None
