"""The study package: a valid bag, complete, the same each time, and nothing left behind when it fails."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import replace
from pathlib import Path

import bagit
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import NotVerifiedError, OutputError
from pipeline.export import Attachment, ExportOptions, package
from pipeline.export.package import safe_name
from tests.export.strategies import example

DOCUMENT = replace(
    example(),
    reports=(Attachment("report.json", b"{}"),),
    certificates=(Attachment("certificate.html", b"<p>"),),
)
SESSIONS = [DOCUMENT, replace(DOCUMENT, recording="session 2", participants=())]
AUDIT = [Attachment("audit.jsonl", b"{}\n")]


def digests(folder: Path) -> dict[str, str]:
    """Each file's digest by its path."""
    files = [p for p in folder.rglob("*") if p.is_file()]
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_the_bag_is_valid_and_holds_everything(tmp_path: Path) -> None:
    """The bagit library finds it complete; transcripts, codebook, evidence and a README are in it."""
    folder = package.write(SESSIONS, tmp_path / "bag", audit=AUDIT)
    assert bagit.Bag(str(folder)).is_valid()
    assert set(digests(folder / "data")) == {
        "README.txt",
        "codebook.csv",
        "audit/audit.jsonl",
        "reports/session-1/report.json",
        "reports/session_2/report.json",
        "certificates/session-1/certificate.html",
        "certificates/session_2/certificate.html",
        "transcripts/study.qdpx",
        *(f"transcripts/{n}.{e}" for n in ("session-1", "session_2") for e in ("txt", "docx", "csv", "json")),
    }


def test_a_changed_file_is_noticed(tmp_path: Path) -> None:
    """One letter more in a transcript and the bag is not valid."""
    folder = package.write(SESSIONS, tmp_path / "bag")
    transcript = folder / "data/transcripts/session-1.txt"
    transcript.write_bytes(transcript.read_bytes() + b"x")
    assert not bagit.Bag(str(folder)).is_valid()


def test_the_codebook_lists_codes_roles_and_recordings(tmp_path: Path) -> None:
    """Everybody once, the role from the recording that knows it."""
    folder = package.write(SESSIONS, tmp_path / "bag")
    text = (folder / "data/codebook.csv").read_bytes().decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [
        ["code", "role", "speaks_in"],
        ["F01", "facilitator", "session-1; session 2"],
        ["P01", "student", "session-1; session 2"],
        ["P02", "student", "session-1; session 2"],
    ]


def test_packages_made_twice_are_the_same(tmp_path: Path) -> None:
    """File by file as folders, byte by byte as zips."""
    folders = [package.write(SESSIONS, tmp_path / f"{n}/bag", audit=AUDIT) for n in _folders(tmp_path)]
    assert digests(folders[0]) == digests(folders[1])
    zips = [package.write(SESSIONS, tmp_path / f"{n}/bag.zip", audit=AUDIT) for n in "ab"]
    assert zips[0].read_bytes() == zips[1].read_bytes()


def _folders(root: Path) -> str:
    for name in "ab":
        (root / name).mkdir()
    return "ab"


def test_drafts_are_named_and_marked(tmp_path: Path) -> None:
    """A package of drafts says so in file names and in its README."""
    draft = [example(verified=False)]
    with pytest.raises(NotVerifiedError):
        package.write(draft, tmp_path / "bag")
    folder = package.write(draft, tmp_path / "bag", options=ExportOptions(draft=True))
    assert (folder / "data/transcripts/session-1.draft.txt").exists()
    assert "DRAFT" in (folder / "data/README.txt").read_text()


def test_an_existing_target_is_not_touched(tmp_path: Path) -> None:
    """What is there stays as it is."""
    (tmp_path / "bag").mkdir()
    (tmp_path / "bag/mine.txt").write_text("mine")
    with pytest.raises(OutputError, match="there already"):
        package.write(SESSIONS, tmp_path / "bag")
    assert digests(tmp_path) == {"bag/mine.txt": hashlib.sha256(b"mine").hexdigest()}


def test_a_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk takes the half-made package away and says so."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bagit, "make_bag", fail)
    with pytest.raises(OutputError, match="No space left"):
        package.write(SESSIONS, tmp_path / "bag")
    assert list(tmp_path.iterdir()) == []


def test_names_of_files_are_plain_and_apart() -> None:
    """Recordings whose names differ by what file names cannot hold stay two files."""
    taken: set[str] = set()
    names = [safe_name(n, taken) for n in ["a/b", "a?b", "A_B", "..", "", "Kōrero 1"]]
    assert names == ["a_b", "a_b-2", "A_B-3", "recording", "recording-2", "Kōrero_1"]


@given(st.lists(st.text(min_size=0, max_size=300), max_size=6))
def test_names_of_files_are_short_and_apart(names: list[str]) -> None:
    """Any name gives a file name that every file system holds, and no two are one."""
    taken: set[str] = set()
    files = [safe_name(name, taken) for name in names]
    assert len({f.casefold() for f in files}) == len(files)
    assert all(0 < len(f"{f}.draft.atlasti.txt".encode()) <= 255 - 30 for f in files)
