"""No certificate while a copy lies in the study's folder: found before anything goes, or found again until it is gone."""

from __future__ import annotations

import mmap
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cli.main import main
from pipeline.cli.unseal import write_source
from pipeline.erase import signing
from pipeline.erase.certificate import Certificate
from pipeline.erase.destroy import destroy
from pipeline.erase.erasing import Gone
from pipeline.erase.loss import find_loss
from pipeline.erase.plan import draw_plan
from pipeline.erase.traces import Traces, _trace, kept_traces
from pipeline.erase.withdraw import Claim, withdraw
from pipeline.errors import AuditBrokenError, CopyFoundError, DestructionUnprovenError, NotPermittedError
from pipeline.records import to_json
from pipeline.study.audit_check import check_study
from pipeline.study.study import Study
from pipeline.study.told import DESTRUCTION_BEGUN
from pipeline.study.vault.keys import KeyFile
from pipeline.study.vault.states import Part, State
from pipeline.study.withdrawals import Reason
from tests.batch.life import in_child
from tests.conftest import ROOT
from tests.erase.test_destroy import KILLED, everything_below, verified_study

PARTS = (Part.AUDIO, Part.WORDS)


def opened(folder: Path) -> Study:
    return Study.open(folder / "study", KeyFile(folder / "study.key"), by="tester")


def sealed_file(study: Study, kind: str) -> Path:
    row = study.rows.artifact("R0001", kind)
    assert row is not None
    return study.vault.path("R0001", row.file)


def certificate_of(study: Study, gone: Gone) -> Certificate:
    return signing.check(gone.certificate.read_bytes(), file="c", public_key=study.audit.verify_key)


# --- copies somebody made, by what people and backup programs do ---------------------------------------


def copy_study(study: Study) -> Path:
    """A backup of the whole folder, put into it."""
    backup = study.folder / "backup"
    for name in ("ledger.sqlite3", "audit.head", "keys.json", "study.toml"):
        backup.mkdir(exist_ok=True)
        shutil.copy(study.folder / name, backup / name)
    shutil.copytree(study.vault.folder, backup / "vault")
    return backup


def copy_ledger(study: Study) -> Path:
    """Only the wrapped keys."""
    return Path(shutil.copy(study.ledger.path, study.folder / "ledger (2).sqlite3"))


def copy_sealed_sound(study: Study) -> Path:
    return Path(shutil.copy(sealed_file(study, "source"), study.folder / "copy.bin"))


def copy_sealed_words(study: Study) -> Path:
    """A small one."""
    return Path(shutil.copy(sealed_file(study, "transcription"), study.folder / "inbox" / "words"))


def copy_into_another_recording(study: Study) -> Path:
    """Where other recordings' files lie, which are not looked into."""
    name = sealed_file(study, "source").name
    return Path(shutil.copy(sealed_file(study, "source"), study.vault.folder / "R0002" / name))


def unseal_here(study: Study) -> Path:
    """The sound, in plain."""
    write_source(study, study.recording("R0001"), study.folder / "sound.wav")
    return study.folder / "sound.wav"


def note_a_key(study: Study) -> Path:
    """Typed off, in hexadecimal, among other text."""
    place = study.folder / "note.txt"
    place.write_text(f"the key is {study.recording_key('R0001', Part.WORDS).hex()}, keep it\n")
    return place


COPIES = [
    copy_study,
    copy_ledger,
    copy_sealed_sound,
    copy_sealed_words,
    copy_into_another_recording,
    unseal_here,
    note_a_key,
]


def remove(place: Path) -> None:
    shutil.rmtree(place) if place.is_dir() else place.unlink()


@pytest.mark.parametrize("copied", COPIES)
def test_a_copy_is_named_before_anything_goes(tmp_path: Path, copied: Callable[[Study], Path]) -> None:
    """However often it is asked for; nothing is lost, the chain tells of it, and with the copy gone it is done."""
    with verified_study(tmp_path, recordings=2) as study:
        place = copied(study)
        shown = place.relative_to(study.folder).as_posix()
        for _ in range(3):
            with pytest.raises(CopyFoundError) as refused:
                destroy(study, "R0001", by="x")
            assert shown in str(refused.value)
        assert study.recording("R0001").state is State.VERIFIED
        with study.open_source("R0001") as source:
            assert len(source.read()) == 300_000
        assert not (study.folder / "certificates").exists()
        (noted,) = study.audit.events("copy found before destroying")
        assert str(noted.facts()["file"]).startswith(shown)
        remove(place)
        certificate = certificate_of(study, destroy(study, "R0001", by="x"))
        said = " ".join(certificate.limits)
        assert f"{noted.facts()['file']} in the study's folder held" in said
        assert "deleted or only moved elsewhere is not known" in said
        check_study(study)


def test_the_command_that_runs_by_itself_stays_refused(tmp_path: Path) -> None:
    """`destroy --due`, every night: the first and the next end alike, and say which file it is."""
    settings = {"destroy_after_days": 0, "unattended_destroy": True, "key_file": tmp_path / "study.key"}
    with verified_study(tmp_path, **settings) as study:
        copy_study(study)
    call = ["destroy", "--due", "--yes", "--study", str(tmp_path / "study")]
    for _ in range(2):
        done = CliRunner().invoke(main, call)
        assert isinstance(done.exception, CopyFoundError)
        assert done.exception.exit_code == 61
        assert "backup/ledger.sqlite3" in str(done.exception)


@pytest.mark.parametrize("copied", COPIES)
def test_a_copy_made_meanwhile_is_looked_for_again_and_again(
    tmp_path: Path, copied: Callable[[Study], Path]
) -> None:
    """Made after the destruction had begun: no later call forgets what to look for, and no certificate is written."""
    verified_study(tmp_path, recordings=2).close()
    assert in_child(lambda: destroy_in(tmp_path), fault="destroy.begun:kill") == KILLED
    with opened(tmp_path) as study:
        place = copied(study)
    for _ in range(3):
        with opened(tmp_path) as study:
            with pytest.raises(DestructionUnprovenError, match="no uncompressed copy"):
                destroy(study, "R0001", by="x")
            assert study.recording("R0001").state is State.DESTROYING
            assert not (study.folder / "certificates").exists()
    remove(place)
    with opened(tmp_path) as study:
        failed = study.audit.events("check failed")
        assert failed
        assert all(
            str(entry.facts()["file"]).startswith(place.name)
            or "/" in place.name
            or "/" in str(entry.facts()["file"])
            for entry in failed
        )
        certificate = certificate_of(study, destroy(study, "R0001", by="x"))
        assert len(certificate.checks) == 6
        assert str(failed[0].facts()["file"]) in " ".join(certificate.limits)
        check_study(study)


def destroy_in(folder: Path) -> None:
    with opened(folder) as study:
        destroy(study, "R0001", by="x")


def test_a_withdrawal_looks_for_copies_too(tmp_path: Path) -> None:
    """Nothing is stated and nothing goes while one is there."""
    with verified_study(tmp_path) as study:
        place = copy_sealed_sound(study)
        seen = find_loss(study, study.recording("R0001"))
        claim = Claim("Rev Iewer", Reason.CONSENT_WITHDRAWN, seen)
        with pytest.raises(CopyFoundError, match=r"copy\.bin"):
            withdraw(study, "R0001", claim, by="tester")
        assert not study.audit.events("withdrawal stated")
        place.unlink()
        gone = withdraw(study, "R0001", claim, by="tester")
        assert gone is not None
        assert "copy.bin" in " ".join(certificate_of(study, gone).limits)


def test_a_name_of_the_roster_in_a_copy_s_name_is_not_told(tmp_path: Path) -> None:
    """Neither in the message nor in the chain or the certificate."""
    with verified_study(tmp_path) as study:
        study.roster.add("Vesper Quillfeather")
        shutil.copy(sealed_file(study, "source"), study.folder / "inbox" / "for Vesper.bin")
        with pytest.raises(CopyFoundError) as refused:
            destroy(study, "R0001", by="x")
        assert "inbox/(a name)" in str(refused.value)
        assert not any("Vesper" in entry.detail for entry in study.audit.entries())


def test_a_folder_that_cannot_be_read_is_no_empty_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It could hold a copy: nothing is destroyed until it can be looked into."""
    import os

    scan = os.scandir

    def refuse(place: str | Path = ".") -> object:
        if Path(place).name == "locked":
            raise PermissionError(13, "Permission denied")
        return scan(place)

    with verified_study(tmp_path) as study:
        (study.folder / "locked").mkdir()
        monkeypatch.setattr(os, "scandir", refuse)
        with pytest.raises(NotPermittedError):
            destroy(study, "R0001", by="x")
        assert study.recording("R0001").state is State.VERIFIED


# --- what is kept to look for ---------------------------------------------------------------------------


def test_what_to_look_for_gives_nothing_back_and_goes_with_the_end(tmp_path: Path) -> None:
    """Half destroyed, no key and no piece can be read from any file, sealed or not; destroyed, it is forgotten."""
    with verified_study(tmp_path) as study:
        keys = [study.recording_key("R0001", part) for part in PARTS]
        with study.open_source("R0001") as source:
            sound = source.read()
    assert in_child(lambda: destroy_in(tmp_path), fault="destroy.proven:kill") == KILLED
    with opened(tmp_path) as study:
        entry = study.audit.events(DESTRUCTION_BEGUN)[-1]
        kept = to_json(kept_traces(study, "R0001", str(entry.facts()["traces"])))
        seen = everything_below(study.folder) + kept
        assert not any(key in seen or key.hex().encode() in seen for key in keys)
        assert not any(sound[at : at + 32] in seen for at in range(0, len(sound) - 32, 16))
        destroy(study, "R0001", by="x")
        assert study.ledger.query("SELECT * FROM traces") == []
        check_study(study)


def test_what_was_looked_for_is_said_as_it_is(tmp_path: Path) -> None:
    """One whole piece of the size that certificate and docs name, cut out of the sound, is found; less need not be.
    Pieces lie so close that a quarter of the sound holds one, wherever it was cut out."""
    size = 4096
    with verified_study(tmp_path) as study:
        with study.open_source("R0001") as source:
            sound = source.read()
        part, quarter = study.folder / "part.bin", len(sound) // 4
        assert quarter > 2 * size
        for cut in (sound[:size], *(sound[at : at + quarter] for at in range(0, 3 * quarter, quarter // 4))):
            part.write_bytes(b"before" + cut + b"after")
            with pytest.raises(CopyFoundError, match=r"part\.bin"):
                destroy(study, "R0001", by="x")
        part.unlink()
        (check,) = [
            check.how
            for check in certificate_of(study, destroy(study, "R0001", by="x")).checks
            if "copy of the recording" in check.how
        ]
    assert f"(pieces of {size // 1024} KiB looked for)" in check
    assert f"for pieces of {size // 1024} KiB of its sound" in (ROOT / "docs" / "security.md").read_text()


def test_two_half_destroyed_each_keep_their_own(tmp_path: Path) -> None:
    """The first one's end does not forget what the second is looked for by."""
    with verified_study(tmp_path, recordings=2) as study:
        for row in ("R0001", "R0002"):
            assert in_child(lambda row=row: destroy_one(tmp_path, row), fault="destroy.begun:kill") == KILLED
        copy = Path(shutil.copy(sealed_file(study, "source"), tmp_path / "aside"))
        destroy(study, "R0002", by="x")
        copy.rename(study.folder / "aside")
        with pytest.raises(DestructionUnprovenError):
            destroy(study, "R0001", by="x")
        (study.folder / "aside").unlink()
        destroy(study, "R0001", by="x")
        check_study(study)


def destroy_one(folder: Path, row: str) -> None:
    with opened(folder) as study:
        destroy(study, row, by="x")


def test_without_what_to_look_for_nothing_counts_as_destroyed(tmp_path: Path) -> None:
    """Somebody deleted the record: the chain knows that there was one."""
    verified_study(tmp_path).close()
    assert in_child(lambda: destroy_in(tmp_path), fault="destroy.begun:kill") == KILLED
    with opened(tmp_path) as study:
        study.ledger.query("DELETE FROM traces")
        with pytest.raises(AuditBrokenError, match="to look for"):
            check_study(study)
        with pytest.raises(AuditBrokenError, match="what to look for"):
            destroy(study, "R0001", by="x")
        assert study.recording("R0001").state is State.DESTROYING


def test_one_begun_by_an_earlier_version_says_what_was_not_noted(tmp_path: Path) -> None:
    """It kept nothing to look for: finished with what can still be read, and the certificate says so."""
    with verified_study(tmp_path) as study:
        plan = draw_plan(study, "R0001", PARTS, {})
        study.move("R0001", State.DESTROYING, DESTRUCTION_BEGUN, plan.facts(), by="x")
        said = " ".join(certificate_of(study, destroy(study, "R0001", by="x")).limits)
        assert "What to look for was not noted before this destruction began" in said


@given(
    piece=st.binary(min_size=64, max_size=300).filter(lambda data: len(set(data)) > 1),
    before=st.binary(max_size=300),
    after=st.binary(max_size=300),
    kind=st.sampled_from(["key", "sealed", "plain"]),
)
def test_a_trace_is_found_wherever_it_stands(piece: bytes, before: bytes, after: bytes, kind: str) -> None:
    """Among any bytes, at any place; and not where one byte of it is another."""
    secret = b"s" * 32
    traces = Traces("R0001", (), secret.hex(), (_trace(kind, piece, secret),))  # type: ignore[arg-type]
    changed = bytes([piece[0] ^ 1]) + piece[1:]
    assert stands(traces, before + piece + after)
    assert stands(traces, before + changed + after) == (piece in before + changed + after)


def stands(traces: Traces, content: bytes) -> bool:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            return traces.stand_in(mapped, "key", "sealed", "plain") is not None
