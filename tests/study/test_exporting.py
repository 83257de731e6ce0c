"""Exports out of a study: what was approved, drafts with a mark, evidence in a package, no word beyond."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.batch.run import run_study
from pipeline.cli.export import export
from pipeline.erase.destroy import destroy
from pipeline.erase.loss import find_loss
from pipeline.erase.withdraw import Claim, withdraw
from pipeline.errors import (
    NotVerifiedError,
    RecordingUnknownError,
    SessionDeidError,
    SettingsError,
    StateError,
)
from pipeline.export import formats
from pipeline.study.exporting import documents
from pipeline.study.settings import StudySettings, read_settings, write_settings
from pipeline.study.study import Study
from pipeline.study.vault.states import State
from pipeline.study.withdrawals import Reason
from tests.batch.fakes import SPOKEN_NAME, FakeStages, with_stages
from tests.batch.life import verify
from tests.export.leaks import count, everything_below
from tests.study.conftest import make_sound


@pytest.fixture
def half_verified(study: Study) -> Study:
    """Two recordings, run through; the first is verified, the second waits."""
    for name in ("week-1", "week-2"):
        make_sound(study.folder / "inbox" / f"{name}.wav", name.encode() * 4000)
    run_study(study, with_stages(FakeStages), lambda _: None, sleep=lambda _: None)
    first = next(row for row in study.recordings() if row.name == "week-1")
    verify(study, first.id, 0)
    return study


def run(study: Study, key_file: Path, *args: object) -> Result:
    """The command on that study; our errors come out as they are."""
    words = [*args, "--study", study.folder, "--key-file", key_file]
    result = CliRunner().invoke(export, [str(word) for word in words])
    if isinstance(result.exception, SessionDeidError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


def test_a_document_is_what_was_approved(half_verified: Study) -> None:
    """The approved text, who approved it and when, the codes that speak."""
    first, second = documents(half_verified)
    assert (first.recording, first.verified_by, first.draft) == ("week-1", "Rev Iewer", False)
    assert first.verified_at.startswith(str(time.gmtime().tm_year))
    assert [p.code for p in first.participants] == ["P01"]
    assert "[Person " in first.utterances[0].text
    assert (second.recording, second.draft) == ("week-2", True)


def test_all_exports_the_verified_and_counts_the_others(
    half_verified: Study, key_file: Path, tmp_path: Path
) -> None:
    """What nobody has verified is left out, with --draft it comes along marked."""
    out = tmp_path / "out"
    result = run(half_verified, key_file, "--all", "--format", "txt", "--to", out)
    assert [p.name for p in out.iterdir()] == ["week-1.txt"]
    assert "1 not verified yet" in result.output
    run(half_verified, key_file, "--all", "--format", "txt", "--to", out, "--draft")
    assert sorted(p.name for p in out.iterdir()) == ["week-1.txt", "week-2.txt"]
    assert "DRAFT" in (out / "week-2.txt").read_text()


def test_a_recording_asked_for_by_name_must_be_verified(
    half_verified: Study, key_file: Path, tmp_path: Path
) -> None:
    """By its name; one that is not there, or has no transcript yet, is an error of its own."""
    with pytest.raises(NotVerifiedError, match="week-2"):
        run(half_verified, key_file, "week-2", "--format", "txt", "--to", tmp_path / "out")
    with pytest.raises(RecordingUnknownError):
        run(half_verified, key_file, "week-9", "--format", "txt", "--to", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_recording_without_a_transcript_cannot_be_exported(study: Study) -> None:
    """Named, it is an error; with all, it is passed over."""
    make_sound(study.folder / "inbox" / "week-1.wav")
    from tests.study.conftest import take

    take(study, study.folder / "inbox" / "week-1.wav")
    (row,) = study.recordings(State.SEALED)
    assert list(documents(study)) == []
    with pytest.raises(StateError, match="exported"):
        list(documents(study, [row.id]))


def test_nothing_identified_leaves_by_any_format(
    half_verified: Study, key_file: Path, tmp_path: Path
) -> None:
    """Every byte of every format, and of a package with its reports and audit, drafts too."""
    every = ["--format", ",".join(formats()), "--draft", "--pauses", "--to", tmp_path / "out"]
    run(half_verified, key_file, "--all", *every)
    run(half_verified, key_file, "package", *every)
    assert len(list((tmp_path / "out").rglob("*"))) > 2 * len(formats())
    assert count(everything_below(tmp_path / "out"), [SPOKEN_NAME]) == 0


def test_a_package_holds_reports_and_the_audit_export(
    half_verified: Study, key_file: Path, tmp_path: Path
) -> None:
    """`export package` takes all verified recordings, and is the same when made again but for the audit chain, which
    then tells of the first one."""
    for name in ("a", "b"):
        run(half_verified, key_file, "package", "--to", tmp_path / name)
    bags = [next((tmp_path / name).iterdir()) for name in ("a", "b")]
    names = [sorted(str(p.relative_to(bag)) for p in bag.rglob("*") if p.is_file()) for bag in bags]
    assert {
        "data/reports/week-1/report.json",
        "data/audit/audit.jsonl",
        "data/transcripts/week-1.docx",
    } <= set(names[0])
    assert not any("week-2" in name for name in names[0])
    assert names[0] == names[1]
    same = [name for name in names[0] if name.startswith("data/") and "/audit/" not in name]
    assert len(same) > 8
    assert [(bags[0] / n).read_bytes() for n in same] == [(bags[1] / n).read_bytes() for n in same]
    assert b'"exported"' not in (bags[0] / "data/audit/audit.jsonl").read_bytes()
    assert b'"exported"' in (bags[1] / "data/audit/audit.jsonl").read_bytes()


def test_exports_are_noted_before_they_are_written(
    half_verified: Study, key_file: Path, tmp_path: Path
) -> None:
    """Which recording, in which formats, by whom and where to; nothing of one that was left out, or refused."""
    run(half_verified, key_file, "--all", "--format", "txt,docx", "--to", tmp_path / "a")
    with pytest.raises(NotVerifiedError):
        run(half_verified, key_file, "week-2", "--format", "txt", "--to", tmp_path / "b")
    run(half_verified, key_file, "week-2", "--format", "vtt", "--to", tmp_path / "c", "--draft")
    ids = {row.name: row.id for row in half_verified.recordings()}
    noted = [(e.recording, e.facts()) for e in half_verified.audit.events("exported")]
    assert noted == [
        (ids["week-1"], {"formats": ["txt", "docx"], "draft": False, "to": (tmp_path / "a").as_posix()}),
        (ids["week-2"], {"formats": ["vtt"], "draft": True, "to": (tmp_path / "c").as_posix()}),
    ]


def test_an_export_from_a_read_only_study_says_that_it_is_not_noted(
    half_verified: Study, key_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is written all the same (root may write everywhere, so the system's answer is stood in for)."""
    monkeypatch.setattr(
        "os.access", lambda path, mode: mode != os.W_OK or tmp_path / "out" in (path, *path.parents)
    )
    result = run(half_verified, key_file, "--all", "--format", "txt", "--to", tmp_path / "out")
    assert "does not note this export" in result.output
    assert (tmp_path / "out" / "week-1.txt").is_file()
    assert not half_verified.audit.events("exported")


def test_a_package_holds_the_certificates_of_what_was_withdrawn(
    half_verified: Study, key_file: Path, tmp_path: Path
) -> None:
    """And nothing else of it; named, it cannot be exported, and is not called unverified."""
    second = next(row for row in half_verified.recordings() if row.name == "week-2")
    claim = Claim("Rev Iewer", Reason.NOT_OF_THIS_STUDY, find_loss(half_verified, second))
    withdraw(half_verified, second.id, claim, by="tester")
    result = run(half_verified, key_file, "package", "--to", tmp_path / "out")
    assert "not verified yet" not in result.output
    bag = next((tmp_path / "out").iterdir())
    names = [str(p.relative_to(bag / "data")) for p in bag.rglob("*") if p.is_file() and "data" in p.parts]
    assert [name for name in sorted(names) if second.id in name] == [
        f"certificates/withdrawn/{second.id}.withdrawal.certificate.{kind}" for kind in ("html", "json")
    ]
    assert not any("week-2" in name for name in names)
    with pytest.raises(StateError, match="withdrawn"):
        run(half_verified, key_file, second.id, "--format", "txt", "--draft", "--to", tmp_path / "out")


def test_what_is_destroyed_is_still_exported_as_approved(
    half_verified: Study, key_file: Path, tmp_path: Path
) -> None:
    """The sound and the raw words are gone; transcript, report and certificate are in the package."""
    first = next(row for row in half_verified.recordings() if row.name == "week-1")
    before = list(documents(half_verified, [first.id]))
    destroy(half_verified, first.id, by="tester")
    assert list(documents(half_verified, [first.id])) == before
    run(half_verified, key_file, "package", "--to", tmp_path / "out")
    bag = next((tmp_path / "out").iterdir())
    names = {str(p.relative_to(bag / "data")) for p in bag.rglob("*") if p.is_file() and "data" in p.parts}
    evidence = {"reports/week-1/report.json", "reports/week-1/report.html"}
    evidence |= {f"certificates/week-1/{first.id}.certificate.{kind}" for kind in ("json", "html")}
    assert evidence | {"transcripts/week-1.txt"} <= names
    assert count(everything_below(bag), [SPOKEN_NAME]) == 0


def test_conventions_come_from_study_toml(half_verified: Study, key_file: Path, tmp_path: Path) -> None:
    """The [export] table holds; an option on the command line goes before it."""
    settings = half_verified.settings.model_copy(
        update={"export": {"times": False, "pseudonyms": {"P01": "Ana"}}}
    )
    write_settings(half_verified.folder, settings)
    run(half_verified, key_file, "week-1", "--format", "txt", "--to", tmp_path / "a")
    run(half_verified, key_file, "week-1", "--format", "txt", "--to", tmp_path / "b", "--times", "yes")
    assert "[00:00:00]" not in (tmp_path / "a/week-1.txt").read_text()
    assert "[00:00:00]" in (tmp_path / "b/week-1.txt").read_text()


@pytest.mark.parametrize(
    "table", [{}, {"wording": "clean", "times": 30.0, "pseudonyms": {"Person 2": 'A "B"'}}]
)
def test_study_toml_keeps_the_export_table(tmp_path: Path, table: dict[str, object]) -> None:
    """Written and read again, the table is the same."""
    write_settings(tmp_path, StudySettings(name="x", export=table))
    assert read_settings(tmp_path).export == table


def test_a_wrong_export_table_stops_by_name(tmp_path: Path) -> None:
    """An unknown key in study.toml is named."""
    (tmp_path / "study.toml").write_text('name = "x"\n[export]\nwordng = "clean"\n')
    with pytest.raises(SettingsError, match="wordng"):
        read_settings(tmp_path)
