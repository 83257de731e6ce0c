"""The README's study, command by command as it stands there, with quick stages in place of the models."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli.main import main
from tests.batch.fakes import FakeRecipe
from tests.conftest import ROOT

TYPED = {"destroy": "R0001\n"}  # what it asks a person for
SEEN = {"review"}  # done by a person in a browser: verified at the terminal here


def commands() -> list[list[str]]:
    """The indented block under "A study", comments left out."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## A study", 1)[1].split("\n## ", 1)[0]
    return [shlex.split(line, comments=True) for line in re.findall(r"^    (\S.*)$", section, re.MULTILINE)]


def test_the_readme_s_study_works_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command of it, in order, from a folder that holds the samples."""
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("pipeline.batch.executor.recipe_of", lambda _: FakeRecipe())
    monkeypatch.setattr("pipeline.cli.destroy.at_terminal", lambda: True)
    ran = 0
    for program, *arguments in commands():
        if program == "cd":
            monkeypatch.chdir(Path.cwd() / arguments[0])
            continue
        assert program == "session-deid"
        if arguments[0] in SEEN:
            arguments = ["verify", "R0001", "--reviewer", "Rev Iewer", "--accept"]
        result = CliRunner().invoke(main, arguments, input=TYPED.get(arguments[0], ""))
        assert result.exit_code == 0, (arguments, result.output, result.exception)
        ran += 1
    assert ran == 7
    assert list((tmp_path / "my-study" / "transcripts").glob("*.docx"))
    assert list((tmp_path / "my-study" / "certificates").glob("*.html"))
