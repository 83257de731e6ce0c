"""A study put back from a backup, whole or in part: what its ledger does not know is never destroyed on sight."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from pipeline.batch.run import run_study
from pipeline.erase.destroy import destroy
from pipeline.errors import CopyFoundError, UnknownSealedError
from pipeline.study.audit_check import check_study
from pipeline.study.intake.taking_again import take_in_again
from pipeline.study.study import Study
from pipeline.study.vault.keys import KeyFile
from pipeline.study.vault.states import Artifact, State
from tests.batch.fakes import FakeStages, with_stages
from tests.batch.life import in_child, verify
from tests.study.conftest import make_sound, take

LEDGER = ("ledger.sqlite3", "audit.head")
forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def run(study: Study) -> int:
    return run_study(study, with_stages(FakeStages), lambda _: None, sleep=lambda _: None).done


def remember(study: Study, place: Path) -> None:
    """A backup of the ledger and its head: the vault is too large for it."""
    place.mkdir()
    for name in LEDGER:
        shutil.copy(study.folder / name, place / name)


def put_back(study: Study, place: Path, key_file: Path) -> Study:
    study.close()
    for name in LEDGER:
        shutil.copy(place / name, study.folder / name)
    (study.folder / "ledger.sqlite3-journal").unlink(missing_ok=True)
    return Study.open(study.folder, KeyFile(key_file), by="tester")


def sealed_in(folder: Path) -> dict[str, bytes]:
    """Everything sealed, wherever in the study it lies."""
    return {path.name: path.read_bytes() for path in folder.rglob("*.sealed")}


def test_a_run_with_an_older_ledger_destroys_nothing_and_takes_in_again(
    study: Study, tmp_path: Path, key_file: Path
) -> None:
    """Ledger and head of last week: every command that would change something stops; then nothing is lost."""
    make_sound(tmp_path / "old.wav")
    take(study, tmp_path / "old.wav")
    remember(study, tmp_path / "backup")
    newer = {name: make_sound(study.folder / "inbox" / f"{name}.wav") for name in ("week 2", "week 3")}
    assert run(study) == 3
    before = sealed_in(study.folder)
    with put_back(study, tmp_path / "backup", key_file) as back:
        make_sound(back.folder / "inbox" / "fresh.wav")
        for change in (lambda: run(back), lambda: take(back, tmp_path), lambda: check_study(back)):
            with pytest.raises(UnknownSealedError, match=r"R0002 source.*put .*back"):
                change()
        assert sealed_in(back.folder) == before
        again = [each for each in take_in_again(back) if each.outcome == "sealed"]
        assert [each.recording for each in again] == ["R0002", "R0003"]
        assert {back.recording(each.recording).name for each in again} == set(newer)
        held = {
            back.recording(each.recording).name: back.open_source(each.recording).read() for each in again
        }
        assert held == newer
        check_study(back)
        assert run(back) == 4  # those three again, and the fresh one
        assert back.recording("R0004").name == "fresh"


def test_what_was_made_since_is_put_apart_as_it_is(study: Study, tmp_path: Path, key_file: Path) -> None:
    """A verified transcript the older ledger does not know stays sealed, outside of the vault."""
    make_sound(study.folder / "inbox" / "a.wav")
    run(study)
    remember(study, tmp_path / "backup")
    verify(study, "R0001", 0)
    before = sealed_in(study.folder)
    with put_back(study, tmp_path / "backup", key_file) as back:
        with pytest.raises(UnknownSealedError):
            run(back)
        told = list(take_in_again(back))
        apart = [each for each in told if each.recording == "R0001"]
        assert {each.outcome for each in apart} == {"failed"}
        assert all("unknown/R0001/" in each.why for each in apart)
        assert sealed_in(back.folder) == before
        assert list((back.folder / "unknown" / "R0001").glob("approved-*"))
        assert back.sweep() == 0


def test_a_record_replaced_since_is_followed_by_its_newest_version(
    study: Study, tmp_path: Path, key_file: Path
) -> None:
    """The versions the older ledger knows were removed when they were replaced: the roster must not be lost by that."""
    study.roster.add("Zed Quillfeather")
    remember(study, tmp_path / "backup")
    for name in ("Ada Brambleton", "Una Thistlewood"):
        study.roster.add(name)
    with put_back(study, tmp_path / "backup", key_file) as back:
        told = list(take_in_again(back))  # the roster, and what of it an analyst may know
        assert [(each.outcome, each.wants_a_person) for each in told] == [("known", False)] * 2
        assert {each.file.name.partition("-")[0] for each in told} == {"roster", "codes"}
        assert len(back.roster.load().people) == 3
        check_study(back)
        assert back.sweep() == 0


@pytest.mark.parametrize("damage", ["missing", "of another", "no json"])
def test_a_source_nothing_opens_is_put_apart_and_told_of(
    study: Study, tmp_path: Path, key_file: Path, damage: str
) -> None:
    """Without the spare of its key it cannot be taken in; it is kept, and its number is given to nobody else."""
    remember(study, tmp_path / "backup")
    for name in "ab":
        make_sound(tmp_path / f"{name}.wav")
        take(study, tmp_path / f"{name}.wav")
    (spare,) = (study.folder / "vault" / "R0002").glob("spare-*")
    (other,) = (study.folder / "vault" / "R0001").glob("spare-*")
    if damage == "missing":
        spare.unlink()
    else:
        spare.write_bytes(other.read_bytes() if damage == "of another" else b"{")
    with put_back(study, tmp_path / "backup", key_file) as back:
        first, second = take_in_again(back)
        assert (first.outcome, first.recording) == ("sealed", "R0001")
        assert (second.outcome, second.wants_a_person) == ("failed", True)
        assert list((back.folder / "unknown" / "R0002").glob("source-*"))
        make_sound(tmp_path / "c.wav")
        assert take(back, tmp_path / "c.wav")[0].recording == "R0003"


def test_a_row_taken_out_of_the_ledger_costs_no_file(study: Study, tmp_path: Path) -> None:
    """Deleted by hand: the chain says that the file stands, so it is evidence and not a leftover."""
    make_sound(tmp_path / "a.wav")
    take(study, tmp_path / "a.wav")
    study.ledger.query("DELETE FROM artifacts WHERE owner = 'R0001'")
    with pytest.raises(UnknownSealedError):
        run(study)
    assert list((study.folder / "vault" / "R0001").glob("source-*"))


def test_a_study_of_an_earlier_version_gets_its_spares(study: Study, tmp_path: Path, key_file: Path) -> None:
    """The next run lays the wrapped key beside each sealed source."""
    remember(study, tmp_path / "backup")
    data = make_sound(tmp_path / "a.wav")
    take(study, tmp_path / "a.wav")
    (spare,) = (study.folder / "vault" / "R0001").glob("spare-*")
    spare.unlink()
    run(study)
    with put_back(study, tmp_path / "backup", key_file) as back:
        assert any(each.outcome == "sealed" for each in take_in_again(back))
        assert back.open_source("R0001").read() == data


def test_the_same_content_under_another_number_stays_one_recording(
    study: Study, tmp_path: Path, key_file: Path
) -> None:
    """Imported once more after the backup was put back, before the vault was looked at by an earlier version."""
    remember(study, tmp_path / "backup")
    data = make_sound(tmp_path / "a.wav")
    take(study, tmp_path / "a.wav")
    folder = study.folder / "vault" / "R0001"
    folder.rename(tmp_path / "aside")
    with put_back(study, tmp_path / "backup", key_file) as back:
        make_sound(tmp_path / "a.wav", data)
        take(back, tmp_path / "a.wav")
        for path in (tmp_path / "aside").iterdir():
            shutil.copy(path, folder / path.name)
        (told,) = take_in_again(back)
        assert (told.outcome, told.recording, told.removed) == ("known", "R0001", True)
        assert back.open_source("R0001").read() == data
        assert back.sweep() == 0


def test_the_spare_goes_with_the_sound(study: Study) -> None:
    """Destroyed with its recording; a copy of it elsewhere in the study is found, and then nothing is certified."""
    for name in "ab":
        make_sound(study.folder / "inbox" / f"{name}.wav")
    run(study)
    for recording in ("R0001", "R0002"):
        verify(study, recording, 0)
    destroy(study, "R0001", by="tester")
    assert not list((study.folder / "vault" / "R0001").glob("spare-*"))
    (spare,) = (study.folder / "vault" / "R0002").glob("spare-*")
    shutil.copy(spare, study.folder / "inbox" / "notes.txt")
    with pytest.raises(CopyFoundError, match=r"inbox/notes\.txt"):
        destroy(study, "R0002", by="tester")


# --- what a crash leaves is ours to remove --------------------------------------------------------------


@forks
@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("artifact.transcription.synced", b"first"),
        ("ledger.commit", b"first"),
        ("vault.settle", b"second"),
        ("vault.settled", b"second"),
        ("vault.remove.begin", b"second"),
        ("vault.remove.overwritten", b"second"),
    ],
)
def test_a_killed_writing_leaves_one_version_and_no_evidence(
    study: Study, tmp_path: Path, key_file: Path, place: str, text: bytes
) -> None:
    """Before the commit the old version stands, after it the new one; the next run clears up and asks nobody."""
    make_sound(tmp_path / "a.wav")
    take(study, tmp_path / "a.wav")
    study.keep("R0001", Artifact.TRANSCRIPTION, b"first", state=State.TRANSCRIBED)
    study.close()

    def write() -> None:
        with Study.open(study.folder, KeyFile(key_file), by="tester") as opened:
            opened.keep("R0001", Artifact.TRANSCRIPTION, b"second")

    assert in_child(write, fault=f"{place}:kill") == -9
    with Study.open(study.folder, KeyFile(key_file), by="tester") as after:
        assert after.artifact("R0001", Artifact.TRANSCRIPTION) == text
        after.sweep()
        assert after.artifact("R0001", Artifact.TRANSCRIPTION) == text
        (left,) = (after.folder / "vault" / "R0001").glob("transcription-*")
        assert left.suffix == ".sealed"
        check_study(after)
