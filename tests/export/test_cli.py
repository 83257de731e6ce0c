"""`session-deid export` as people use it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli.export import Loaded, export, make_command
from pipeline.errors import FileMissingError, NotVerifiedError, OutputError, SessionDeidError
from pipeline.export import Attachment, ExportOptions, formats, write
from tests.export.strategies import example


@pytest.fixture
def name_json(tmp_path: Path) -> Path:
    """What `deidentify` leaves."""
    path = tmp_path / "session-1.json"
    path.write_bytes(write(example(verified=False), "json", options=ExportOptions(draft=True)))
    return path


def run(*args: object, command: object = export) -> Result:
    """The command's result; our errors come out as they are."""
    result = CliRunner().invoke(command, [str(a) for a in args])  # type: ignore[arg-type]
    if isinstance(result.exception, SessionDeidError):
        raise result.exception
    return result


def files(folder: Path) -> list[str]:
    """Names of what was written."""
    return sorted(p.name for p in folder.iterdir())


def test_writes_every_format_of_a_one_shot_transcript(name_json: Path, tmp_path: Path) -> None:
    """A file a format, named as drafts."""
    kinds = [part for kind in formats() for part in ("--format", kind)]
    result = run(name_json, *kinds, "--to", tmp_path / "out", "--draft")
    assert result.exit_code == 0, result.output
    want = [f"session-1.draft.{f.extension}" for kind, f in formats().items() if kind != "qdpx"]
    assert files(tmp_path / "out") == sorted([*want, "Study_A.draft.qdpx"])


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
    assert (tmp_path / "session-1.draft.json").read_bytes() == name_json.read_bytes()


def test_conventions_can_be_chosen_for_once(name_json: Path, tmp_path: Path) -> None:
    """Clean wording and no times."""
    run(name_json, "--format", "txt", "--to", tmp_path, "--draft", "--wording", "clean", "--times", "no")
    assert "F01  Shall we begin?\n" in (tmp_path / "session-1.draft.txt").read_text()


def test_export_package_makes_a_study_package(name_json: Path, tmp_path: Path) -> None:
    """As people say it, the word before or as a format."""
    run("package", name_json, "--to", tmp_path / "a", "--draft")
    run(name_json, "--format", "package", "--to", tmp_path / "b", "--draft")
    assert files(tmp_path / "a") == files(tmp_path / "b") == ["Study_A.draft-package"]


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


def study_of(*, seen: list[tuple[Path | None, tuple[str, ...]]]) -> object:
    """The command wired to a study of one verified and one unverified recording."""

    def load(study: Path | None, names: Sequence[str]) -> Loaded:
        seen.append((study, tuple(names)))
        both = (example(), replace(example(verified=False), recording="session-2"))
        chosen = tuple(d for d in both if not names or d.recording in names)
        return Loaded(chosen, ExportOptions(wording="clean"), (Attachment("audit.jsonl", b""),))

    return make_command(load)


def test_all_leaves_out_what_nobody_has_verified(tmp_path: Path) -> None:
    """--all writes the verified ones by the study's conventions and counts the others."""
    seen: list[tuple[Path | None, tuple[str, ...]]] = []
    command = study_of(seen=seen)
    result = run("--all", "--study", tmp_path, "--format", "txt", "--to", tmp_path / "out", command=command)
    assert seen == [(tmp_path, ())]
    assert files(tmp_path / "out") == ["session-1.txt"]
    assert "1 not verified yet" in result.output
    assert "Shall we begin?" in (tmp_path / "out/session-1.txt").read_text()


def test_a_recording_asked_for_by_name_must_be_verified(tmp_path: Path) -> None:
    """Asking for it by name is an error, with --draft it goes out marked."""
    command = study_of(seen=[])
    with pytest.raises(NotVerifiedError, match="session-2"):
        run("session-2", "--format", "txt", "--to", tmp_path / "out", command=command)
    run("session-2", "--format", "txt", "--to", tmp_path / "out", "--draft", command=command)
    assert files(tmp_path / "out") == ["session-2.draft.txt"]


def test_a_package_of_a_study_holds_its_audit(tmp_path: Path) -> None:
    """`export package` takes all verified recordings without --all."""
    run("package", "--to", tmp_path, command=study_of(seen=[]))
    assert (tmp_path / "Study_A-package/data/audit/audit.jsonl").exists()


def test_a_study_command_wants_names_or_all(tmp_path: Path) -> None:
    """Neither is a usage error; files and recordings do not mix."""
    command = study_of(seen=[])
    assert run("--format", "txt", "--to", tmp_path, command=command).exit_code == 2
    assert run("session-1", "x.json", "--format", "txt", "--to", tmp_path, command=command).exit_code == 2
