"""Import: content once, growing files wait, nothing removed before the vault's copy is proven."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.errors import RecordingUnknownError, SealBrokenError
from pipeline.study.intake import import_files
from pipeline.study.removal import REMOVAL_MARK
from pipeline.study.settling import open_for_writing
from pipeline.study.states import Artifact, State
from pipeline.study.study import Study
from tests.study.conftest import make_sound, take


def test_the_same_content_twice_is_one_recording(study: Study, tmp_path: Path) -> None:
    """A second copy under another name is recognised by its content, proven, and removed."""
    data = make_sound(tmp_path / "a.wav")
    make_sound(tmp_path / "b.wav", data)
    first, second = take(study, tmp_path / "a.wav", tmp_path / "b.wav")
    assert (first.outcome, second.outcome) == ("sealed", "known")
    assert first.recording == second.recording
    assert second.removed
    assert len(list(study.recordings())) == 1


def test_a_growing_file_waits(study: Study, tmp_path: Path) -> None:
    """A file that changes while it is looked at is left alone, and taken when it rests."""
    path = tmp_path / "inbox.wav"
    make_sound(path, 1000)

    def grow(_: float) -> None:
        with path.open("ab") as file:
            file.write(b"more")

    (waits,) = import_files(study, [path], sleep=grow)
    assert waits.outcome == "waits"
    assert path.exists()
    assert take(study, path)[0].outcome == "sealed"


@pytest.mark.skipif(os.name == "nt", reason="leases are Linux's")
def test_a_file_open_for_writing_elsewhere_waits(study: Study, tmp_path: Path) -> None:
    """A stalled copy does not change for a while, but its writer still has it open."""
    path = tmp_path / "copying.wav"
    with path.open("wb") as writer:
        writer.write(b"half")
        writer.flush()
        os.utime(path, (1_000_000_000, 1_000_000_000))
        if not open_for_writing(path):
            pytest.skip("this file system knows no leases")
        assert take(study, path)[0].outcome == "waits"
    assert take(study, path)[0].outcome == "sealed"


def test_a_file_from_the_future_is_looked_at_twice(study: Study, tmp_path: Path) -> None:
    """With a clock set back, a file's time says nothing; it is still taken."""
    make_sound(tmp_path / "a.wav")
    os.utime(tmp_path / "a.wav", (4_000_000_000, 4_000_000_000))
    waited: list[float] = []
    (taken,) = import_files(study, [tmp_path / "a.wav"], sleep=waited.append)
    assert taken.outcome == "sealed"
    assert waited == [study.settings.settle_seconds]


def test_only_sound_is_taken_from_a_folder(study: Study, tmp_path: Path) -> None:
    """Other files, hidden ones and unfinished downloads are left where they are."""
    card = tmp_path / "card"
    for name in ("one.WAV", "sub/two.m4a", "notes.docx", ".hidden.wav", "three.mp3.part"):
        make_sound(card / name, 500)
    taken = take(study, card)
    assert sorted((t.file.name, t.outcome) for t in taken) == [
        ("notes.docx", "left"),
        ("one.WAV", "sealed"),
        ("three.mp3.part", "waits"),
        ("two.m4a", "sealed"),
    ]
    assert sorted(p.name for p in card.rglob("*") if p.is_file()) == [
        ".hidden.wav",
        "notes.docx",
        "three.mp3.part",
    ]


@pytest.mark.parametrize("content", [b"", b"x"])
def test_an_empty_file_fails_and_stays(study: Study, tmp_path: Path, content: bytes) -> None:
    """Nothing to seal is an error of the file; one byte is a recording."""
    (tmp_path / "a.wav").write_bytes(content)
    (taken,) = take(study, tmp_path / "a.wav")
    assert taken.outcome == ("sealed" if content else "failed")
    assert (tmp_path / "a.wav").exists() != bool(content)


def test_a_copy_that_reads_back_differently_is_not_kept(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk gives back other bytes, the source stays, and the recording is not sealed."""
    data = make_sound(tmp_path / "a.wav")
    write = study.vault.write

    def scribble(owner: str, kind: str, key: bytes, source: object) -> object:
        file, receipt = write(owner, kind, key, source)  # type: ignore[arg-type]
        with study.vault.path(owner, file).open("r+b") as sealed:
            sealed.seek(5000)
            sealed.write(b"\0\0\0")
        return file, receipt

    monkeypatch.setattr(study.vault, "write", scribble)
    with pytest.raises(SealBrokenError):
        take(study, tmp_path / "a.wav")
    assert (tmp_path / "a.wav").read_bytes() == data
    assert next(study.recordings()).state is State.RECEIVED
    monkeypatch.undo()
    assert take(study, tmp_path / "a.wav")[0].outcome == "sealed"


def test_a_second_copy_stays_when_the_vault_s_is_damaged(study: Study, tmp_path: Path) -> None:
    """The inbox's file is removed only when the vault's copy opens."""
    data = make_sound(tmp_path / "a.wav")
    take(study, tmp_path / "a.wav")
    (sealed,) = (study.folder / "vault" / "R0001").glob("source-*")
    sealed.write_bytes(sealed.read_bytes()[:-1])
    make_sound(tmp_path / "a.wav", data)
    (taken,) = take(study, tmp_path / "a.wav")
    assert (taken.outcome, taken.removed) == ("known", False)
    assert (tmp_path / "a.wav").exists()


def test_an_interrupted_removal_is_finished_by_the_next_import(study: Study, tmp_path: Path) -> None:
    """What a crash left marked for removal goes, wherever below the folder it lies."""
    make_sound(tmp_path / "card" / f"{REMOVAL_MARK}0123456789ab")
    take(study, tmp_path / "card")
    assert not list((tmp_path / "card").iterdir())


def test_three_keys_of_its_own(study: Study, tmp_path: Path) -> None:
    """Sound, words and what is kept have different keys, and another recording has others."""
    for name in ("a", "b"):
        make_sound(tmp_path / f"{name}.wav")
        take(study, tmp_path / f"{name}.wav")
    ids = [*study.rows.key_ids("R0001").values(), *study.rows.key_ids("R0002").values()]
    assert len(set(ids)) == 6


def test_without_its_key_a_recording_cannot_be_opened(study: Study, tmp_path: Path) -> None:
    """Dropping the audio key makes the sealed file useless; the words stay until theirs goes."""
    make_sound(tmp_path / "a.wav")
    take(study, tmp_path / "a.wav")
    study.keep("R0001", Artifact.TRANSCRIPTION, b"words", state=State.TRANSCRIBED)
    with study.ledger.transaction():
        study.rows.drop_key("R0001", "audio")
    study.ledger.scrub()
    with pytest.raises(RecordingUnknownError):
        study.open_source("R0001")
    assert study.artifact("R0001", Artifact.TRANSCRIPTION) == b"words"


def test_a_file_named_after_a_participant_is_shown_by_its_id(study: Study, tmp_path: Path) -> None:
    """Listings never show a roster name that a file name holds, spelled with or without accents."""
    study.roster.add("Zoë Quillfeather", ("Zo",))
    for name in ("Interview Zoe", "quillfeatherjan", "week 3"):
        make_sound(tmp_path / f"{name}.wav")
        take(study, tmp_path / f"{name}.wav")
    assert [row.name for row in study.recordings()] == ["R0001", "R0002", "week 3"]
