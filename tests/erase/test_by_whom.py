"""Each step of one destruction stands in the audit chain under the same name: of who asked for it, or finished it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.erase.amend import amend, look
from pipeline.erase.destroy import check_destroyable, destroy
from pipeline.erase.loss import find_loss
from pipeline.erase.participant import asking, withdrawing
from pipeline.erase.withdraw import Claim, withdraw
from pipeline.errors import CopyFoundError
from pipeline.study.audit_check import check_study
from pipeline.study.settings import Retention
from pipeline.study.study import Study
from pipeline.study.withdrawals import Reason
from tests.batch.life import in_child
from tests.erase.participant.group import LEAVER, make_group
from tests.erase.participant.test_withdrawing import to_destroyed, to_verified
from tests.erase.test_amend import edit_of
from tests.erase.test_copies import opened, sealed_file
from tests.erase.test_destroy import KILLED, verified_study

WHO, REVIEWER = "Ann Example", "Rev Iewer"
OF_THE_COMPUTER = {"settings"}  # that study.toml is another: nobody knows who changed it


@contextmanager
def noted(study: Study) -> Iterator[list[tuple[str, str]]]:
    """The steps that are added to the chain meanwhile, each with its name."""
    before, steps = len(list(study.audit.entries())), list[tuple[str, str]]()
    yield steps
    new = list(study.audit.entries())[before:]
    steps += [(entry.event, entry.by) for entry in new if entry.event not in OF_THE_COMPUTER]
    check_study(study)


def of_sound(folder: Path) -> list[tuple[str, str]]:
    with verified_study(folder) as study, noted(study) as steps:
        refuse_a_copy(study, "source")
        destroy(study, "R0001", by=WHO)
    return steps


def refuse_a_copy(study: Study, kind: str) -> None:
    """A copy is found when somebody is about to be asked, and once more when they said yes."""
    copy = study.folder / "copy"
    shutil.copy(sealed_file(study, kind), copy)
    later = datetime.now(UTC) + timedelta(days=2)
    for refusing in (check_destroyable, destroy):
        with pytest.raises(CopyFoundError):
            refusing(study, "R0001", by=WHO, clock=later.timestamp)
    copy.unlink()


def of_rest(folder: Path) -> list[tuple[str, str]]:
    rules = Retention(words_until=0)
    with verified_study(folder, destroy_raw_transcript=False, retention=rules) as study:
        destroy(study, "R0001", by="somebody else")
        later = datetime.now(UTC) + timedelta(days=2)
        with noted(study) as steps:
            refuse_a_copy(study, "redaction")
            destroy(study, "R0001", by=WHO, clock=later.timestamp)
    return steps


def of_withdrawal(folder: Path) -> list[tuple[str, str]]:
    with verified_study(folder, recordings=2) as study, noted(study) as steps:
        seen = find_loss(study, study.recording("R0001"))
        withdraw(study, "R0001", Claim(REVIEWER, Reason.CONSENT_WITHDRAWN, seen, "a note"), by=WHO)
    return steps


def of_participant(folder: Path) -> list[tuple[str, str]]:
    with make_group(folder, recordings=1, bring=to_verified) as study, noted(study) as steps:
        seen = asking.find_loss(study, LEAVER, (), asked="2021-05-04")
        withdrawing.withdraw_participant(study, withdrawing.PersonClaim(REVIEWER, seen, "2021-05-04"), by=WHO)
    return steps


def of_amendment(folder: Path) -> list[tuple[str, str]]:
    with make_group(folder, recordings=1, bring=to_destroyed) as study, noted(study) as steps:
        amend(study, look(study, "R0001", [edit_of(study)], "a reason"), REVIEWER, by=WHO)
    return steps


@pytest.mark.parametrize(
    ("done", "stated", "own"),
    [
        (of_sound, (), ("copy found before destroying", "files overwritten", "files removed", "destroyed")),
        (
            of_rest,
            (),
            ("copy found before destroying", "files overwritten", "files removed", "raw words destroyed"),
        ),
        (
            of_withdrawal,
            ("withdrawal stated", "withdrawal note kept", "withdrawal begun"),
            ("voices of a recording removed", "files overwritten", "files removed", "withdrawn"),
        ),
        (
            of_participant,
            ("participant withdrawal stated", "participant withdrawal begun"),
            ("participant's words removed", "voices without a participant", "participant withdrawn"),
        ),
        (of_amendment, ("amendment stated", "amended"), ("earlier version destroyed",)),
    ],
)
def test_every_step_bears_the_name_it_was_asked_under(
    tmp_path: Path,
    done: Callable[[Path], list[tuple[str, str]]],
    stated: tuple[str, ...],
    own: tuple[str, ...],
) -> None:
    """What people state, and what that begins, bears their names; all else bears that of who let it be done."""
    steps = done(tmp_path)
    assert {by for event, by in steps if event not in stated} == {WHO}
    assert {by for event, by in steps if event in stated} <= {REVIEWER}
    assert {event for event, _ in steps} >= {*stated, *own}


def destroy_for(folder: Path) -> None:
    with opened(folder) as study:
        destroy(study, "R0001", by="Ben Example")


def test_what_another_person_finishes_bears_their_name(tmp_path: Path) -> None:
    """Killed when the keys were gone, and finished by somebody else: each step bears the name of who did it."""
    verified_study(tmp_path).close()
    assert in_child(lambda: destroy_for(tmp_path), fault="destroy.scrubbed:kill") == KILLED
    with opened(tmp_path) as study:
        destroy(study, "R0001", by=WHO)
        by = {entry.event: entry.by for entry in study.audit.entries("R0001")}
        assert by["destruction begun"] == "Ben Example"
        assert {by[event] for event in ("files overwritten", "files removed", "destroyed")} == {WHO}
        check_study(study)
