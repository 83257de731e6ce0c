"""Who approved: the account beside the typed name, in chain, report and certificate; and from when days are counted."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.batch.run import run_study
from pipeline.erase.destroy import destroy
from pipeline.erase.due import due, verified_at
from pipeline.erase.loss import find_loss
from pipeline.erase.withdraw import Claim, withdraw
from pipeline.errors import NotDestroyableError, SecondReviewerError
from pipeline.records import to_json
from pipeline.study.approved import read_approved
from pipeline.study.review_store import StudyReviewStore
from pipeline.study.settings import write_settings
from pipeline.study.study import Study
from pipeline.study.vault import audit
from pipeline.study.vault.keys import KeyFile
from pipeline.study.vault.states import Artifact, State
from pipeline.study.withdrawals import Reason
from pipeline.verify.final import review_digest
from pipeline.verify.session import ReviewSession
from tests.batch.fakes import FakeStages, with_stages
from tests.batch.life import no_sound
from tests.erase.test_copies import certificate_of
from tests.erase.test_destroy import verified_study
from tests.study.conftest import CHEAP, make_sound


def ready(folder: Path, **settings: object) -> None:
    """A study whose one recording may be approved."""
    with Study.create(folder / "study", key_file=folder / "study.key", by="setup", cost=CHEAP) as study:
        make_sound(study.folder / "inbox" / "week-1.wav")
        run_study(study, with_stages(FakeStages), lambda _: None, sleep=lambda _: None)
        write_settings(study.folder, study.settings.model_copy(update=settings))


def approve(folder: Path, reviewer: str, account: str) -> None:
    """At the terminal or the page, under an account of the computer."""
    with Study.open(folder / "study", KeyFile(folder / "study.key"), by=account) as study:
        store, holder = StudyReviewStore(study, no_sound), secrets.token_hex(4)
        store.take_lease("R0001", holder, reviewer)
        session = ReviewSession(store, "R0001", lambda: audit.now())
        try:
            session.approve(reviewer, review_digest(session.state), True, holder)
        finally:
            store.release_lease("R0001", holder)


def opened(folder: Path) -> Study:
    return Study.open(folder / "study", KeyFile(folder / "study.key"), by="tester")


@pytest.mark.parametrize(("second", "same"), [("lab", True), ("bea", False)])
def test_the_account_stands_beside_the_name_everywhere(tmp_path: Path, second: str, same: bool) -> None:
    """And two names from one account are marked: in the chain, in the report, in the certificate and on its page."""
    ready(tmp_path, reviewers=2)
    approve(tmp_path, "Ann Smith", "lab")
    approve(tmp_path, "Bea Jones", second)
    with opened(tmp_path) as study:
        (verified,) = study.audit.events("verified")
        assert verified.facts()["account"] == second
        assert verified.facts().get("same account") == ("lab" if same else None)
        report = json.loads(study.artifact("R0001", Artifact.REPORT))
        assert report["decided_by"] == f"Ann Smith (account lab), Bea Jones (account {second})"
        assert any("one account of the computer (lab)" in note for note in report["notes"]) == same
        gone = destroy(study, "R0001", by="x")
        certificate = certificate_of(study, gone)
        assert [(a.name, a.account) for a in certificate.approvals] == [
            ("Ann Smith", "lab"),
            ("Bea Jones", second),
        ]
        assert any("one account of the computer (lab)" in limit for limit in certificate.limits) == same
        page = gone.page.read_text()
        assert f"Bea Jones (account {second})" in page
        assert ("one account of the computer (lab)" in page) == same


def test_a_full_stop_makes_nobody_a_second_person(tmp_path: Path) -> None:
    ready(tmp_path, reviewers=2)
    approve(tmp_path, "Ann Smith", "lab")
    with pytest.raises(SecondReviewerError):
        approve(tmp_path, "Ann Smith.", "lab")


def test_statements_of_a_withdrawal_name_the_account_too(tmp_path: Path) -> None:
    ready(tmp_path, reviewers=2)
    for reviewer in ("Ann Smith", "Bea Jones"):
        with Study.open(tmp_path / "study", KeyFile(tmp_path / "study.key"), by="lab") as study:
            seen = find_loss(study, study.recording("R0001"))
            gone = withdraw(study, "R0001", Claim(reviewer, Reason.UNUSABLE, seen), by="lab")
    assert gone is not None
    with opened(tmp_path) as study:
        certificate = certificate_of(study, gone)
        assert certificate.withdrawal is not None
        assert {each.account for each in certificate.withdrawal.statements} == {"lab"}
        assert "one account of the computer (lab)" in " ".join(certificate.limits)
        assert {entry.facts()["account"] for entry in study.audit.events("withdrawal stated")} == {"lab"}


def test_an_approval_counts_for_the_transcript_it_names_alone(tmp_path: Path) -> None:
    """Two approvals, one of another digest: too few, whoever wrote the record."""
    ready(tmp_path, reviewers=2)
    approve(tmp_path, "Ann Smith", "ann")
    approve(tmp_path, "Bea Jones", "bea")
    with opened(tmp_path) as study:
        approved = read_approved(study, "R0001")
        assert approved is not None
        first, second = approved.approvals
        wrong = replace(approved, approvals=(replace(first, digest="0" * 64), second))
        study.keep("R0001", Artifact.APPROVED, to_json(wrong))
        with pytest.raises(NotDestroyableError, match="too few people approved this very transcript"):
            destroy(study, "R0001", by="x")
        assert study.recording("R0001").state is State.VERIFIED
        study.keep("R0001", Artifact.APPROVED, to_json(approved))
        destroy(study, "R0001", by="x")


# --- from when the days are counted --------------------------------------------------------------------


class Clock:
    """The computer's clock, as somebody set it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch):
        self._patch = monkeypatch

    def set(self, at: datetime) -> None:
        text = at.isoformat(timespec="milliseconds")
        for place in ("pipeline.study.vault.audit.now", "pipeline.study.study.now"):
            self._patch.setattr(place, lambda: text)


TODAY = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_clock_years_back_at_verification_does_not_destroy_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The chain knows a newer time: counted from there, and from the first right time after it when there is one."""
    clock = Clock(monkeypatch)
    clock.set(TODAY)
    ready(tmp_path, destroy_after_days=7)
    clock.set(TODAY - timedelta(days=3000))
    approve(tmp_path, "Ann Smith", "ann")
    with opened(tmp_path) as study:
        assert list(due(study, TODAY + timedelta(days=6))) == []
        assert [row.id for row in due(study, TODAY + timedelta(days=8))] == ["R0001"]
        clock.set(TODAY + timedelta(days=30))
        with study.ledger.transaction():
            study.audit.append("run", "", {"began": audit.now(), "done": 0, "failed": []})
        assert list(due(study, TODAY + timedelta(days=31))) == []
        assert list(due(study, TODAY + timedelta(days=36))) == []
        assert [row.id for row in due(study, TODAY + timedelta(days=38))] == ["R0001"]


@pytest.mark.parametrize(("minutes", "put_off"), [(1, False), (5, False), (6, True)])
def test_with_a_right_clock_nothing_is_put_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, minutes: int, put_off: bool
) -> None:
    """Later entries do not move the day; nor does a clock the network set back by minutes, five at most."""
    clock = Clock(monkeypatch)
    clock.set(TODAY)
    ready(tmp_path, destroy_after_days=7)
    clock.set(TODAY - timedelta(minutes=minutes))
    approve(tmp_path, "Ann Smith", "ann")
    clock.set(TODAY + timedelta(days=5))
    with opened(tmp_path) as study:
        with study.ledger.transaction():
            study.audit.append("run", "", {})
        assert [row.id for row in due(study, TODAY + timedelta(days=7))] == ([] if put_off else ["R0001"])
        assert [row.id for row in due(study, TODAY + timedelta(days=12))] == ["R0001"]


def test_a_record_without_an_account_is_read(tmp_path: Path) -> None:
    """Approved by an earlier version: destroyed as ever, and the certificate names no account."""
    with verified_study(tmp_path) as study:
        approved = read_approved(study, "R0001")
        assert approved is not None
        plain = json.loads(to_json(approved))
        for approval in plain["approvals"]:
            del approval["account"]
        study.keep("R0001", Artifact.APPROVED, json.dumps(plain).encode())
        certificate = certificate_of(study, destroy(study, "R0001", by="x"))
        assert certificate.approvals[0].account == ""


def test_the_day_itself_counts_and_half_destroyed_is_always_due(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not a moment before so many days, and at that moment; one whose destruction has begun whatever the days say."""
    clock = Clock(monkeypatch)
    clock.set(TODAY)
    ready(tmp_path, destroy_after_days=7)
    approve(tmp_path, "Ann Smith", "ann")
    with opened(tmp_path) as study:
        assert list(due(study, TODAY + timedelta(days=7, milliseconds=-1))) == []
        assert [row.id for row in due(study, TODAY + timedelta(days=7))] == ["R0001"]
        study.move("R0001", State.DESTROYING)
        assert [row.id for row in due(study, TODAY)] == ["R0001"]


def test_without_an_entry_the_approval_s_own_time_counts() -> None:
    """An approved record the chain tells nothing of is counted from what it says itself."""
    assert verified_at([], "R0001", TODAY.isoformat()) == TODAY
