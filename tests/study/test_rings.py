"""Names under a key of their own: what each ring opens, and that a study of an earlier version loses no way."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from pipeline.batch.run import run_study
from pipeline.cli.main import COMMANDS, main
from pipeline.erase.destroy import destroy
from pipeline.errors import (
    AuditBrokenError,
    KeyChangeError,
    RingNeededError,
    SealBrokenError,
    WrongKeyError,
)
from pipeline.study.approved import read_approved
from pipeline.study.audit_check import check_study
from pipeline.study.key_changes import add_way, remove_way, replace_passphrases
from pipeline.study.needs import COMMANDS as NEEDED
from pipeline.study.study import Study
from pipeline.study.vault import faults
from pipeline.study.vault.key_files import make_key_file
from pipeline.study.vault.keys import KeyFile, Passphrase
from pipeline.study.vault.sealed_reader import open_bytes
from pipeline.study.vault.states import CODES, Artifact, State
from pipeline.study.vault.study_key import Ring, StudyKey, material_bytes
from tests.batch.fakes import GIVEN, SPOKEN_NAME, FakeStages, with_stages
from tests.batch.life import in_child, verify
from tests.conftest import ROOT
from tests.study.conftest import CHEAP, PASSPHRASE, make_sound

ANALYST = "an analyst battery"
NAME, NICKNAME, PLACE = "Zephyrine Quagmire", "Zeffy", "Brambleton Hospital"
PLANTED = [*NAME.split(), NICKNAME, "Brambleton", SPOKEN_NAME, *GIVEN]
EARLIER = ROOT / "tests/data/studies/before-rings.zip"
NOT_OURS = {"certificate", "protocol"}  # they take a study's folder and no key of it


def names_in(data: bytes | str) -> list[str]:
    """Planted names that stand in it."""
    text = data.decode("latin-1") if isinstance(data, bytes) else data
    return [name for name in PLANTED if re.search(rf"\b{name}", text, re.IGNORECASE)]


@pytest.fixture
def rings(study: Study, tmp_path: Path) -> Study:
    """A study with a destroyed, a verified and a redacted recording, and a key file for each ring alone."""
    study.roster.add(NAME, (NICKNAME,), "student")
    study.roster.add_words("sites", (PLACE,))
    for number in range(3):
        make_sound(study.folder / "inbox" / f"{NICKNAME}-{number}.wav", 3000)
    run_study(study, with_stages(FakeStages), lambda _: None, sleep=lambda _: None)
    for recording in ("R0001", "R0002"):
        verify(study, recording, 0)
    destroy(study, "R0001", by="Ann Example")
    for ring in (Ring.IDENTITY, Ring.ANALYSIS):
        make_key_file(tmp_path / f"{ring}.key", purpose="test")
        add_way(study, KeyFile(tmp_path / f"{ring}.key"), "file", ring=ring)
    return study


def by(study: Study, ring: Ring) -> Study:
    """The study opened once more, by the key file of one ring."""
    return Study.open(study.folder, KeyFile(study.folder.parent / f"{ring}.key"), by=f"an {ring} person")


def call(study: Study, ring: Ring, *arguments: str, typed: str = "") -> Result:
    where = ["--study", str(study.folder), "--key-file", str(study.folder.parent / f"{ring}.key")]
    return CliRunner().invoke(main, [*arguments, *where], input=typed)


# --- everything is tried with an analysis key ---------------------------------------------------------


def every_command() -> Iterator[str]:
    """Each command of a study that is opened with a key, as it is typed."""
    context = click.Context(main)
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command is not None
        inside = command.commands.items() if isinstance(command, click.Group) else [("", command)]
        for more, each in inside:
            known = {option for param in each.params for option in param.opts}
            if name not in NOT_OURS and {"--study", "--key-file"} <= known:
                yield f"{name} {more}".strip()


CALLS: dict[str, list[str]] = {
    "import": ["import", "{tmp}/new.wav"],
    "run": ["run"],
    "status": ["status"],
    "review": ["review", "--list"],
    "verify": ["verify", "R0003", "--accept"],
    "retry": ["retry", "--all"],
    "reopen": ["reopen", "R0002", "--reason", "a name"],
    "destroy": ["destroy", "R0002", "--yes"],
    "withdraw": ["withdraw", "--list"],
    "hold": ["hold", "--list"],
    "amend": ["amend", "R0001"],
    "corrections add": ["corrections", "add", "R0001", "--participant", "P01"],
    "corrections list": ["corrections", "list"],
    "corrections settle": ["corrections", "settle", "1", "noted"],
    "close": ["close", "--yes"],
    "unseal": ["unseal", "R0002", "--to", "{tmp}/back.wav"],
    "audit verify": ["audit", "verify"],
    "audit show": ["audit", "show", "--json"],
    "audit export": ["audit", "export", "--to", "{tmp}/audit"],
    "roster import": ["roster", "import", "{tmp}/roster.csv", "--keep"],
    "roster list": ["roster", "list", "--json"],
    "roster add": ["roster", "add"],
    "roster consent": ["roster", "consent", "P01"],
    "roster rename": ["roster", "rename", "P01"],
    "roster merge": ["roster", "merge", "P01", "P02"],
    "participants list": ["participants", "list", "--json"],
    "participants rename": ["participants", "rename", "P01", "P02"],
    "participants merge": ["participants", "merge", "P01", "P02"],
    "participants split": ["participants", "split", "P01", "R0002"],
    "participants forget": ["participants", "forget", "P01"],
    "participants enrol": ["participants", "enrol", "P01", "{tmp}/new.wav"],
    "key list": ["key", "list"],
    "key change": ["key", "change"],
    "key add": ["key", "add", "--file", "{tmp}/mine.key"],
    "key remove": ["key", "remove", "00000000"],
    "key recovery": ["key", "recovery", "{tmp}/sheet.key"],
    "export": ["export", "--all", "--format", "txt,csv,json,docx,qdpx", "--to", "{tmp}/out"],
}


def test_every_command_is_tried() -> None:
    """A command somebody adds is tried with an analysis key as well, or this fails."""
    assert set(every_command()) == set(CALLS)
    assert set(NEEDED) - NOT_OURS <= set(CALLS)


@pytest.mark.parametrize("command", CALLS)
def test_no_command_shows_a_name_to_an_analysis_key(rings: Study, tmp_path: Path, command: str) -> None:
    """What needs names is refused with a code of its own, naming the ring, and changes nothing; the others show none."""
    shutil.copy(next((ROOT / "tests/data/cases").glob("*.flac")), tmp_path / "new.wav")
    (tmp_path / "roster.csv").write_text("code,name\nP09,Una Thistlewood\n")
    before = len(list(rings.audit.entries()))
    given = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    done = call(rings, Ring.ANALYSIS, *(part.format(tmp=tmp_path) for part in CALLS[command]))
    written = {p for p in tmp_path.rglob("*") if p.is_file() and given.get(p) != p.read_bytes()}
    assert names_in(done.output) == []
    assert [p for p in written if names_in(p.read_bytes())] == []
    assert [p for p in written if names_in(str(p.relative_to(tmp_path)))] == []
    if command not in NEEDED or command in ("withdraw", "amend"):
        assert isinstance(done.exception, RingNeededError), (done.output, done.exception)
        assert (done.exception.exit_code, done.exception.facts["held"]) == (73, "analysis")
        assert len(list(rings.audit.entries())) == before
        assert not [p for p in written if "locks" not in p.parts], written
    else:
        assert not isinstance(done.exception, RingNeededError), done.exception


def test_no_key_of_the_ring_opens_a_sealed_record_with_a_name(rings: Study) -> None:
    """Every sealed file is tried with every key that can be made of an analysis key: transcripts, reports and codes open."""
    keys, opened = pieces_of(by(rings, Ring.ANALYSIS)), set()
    for owner in rings.rows.owners():
        for row in rings.rows.artifacts(owner):
            data = rings.vault.sealed_bytes(owner, row.kind, row.file)
            for key in keys:
                plain = tried(
                    lambda d=data, k=key, o=owner, a=row.kind: open_bytes(d, k, rings.vault.binding(o, a))
                )
                if plain is not None:
                    opened.add(row.kind)
                    assert names_in(plain) == []
    assert opened == {Artifact.APPROVED.value, Artifact.REPORT.value, CODES}


def pieces_of(study: Study) -> list[bytes]:
    """Every key somebody with an analysis key can make: its material in pieces, and what each opens in the ledger."""
    import nacl.bindings as sodium

    with study:
        pieces = [study.key.material[i : i + 32] for i in range(0, len(study.key.material), 32)]
        pieces += [study.key.public(), sodium.crypto_box_seed_keypair(study.key.derive("analysis ring"))[1]]
        derived = [
            StudyKey(piece).derive(purpose) for piece in pieces for purpose in ("names", "recording keys")
        ]
        found = [*pieces, *derived]
        for owner, part in study.ledger.query("SELECT owner, part FROM keys"):
            row = study.rows._wrapped(owner, part)
            found += [
                key for piece in [*pieces, *derived] if (key := unwrapped(study, owner, part, row, piece))
            ]
            key = tried(lambda o=owner, p=part: study.rows.key(o, p))
            found += [key] if key else []
        found += [
            key
            for owner, part in study.ledger.query("SELECT owner, part FROM analysis_keys")
            if (key := study.rows.key(owner, part))
        ]
    return list(dict.fromkeys(found))


def unwrapped(study: Study, owner: str, part: str, row: object, key: bytes) -> bytes | None:
    from pipeline.study.vault.keys import unwrap_bytes

    bound = "|".join(("session-deid", study.id, "key", owner, part)).encode()
    return unwrap_bytes(key, row["wrapped"], bound)  # type: ignore[index]


def tried(work: Callable[[], bytes | None]) -> bytes | None:
    try:
        return work()
    except (RingNeededError, SealBrokenError):
        return None


def test_the_keys_it_holds_are_those_of_transcripts_alone(rings: Study) -> None:
    """Row by row: a key of the other ring is an error that names it, never None and never a key."""
    with by(rings, Ring.ANALYSIS) as study:
        held = {(o, p) for o, p in study.ledger.query("SELECT owner, part FROM analysis_keys")}
        assert {part for _, part in held} == {"kept", CODES}
        for owner, part in study.ledger.query("SELECT owner, part FROM keys"):
            if (owner, part) not in held:
                with pytest.raises(RingNeededError, match="identity ring"):
                    study.rows.key(owner, part)
        for purpose in ("names", "recording keys", "sources", "inbox", "traces", "labels", "whatever comes"):
            with pytest.raises(RingNeededError):
                study.key.derive(purpose)
        for name in ("roster", "voices", "labels"):
            with pytest.raises(RingNeededError):
                study.read_shared(name)
        assert [row.name for row in study.recordings()] == ["R0001", "R0002", "R0003"]


def test_exports_are_the_same_by_either_key(rings: Study, tmp_path: Path) -> None:
    """The roles too, which stand in the roster: they are kept without names for who analyses."""
    for ring in ("analysis", "both"):
        with (
            by(rings, Ring.ANALYSIS)
            if ring == "analysis"
            else Study.open(rings.folder, Passphrase(PASSPHRASE)) as study
        ):
            from pipeline.study.giving_out import choose, files_of

            files = dict(files_of(choose(study, [], evidence=False, draft=False), ["json", "txt"]))
            (tmp_path / ring).write_bytes(b"".join(files.values()))
            assert sorted(files) == ["R0001.json", "R0001.txt", "R0002.json", "R0002.txt"]
    assert (tmp_path / "analysis").read_bytes() == (tmp_path / "both").read_bytes()
    assert b"student" in (tmp_path / "analysis").read_bytes()


def test_a_draft_is_refused(rings: Study, tmp_path: Path) -> None:
    """What nobody has verified still lies beside its raw words."""
    done = call(
        rings, Ring.ANALYSIS, "export", "R0003", "--draft", "--format", "txt", "--to", str(tmp_path / "o")
    )
    assert isinstance(done.exception, RingNeededError)
    assert not (tmp_path / "o").exists()


def test_a_package_for_an_archive_is_made_by_an_analyst(rings: Study, tmp_path: Path) -> None:
    done = call(rings, Ring.ANALYSIS, "export", "package", "--to", str(tmp_path / "o"))
    assert done.exit_code == 0, (done.output, done.exception)
    assert not [p for p in (tmp_path / "o").rglob("*") if p.is_file() and names_in(p.read_bytes())]


# --- the identity ring alone --------------------------------------------------------------------------


def test_the_identity_ring_does_the_whole_work_and_reads_no_transcript_afterwards(rings: Study) -> None:
    """Cron and reviewers take in, verify and destroy; once the raw words are gone, the transcript is not theirs."""
    with by(rings, Ring.IDENTITY) as study:
        make_sound(study.folder / "inbox" / "week-9.wav", 3000)
        run_study(study, with_stages(FakeStages), lambda _: None, sleep=lambda _: None)
        verify(study, "R0004", 0)
        assert read_approved(study, "R0004") is not None
        destroy(study, "R0004", by="Ann Example")
        for recording in ("R0001", "R0004"):
            with pytest.raises(RingNeededError, match="analysis ring"):
                read_approved(study, recording)
        assert read_approved(study, "R0002") is not None  # its raw words are there as well
        assert study.roster.load().people
        check_study(study)
    with by(rings, Ring.ANALYSIS) as study:
        approved = read_approved(study, "R0004")
        assert approved is not None
        assert names_in(" ".join(u.text for u in approved.utterances)) == []
        assert check_study(study).not_opened == ("identity",)
    assert (
        "identity ring are there, and were not unwrapped"
        in call(rings, Ring.ANALYSIS, "audit", "verify").output
    )
    refused = call(
        rings, Ring.IDENTITY, "export", "--all", "--format", "txt", "--to", str(rings.folder.parent / "o")
    )
    assert isinstance(refused.exception, RingNeededError)


def test_raw_words_that_are_kept_keep_the_transcript_readable(study: Study, tmp_path: Path) -> None:
    """With destroy_raw_transcript = false nothing would be won by closing it: the words stand beside it."""
    from pipeline.study.changing import change_settings

    change_settings(study, {"destroy_raw_transcript": False})
    make_sound(study.folder / "inbox" / "a.wav", 3000)
    run_study(study, with_stages(FakeStages), lambda _: None, sleep=lambda _: None)
    verify(study, "R0001", 0)
    destroy(study, "R0001", by="Ann Example")
    make_key_file(tmp_path / "identity.key", purpose="test")
    add_way(study, KeyFile(tmp_path / "identity.key"), "file", ring=Ring.IDENTITY)
    with by(study, Ring.IDENTITY) as mine:
        assert read_approved(mine, "R0001") is not None


def test_no_single_key_need_open_both(rings: Study) -> None:
    """With one way to each ring the ways to both can go; the last way to either cannot."""
    for wrap in [w for w in rings.book.wraps if w.ring is Ring.BOTH]:
        remove_way(rings, wrap.name)
    rings.close()
    left = {wrap.ring: wrap.name for wrap in rings.book.wraps}
    assert set(left) == {Ring.IDENTITY, Ring.ANALYSIS}
    for ring in left:
        with by(rings, ring) as study:
            check_study(study)
            with pytest.raises(KeyChangeError, match=f"last way to the {ring} ring"):
                remove_way(study, left[ring])
            with pytest.raises(RingNeededError):
                remove_way(study, left[Ring.IDENTITY if ring is Ring.ANALYSIS else Ring.ANALYSIS])
            for other in set(Ring) - {ring}:
                with pytest.raises(RingNeededError):
                    add_way(study, Passphrase("one more passphrase"), "passphrase", CHEAP, ring=other)
    assert names_in(call(rings, Ring.IDENTITY, "roster", "list", "--json").output)


# --- the ways -----------------------------------------------------------------------------------------


def test_the_list_says_which_opens_what(rings: Study, tmp_path: Path) -> None:
    """And of the key file a run takes unasked, that it opens the roster."""
    from pipeline.study.settings import write_settings

    write_settings(rings.folder, rings.settings.model_copy(update={"key_file": tmp_path / "study.key"}))
    shown = call(rings, Ring.ANALYSIS, "key", "list").output
    lines = {line.split()[2]: line for line in shown.splitlines() if "runs take unasked" not in line}
    assert "roster" in lines["identity"]
    assert "transcripts" not in lines["identity"]
    assert "approved transcripts, reports, exports" in lines["analysis"]
    assert "roster" not in lines["analysis"]
    assert "roster" in lines["both"]
    assert "approved transcripts" in lines["both"]
    (unasked,) = [line for line in shown.splitlines() if "runs take unasked" in line]
    assert "whoever has that file can read the roster" in unasked
    listed = [
        json.loads(line) for line in call(rings, Ring.ANALYSIS, "key", "list", "--json").output.splitlines()
    ]
    assert [each["ring"] for each in listed] == ["both", "both", "identity", "analysis"]
    assert [each["runs"] for each in listed] == [False, True, False, False]
    assert listed[-1]["opens"] == ["approved transcripts", "reports", "exports"]


def test_a_new_way_opens_what_its_maker_opens(rings: Study, tmp_path: Path) -> None:
    """An analyst can make one more way for an analyst, and a recovery sheet; never one to names."""
    done = call(rings, Ring.ANALYSIS, "key", "add", "--file", str(tmp_path / "more.key"))
    assert "analysis: approved transcripts" in done.output
    assert call(rings, Ring.ANALYSIS, "key", "recovery", str(tmp_path / "sheet.key")).exit_code == 0
    for name in ("more", "sheet"):
        with Study.open(rings.folder, KeyFile(tmp_path / f"{name}.key")) as study:
            assert study.key.ring is Ring.ANALYSIS
    refused = call(rings, Ring.ANALYSIS, "key", "add", "--file", str(tmp_path / "no.key"), "--ring", "both")
    assert isinstance(refused.exception, RingNeededError)
    assert not (tmp_path / "no.key").exists()
    check_study(rings)


def test_one_passphrase_never_opens_two_rings(rings: Study) -> None:
    """It would be a key to both, whatever the list says."""
    add_way(rings, Passphrase(ANALYST), "passphrase", CHEAP, ring=Ring.ANALYSIS)
    for work in (
        lambda: add_way(rings, Passphrase(ANALYST), "passphrase", CHEAP, ring=Ring.IDENTITY),
        lambda: add_way(rings, Passphrase(PASSPHRASE), "passphrase", CHEAP, ring=Ring.ANALYSIS),
        lambda: replace_passphrases(rings, Passphrase(ANALYST), CHEAP),
        lambda: add_way(rings, KeyFile(rings.folder.parent / "analysis.key"), "file", ring=Ring.IDENTITY),
    ):
        with pytest.raises(KeyChangeError, match="opens this study already"):
            work()


def test_changing_a_passphrase_leaves_the_other_rings(rings: Study) -> None:
    """An analyst changes theirs; the PI's still opens all, and the other way round."""
    add_way(rings, Passphrase(ANALYST), "passphrase", CHEAP, ring=Ring.ANALYSIS)
    with Study.open(rings.folder, Passphrase(ANALYST)) as mine:
        replace_passphrases(mine, Passphrase("an analyst changed"), CHEAP)
    with Study.open(rings.folder, Passphrase(PASSPHRASE)) as study:
        assert study.key.ring is Ring.BOTH
        replace_passphrases(study, Passphrase("a PI who changed"), CHEAP)
    with Study.open(rings.folder, Passphrase("an analyst changed")) as mine:
        assert mine.key.ring is Ring.ANALYSIS
    for gone in (ANALYST, PASSPHRASE):
        with pytest.raises(WrongKeyError):
            Study.open(rings.folder, Passphrase(gone))


@pytest.mark.parametrize("ring", ["both", "identity"])
def test_a_way_edited_to_another_ring_opens_nothing(rings: Study, ring: str) -> None:
    """The ring is bound to what is wrapped."""
    path = rings.folder / "keys.json"
    book = json.loads(path.read_bytes())
    book["wraps"][-1]["ring"] = ring
    path.write_text(json.dumps(book))
    with pytest.raises(WrongKeyError):
        by(rings, Ring.ANALYSIS)


@given(st.binary(min_size=32, max_size=32), st.sampled_from(Ring), st.binary(max_size=40))
def test_a_key_goes_over_a_pipe_whole(material: bytes, ring: Ring, behind: bytes) -> None:
    """Packed and unpacked it is the same key, with what was written behind it."""
    key = StudyKey(material).narrowed(ring)
    assert len(key.material) == material_bytes(ring)
    assert StudyKey.unpack(key.pack() + behind) == (key, behind)
    assert key.material.hex() not in repr(key)


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=100))
def test_what_is_sealed_for_analysis_is_opened_by_it_alone(material: bytes, plain: bytes) -> None:
    """Whoever holds the identity ring writes for the other, and cannot read it back."""
    key = StudyKey(material)
    identity, analysis = key.narrowed(Ring.IDENTITY), key.narrowed(Ring.ANALYSIS)
    for writer in (key, identity, analysis):
        sealed = writer.box(plain)
        assert analysis.unbox(sealed) == key.unbox(sealed) == plain
        assert analysis.unbox(sealed[:-1]) is None
        with pytest.raises(RingNeededError):
            identity.unbox(sealed)
    assert set(chunks(identity)) & set(chunks(analysis)) == set(
        chunks(analysis)[:2]
    )  # audit chain, row codes


def chunks(key: StudyKey) -> list[bytes]:
    return [key.material[at : at + 32] for at in range(0, len(key.material), 32)]


# --- a study of an earlier version ----------------------------------------------------------------------


def earlier(tmp_path: Path) -> dict[str, Passphrase | KeyFile]:
    """A study made by the version before rings, and its three ways."""
    with zipfile.ZipFile(EARLIER) as packed:
        packed.extractall(tmp_path)
    for name in ("study.key", "recovery.key"):
        (tmp_path / name).chmod(0o600)
    return {
        "passphrase": Passphrase("correct horse battery"),
        "file": KeyFile(tmp_path / "study.key"),
        "recovery": KeyFile(tmp_path / "recovery.key"),
    }


def check_whole(study: Study) -> None:
    """All that it held, it holds."""
    check_study(study)
    assert study.key.ring is Ring.BOTH
    assert [row.state for row in study.recordings()] == [State.DESTROYED, State.VERIFIED, State.REDACTED]
    for recording in ("R0001", "R0002"):
        approved = read_approved(study, recording)
        assert approved is not None
        assert approved.utterances
    assert names_in(study.artifact("R0003", Artifact.TRANSCRIPTION))
    assert study.roster.load().people[0].name == NAME
    with study.open_source("R0002") as source:
        assert len(source.read()) == 3000


def test_an_earlier_study_loses_no_way(tmp_path: Path) -> None:
    """Each way still opens all of it, and an analyst can be given one."""
    for source in earlier(tmp_path).values():
        with Study.open(tmp_path / "study", source) as study:
            check_whole(study)
    with Study.open(tmp_path / "study", KeyFile(tmp_path / "study.key")) as study:
        assert study.rows.unshared() == study.rows.spent_copies() == []
        assert len(study.audit.events("rings completed")) == 1
        assert check_study(study).made_again == ()
        for ring in (Ring.IDENTITY, Ring.ANALYSIS):
            make_key_file(tmp_path / f"{ring}.key", purpose="test")
            add_way(study, KeyFile(tmp_path / f"{ring}.key"), "file", ring=ring)
    with by(study, Ring.ANALYSIS) as mine:
        assert read_approved(mine, "R0001") is not None
        check_study(mine)
    with by(study, Ring.IDENTITY) as theirs:
        with pytest.raises(RingNeededError):
            read_approved(theirs, "R0001")
        check_study(theirs)


def delete_copies(study: Study, *statements: str) -> None:
    """Rows deleted from the ledger by hand, with no key at all."""
    study.close()
    with closing(sqlite3.connect(study.ledger.path)) as db, db:
        for each in statements:
            assert db.execute(each).rowcount == 1


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("DELETE FROM analysis_keys WHERE owner = 'R0002'", "R0002 kept"),
        ("DELETE FROM analysis_keys WHERE owner = 'study' AND part = 'codes'", "study codes"),
        ("DELETE FROM artifacts WHERE owner = 'study' AND kind = 'codes'", "study codes"),
    ],
)
def test_a_copy_deleted_by_hand_is_made_again_and_told_of(rings: Study, statement: str, what: str) -> None:
    """Nothing is lost by it, the analyst opens the transcript again, and verify says that it had been deleted."""
    assert json.loads(call(rings, Ring.IDENTITY, "audit", "verify", "--json").stdout)["made_again"] == []
    delete_copies(rings, statement)
    told = call(rings, Ring.IDENTITY, "audit", "verify")
    assert told.exit_code == 0, told.output
    assert f"had been deleted from outside, and were made again: {what}." in told.stdout
    (again,) = json.loads(call(rings, Ring.ANALYSIS, "audit", "verify", "--json").stdout)["made_again"]
    assert again["copies"] == what
    with by(rings, Ring.ANALYSIS) as mine:
        assert read_approved(mine, "R0002") is not None
        assert mine.rows.unshared() == []


def test_while_nobody_made_it_again_verify_refuses(rings: Study) -> None:
    """The analyst's own key cannot make it again: what is gone is named, with the code of a broken chain."""
    delete_copies(rings, "DELETE FROM analysis_keys WHERE owner = 'R0002'")
    told = call(rings, Ring.ANALYSIS, "audit", "verify")
    assert isinstance(told.exception, AuditBrokenError)
    assert "R0002 by which the analysis ring opens it is gone" in str(told.exception)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_migration_killed_anywhere_loses_nothing(tmp_path: Path) -> None:
    """At every border between two writes: each way opens all of it, and the next opening finishes."""
    kills = 0
    for nth in range(1, 200):
        place = tmp_path / str(nth)
        ways = earlier(place)
        status = in_child(
            lambda p=place: Study.open(p / "study", KeyFile(p / "study.key")).close(), fault=f"*:kill:{nth}"
        )
        if status == 0:
            break
        kills += 1
        for source in ways.values():
            with Study.open(place / "study", source) as study:
                check_whole(study)
        with Study.open(place / "study", ways["file"]) as study:
            assert study.rows.unshared() == study.rows.spent_copies() == []
            assert study.ledger.read_mark("unscrubbed") == 0
    assert kills > 8


@pytest.mark.parametrize("kind", ["enospc", "eio"])
def test_a_full_or_broken_disk_keeps_an_earlier_study_readable(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is opened and read all the same; the migration is made up for when there is room."""
    ways = earlier(tmp_path)
    faults.reset()
    monkeypatch.setenv(faults.VARIABLE, f"ledger.commit:{kind}:2")  # the first makes the table
    with Study.open(tmp_path / "study", ways["file"]) as study:
        assert faults.struck()
        assert study.rows.unshared()
        assert read_approved(study, "R0001") is not None
    monkeypatch.delenv(faults.VARIABLE)
    with Study.open(tmp_path / "study", ways["file"]) as study:
        check_whole(study)


def test_nothing_of_a_closed_copy_is_left_in_the_ledger(rings: Study) -> None:
    """The identity ring's wrapped copy of a destroyed recording's key lies nowhere in the file or its journal."""
    (wrapped,) = rings.rows.wrapped_keys("R0002", "kept")[:1]
    ledger = rings.folder / "ledger.sqlite3"
    assert wrapped in ledger.read_bytes()
    destroy(rings, "R0002", by="Ann Example")
    journal = rings.folder / "ledger.sqlite3-journal"
    assert wrapped not in ledger.read_bytes() + (journal.read_bytes() if journal.exists() else b"")
