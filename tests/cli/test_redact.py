"""`session-deid redact` over several transcripts: one label map, reports, questions, a bad one among them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli.main import main
from pipeline.deidentify import redact as deidentifiers
from pipeline.errors import SessionDeidError, SomeFailedError
from pipeline.study.vault.key_files import make_key_file

WORDS = ("Perpetua", "Haldane", "Wellford", "Ruth")


@pytest.fixture(scope="module", autouse=True)
def _models_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deidentifiers, "load", cache(deidentifiers.load))
        yield


def redact(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["redact", *map(str, arguments)])


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two transcripts that speak of the same people, one that is none, and a file of another kind."""
    place = tmp_path / "in"
    write(place / "a.txt", "Ruth Haldane: Perpetua Oyelaran rang from Wellford.\nRuth Haldane: She did.\n")
    write(place / "b" / "a.txt", "P01: Was Perpetua Oyelaran there?\nP02: With Ruth Haldane, yes.\n")
    write(place / "bad.vtt", "WEBVTT\n\nno cue at all\n")
    write(place / "photo.png", "x")
    return place


def test_a_bad_transcript_costs_itself_alone_and_labels_hold(folder: Path, tmp_path: Path) -> None:
    """The good ones of a folder are done, one person is one label in both, what was left is told."""
    result = redact(folder, "--out", tmp_path / "out", "--report", tmp_path / "r", "--spans", tmp_path / "s")
    assert isinstance(result.exception, SomeFailedError)
    assert "bad.vtt" in result.stderr
    assert "photo.png: left" in result.stderr
    one, two = ((tmp_path / "out" / name).read_text() for name in ("a.txt", "a-2.txt"))
    assert not any(word in one + two for word in WORDS)
    ruth = one.split(":")[0]
    assert f"With {ruth}, yes" in two
    assert (tmp_path / "r" / "a.report.html").read_text().startswith("<!")
    spans = json.loads((tmp_path / "s" / "a-2.spans.json").read_text())["spans"]
    assert {"action", "replacement", "uncertain", "reason", "found_by"} <= set(spans[0])
    assert not any(word in json.dumps(spans) for word in WORDS)


def test_labels_hold_from_one_call_to_the_next(folder: Path, tmp_path: Path) -> None:
    """A sealed file keeps who is [Person 1]; without its key nothing opens it, and it shows no name."""
    key, labels = tmp_path / "labels.key", tmp_path / "labels.sealed"
    make_key_file(key, purpose="labels")
    first = redact(folder / "a.txt", "--out", tmp_path / "1.txt", "--labels", labels, "--key-file", key)
    second = redact(
        folder / "b" / "a.txt", "--out", tmp_path / "2.txt", "--labels", labels, "--key-file", key
    )
    assert first.exit_code == second.exit_code == 0
    ruth = (tmp_path / "1.txt").read_text().split(":")[0]
    assert f"With {ruth}, yes" in (tmp_path / "2.txt").read_text()
    assert not any(word in labels.read_text() for word in WORDS)
    make_key_file(tmp_path / "other.key", purpose="labels")
    wrong = redact(
        folder / "a.txt",
        "--out",
        tmp_path / "3.txt",
        "--labels",
        labels,
        "--key-file",
        tmp_path / "other.key",
    )
    assert isinstance(wrong.exception, SessionDeidError)
    assert wrong.exception.exit_code == 41
    assert not (tmp_path / "3.txt").exists()


def test_a_damaged_label_file_is_named_and_kept(folder: Path, tmp_path: Path) -> None:
    """What is no label file is not written over."""
    labels = write(tmp_path / "labels", "notes of mine")
    make_key_file(tmp_path / "k", purpose="labels")
    result = redact(
        folder / "a.txt", "--out", tmp_path / "1.txt", "--labels", labels, "--key-file", tmp_path / "k"
    )
    assert isinstance(result.exception, SessionDeidError)
    assert result.exception.exit_code == 35
    assert labels.read_text() == "notes of mine"


def test_explain_tells_the_evidence_without_the_words(folder: Path, tmp_path: Path) -> None:
    """Every place with its label and why it was found, in words; no word of the transcript."""
    result = redact(folder / "a.txt", "--out", tmp_path / "1.txt", "--explain")
    assert "utterance 1, characters 1 to 17: [Person 2]" in result.stderr
    assert "found because it" in result.stderr
    assert "Recognizer" not in result.stderr
    assert "score" in result.stderr
    assert not any(word in result.stderr for word in WORDS)


def test_questions_are_listed_with_their_places(tmp_path: Path) -> None:
    """What is uncertain stands at the end with where it is and why."""
    text = "P01: and then she went to, um, Quillbury I think it was, with Tam or Pam.\n"
    result = redact(write(tmp_path / "a.txt", text), "--out", tmp_path / "b.txt")
    count = int(result.stderr.split(";")[1].split()[0])
    assert result.stderr.count("  utterance 1, characters") == count
    assert "Quillbury" not in result.stderr


def test_one_report_as_json(folder: Path, tmp_path: Path) -> None:
    """For one transcript --report is a file, JSON by its ending."""
    redact(folder / "a.txt", "--out", tmp_path / "1.txt", "--report", tmp_path / "r.json")
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["recording"] == "a"
    assert report["classes"]


def test_an_output_is_never_an_input(folder: Path) -> None:
    """The folder the transcripts lie in is no place for the results."""
    result = redact(folder, "--out", folder)
    assert result.exit_code == 2
    assert "Perpetua" in (folder / "a.txt").read_text()
