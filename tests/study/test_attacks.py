"""What somebody without the study key does to a study's folder: noticed, and nothing is lost by it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.batch.executor import ExecutorChoice, executor_for
from pipeline.batch.run import run_study
from pipeline.cli.unseal import write_source
from pipeline.erase.close import close_study
from pipeline.erase.destroy import destroy
from pipeline.errors import AuditBrokenError, LedgerError, SealBrokenError
from pipeline.study.audit_check import check_study
from pipeline.study.study import Study
from pipeline.study.vault.keys import KeyFile
from pipeline.study.vault.states import Part
from pipeline.study.withdrawals import Note, add_note
from tests.batch.fakes import FakeStages, with_stages
from tests.batch.life import verify
from tests.erase.test_destroy import verified_study
from tests.study.conftest import make_sound, take


def test_an_older_ledger_is_noticed_before_anything_is_changed(
    study: Study, tmp_path: Path, key_file: Path
) -> None:
    """Put back from a backup alone, it knows nothing of later recordings: no run may sweep them away."""
    make_sound(tmp_path / "a.wav")
    take(study, tmp_path / "a.wav")
    older = study.ledger.path.read_bytes()
    make_sound(tmp_path / "b.wav")
    take(study, tmp_path / "b.wav")
    study.close()
    study.ledger.path.write_bytes(older)
    with Study.open(study.folder, KeyFile(key_file), by="tester") as back:
        with pytest.raises(AuditBrokenError, match="is missing"):
            run_study(back, with_stages(FakeStages), lambda _: None, sleep=lambda _: None)
        make_sound(tmp_path / "c.wav")
        with pytest.raises(AuditBrokenError):
            take(back, tmp_path / "c.wav")
        with pytest.raises(AuditBrokenError):
            check_study(back)
        assert back.open_source("R0001").read(1)
    assert list((study.folder / "vault" / "R0002").glob("source-*"))
    assert (tmp_path / "c.wav").exists()


@pytest.mark.parametrize("content", [None, b""])
def test_a_ledger_that_is_gone_or_empty_is_never_taken_for_a_new_one(
    study: Study, tmp_path: Path, key_file: Path, content: bytes | None
) -> None:
    """Else the next run would begin a new study over the sealed files of the old one."""
    make_sound(tmp_path / "a.wav")
    take(study, tmp_path / "a.wav")
    study.close()
    study.ledger.path.unlink()
    if content is not None:
        study.ledger.path.write_bytes(content)
    with pytest.raises(LedgerError, match="missing" if content is None else "empty"):
        Study.open(study.folder, KeyFile(key_file), by="tester")
    assert list((study.folder / "vault" / "R0001").glob("source-*"))


def test_a_head_made_of_an_older_entry_is_no_head(study: Study, tmp_path: Path) -> None:
    """Whoever cuts off the last entry cannot write a head for the one before: an entry's signature is none."""
    make_sound(tmp_path / "a.wav")
    take(study, tmp_path / "a.wav")
    write_source(study, study.recording("R0001"), tmp_path / "plain.wav")
    last = study.audit.last()
    assert last is not None
    before = study.audit.entry(last.seq - 1)
    assert before is not None
    study.ledger.query("DELETE FROM audit WHERE seq = ?", last.seq)
    head = {"seq": before.seq, "hash": before.hash, "signature": before.signature}
    (study.folder / "audit.head").write_text(json.dumps(head))
    with pytest.raises(AuditBrokenError, match=r"audit\.head"):
        check_study(study)


def test_keys_are_what_the_chain_says(study: Study, tmp_path: Path) -> None:
    """A recording's key that was deleted by hand, and one that was put back after its destruction, are found."""
    make_sound(study.folder / "inbox" / "a.wav")
    run_study(study, with_stages(FakeStages), lambda _: None, sleep=lambda _: None)
    (kept,) = study.ledger.query("SELECT * FROM keys WHERE owner = 'R0001' AND part = 'audio'")
    study.ledger.query("DELETE FROM keys WHERE owner = 'R0001' AND part = 'audio'")
    with pytest.raises(AuditBrokenError, match="does not hold it"):
        check_study(study)
    study.ledger.query("INSERT INTO keys VALUES (?,?,?,?)", *kept)
    verify(study, "R0001", 0)
    destroy(study, "R0001", by="tester")
    check_study(study)
    study.ledger.query("INSERT INTO keys VALUES (?,?,?,?)", *kept)
    with pytest.raises(AuditBrokenError, match="put back from a backup"):
        check_study(study)


@pytest.mark.parametrize("damage", ["missing", "longer"])
def test_a_sealed_file_that_is_missing_or_too_long_is_found(
    study: Study, tmp_path: Path, damage: str
) -> None:
    """By `audit verify`, without opening it."""
    make_sound(tmp_path / "a.wav")
    take(study, tmp_path / "a.wav")
    (sealed,) = (study.folder / "vault" / "R0001").glob("source-*")
    if damage == "missing":
        sealed.unlink()
    else:
        sealed.write_bytes(sealed.read_bytes() + b"x")
    with pytest.raises(SealBrokenError, match="R0001/source"):
        check_study(study)


def test_what_others_put_into_the_vault_is_left_alone(study: Study, tmp_path: Path) -> None:
    """Desktops leave files in every folder they show; a run neither stumbles over them nor removes them."""
    make_sound(tmp_path / "a.wav")
    take(study, tmp_path / "a.wav")
    vault = study.folder / "vault"
    strange = [vault / ".DS_Store", vault / "R0001" / "Thumbs.db", vault / "R0001" / "folder" / "x"]
    for path in strange:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"theirs")
    (vault / "R0001" / "source-0123abcd.sealed.new").write_bytes(b"a crash left this")
    assert study.sweep() == 1
    assert all(path.read_bytes() == b"theirs" for path in strange)


def test_destroying_never_writes_through_a_link(study: Study, tmp_path: Path) -> None:
    """Somebody who can write to the study's folder cannot make it destroy a file elsewhere."""
    make_sound(tmp_path / "a.wav")
    take(study, tmp_path / "a.wav")
    (sealed,) = (study.folder / "vault" / "R0001").glob("source-*")
    (tmp_path / "elsewhere").write_bytes(b"mine")
    sealed.unlink()
    sealed.symlink_to(tmp_path / "elsewhere")
    study.vault.remove("R0001", sealed.name)
    assert not sealed.is_symlink()
    assert (tmp_path / "elsewhere").read_bytes() == b"mine"


def test_settings_changed_by_hand_leave_a_trace(study: Study, key_file: Path) -> None:
    """Whoever takes back the second reviewer, or lets destruction go unasked, is found in the audit chain."""
    toml = study.folder / "study.toml"
    toml.write_text(toml.read_text().replace("reviewers = 1", "reviewers = 2"))
    for text in (toml.read_text(), toml.read_text().replace("reviewers = 2", "reviewers = 1")):
        toml.write_text(text)
        with Study.open(study.folder, KeyFile(key_file), by="mallory") as opened:
            run_study(opened, with_stages(FakeStages), lambda _: None)
            run_study(opened, with_stages(FakeStages), lambda _: None)
    told = [(e.by, e.facts()["settings"]["reviewers"]) for e in study.audit.events("settings")]  # type: ignore[index]
    assert told == [("tester", 1), ("mallory", 2), ("mallory", 1)]
    assert "key_file" not in study.audit.events("settings")[0].detail


SHARED = ("roster", "voices", "labels", "withdrawals")


@pytest.fixture
def whole(study: Study) -> Study:
    """A study with every record it shares over its recordings."""
    make_sound(study.folder / "inbox" / "a.wav")
    study.roster.add("Zed Quillfeather")
    run_study(study, with_stages(FakeStages), lambda _: None, sleep=lambda _: None)
    add_note(study, Note(1, "a note"), by="tester")
    check_study(study)
    return study


@pytest.mark.parametrize("name", SHARED)
@pytest.mark.parametrize("table", ["keys", "artifacts", "both"])
def test_a_shared_record_taken_out_of_the_ledger_is_no_empty_one(whole: Study, name: str, table: str) -> None:
    """No key is needed for it: a run without the participants' names would leave them in the transcripts."""
    if table in ("keys", "both"):
        whole.ledger.query("DELETE FROM keys WHERE owner = 'study' AND part = ?", name)
    if table in ("artifacts", "both"):
        whole.ledger.query("DELETE FROM artifacts WHERE owner = 'study' AND kind = ?", name)
    with pytest.raises(AuditBrokenError, match=name):
        whole.read_shared(name)
    with pytest.raises(AuditBrokenError, match=name):
        check_study(whole)


def test_a_run_without_the_rosters_key_stops(whole: Study) -> None:
    """It would transcribe and de-identify as if nobody took part."""
    whole.ledger.query("DELETE FROM keys WHERE owner = 'study' AND part = 'roster'")
    make_sound(whole.folder / "inbox" / "b.wav")
    with pytest.raises(AuditBrokenError, match="roster"):
        run_study(
            whole,
            lambda: executor_for(whole, ExecutorChoice(), lambda _: None),
            lambda _: None,
            sleep=lambda _: None,
        )
    with pytest.raises(AuditBrokenError, match="roster"):
        whole.roster.add("Una Thistlewood")


@pytest.mark.parametrize("name", SHARED)
def test_a_shared_records_key_is_the_one_it_was_sealed_with(whole: Study, name: str) -> None:
    """Another in its place, a bit changed in it, or one put back after its destruction: found by `audit verify`."""
    (kept,) = whole.ledger.query("SELECT * FROM keys WHERE owner = 'study' AND part = ?", name)
    whole.rows.drop_key("study", name)
    whole.rows.put_key("study", name, bytes(32))
    with pytest.raises(AuditBrokenError, match=f"{name}.*key"):
        check_study(whole)
    whole.rows.drop_key("study", name)
    wrapped = bytearray(kept["wrapped"])
    wrapped[-1] ^= 1
    whole.ledger.query("INSERT INTO keys VALUES (?,?,?,?)", "study", name, kept["id"], bytes(wrapped))
    with pytest.raises(LedgerError, match="changed from outside"):
        check_study(whole)


def test_a_recordings_key_is_unwrapped_by_the_check(whole: Study) -> None:
    """Its id alone tells nothing of the wrapped bytes beside it."""
    whole.ledger.query("UPDATE keys SET wrapped = zeroblob(72) WHERE owner = 'R0001' AND part = 'kept'")
    with pytest.raises(LedgerError, match="changed from outside"):
        check_study(whole)


def test_a_shared_record_destroyed_by_the_rules_is_none(whole: Study) -> None:
    """`close --roster` leaves a study that holds; a key put back afterwards is found."""
    verify(whole, "R0001", 0)
    destroy(whole, "R0001", by="tester")
    (kept,) = whole.ledger.query("SELECT * FROM keys WHERE owner = 'study' AND part = 'roster'")
    close_study(whole, with_roster=True)
    assert [whole.read_shared(name) for name in SHARED] == [None] * 4
    check_study(whole)
    whole.ledger.query("INSERT INTO keys VALUES (?,?,?,?)", *kept)
    with pytest.raises(AuditBrokenError, match="destroyed"):
        check_study(whole)


def test_the_copy_of_a_key_that_reviewing_needs_is_missed(tmp_path: Path) -> None:
    """While raw words are there what a person approved has its key in two forms: without the one for reviewing `audit verify` fails."""
    with verified_study(tmp_path) as study:
        check_study(study)
        with study.ledger.transaction():
            study.ledger.query("DELETE FROM keys WHERE owner = ? AND part = ?", "R0001", Part.KEPT.value)
        assert study.rows.has_key("R0001", Part.KEPT.value), "the analysis ring's copy is there"
        with pytest.raises(LedgerError, match="a recording's key"):
            check_study(study)
