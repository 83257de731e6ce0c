"""Edits of the audit chain, in the ledger and in an export: every one of many is found."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli.main import main
from pipeline.erase.destroy import destroy
from pipeline.erase.loss import find_loss
from pipeline.erase.withdraw import Claim, withdraw
from pipeline.errors import AuditBrokenError, LedgerError, OlderLedgerError, SealBrokenError
from pipeline.study.audit_check import check_study
from pipeline.study.audit_export import as_json_lines, check_export
from pipeline.study.study import Study
from pipeline.study.withdrawals import Reason
from tests.conftest import ROOT
from tests.erase.test_destroy import verified_study

EDITS = 1000
FIELDS = ("at", "by", "event", "recording", "detail", "previous", "hash", "signature")


class _UndoneError(Exception):
    """Ends a transaction whose edit is not to be kept."""


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """One recording destroyed, one withdrawn, one verified: a chain of every kind of entry."""
    study = verified_study(tmp_path, recordings=3)
    destroy(study, "R0001", by="x")
    seen = find_loss(study, study.recording("R0002"))
    withdraw(study, "R0002", Claim("Rev Iewer", Reason.CONSENT_WITHDRAWN, seen), by="tester")
    return study


def exported(study: Study) -> bytes:
    return as_json_lines(study, list(study.audit.entries()))


# --- an export, as somebody hands it over -----------------------------------------------------------------


def test_a_whole_export_holds_and_says_of_when(study: Study, tmp_path: Path) -> None:
    """By the command: as many entries as there are, the time it was written, and whose it is."""
    call = ["audit", "export", "--to", str(tmp_path / "out"), "--study", str(study.folder)]
    done = CliRunner().invoke(main, [*call, "--key-file", str(tmp_path / "study.key")])
    assert done.exit_code == 0, done.output
    found = check_export(tmp_path / "out" / "audit.jsonl")
    assert found.entries == len(list(study.audit.entries()))
    assert (found.study, found.key) == (study.id, study.audit.verify_key)
    shown = CliRunner().invoke(main, ["audit", "check", str(tmp_path / "out" / "audit.jsonl")])
    assert f"as of {found.at}" in shown.output


@pytest.mark.parametrize("left", [0, 1, 5, -1])
@pytest.mark.parametrize("with_head", [False, True])
def test_a_cut_export_is_refused(study: Study, tmp_path: Path, left: int, with_head: bool) -> None:
    """Down to no entry at all, with the signed head at its end or without."""
    about, *entries, head = exported(study).splitlines(keepends=True)
    cut = [about, *entries[:left], *([head] if with_head else [])]
    refuse(tmp_path, b"".join(cut))


def refuse(folder: Path, data: bytes) -> None:
    file = folder / "audit.jsonl"
    file.write_bytes(data)
    with pytest.raises(AuditBrokenError):
        check_export(file)


def test_a_head_of_another_export_is_refused(study: Study, tmp_path: Path) -> None:
    """Cut, with the true head of an export made earlier, or the ledger's own head."""
    *lines, _ = exported(study).splitlines(keepends=True)
    newest = study.audit.last()
    assert newest is not None
    with study.ledger.transaction():
        study.audit.append("note")
    *_, later_head = exported(study).splitlines(keepends=True)
    refuse(tmp_path, b"".join([*lines, later_head]))
    own = json.loads((study.folder / "audit.head").read_bytes())
    forged = {"head": {"seq": newest.seq, "at": newest.at, "signature": own["signature"]}}
    refuse(tmp_path, b"".join([*lines, json.dumps(forged).encode() + b"\n"]))


def test_an_export_of_an_earlier_version_is_refused_with_the_reason(tmp_path: Path) -> None:
    """It has no signed head, and nobody can say whether it was cut."""
    file = ROOT / "tests" / "data" / "certificates" / "audit-version-1.jsonl"
    with pytest.raises(AuditBrokenError, match="an earlier version wrote it"):
        check_export(file)


@pytest.mark.parametrize("data", [b"", b"\n", b"{}", b"[]\n[]\n", b"x", b'{"head": 1}\n' * 3, b"[" * 100_000])
def test_what_is_no_export_is_refused(tmp_path: Path, data: bytes) -> None:
    refuse(tmp_path, data)


@pytest.mark.slow
def test_many_edits_of_an_export_are_all_found(study: Study, tmp_path: Path) -> None:
    """A byte changed, added or taken out, a line left out, twice, or in another's place: anywhere."""
    whole = exported(study)
    chance = random.Random(15)
    for _ in range(EDITS):
        changed = edit_bytes(whole, chance)
        if changed != whole:
            refuse(tmp_path, changed)


def edit_bytes(whole: bytes, chance: random.Random) -> bytes:
    lines = whole.splitlines(keepends=True)
    at, line = chance.randrange(len(whole) - 1), chance.randrange(len(lines))
    kind = chance.randrange(6)
    if kind == 0:
        return whole[:at] + bytes([chance.randrange(256)]) + whole[at + 1 :]
    if kind == 1:
        return whole[:at] + bytes([chance.randrange(33, 127)]) + whole[at:]
    if kind == 2:
        return whole[:at] + whole[at + 1 + chance.randrange(40) :]
    if kind == 3:
        return b"".join(lines[:line] + lines[line + 1 :])
    if kind == 4:
        return b"".join(lines[: line + 1] + lines[line:])
    chance.shuffle(lines)
    return b"".join(lines)


# --- the ledger itself ------------------------------------------------------------------------------------


def change_field(study: Study, chance: random.Random) -> None:
    """One value of one entry: another character, or another entry's."""
    seq, field = pick(study, chance), chance.choice(FIELDS)
    (old,) = study.ledger.query(f"SELECT {field} FROM audit WHERE seq = ?", seq)[0]
    at = chance.randrange(len(old) + 1)
    new = old[:at] + ("y" if old[at : at + 1] == "x" else "x") + old[at + 1 :]
    study.ledger.query(f"UPDATE audit SET {field} = ? WHERE seq = ?", new, seq)


def remove_entry(study: Study, chance: random.Random) -> None:
    study.ledger.query("DELETE FROM audit WHERE seq = ?", pick(study, chance))


def cut_tail(study: Study, chance: random.Random) -> None:
    study.ledger.query("DELETE FROM audit WHERE seq >= ?", pick(study, chance))


def swap_entries(study: Study, chance: random.Random) -> None:
    one, other = pick(study, chance), pick(study, chance)
    other = other if other != one else one % last(study) + 1
    for was, becomes in ((one, -1), (other, one), (-1, other)):
        study.ledger.query("UPDATE audit SET seq = ? WHERE seq = ?", becomes, was)


def insert_copy(study: Study, chance: random.Random) -> None:
    """An entry once more, at the end."""
    names = "at, by, event, recording, detail, previous, hash, signature"
    sql = f"INSERT INTO audit SELECT ?, {names} FROM audit WHERE seq = ?"
    study.ledger.query(sql, last(study) + 1, pick(study, chance))


def remove_key(study: Study, chance: random.Random) -> None:
    """Of a recording that is there: its sound could be opened no more."""
    part = chance.choice(["audio", "words", "kept"])
    study.ledger.query("DELETE FROM keys WHERE owner = 'R0003' AND part = ?", part)


def change_state(study: Study, chance: random.Random) -> None:
    owner, state = chance.choice([("R0001", "verified"), ("R0002", "sealed"), ("R0003", "destroyed")])
    study.ledger.query("UPDATE recordings SET state = ? WHERE id = ?", state, owner)


def remove_row(study: Study, chance: random.Random) -> None:
    if chance.random() < 0.5:
        study.ledger.query("DELETE FROM recordings WHERE id = ?", chance.choice(["R0001", "R0002", "R0003"]))
    else:
        study.ledger.query("DELETE FROM artifacts WHERE owner = 'R0003' AND kind = 'source'")


LEDGER_EDITS: list[Callable[[Study, random.Random], None]] = [
    change_field,
    remove_entry,
    cut_tail,
    swap_entries,
    insert_copy,
    remove_key,
    change_state,
    remove_row,
]


def last(study: Study) -> int:
    entry = study.audit.last()
    assert entry is not None
    return entry.seq


def pick(study: Study, chance: random.Random) -> int:
    return chance.randrange(1, last(study) + 1)


def check_found(study: Study, edit: Callable[[Study, random.Random], None], chance: random.Random) -> None:
    """`audit verify` names what is wrong; the edit is then taken back."""
    with suppress(_UndoneError), study.ledger.transaction():
        edit(study, chance)
        with pytest.raises((AuditBrokenError, LedgerError, SealBrokenError)):
            check_study(study)
        raise _UndoneError


@pytest.mark.parametrize("edit", LEDGER_EDITS)
def test_each_kind_of_edit_is_found(study: Study, edit: Callable[[Study, random.Random], None]) -> None:
    check_study(study)
    for number in range(5):
        check_found(study, edit, random.Random(number))
    check_study(study)


def _another_entrys(study: Study, seq: int) -> str:
    entry = study.audit.entry(seq - 1)
    assert entry is not None
    return entry.signature


def _anothers_key(study: Study, seq: int) -> str:
    from nacl.signing import SigningKey

    entry = study.audit.entry(seq)
    assert entry is not None
    return bytes(SigningKey.generate().sign(entry.hash.encode()).signature).hex()


@pytest.mark.parametrize(
    "signature", [_another_entrys, _anothers_key, lambda *_: "", lambda *_: "no hex", lambda *_: "00" * 64]
)
def test_an_entry_the_study_did_not_sign_is_found(
    study: Study, signature: Callable[[Study, int], str]
) -> None:
    """Everything else of it is right, its hash too: who has no study key can do that much."""
    for seq in (2, last(study)):
        with suppress(_UndoneError), study.ledger.transaction():
            sql = "UPDATE audit SET signature = ? WHERE seq = ?"
            study.ledger.query(sql, signature(study, seq), seq)
            with pytest.raises(AuditBrokenError, match=f"entry {seq} is not signed by this study"):
                study.audit.verify()
            raise _UndoneError


def test_an_emptied_chain_is_found(study: Study) -> None:
    """The head beside the ledger knows that there were entries."""
    with suppress(_UndoneError), study.ledger.transaction():
        study.ledger.query("DELETE FROM audit")
        with pytest.raises(OlderLedgerError):
            study.audit.verify()
        raise _UndoneError


def test_an_entry_says_who_when_and_of_what(study: Study) -> None:
    """Who was named, else whose study it is; the time in UTC; a recording's entries are its own alone."""
    with study.ledger.transaction():
        study.audit.append("note")
        study.audit.append("note", "R0003", {"count": 1}, by="somebody else")
    first, second = study.audit.events("note")[-2:]
    assert (first.by, first.recording, first.facts()) == (study.audit.by, "", {})
    assert (second.by, second.recording, second.facts()) == ("somebody else", "R0003", {"count": 1})
    for entry in (first, second):
        at = datetime.fromisoformat(entry.at)
        assert at.utcoffset() == timedelta(0)
        assert abs(datetime.now(UTC) - at) < timedelta(minutes=5)
    own = list(study.audit.entries("R0003"))
    assert own[-1] == second
    assert {entry.recording for entry in own} == {"R0003"}
    assert study.audit.naming("R0003") == []
    with study.ledger.transaction():
        study.audit.append("note", detail={"record": "made-up"})
    assert [entry.facts() for entry in study.audit.naming("made-up")] == [{"record": "made-up"}]
    assert [entry.seq for entry in study.audit.entries()] == list(range(1, last(study) + 1))


@pytest.mark.slow
def test_many_edits_of_the_ledger_are_all_found(study: Study) -> None:
    """At random, of every kind."""
    chance = random.Random(330)
    for _ in range(EDITS):
        check_found(study, chance.choice(LEDGER_EDITS), chance)
    check_study(study)
