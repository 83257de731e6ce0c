"""Import: content once, growing files wait, nothing removed before the vault's copy is proven."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from pipeline.errors import LockedError, OwnFileError, RecordingUnknownError, SealBrokenError
from pipeline.study.audit_check import check_study
from pipeline.study.intake.importing import import_files
from pipeline.study.intake.removal import REMOVAL_MARK
from pipeline.study.intake.sources import SourceFile
from pipeline.study.study import Study
from pipeline.study.vault.key_files import make_key_file
from pipeline.study.vault.keys import KeyFile
from pipeline.study.vault.sealing import Readable, Receipt
from pipeline.study.vault.states import Artifact, State
from tests.batch.life import in_child
from tests.study.conftest import CHEAP, make_sound, take


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


def knows_leases(folder: Path) -> bool:
    """Whether the kernel gives read leases on this file system (fcntl(2), F_SETLEASE)."""
    import fcntl

    (folder / "lease").touch()
    with (folder / "lease").open("rb") as file:
        try:
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        except OSError:
            return False
    return True


@pytest.mark.skipif(sys.platform != "linux", reason="leases are Linux's")
def test_a_file_open_for_writing_elsewhere_waits(study: Study, tmp_path: Path) -> None:
    """A stalled copy does not change for a while, but its writer still has it open."""
    path = tmp_path / "copying.wav"
    with path.open("wb") as writer:
        writer.write(b"half")
        writer.flush()
        os.utime(path, (1_000_000_000, 1_000_000_000))
        if not knows_leases(tmp_path):
            pytest.skip("this file system knows no leases")
        assert take(study, path)[0].outcome == "waits"
    assert take(study, path)[0].outcome == "sealed"


@pytest.mark.parametrize(("seconds", "waits"), [(45, True), (90, False)])
def test_a_file_changed_in_the_last_minute_is_looked_at_twice(
    study: Study, tmp_path: Path, seconds: int, waits: bool
) -> None:
    """One that has lain still for longer keeps nobody waiting."""
    make_sound(tmp_path / "a.wav")
    changed = time.time() - seconds
    os.utime(tmp_path / "a.wav", (changed, changed))
    waited: list[float] = []
    list(import_files(study, [tmp_path / "a.wav"], sleep=waited.append))
    assert waited == ([study.settings.settle_seconds] if waits else [])


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
    for name in ("one.WAV", "sub/two.m4a", "notes.docx", ".hidden.wav", ".trash/four.wav", "three.mp3.part"):
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
        "four.wav",
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


def scribbling(study: Study) -> Callable[..., tuple[str, Receipt]]:
    """The vault's write on a disk that gives back other bytes."""
    write = study.vault.write

    def scribble(owner: str, kind: str, key: bytes, source: Readable) -> tuple[str, Receipt]:
        file, receipt = write(owner, kind, key, source)
        with study.vault.path(owner, file).open("r+b") as sealed:
            sealed.seek(5000)
            sealed.write(b"\0\0\0")
        return file, receipt

    return scribble


def test_a_copy_that_reads_back_differently_is_not_kept(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk gives back other bytes, the source stays, and the recording is not sealed."""
    data = make_sound(tmp_path / "a.wav")
    monkeypatch.setattr(study.vault, "write", scribbling(study))
    with pytest.raises(SealBrokenError):
        take(study, tmp_path / "a.wav")
    assert (tmp_path / "a.wav").read_bytes() == data
    assert next(study.recordings()).state is State.RECEIVED
    monkeypatch.undo()
    assert take(study, tmp_path / "a.wav")[0].outcome == "sealed"


@pytest.mark.parametrize("missing", [False, True])
def test_a_second_copy_mends_a_damaged_vault(study: Study, tmp_path: Path, missing: bool) -> None:
    """As the error about a damaged sealed file says: the recording is imported again, and opens again."""
    data = make_sound(tmp_path / "a.wav")
    take(study, tmp_path / "a.wav")
    (sealed,) = (study.folder / "vault" / "R0001").glob("source-*")
    if missing:
        sealed.unlink()
    else:
        sealed.write_bytes(sealed.read_bytes()[:-1])
    make_sound(tmp_path / "a.wav", data)
    (taken,) = take(study, tmp_path / "a.wav")
    assert (taken.outcome, taken.recording, taken.removed) == ("known", "R0001", True)
    assert study.open_source("R0001").read() == data
    check_study(study)


def test_a_second_copy_stays_when_the_vault_cannot_be_mended(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The inbox's file is removed only when the vault's copy opens."""
    data = make_sound(tmp_path / "a.wav")
    take(study, tmp_path / "a.wav")
    (sealed,) = (study.folder / "vault" / "R0001").glob("source-*")
    sealed.write_bytes(sealed.read_bytes()[:-1])
    make_sound(tmp_path / "a.wav", data)
    monkeypatch.setattr(study.vault, "write", scribbling(study))
    (taken,) = take(study, tmp_path / "a.wav")
    assert (taken.outcome, taken.removed) == ("known", False)
    assert taken.wants_a_person
    assert (tmp_path / "a.wav").read_bytes() == data


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("place", ["import.marked", "import.overwriting", "import.overwritten"])
def test_an_interrupted_removal_is_finished_by_the_next_import(
    study: Study, tmp_path: Path, place: str
) -> None:
    """What a crash left marked for removal goes, wherever below the folder it lies, overwritten already or not."""
    data = make_sound(tmp_path / "card" / "week" / "a.wav")
    assert in_child(lambda: take(study, tmp_path / "card"), fault=f"{place}:kill") == -9
    assert list((tmp_path / "card" / "week").iterdir())
    take(study, tmp_path / "card")
    assert not list((tmp_path / "card" / "week").iterdir())
    assert study.open_source("R0001").read() == data


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("taken", [False, True])
def test_what_a_study_put_back_no_longer_holds_is_not_overwritten(
    study: Study, tmp_path: Path, key_file: Path, taken: bool
) -> None:
    """Killed while it removed the source, then put back from before: the marked file is the only copy there is."""
    study.close()
    shutil.copytree(study.folder, tmp_path / "before")
    name = f"{'a' * 140}.wav"  # what a mark leaves room for is given back whole
    data = make_sound(tmp_path / "card" / name)

    def killed() -> None:
        with Study.open(study.folder, KeyFile(key_file), by="tester") as opened:
            take(opened, tmp_path / "card")

    assert in_child(killed, fault="import.marked:kill") == -9
    if taken:  # its name was given to another recording meanwhile
        make_sound(tmp_path / "card" / name, b"another")
    with Study.open(tmp_path / "before", KeyFile(key_file), by="tester") as back:
        first, *others = take(back, tmp_path / "card")
        assert first.outcome == "left"
        assert "name back" in first.why
        assert first.file.suffix == ".wav"
        assert taken or first.file.name == name
        held = [back.open_source(each.recording).read() for each in others]
        assert data in held
        assert len(held) == 1 + taken


def test_a_file_that_only_looks_like_an_unfinished_removal_is_taken_in(study: Study, tmp_path: Path) -> None:
    """By its name alone nothing is ever overwritten; marks of earlier versions carry no name to give back."""
    data = make_sound(tmp_path / "card" / f"{REMOVAL_MARK}0123456789ab")
    told = take(study, tmp_path / "card")
    assert [each.outcome for each in told] == ["left", "sealed"]
    assert study.open_source("R0001").read() == data


def test_the_longest_name_can_be_marked(study: Study, tmp_path: Path) -> None:
    """A name as long as the file system allows leaves no room for a mark; the file goes all the same."""
    make_sound(tmp_path / "card" / ("ā" * 125 + ".wav"))
    (taken,) = take(study, tmp_path / "card")
    assert taken.removed
    assert not list((tmp_path / "card").iterdir())


def test_three_keys_of_its_own(study: Study, tmp_path: Path) -> None:
    """Sound, words and what is kept have different keys, and another recording has others."""
    for name in ("a", "b"):
        make_sound(tmp_path / f"{name}.wav")
        take(study, tmp_path / f"{name}.wav")
    ids = [*study.rows.key_ids("R0001").values(), *study.rows.key_ids("R0002").values()]
    assert len(set(ids)) == 6
    assert {len(bytes.fromhex(each)) for each in ids} == {8}, (
        "no two alike by chance, in a large study either"
    )


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


@pytest.mark.parametrize("name", ["Quillfeather.wav", "memo.Quillfeather"])
def test_why_a_file_is_not_taken_names_nobody(study: Study, tmp_path: Path, name: str) -> None:
    """A name of the roster is not repeated, wherever in the file's name it stands."""
    study.roster.add("Zoë Quillfeather")
    (tmp_path / name).touch()
    (tmp_path / "week 3.wav").touch()
    named, other = take(study, tmp_path / name, tmp_path / "week 3.wav")
    assert (named.outcome, other.outcome) == ("failed", "failed")
    assert "Quillfeather" not in named.why
    assert "week 3.wav" in other.why


def test_imports_wait_for_one_another(study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a folder, from the page and the sweeping of a run: one lock, so that none takes away what another writes."""
    monkeypatch.setattr("pipeline.study.intake.importing.IMPORT_LOCK_WAIT_S", 0.05)
    make_sound(tmp_path / "a.wav")
    with study.lock("import"), pytest.raises(LockedError):
        take(study, tmp_path / "a.wav")
    assert (tmp_path / "a.wav").exists()
    assert take(study, tmp_path / "a.wav")[0].outcome == "sealed"


def test_the_chain_tells_a_file_by_its_size_and_digest(study: Study, tmp_path: Path) -> None:
    """From the moment it is received: what was given can be told from what was not, when all else is gone."""
    data = make_sound(tmp_path / "a.wav")
    take(study, tmp_path / "a.wav")
    facts = {entry.event: entry.facts() for entry in study.audit.entries("R0001")}
    digest = hashlib.sha256(data).hexdigest()
    assert facts["received"] == {"state": "received", "digest": digest, "size": len(data)}


def test_a_link_is_never_followed(study: Study, tmp_path: Path) -> None:
    """Neither as a sound file, nor as a mark of removal: what it points at was not given to us."""
    outside = tmp_path / "outside.wav"
    data = make_sound(outside)
    inbox = study.folder / "inbox"
    for name in ("link.wav", f"{REMOVAL_MARK}0123456789ab"):
        (inbox / name).symlink_to(outside)
    outcomes = {t.file.name: t.outcome for t in take(study, inbox)}
    assert outcomes == {"link.wav": "left", f"{REMOVAL_MARK}0123456789ab": "failed"}
    named = take(study, inbox / "link.wav")[-1]
    assert named.outcome == "failed"
    assert "link" in named.why
    assert outside.read_bytes() == data
    assert not list(study.recordings())


def test_a_file_with_a_second_name_is_sealed_and_not_overwritten(study: Study, tmp_path: Path) -> None:
    """Writing over a hard link would destroy what the other name stands for; the file stays, and is told of."""
    data = make_sound(tmp_path / "archive.wav")
    (study.folder / "inbox" / "a.wav").hardlink_to(tmp_path / "archive.wav")
    (taken,) = take(study, study.folder / "inbox")
    assert (taken.outcome, taken.removed, taken.wants_a_person) == ("sealed", False, True)
    assert (tmp_path / "archive.wav").read_bytes() == data


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_what_is_no_file_is_refused_at_once(study: Study, tmp_path: Path) -> None:
    """A named pipe would be waited for without end."""
    os.mkfifo(tmp_path / "pipe.wav")
    (taken,) = take(study, tmp_path / "pipe.wav")
    assert taken.outcome == "failed"
    assert "pipe" in taken.why


def test_a_read_only_file_is_removed_all_the_same(study: Study, tmp_path: Path) -> None:
    """Files copied from a card are often marked read-only; that is no reason to stop a night's run."""
    make_sound(tmp_path / "a.wav")
    (tmp_path / "a.wav").chmod(0o444)
    (taken,) = take(study, tmp_path / "a.wav")
    assert taken.removed
    assert not list(tmp_path.glob("*.wav"))


def test_a_locked_card_costs_no_recording(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be removed is sealed and told of; the files after it are taken in as well."""
    for name in "ab":
        make_sound(tmp_path / "card" / f"{name}.wav")

    def refuse(_: Path) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr("pipeline.study.intake.removal.open_in_place", refuse)
    taken = take(study, tmp_path / "card")
    assert [(t.outcome, t.removed, t.wants_a_person) for t in taken] == [("sealed", False, True)] * 2
    assert "read-only" in taken[0].why.lower()
    assert [row.state for row in study.recordings()] == [State.SEALED] * 2
    assert sorted(p.name for p in (tmp_path / "card").iterdir()) == ["a.wav", "b.wav"]


class Unplugged:
    """A file whose drive is gone after the first read."""

    def __init__(self, file: BinaryIO):
        self._file, self.close, self.fileno = file, file.close, file.fileno
        self._reads = 0

    def read(self, size: int) -> bytes:
        self._reads += 1
        if self._reads > 1:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return self._file.read(size)


@pytest.mark.parametrize("opening", [2, 3])
def test_a_drive_unplugged_in_the_middle_costs_its_file_alone(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opening: int
) -> None:
    """Hashed or sealed, the error names the file and not the study's disk; the next file is taken in."""
    for name in "ab":
        make_sound(tmp_path / f"{name}.wav", 3_000_000)
    begin, opened = SourceFile.__init__, []

    def open_source(self: SourceFile, path: Path) -> None:
        begin(self, path)
        opened.append(path.name)
        if opened.count("a.wav") == opening and path.name == "a.wav":
            self._file = Unplugged(self._file)  # type: ignore[assignment]

    monkeypatch.setattr(SourceFile, "__init__", open_source)
    broken, good = take(study, tmp_path / "a.wav", tmp_path / "b.wav")
    assert (broken.outcome, good.outcome) == ("failed", "sealed")
    assert broken.why.startswith("a.wav: cannot be read")
    assert take(study, tmp_path / "a.wav")[0].removed


@pytest.mark.parametrize(
    "name", ["new\nline.wav", "esc\x1b[2Jape.wav", "not-utf8-\udcff.wav", "right\u202eleft.wav"]
)
def test_a_strange_file_name_is_kept_fit_to_be_shown(study: Study, tmp_path: Path, name: str) -> None:
    """No name stops an import, and none can write to the terminal."""
    try:
        make_sound(tmp_path / name)
    except (OSError, UnicodeError):
        pytest.skip("this file system refuses such names")
    (taken,) = take(study, tmp_path / name)
    assert taken.removed
    shown = study.recording(taken.recording).name
    assert shown.isprintable()
    assert study.find(shown).id == taken.recording


def test_a_folder_that_cannot_be_read_is_told_of(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A silent skip would look like an empty inbox."""
    make_sound(tmp_path / "card" / "week" / "a.wav")
    make_sound(tmp_path / "card" / "b.wav")
    look = os.scandir

    def refuse(path: str | Path = ".") -> object:
        if str(path).endswith("week"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return look(path)

    monkeypatch.setattr(os, "scandir", refuse)
    outcomes = {t.file.name: t.outcome for t in take(study, tmp_path / "card")}
    assert outcomes == {"week": "failed", "b.wav": "sealed"}


def test_a_study_never_takes_in_itself(study: Study, tmp_path: Path) -> None:
    """Its folder, a folder around it and its own files are refused: an import removes what it takes."""
    make_sound(study.folder / "inbox" / "a.wav")
    own = (
        study.folder,
        tmp_path,
        study.folder / "keys.json",
        study.folder / "vault",
    )
    for path in own:
        with pytest.raises(OwnFileError):
            take(study, path)
    assert (study.folder / "keys.json").is_file()
    assert take(study, study.folder / "inbox" / "a.wav")[0].removed


def test_a_key_or_a_sealed_file_is_never_taken_in(study: Study, tmp_path: Path, key_file: Path) -> None:
    """`import *` beside a study would lock it for ever."""
    make_sound(tmp_path / "a.wav")
    make_key_file(tmp_path / "recovery.key", purpose="another way in")
    take(study, tmp_path / "a.wav")
    (sealed,) = (study.folder / "vault" / "R0001").glob("source-*")
    (tmp_path / "copy.wav").write_bytes(sealed.read_bytes())
    taken = take(study, key_file, tmp_path / "recovery.key", tmp_path / "copy.wav")
    assert [t.outcome for t in taken] == ["failed"] * 3
    assert key_file.exists()
    assert "key of a study" in taken[0].why


def test_any_file_used_as_a_key_is_never_taken_in(tmp_path: Path) -> None:
    """study.toml names it; it may be a sound file as well as any other."""
    make_sound(tmp_path / "key.wav", 500)
    (tmp_path / "key.wav").chmod(0o600)
    with Study.create(tmp_path / "study", key_file=tmp_path / "key.wav", by="tester", cost=CHEAP) as study:
        assert take(study, tmp_path / "key.wav")[0].outcome == "failed"
