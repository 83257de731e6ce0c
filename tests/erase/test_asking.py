"""What is refused is refused before anybody is asked; what was typed wrong is said, and no advice to switch a safety off."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.batch.run import run_study
from pipeline.cli.main import main
from pipeline.errors import (
    ConsentError,
    CopyFoundError,
    DeclinedError,
    MistypedError,
    NotDestroyableError,
    NotRemovableError,
    ReviewLockedError,
    SomeFailedError,
    StudyOpenError,
)
from pipeline.study.review_store import StudyReviewStore
from pipeline.study.vault.states import State
from tests.batch.fakes import FakeStages, with_stages
from tests.batch.life import no_sound
from tests.erase.test_copies import opened, sealed_file
from tests.erase.test_destroy import verified_study
from tests.study.conftest import make_sound


@pytest.fixture(autouse=True)
def _person(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody sits at a terminal."""
    for command in ("destroy", "close", "roster"):
        monkeypatch.setattr(f"pipeline.cli.{command}.at_terminal", lambda: True)


def call(folder: Path, *arguments: str, typed: str = "") -> Result:
    where = ["--study", str(folder / "study"), "--key-file", str(folder / "study.key")]
    return CliRunner().invoke(main, [*arguments, *where], input=typed)


def refused(done: Result, kind: type[Exception]) -> str:
    """Refused so, and nobody was asked anything."""
    assert isinstance(done.exception, kind), (done.output, done.exception)
    assert "Type " not in done.output
    assert "for good?" not in done.output
    return str(done.exception)


def test_a_recording_nobody_verified_is_refused_before_it_is_asked_for(tmp_path: Path) -> None:
    with verified_study(tmp_path) as study:
        study.move("R0001", State.IN_REVIEW)
    refused(call(tmp_path, "destroy", "R0001", typed="R0001\n"), NotDestroyableError)


def test_a_copy_is_named_before_it_is_asked_for(tmp_path: Path) -> None:
    with verified_study(tmp_path) as study:
        shutil.copy(sealed_file(study, "source"), study.folder / "copy.bin")
    assert "copy.bin" in refused(call(tmp_path, "destroy", "R0001", typed="R0001\n"), CopyFoundError)


def test_a_reviewer_at_work_is_told_of_before_it_is_asked_for(tmp_path: Path) -> None:
    with verified_study(tmp_path) as study:
        StudyReviewStore(study, no_sound).take_lease("R0001", "page", "Sam")
    assert "Sam" in refused(call(tmp_path, "destroy", "R0001", typed="R0001\n"), ReviewLockedError)


def test_of_several_only_those_that_can_go_are_asked_for(tmp_path: Path) -> None:
    """The other is named with its reason, the count is of what is left, and the command ends with 60."""
    with verified_study(tmp_path, recordings=3) as study:
        StudyReviewStore(study, no_sound).take_lease("R0002", "page", "Sam")
    done = call(tmp_path, "destroy", "--all", typed="2\n")
    assert isinstance(done.exception, SomeFailedError)
    assert "how many they are (2)" in done.output
    with opened(tmp_path) as study:
        states = [row.state for row in study.recordings()]
        assert states == [State.DESTROYED, State.VERIFIED, State.DESTROYED]


@pytest.mark.parametrize("typed", ["week-0", "R0002", "yes", "1"])
def test_typing_something_else_gets_no_advice_to_switch_the_safety_off(tmp_path: Path, typed: str) -> None:
    """The recording's name is not its id: said, with what to type."""
    verified_study(tmp_path).close()
    done = call(tmp_path, "destroy", "R0001", typed=f"{typed}\n")
    assert isinstance(done.exception, MistypedError)
    assert done.exception.exit_code == ConsentError.exit_code == 63
    assert "type its id (R0001)" in str(done.exception)
    assert "unattended" not in str(done.exception)
    with opened(tmp_path) as study:
        assert study.recording("R0001").state is State.VERIFIED


def test_small_letters_will_do(tmp_path: Path) -> None:
    verified_study(tmp_path).close()
    done = call(tmp_path, "destroy", "R0001", typed=" r0001 \n")
    assert done.exit_code == 0, done.output
    assert "R0001: destroyed" in done.output


def test_without_a_number_of_days_it_says_that_nothing_ever_will_be_due(tmp_path: Path) -> None:
    """On standard error, where cron reads it; with a number there is only nothing due yet."""
    with verified_study(tmp_path) as study:
        settings = study.folder / "study.toml"
    said = call(tmp_path, "destroy", "--due").output
    assert "nothing ever will be: destroy_after_days is not set" in said
    assert "wait: 1" in said
    settings.write_text(settings.read_text().replace("# destroy_after_days =", "destroy_after_days = 7"))
    assert call(tmp_path, "destroy", "--due").output.strip() == "Nothing is due."


def test_closing_is_refused_before_it_is_asked_for(tmp_path: Path) -> None:
    """And somebody who says no is not told how to say yes unasked."""
    with verified_study(tmp_path) as study:
        make_sound(study.folder / "inbox" / "late.wav")
        run_study(study, with_stages(FakeStages), lambda _: None, sleep=lambda _: None)
    refused(call(tmp_path, "close", typed="y\n"), StudyOpenError)
    other = tmp_path / "other"
    other.mkdir()
    verified_study(other).close()
    assert call(other, "destroy", "R0001", typed="R0001\n").exit_code == 0
    done = call(other, "close", typed="n\n")
    assert isinstance(done.exception, DeclinedError)
    assert "unattended" not in str(done.exception)
    assert "Closed." in call(other, "close", typed="y\n").output


# --- the roster's own file --------------------------------------------------------------------------------

ROSTER = "code,name,nicknames,role\nP01,Vesper Quillfeather,,student\n"


@pytest.mark.parametrize("kind", ["link", "hard link"])
def test_a_roster_behind_a_link_is_not_said_to_be_destroyed(tmp_path: Path, kind: str) -> None:
    """The file it points to, or its other name, stays as it is, and nothing is taken in."""
    verified_study(tmp_path).close()
    true, given = tmp_path / "true.csv", tmp_path / "given.csv"
    true.write_text(ROSTER)
    given.symlink_to(true) if kind == "link" else os.link(true, given)
    done = call(tmp_path, "roster", "import", str(given), "--destroy")
    assert isinstance(done.exception, NotRemovableError)
    assert "overwritten and removed" not in done.output
    assert (true.read_text(), given.exists()) == (ROSTER, True)
    with opened(tmp_path) as study:
        assert not study.roster.load().people


def test_asked_after_the_import_it_is_refused_as_well(tmp_path: Path) -> None:
    """Answered yes at the prompt: the roster is in, the link and what it leads to are there, and that is said."""
    verified_study(tmp_path).close()
    (tmp_path / "true.csv").write_text(ROSTER)
    (tmp_path / "given.csv").symlink_to(tmp_path / "true.csv")
    done = call(tmp_path, "roster", "import", str(tmp_path / "given.csv"), typed="y\n")
    assert isinstance(done.exception, NotRemovableError)
    assert (tmp_path / "true.csv").read_text() == ROSTER


def test_a_plain_roster_is_destroyed(tmp_path: Path) -> None:
    verified_study(tmp_path).close()
    (tmp_path / "given.csv").write_text(ROSTER)
    done = call(tmp_path, "roster", "import", str(tmp_path / "given.csv"), "--destroy")
    assert done.exit_code == 0, done.output
    assert "is overwritten and removed" in done.output
    assert not (tmp_path / "given.csv").exists()
