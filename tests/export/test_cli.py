"""`session-deid export` as people use it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli.export import export
from pipeline.errors import (
    FileMissingError,
    NotVerifiedError,
    OutputError,
    SessionDeidError,
    StudyMissingError,
)
from pipeline.export import ExportOptions, formats, write
from tests.export.strategies import example


@pytest.fixture
def name_json(tmp_path: Path) -> Path:
    """What `deidentify` leaves."""
    path = tmp_path / "session-1.json"
    path.write_bytes(write(example(verified=False), "json", options=ExportOptions(draft=True)))
    return path


def run(*args: object) -> Result:
    """The command's result; our errors come out as they are."""
    result = CliRunner().invoke(export, [str(a) for a in args])
    if isinstance(result.exception, SessionDeidError):
        raise result.exception
    return result


def files(folder: Path) -> list[str]:
    """Names of what was written."""
    return sorted(p.name for p in folder.iterdir())


def test_writes_every_format_of_a_one_shot_transcript(name_json: Path, tmp_path: Path) -> None:
    """A file a format; formats can be given with commas."""
    first, second, *others = formats()
    kinds = ["--format", first, "--format", second, "--format", ",".join(others)]
    result = run(name_json, *kinds, "--to", tmp_path / "out", "--draft")
    assert result.exit_code == 0, result.output
    want = [f"session-1.{f.extension}" for kind, f in formats().items() if kind != "qdpx"]
    assert files(tmp_path / "out") == sorted([*want, "Study_A.qdpx"])


def test_a_one_shot_transcript_is_never_verified(name_json: Path, tmp_path: Path) -> None:
    """A file that says it is verified proves nothing: --draft is needed all the same."""
    data = json.loads(name_json.read_text())
    name_json.write_text(json.dumps(data | {"status": "verified", "verified": "R1"}))
    with pytest.raises(NotVerifiedError, match="--draft"):
        run(name_json, "--format", "txt", "--to", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_json_transcript_comes_back_the_same(name_json: Path, tmp_path: Path) -> None:
    """NAME.json read and written again is the same file."""
    run(name_json, "--format", "json", "--to", tmp_path, "--draft")
    assert (tmp_path / "session-1.json").read_bytes() == name_json.read_bytes()


def test_conventions_can_be_chosen_for_once(name_json: Path, tmp_path: Path) -> None:
    """Clean wording and no times."""
    run(name_json, "--format", "txt", "--to", tmp_path, "--draft", "--wording", "clean", "--times", "no")
    assert "F01  Shall we begin?\n" in (tmp_path / "session-1.txt").read_text()


def test_export_package_makes_a_study_package(name_json: Path, tmp_path: Path) -> None:
    """As people say it, the word before or as a format."""
    run("package", name_json, "--to", tmp_path / "a", "--draft")
    run(name_json, "--format", "package", "--to", tmp_path / "b", "--draft")
    assert files(tmp_path / "a") == files(tmp_path / "b") == ["Study_A-package"]


@pytest.mark.parametrize(
    "args",
    [["--format", "pdf"], [], ["--format", "txt", "--times", "often"], ["--format", "txt", "--times", "0"]],
)
def test_a_wrong_command_line_exits_2(name_json: Path, tmp_path: Path, args: list[str]) -> None:
    """Click's usage errors, no traceback."""
    assert run(name_json, *args, "--to", tmp_path / "out", "--draft").exit_code == 2


def test_says_which_file_is_missing(tmp_path: Path) -> None:
    """A path that is not there."""
    with pytest.raises(FileMissingError, match=r"none\.json"):
        run(tmp_path / "none.json", "--format", "txt", "--to", tmp_path, "--draft")


def test_says_when_the_folder_cannot_be(name_json: Path, tmp_path: Path) -> None:
    """A file stands where the folder should be made."""
    with pytest.raises(OutputError, match="cannot be written"):
        run(name_json, "--format", "txt", "--to", name_json / "below", "--draft")


def test_wants_names_or_all_and_not_both_kinds(name_json: Path, tmp_path: Path) -> None:
    """Neither is a usage error; files and recordings of a study do not mix."""
    assert run("--format", "txt", "--to", tmp_path).exit_code == 2
    assert run("session-1", name_json, "--format", "txt", "--to", tmp_path).exit_code == 2


def test_a_study_that_is_not_there_is_an_error_of_its_own(tmp_path: Path) -> None:
    """No study in that folder."""
    with pytest.raises(StudyMissingError):
        run("--all", "--study", tmp_path, "--format", "txt", "--to", tmp_path / "out")
