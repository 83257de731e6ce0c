"""Raw words that were kept, transcripts, roster and label map end on their day: shown, destroyed, certified by the rule."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.erase import signing
from pipeline.erase.close import close_study
from pipeline.erase.destroy import check_destroyable, destroy
from pipeline.erase.due import due, study_terms, terms
from pipeline.erase.rest import rest_begun
from pipeline.errors import HeldError, KeptError, NotKeptError, SettingsError, SomeFailedError, StateError
from pipeline.study.audit_check import check_study
from pipeline.study.changing import change_settings
from pipeline.study.holds import lift_holds, place_hold, standing_holds
from pipeline.study.retention import Retention
from pipeline.study.settings import read_settings, write_settings
from pipeline.study.study import Study
from pipeline.study.vault.states import Artifact, State
from tests.batch.life import in_child
from tests.erase.test_copies import opened
from tests.erase.test_destroy import KILLED, everything_below, verified_study
from tests.erase.test_keeping import TODAY, call, day
from tests.web.house import page_on

WORDS = (Artifact.TRANSCRIPTION, Artifact.ATTRIBUTION, Artifact.REDACTION, Artifact.DECISIONS)


def ended_study(folder: Path, **rules: object) -> Study:
    """A destroyed recording whose raw words were kept, under rules of `[retention]`."""
    words = "words_until" in rules or not rules
    study = verified_study(
        folder, destroy_raw_transcript=not words, retention=Retention.model_validate(rules)
    )
    study.roster.add("Ada Example")
    destroy(study, "R0001", by="Ann Example")
    return study


def told(study: Study, at: datetime = TODAY) -> list[str]:
    return [str(term) for mine in terms(study, at).values() for term in mine]


# --- raw words and transcripts --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "what", "event", "file"),
    [
        ("words_until", "raw words", "raw words destroyed", "R0001.words"),
        ("transcripts_until", "transcript", "transcript destroyed", "R0001.transcript"),
    ],
)
def test_what_is_left_is_kept_until_its_day_and_then_goes(
    tmp_path: Path, rule: str, what: str, event: str, file: str
) -> None:
    """Refused before; due on the day, overdue after it; destroyed with a certificate that names the rule."""
    with ended_study(tmp_path, **{rule: day(30)}) as study:
        assert told(study) == [f"{what} kept until {day(30)} (retention.{rule} = {day(30)})"]
        with pytest.raises(KeptError, match=rule):
            destroy(study, "R0001", by="x")
        assert list(due(study, TODAY)) == []
        assert [row.id for row in due(study, TODAY + timedelta(days=30))] == ["R0001"]
        assert "due to be destroyed since" in told(study, TODAY + timedelta(days=30))[0]
        assert "OVERDUE" in told(study, TODAY + timedelta(days=31))[0]
        later = TODAY + timedelta(days=31)
        gone = destroy(study, "R0001", by="Ann Example", clock=later.timestamp)
        assert gone.certificate.name == f"{file}.certificate.json"
        certificate = signing.check(
            gone.certificate.read_bytes(), file="c", public_key=study.audit.verify_key
        )
        assert certificate.rules == (f"retention.{rule} = {day(30)}: kept until {day(30)}.",)
        assert all(check.passed for check in certificate.checks)
        assert study.recording("R0001").state is State.DESTROYED
        assert len(study.audit.events(event)) == 1
        goes = WORDS if rule == "words_until" else (Artifact.APPROVED, Artifact.REPORT)
        for kind in goes:
            with pytest.raises(NotKeptError):
                study.artifact("R0001", kind)
        assert study.has("R0001", Artifact.APPROVED) is (rule == "words_until")
        assert told(study, later) == []
        check_study(study)
        with pytest.raises(StateError):
            destroy(study, "R0001", by="x")
    assert (tmp_path / "study/certificates/R0001.certificate.json").exists()


def test_both_end_one_after_the_other(tmp_path: Path) -> None:
    """What is due first goes first, each with its own certificate."""
    with ended_study(tmp_path, words_until=0, transcripts_until=day(0)) as study:
        names = [destroy(study, "R0001", by="x").certificate.name for _ in range(2)]
        assert names == ["R0001.words.certificate.json", "R0001.transcript.certificate.json"]
        assert not study.rows.key_ids("R0001")
        check_study(study)


def test_without_a_rule_nothing_of_it_goes(tmp_path: Path) -> None:
    with ended_study(tmp_path) as study:
        with pytest.raises(StateError):
            destroy(study, "R0001", by="x")
        assert told(study) == []
        assert study.has("R0001", Artifact.TRANSCRIPTION)


def test_a_hold_keeps_it(tmp_path: Path) -> None:
    with ended_study(tmp_path, transcripts_until=day(-1)) as study:
        place_hold(study, "R0001", reason="an inquiry", by="Ann", account="ann")
        for work in (destroy, check_destroyable):
            with pytest.raises(HeldError):
                work(study, "R0001", by="x")
        assert list(due(study, TODAY)) == []
        lift_holds(study, "R0001", reason="over", by="Ann", account="ann")
        destroy(study, "R0001", by="x")
        assert not study.has("R0001", Artifact.APPROVED)


def test_due_ones_go_by_the_command(tmp_path: Path) -> None:
    """`destroy --due` takes them like sound, and `status` shows them before."""
    with ended_study(tmp_path, words_until=day(-1)) as study:
        write_settings(study.folder, study.settings.model_copy(update={"unattended_destroy": True}))
    shown = call(tmp_path, "status").output
    assert f"raw words OVERDUE: had to be destroyed by {day(-1)} (retention.words_until" in shown
    done = call(tmp_path, "destroy", "--due", "--yes")
    assert done.exit_code == 0, (done.output, done.exception)
    assert "R0001: destroyed" in done.output
    assert call(tmp_path, "destroy", "--due", "--yes").output.strip() == "Nothing is due."
    with opened(tmp_path) as study:
        assert len(study.audit.events("raw words destroyed")) == 1


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("rule", ["words_until", "transcripts_until"])
def test_killed_anywhere_the_same_command_finishes_it(tmp_path: Path, rule: str) -> None:
    """Nothing else goes with it, nothing of it stays, and there is one certificate."""
    kills = 0
    for nth in range(1, 400, 3):
        folder = tmp_path / str(nth)
        folder.mkdir()
        with ended_study(folder, **{rule: day(-1)}) as study:
            key = study.rows.key("R0001", "words" if rule == "words_until" else "kept")
        status = in_child(lambda f=folder: destroy(opened(f), "R0001", by="x"), fault=f"*:kill:{nth}")
        with opened(folder) as study:
            row = study.recording("R0001")
            if row.state is State.DESTROYING:
                assert rest_begun(study, row)
                assert "R0001" in [each.id for each in due(study, TODAY)]
            if list(due(study, TODAY)):
                destroy(study, "R0001", by="x")
            assert study.has("R0001", Artifact.APPROVED) is (rule == "words_until")
            assert not study.has("R0001", Artifact.TRANSCRIPTION)
            check_study(study)
            assert key is not None
            assert key not in everything_below(study.folder)
        if status == 0:
            break
        assert status == KILLED
        kills += 1
    assert kills > 5


# --- roster and label map -----------------------------------------------------------------------------


def test_the_roster_and_the_label_map_are_kept_until_their_day(tmp_path: Path) -> None:
    """Closing refuses before; from the day on they are due, which a person ends, and the entry names the rule."""
    with ended_study(tmp_path, roster_until=day(5), transcripts_until=day(90)) as study:
        (term,) = study_terms(study, TODAY)
        assert str(term) == f"roster kept until {day(5)} (retention.roster_until = {day(5)})"
        with pytest.raises(KeptError, match="roster_until"):
            close_study(study, with_roster=True)
        assert study.roster.load().people
    with opened(tmp_path) as study:
        rules = Retention(roster_until=day(-2), labels_until=0)
        write_settings(study.folder, study.settings.model_copy(update={"retention": rules}))
    shown = call(tmp_path, "status").output
    assert "The study: roster OVERDUE" in shown
    assert "session-deid close --roster" in shown
    waits = call(tmp_path, "destroy", "--due")
    assert isinstance(waits.exception, SomeFailedError)
    assert "The study: roster OVERDUE" in waits.output
    listed = [json.loads(line) for line in call(tmp_path, "status", "--json").output.splitlines()]
    assert {each["retention"][0]["what"] for each in listed if each.get("study")} == {"roster", "labels"}
    with opened(tmp_path) as study:
        close_study(study, with_roster=True)
        assert study_terms(study, TODAY) == ()
        (entry,) = study.audit.events("study closed")
        assert f"retention.roster_until = {day(-2)}" in entry.facts()["rules"]
        check_study(study)


def test_days_of_the_roster_are_counted_from_the_last_recording(tmp_path: Path) -> None:
    with ended_study(tmp_path, roster_until=10) as study:
        (term,) = study_terms(study, datetime.now(UTC))
        assert date.fromisoformat(term.day) == day(10)


def test_a_rule_that_says_nothing_is_refused(tmp_path: Path) -> None:
    """Raw words that go with the sound cannot be kept until a day."""
    with ended_study(tmp_path, words_until=day(3)) as study:
        path = study.folder / "study.toml"
        path.write_text(
            path.read_text().replace("destroy_raw_transcript = false", "destroy_raw_transcript = true")
        )
        with pytest.raises(SettingsError, match=r"words_until needs destroy_raw_transcript = false"):
            read_settings(study.folder)
        with pytest.raises(SettingsError, match="words_until"):
            change_settings(study, {"destroy_raw_transcript": True})


# --- the page -------------------------------------------------------------------------------------------


def test_the_page_shows_what_is_due_and_ends_it(tmp_path: Path) -> None:
    with ended_study(tmp_path, transcripts_until=day(-1), roster_until=day(4)) as study:
        page = page_on(study)
        week = page.send("GET", "/api/week").json()
        assert week["cards"][0]["actions"][0] == "destroy"
        assert week["cards"][0]["terms"][0]["rule"] == f"retention.transcripts_until = {day(-1)}"
        assert week["terms"][0]["what"] == "roster"
        assert week["next"]["kind"] == "destroy"
        shown = page.send("GET", "/api/recordings/R0001/destruction").json()
        assert shown["what"] == ["transcript"]
        due_ = page.send("GET", "/api/evidence").json()["due"]
        assert [(each["what"], each["rule"].split()[0]) for each in due_] == [
            ("transcript", "retention.transcripts_until"),
            ("roster", "retention.roster_until"),
        ]
        assert page.post("/api/recordings/R0001/destruction", {"accepted": True}).json()["checks"] > 3
        card = page.send("GET", "/api/week").json()["cards"][0]
        assert card["actions"] == ["certificate", "withdraw"]
        assert page.send("GET", "/api/recordings/R0001/transcript").status_code == 409
        assert page.post("/api/evidence/certificates", {}).json()["certificates"][0]["why"] == ""
        assert page.send("GET", "/recordings/R0001/certificate").status_code == 200


def test_a_hold_is_placed_and_lifted_in_the_page_by_a_named_person(tmp_path: Path) -> None:
    with verified_study(tmp_path) as study:
        page = page_on(study)
        assert (
            page.post("/api/holds", {"recording": "R0001", "reason": " ", "name": "Ann"}).status_code == 409
        )
        assert (
            page.post("/api/holds", {"recording": "R0001", "reason": "asked", "name": ""}).status_code == 409
        )
        asked = {"recording": "R0001", "reason": "an inquiry", "name": "Ann Example"}
        assert page.post("/api/holds", asked).status_code == 200
        with pytest.raises(HeldError):
            destroy(study, "R0001", by="x")
        (shown,) = page.send("GET", "/api/holds").json()["holds"]
        assert (shown["by"], shown["reason"], shown["lifted_by"]) == ("Ann Example", "an inquiry", "")
        ended = {**asked, "reason": "it is over", "name": "Una Example"}
        assert page.post("/api/holds/lift", ended).status_code == 409
        assert standing_holds(study, "R0001")
        assert page.post("/api/holds/lift", {**ended, "accepted": True}).status_code == 200
        assert not standing_holds(study, "R0001")
        assert page.post("/api/holds", {"reason": "all of it", "name": "Ann Example"}).status_code == 200
        assert standing_holds(study, "R0001")[0].of == "the study"
        check_study(study)


@pytest.mark.parametrize("typed", ["the day Tess Quorn leaves", "2036-13-01", 1.5, True])
def test_a_rule_that_is_no_day_is_refused_without_saying_what_was_typed(
    tmp_path: Path, typed: object
) -> None:
    """It may hold a name; what a rule has to be is said."""
    file = tmp_path / "study.toml"
    file.write_text(f"name = 'Group'\n[retention]\nroster_until = {json.dumps(typed)}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="must be a day, such as 2036-12-31") as refused:
        read_settings(tmp_path)
    assert str(typed) not in str(refused.value)
