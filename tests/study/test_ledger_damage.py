"""Damaged ledgers and key books: a clear error or the truth, never a crash or a wrong fact."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import AuditBrokenError, SessionDeidError, StudyError
from pipeline.study.audit_check import check_study
from pipeline.study.study import Study
from pipeline.study.vault.keys import KeyFile
from pipeline.study.vault.states import Artifact, State
from tests.study.conftest import make_sound, take


def facts_of(folder: Path, key_file: Path) -> list[object]:
    """Everything a user sees of a study, and the plain content of its artifacts."""
    seen: list[object] = []
    with Study.open(folder, KeyFile(key_file)) as study:
        for row in study.recordings():
            seen.append(
                (
                    row.id,
                    row.name,
                    row.state,
                    row.failed_stage,
                    row.reason,
                    row.digest,
                    row.size,
                    row.duration,
                )
            )
            seen += [study.artifact(row.id, kind) for kind in Artifact if study.has(row.id, kind)]
            seen.append(study.open_source(row.id).read())
        seen.append(study.roster.load())
    return seen


@pytest.fixture
def folder(study: Study, tmp_path: Path) -> Path:
    """A closed study with three recordings at different states, and a roster."""
    for number in range(3):
        make_sound(tmp_path / f"s{number}.wav", 3000)
        take(study, tmp_path / f"s{number}.wav")
    study.keep("R0002", Artifact.TRANSCRIPTION, b"words", state=State.TRANSCRIBED, duration=4.5)
    study.set_aside("R0003", "transcribe", "There was not enough memory for it.")
    study.roster.add("Some Body")
    study.close()
    return study.folder


def test_thousands_of_damaged_ledgers_never_tell_a_wrong_fact(folder: Path, key_file: Path) -> None:
    """Flipped bits, cut files and swapped pages: an error of ours, or the very same facts (a free page)."""
    chance = random.Random(11)
    right = facts_of(folder, key_file)
    ledger = folder / "ledger.sqlite3"
    whole = ledger.read_bytes()
    (folder / "ledger.sqlite3-journal").unlink()
    refused = 0
    for _ in range(1500):
        ledger.write_bytes(damaged(whole, chance))
        try:
            seen = facts_of(folder, key_file)
        except StudyError:
            refused += 1
            continue
        assert all(fact in right for fact in seen)
        if len(seen) < len(right):
            assert not chain_holds(folder, key_file)
    assert refused > 100


def chain_holds(folder: Path, key_file: Path) -> bool:
    """What `audit verify` says."""
    try:
        with Study.open(folder, KeyFile(key_file)) as study:
            check_study(study)
    except StudyError:
        return False
    return True


def damaged(whole: bytes, chance: random.Random) -> bytes:
    """A bit flipped, a run of bytes changed, a cut, or two pages swapped."""
    copy = bytearray(whole)
    at = chance.randrange(len(copy))
    way = chance.randrange(10)
    if way < 6:
        copy[at] ^= 1 << chance.randrange(8)
    elif way < 8:
        copy[at : at + 20] = chance.randbytes(len(copy[at : at + 20]))
    elif way == 8:
        del copy[at:]
    else:
        one, other = (chance.randrange(len(copy) // 4096) * 4096 for _ in range(2))
        copy[one : one + 4096], copy[other : other + 4096] = (
            copy[other : other + 4096],
            copy[one : one + 4096],
        )
    return bytes(copy)


@pytest.mark.parametrize("name", ["keys.json", "study.toml", "audit.head"])
def test_other_damaged_files_end_with_an_error_of_ours(folder: Path, key_file: Path, name: str) -> None:
    """300 damaged copies each: a message, or nothing changed for the user."""
    chance = random.Random(name)
    right = facts_of(folder, key_file)
    whole = (folder / name).read_bytes()
    for _ in range(300):
        copy = bytearray(whole)
        copy[chance.randrange(len(copy))] ^= 1 << chance.randrange(8)
        (folder / name).write_bytes(
            bytes(copy) if chance.random() < 0.8 else whole[: chance.randrange(len(whole))]
        )
        try:
            assert facts_of(folder, key_file) == right
            with Study.open(folder, KeyFile(key_file)) as study:
                check_study(study)
        except SessionDeidError:
            continue


def edit(folder: Path, sql: str) -> None:
    """Change the ledger the way somebody with an SQLite browser would."""
    with sqlite3.connect(folder / "ledger.sqlite3") as connection:
        connection.execute(sql)
    connection.close()


def reverse_two(folder: Path) -> None:
    for step in ("SET seq = -seq WHERE seq IN (4, 5)", "SET seq = 9 + seq WHERE seq IN (-4, -5)"):
        edit(folder, f"UPDATE audit {step}")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda f: edit(f, "UPDATE audit SET detail = replace(detail, 'sealed', 'SEALED') WHERE seq = 5"), "entry 5 "),
        (lambda f: edit(f, "UPDATE audit SET at = '2020-01-01T00:00:00.000+00:00' WHERE seq = 5"), "entry 5 "),
        (lambda f: edit(f, "DELETE FROM audit WHERE seq = 4"), "entry 4 "),
        (lambda f: edit(f, "DELETE FROM audit WHERE seq = 1"), "entry 1 "),
        (lambda f: edit(f, "DELETE FROM audit WHERE seq >= 9"), "entry 9 "),
        (lambda f: edit(f, "INSERT INTO audit SELECT 99, at, by, event, recording, detail, previous, hash, signature FROM audit WHERE seq = 6"), "entry"),
        (reverse_two, "entry 4 "),
        (lambda f: edit(f, "UPDATE audit SET signature = (SELECT signature FROM audit WHERE seq = 2) WHERE seq = 6"), "entry 6 "),
    ],
    ids=["edited", "redated", "removed", "first removed", "tail cut", "inserted", "reordered", "signature"],
)  # fmt: skip
def test_audit_verify_names_the_first_bad_entry(
    folder: Path, key_file: Path, change: Callable[[Path], None], named: str
) -> None:
    """Any edit, removal, insertion, reordering or cut of the chain is found, and where."""
    change(folder)
    with Study.open(folder, KeyFile(key_file)) as study, pytest.raises(AuditBrokenError) as caught:
        check_study(study)
    assert named in str(caught.value)


def test_a_ledger_put_back_from_yesterday_is_found(folder: Path, key_file: Path, tmp_path: Path) -> None:
    """An older ledger is authentic row by row; the head beside it tells that entries are missing."""
    shutil.copy(folder / "ledger.sqlite3", tmp_path / "yesterday")
    with Study.open(folder, KeyFile(key_file)) as study:
        study.retry("R0003")
    shutil.copy(tmp_path / "yesterday", folder / "ledger.sqlite3")
    with Study.open(folder, KeyFile(key_file)) as study, pytest.raises(AuditBrokenError):
        check_study(study)


def test_a_recording_taken_out_of_the_ledger_is_found(folder: Path, key_file: Path) -> None:
    """The chain tells of a recording the table lacks."""
    edit(folder, "DELETE FROM recordings WHERE id = 'R0002'")
    with Study.open(folder, KeyFile(key_file)) as study, pytest.raises(AuditBrokenError, match="R0002"):
        check_study(study)


def test_a_state_edited_by_hand_is_an_error(folder: Path, key_file: Path) -> None:
    """Nobody makes a recording verified with an SQLite browser."""
    edit(folder, "UPDATE recordings SET state = 'verified' WHERE id = 'R0002'")
    with (
        Study.open(folder, KeyFile(key_file)) as study,
        pytest.raises(StudyError, match="changed from outside"),
    ):
        list(study.recordings())
