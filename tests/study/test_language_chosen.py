"""The language a study chose after a text came in: the approval and its report are about the one it was looked through in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli.main import main
from pipeline.errors import SomeFailedError
from pipeline.study.settings import FILE_NAME

TALK = "Anna: Hello, I am Anna from Testville.\nBob: I saw a patient yesterday.\n"


@pytest.mark.slow
def test_a_text_taken_in_under_another_language_is_approved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Attributed under "fr", redacted and verified under "en": with the real stages, through the commands."""
    runner, folder = CliRunner(), tmp_path / "study"

    def call(*arguments: object) -> str:
        result = runner.invoke(main, [str(each) for each in arguments])
        assert result.exit_code == 0, (result.output, result.exception)
        return result.output

    call("init", folder, "--key-file", tmp_path / "k")
    monkeypatch.setenv("SESSION_DEID_STUDY", str(folder))
    path, text = folder / FILE_NAME, (folder / FILE_NAME).read_text()
    path.write_text('language = "fr"\n' + text.replace("# language =", ""))
    (tmp_path / "talk.txt").write_text(TALK)
    call("import", tmp_path / "talk.txt")

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as once:
        once.setattr("pipeline.flow.Engines.deidentifier", broken)
        assert isinstance(runner.invoke(main, ["run"]).exception, SomeFailedError)
    assert json.loads(call("status", "--json"))["failed_stage"] == "redact"
    path.write_text('language = "en"\n' + text.replace("# language =", ""))
    assert "redacted" in call("run")
    call("verify", "R0001", "--accept", "--reviewer", "Rev Iewer")
    call("export", "R0001", "--format", "json", "--to", tmp_path / "out")
    call("export", "package", "--to", tmp_path / "package")
    (report,) = (tmp_path / "package").rglob("*report.json")
    told = json.loads(report.read_text())
    assert "en_core_web" in json.dumps(told)
    assert "fr_core_news" not in json.dumps(told)
