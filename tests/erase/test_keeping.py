"""Kept until a day, gone by a day, held until a named person lifts it: each rule is obeyed, shown and certified."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from pipeline.batch.run import run_study
from pipeline.cli.main import main
from pipeline.erase import signing
from pipeline.erase.close import close_study
from pipeline.erase.destroy import destroy
from pipeline.erase.due import due, terms
from pipeline.erase.erasing import Prepared, prepare
from pipeline.erase.loss import find_loss
from pipeline.erase.standing import Days, Standing
from pipeline.erase.withdraw import Claim, withdraw
from pipeline.errors import (
    HeldError,
    KeptError,
    NothingHeldError,
    NotLiftedError,
    SettingsError,
    SomeFailedError,
    StateError,
)
from pipeline.study.audit_check import check_study
from pipeline.study.holds import lift_holds, place_hold, read_reasons, standing_holds
from pipeline.study.retention import Retention
from pipeline.study.settings import FILE_NAME, read_settings, write_settings
from pipeline.study.study import Study
from pipeline.study.vault.states import State
from pipeline.study.withdrawals import Reason
from tests.batch.fakes import FakeStages, with_stages
from tests.batch.life import in_child
from tests.erase.test_copies import opened
from tests.erase.test_destroy import KILLED, everything_below, verified_study
from tests.study.conftest import CHEAP, make_sound

TODAY = datetime.now(UTC)
WHY = "Zephyrine asked for an inquiry"


def call(folder: Path, *arguments: str, typed: str = "") -> Result:
    where = ["--study", str(folder / "study"), "--key-file", str(folder / "study.key")]
    return CliRunner().invoke(main, [*arguments, *where], input=typed)


def day(days: int) -> date:
    return (TODAY + timedelta(days=days)).astimezone().date()


def hold(study: Study, recording: str = "R0001") -> None:
    place_hold(study, recording, reason=WHY, by="Ann Example", account="ann")


@pytest.mark.parametrize("rule", [30, day(30)])
def test_a_board_that_keeps_recordings_is_served(tmp_path: Path, rule: int | date) -> None:
    """Verified and long due by the days, it is not destroyed before the day: neither by hand nor by --due."""
    rules = {"destroy_after_days": 0, "retention": Retention(sound_not_before=rule)}
    with verified_study(tmp_path, **rules) as study:
        with pytest.raises(KeptError, match=str(day(30))):
            destroy(study, "R0001", by="x")
        assert study.recording("R0001").state is State.VERIFIED
        assert list(due(study, TODAY + timedelta(days=28))) == []
        assert [row.id for row in due(study, TODAY + timedelta(days=31))] == ["R0001"]
        (term,) = terms(study, TODAY)["R0001"]
        assert (term.standing, term.day) == (Standing.KEPT, day(30).isoformat())
        (term,) = terms(study, TODAY + timedelta(days=31))["R0001"]
        assert (term.standing, term.rule) == (Standing.DUE, "destroy_after_days = 0")
        after = (TODAY + timedelta(days=31)).timestamp()
        gone = destroy(study, "R0001", by="x", clock=lambda: after)
        said = signing.check(gone.certificate.read_bytes(), file="c").rules
        assert said[0] == f"retention.sound_not_before = {rule}: kept until {day(30)}."
        assert said[1].startswith("destroy_after_days = 0")
        assert f"kept until {day(30)}" in gone.page.read_text()


def test_a_day_by_which_it_must_be_gone(tmp_path: Path) -> None:
    """Ahead, due on the day itself, overdue after it; the certificate says when it came late."""
    with verified_study(tmp_path / "in time", retention=Retention(sound_not_after=10)) as study:
        on_the_day = (TODAY + timedelta(days=10)).timestamp()
        gone = destroy(study, "R0001", by="x", clock=lambda: on_the_day)
        (said,) = signing.check(gone.certificate.read_bytes(), file="c").rules
        assert said == f"retention.sound_not_after = 10: to be destroyed by {day(10)}."
    with verified_study(tmp_path, retention=Retention(sound_not_after=10)) as study:
        seen = [terms(study, TODAY + timedelta(days=n))["R0001"][0] for n in (9, 10, 12)]
        assert [term.standing for term in seen] == [Standing.AHEAD, Standing.DUE, Standing.OVERDUE]
        assert {term.rule for term in seen} == {"retention.sound_not_after = 10"}
        assert list(due(study, TODAY + timedelta(days=9))) == []
        assert [row.id for row in due(study, TODAY + timedelta(days=10))] == ["R0001"]
        late = (TODAY + timedelta(days=12)).timestamp()
        gone = destroy(study, "R0001", by="x", clock=lambda: late)
        (said,) = signing.check(gone.certificate.read_bytes(), file="c").rules
        assert said == f"retention.sound_not_after = 10: to be destroyed by {day(10)}. That day had passed."


def test_a_certificate_says_when_no_rule_set_a_day(tmp_path: Path) -> None:
    with verified_study(tmp_path) as study:
        gone = destroy(study, "R0001", by="x")
        rules = signing.check(gone.certificate.read_bytes(), file="c").rules
        assert rules == ("No rule of study.toml set a day for it.",)


def test_what_nobody_verified_is_overdue_and_is_said_not_destroyed(tmp_path: Path) -> None:
    """`destroy --due` names it and ends with 60: a person must review it, or withdraw it."""
    with Study.create(tmp_path / "study", key_file=tmp_path / "study.key", by="t", cost=CHEAP) as study:
        make_sound(study.folder / "inbox" / "a.wav")
        run_study(study, with_stages(FakeStages), lambda _: None, sleep=lambda _: None)
        rules = {"retention": Retention(sound_not_after=day(-3))}
        write_settings(study.folder, study.settings.model_copy(update=rules))
    done = call(tmp_path, "destroy", "--due")
    assert isinstance(done.exception, SomeFailedError)
    assert f"R0001: sound OVERDUE: had to be destroyed by {day(-3)}" in done.output
    assert "nobody verified it" in done.output
    assert f"retention.sound_not_after = {day(-3)}" in call(tmp_path, "status").output
    told = json.loads(call(tmp_path, "status", "--json").output)["retention"][0]
    assert (told["standing"], told["stuck"]) == ("overdue", True)
    with opened(tmp_path) as study, study.open_source("R0001") as source:
        assert source.read()


@given(st.integers(-40, 40), st.integers(-40, 40), st.integers(-40, 40), st.booleans())
def test_nothing_is_ever_due_before_the_day_it_is_kept_until(
    first: int, wanted: int, last: int, both: bool
) -> None:
    """Whatever the other rules ask for, also when two contradict each other."""
    days = Days(day(first), TODAY + timedelta(days=wanted) if both else None, day(last))
    if days.is_due(TODAY):
        assert day(first) <= day(0)
        assert day(last) <= day(0) or (both and wanted <= 0)


@pytest.mark.parametrize("of", ["R0001", ""])
def test_a_hold_stops_every_destruction_until_it_is_lifted(tmp_path: Path, of: str) -> None:
    """destroy, --due, withdraw for any reason and close; the reason is sealed; then it goes as the rules say."""
    with verified_study(tmp_path, destroy_after_days=0) as study:
        hold(study, of)
        assert WHY.encode() not in everything_below(study.folder)
        assert WHY in read_reasons(study).values()
        with pytest.raises(HeldError, match="Ann Example"):
            destroy(study, "R0001", by="x")
        row = study.recording("R0001")
        for reason in (Reason.CONSENT_WITHDRAWN, Reason.NOT_OF_THIS_STUDY):
            with pytest.raises(HeldError):
                withdraw(study, "R0001", Claim("Sam", reason, find_loss(study, row)), by="x")
        with pytest.raises(HeldError):
            close_study(study)
        assert list(due(study, TODAY + timedelta(days=1))) == []
        lift_holds(study, of, reason="it ended", by="Ben Example", account="ben")
        assert [row.id for row in due(study, TODAY + timedelta(days=1))] == ["R0001"]
        gone = destroy(study, "R0001", by="x")
        said = signing.check(gone.certificate.read_bytes(), file="c").rules[-1]
        assert "by Ann Example, was lifted on" in said
        assert said.endswith("by Ben Example.")
        check_study(study)
        close_study(study, with_roster=True)
        assert read_reasons(study) == {}
        check_study(study)


@pytest.mark.parametrize("how", ["destroyed", "withdrawn"])
def test_a_hold_on_another_recording_stops_nothing(tmp_path: Path, how: str) -> None:
    with verified_study(tmp_path, recordings=2) as study:
        hold(study, "R0002")
        claim = Claim("Ann Example", Reason.CONSENT_WITHDRAWN, find_loss(study, study.recording("R0001")))
        if how == "destroyed":
            assert destroy(study, "R0001", by="x").checks
        else:
            assert withdraw(study, "R0001", claim, by="x")
        with pytest.raises(HeldError):
            destroy(study, "R0002", by="x")


@pytest.mark.parametrize("how", ["destroyed", "withdrawn"])
def test_a_hold_placed_while_copies_are_looked_for_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Between the first look at holds and the transaction that begins the destruction: it is looked for once more."""
    study = verified_study(tmp_path)
    keys = study.rows.key_ids("R0001")

    def prepare_slowly(study: Study, recording: str, *arguments: Any, **more: Any) -> Prepared:
        ready = prepare(study, recording, *arguments, **more)
        hold(study)
        return ready

    monkeypatch.setattr("pipeline.erase.destroy.prepare", prepare_slowly)
    monkeypatch.setattr("pipeline.erase.withdraw.prepare", prepare_slowly)
    claim = Claim("Ann Example", Reason.CONSENT_WITHDRAWN, find_loss(study, study.recording("R0001")))
    with study, pytest.raises(HeldError):
        destroy(study, "R0001", by="tester") if how == "destroyed" else withdraw(study, "R0001", claim, by="")
    with opened(tmp_path) as again:
        assert again.recording("R0001").state is State.VERIFIED
        assert again.rows.key_ids("R0001") == keys
        check_study(again)


def test_a_hold_comes_too_late_for_what_has_begun(tmp_path: Path) -> None:
    """A half-destroyed one is not held, and a hold on the study lets it be finished."""
    with verified_study(tmp_path, recordings=2) as study:
        folder = study.folder

    def strike() -> None:
        with opened(tmp_path) as mine:
            destroy(mine, "R0001", by="x")

    assert in_child(strike, fault="destroy.keys_dropped:kill") == KILLED
    assert folder.exists()
    with opened(tmp_path) as study:
        with pytest.raises(StateError):
            hold(study)
        hold(study, "")
        assert destroy(study, "R0001", by="x").checks
        with pytest.raises(HeldError):
            destroy(study, "R0002", by="x")


def test_a_rule_of_keeping_stops_unusable_and_not_a_participant(tmp_path: Path) -> None:
    """Consent is withdrawn before the day all the same, and the certificate says so."""
    with Study.create(tmp_path / "study", key_file=tmp_path / "study.key", by="t", cost=CHEAP) as study:
        make_sound(study.folder / "inbox" / "a.wav")
        run_study(study, with_stages(FakeStages), lambda _: None, sleep=lambda _: None)
        rules = {"retention": Retention(sound_not_before=day(90))}
        write_settings(study.folder, study.settings.model_copy(update=rules))
    with opened(tmp_path) as study:
        seen = find_loss(study, study.recording("R0001"))
        with pytest.raises(KeptError):
            withdraw(study, "R0001", Claim("Sam", Reason.UNUSABLE, seen), by="x")
        gone = withdraw(study, "R0001", Claim("Sam", Reason.CONSENT_WITHDRAWN, seen), by="x")
        assert gone is not None
        (said,) = signing.check(gone.certificate.read_bytes(), file="c").rules
        assert said.endswith("It was destroyed before that day.")


def test_only_a_person_at_a_terminal_lifts_a_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Placing is free; lifting asks for the id; the list shows both with their reasons."""
    with verified_study(tmp_path):
        pass
    assert call(tmp_path, "hold", "R0001").exit_code == 2
    done = call(tmp_path, "hold", "R0001", "--reason", WHY, "--reviewer", "Ann Example")
    assert (done.exit_code, WHY in done.output) == (0, False)
    lifting = ("hold", "R0001", "--lift", "--reason", "over", "--reviewer", "Ben Example")
    assert isinstance(call(tmp_path, *lifting, typed="R0001\n").exception, NotLiftedError)
    monkeypatch.setattr("pipeline.cli.hold.at_terminal", lambda: True)
    assert isinstance(call(tmp_path, *lifting, typed="yes\n").exception, NotLiftedError)
    assert "held since" in call(tmp_path, "status").output
    done = call(tmp_path, "destroy", "R0001")
    assert isinstance(done.exception, HeldError)
    assert done.exception.exit_code == 61
    assert call(tmp_path, *lifting, typed="R0001\n").exit_code == 0
    assert isinstance(call(tmp_path, *lifting, typed="R0001\n").exception, NothingHeldError)
    listed = call(tmp_path, "hold", "--list").output
    assert WHY in listed
    assert "lifted" in listed
    assert json.loads(call(tmp_path, "hold", "--list", "--json").output)["lifted_by"] == "Ben Example"


def test_killed_while_a_hold_is_placed_it_stands_with_its_reason_or_not_at_all(tmp_path: Path) -> None:
    """At every write of it."""
    with verified_study(tmp_path):
        pass

    def strike() -> None:
        with opened(tmp_path) as mine:
            hold(mine)

    nth = 1
    while in_child(strike, fault=f"*:kill:{nth}") == KILLED:
        with opened(tmp_path) as study:
            study.sweep()
            check_study(study)
            assert len(standing_holds(study, "R0001")) == len(read_reasons(study))
        nth += 1
    assert nth > 3


def test_the_rules_stand_in_study_toml_and_in_the_chain(tmp_path: Path) -> None:
    """As init writes them, unset; set and written again they read the same; a changed rule is noted."""
    with verified_study(tmp_path) as study:
        text = (study.folder / FILE_NAME).read_text()
        assert "[retention]" in text
        assert "# sound_not_before =" in text
        rules = Retention(sound_not_before=day(3), sound_not_after=4000)
        write_settings(study.folder, study.settings.model_copy(update={"retention": rules}))
        assert read_settings(study.folder).retention == rules
    with opened(tmp_path) as study:
        study.note_settings()
        noted = study.audit.last_of("settings")
        assert noted is not None
        assert noted.facts()["settings"]["retention"]["sound_not_before"] == day(3).isoformat()  # type: ignore[index]


@pytest.mark.parametrize(
    "line",
    [
        "sound_not_before = -1",
        "sound_not_before = true",
        "sound_not_before = -86400",
        "sound_not_after = 2031-01-01T10:00:00",
        'sound_not_after = "soon"',
        "sound_kept = 3",
        "sound_not_before = 30\nsound_not_after = 7",
        "sound_not_before = 2032-01-01\nsound_not_after = 2031-01-01",
    ],
)
def test_a_rule_that_makes_no_sense_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / FILE_NAME).write_text(f'name = "x"\n[retention]\n{line}\n')
    with pytest.raises(SettingsError, match="retention"):
        read_settings(tmp_path)
