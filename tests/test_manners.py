"""What others expect of a project: how to cite, report, contribute, install in a container, complete, read."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from pipeline import __version__, errors
from pipeline.cli.main import main
from pipeline.resources import speech_detector_file
from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SILERO_V6 = "4cbf549b8326f60f80f2536d9eefeb450a9abe83365a098031c89719f1be17d2"


def test_how_to_cite_is_of_this_version() -> None:
    """CITATION.cff has what its format asks for, and the version, licence and authors of the package."""
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(cited)
    assert (cited["version"], cited["license"]) == (__version__, PROJECT["project"]["license"])
    assert cited["authors"] == PROJECT["project"]["authors"]


def test_the_classifiers_name_the_pythons_that_are_supported() -> None:
    """Those of requires-python, each."""
    named = re.findall(r"Python :: (3\.\d+)", " ".join(PROJECT["project"]["classifiers"]))
    low, high = re.findall(r"3\.(\d+)", PROJECT["project"]["requires-python"])
    assert named == [f"3.{minor}" for minor in range(int(low), int(high))]


def copied_by_the_containerfile() -> set[str]:
    copies = re.findall(
        r"^COPY (.+) \S+$", (ROOT / "Containerfile").read_text(encoding="utf-8"), re.MULTILINE
    )
    return {source for line in copies for source in line.split()}


def copied_by_apptainer() -> set[str]:
    part = (ROOT / "apptainer.def").read_text(encoding="utf-8").split("%files")[1].split("%post")[0]
    return {line.split()[0] for line in part.strip().splitlines()}


def test_images_take_what_the_wheel_is_built_from() -> None:
    """Both definitions copy the same, all of it is there, and nothing that hatch packs is missing."""
    copied = copied_by_the_containerfile()
    assert copied == copied_by_apptainer()
    for source in copied:
        assert (ROOT / source).exists(), source
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    for needed in (*wheel["packages"], *wheel["force-include"], PROJECT["project"]["readme"], "LICENSE"):
        assert any(Path(needed).is_relative_to(source) for source in copied), needed


def test_images_install_what_is_pinned() -> None:
    """The PyTorch of constraints.txt, on a Python that is supported; the models lie where the program looks."""
    torch = re.search(r"^torch==(\S+)", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert torch
    for name in ("Containerfile", "apptainer.def"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert set(re.findall(r"torch==(\d[\d.]*\d)", text)) == {torch[1]}, name
        assert "-c constraints.txt" in text
        python = re.search(r"python:(3\.\d+)-", text)
        assert python
        assert f"Programming Language :: Python :: {python[1]}" in PROJECT["project"]["classifiers"]
        assert len(set(re.findall(r"SESSION_DEID_MODELS=(\S+)", text))) == 1
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"torch=={torch[1]}+cpu" in readme


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_completes(shell: str, tmp_path: Path) -> None:
    """What README has people put into their shell's file is a script, and commands are completed."""
    program = tmp_path / "session-deid"
    program.write_text(f"#!{sys.executable}\nfrom pipeline.cli.main import run\nrun()\n")
    program.chmod(0o755)

    def ask(**variables: str) -> str:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
        return subprocess.run([program], env=environment, capture_output=True, text=True, check=False).stdout

    assert "_SESSION_DEID_COMPLETE" in ask(_SESSION_DEID_COMPLETE=f"{shell}_source")
    words = "session-deid mod" if shell != "fish" else "session-deid"
    answer = ask(
        _SESSION_DEID_COMPLETE=f"{shell}_complete",
        COMP_WORDS=words,
        COMP_CWORD="1" if shell != "fish" else "mod",
    )
    assert "models" in answer


def test_the_samples_come_out_of_the_package(tmp_path: Path) -> None:
    """Recordings, roster and truth, as they lie in the repository; nothing is written over."""
    done = CliRunner().invoke(main, ["samples", "--to", str(tmp_path / "here")])
    assert done.exit_code == 0, done.output
    for name in ("session-s1.m4a", "roster.csv", "truth/session-s3.json", "README.md"):
        assert (tmp_path / "here" / name).read_bytes() == (ROOT / "samples" / name).read_bytes()
    assert not list((tmp_path / "here").rglob("*.py"))
    again = CliRunner().invoke(main, ["samples", "--to", str(tmp_path / "here")])
    assert isinstance(again.exception, errors.OutputExistsError)


def test_the_pages_can_be_read_by_command() -> None:
    """Listed with their titles, shown by name; one that is not there is an error of the command line."""
    rows = [json.loads(line) for line in CliRunner().invoke(main, ["docs", "--json"]).output.splitlines()]
    assert {"readme", "study", "security", "benchmarks/detection"} <= {row["page"] for row in rows}
    shown = CliRunner().invoke(main, ["docs", "exit-codes"]).output
    assert shown.strip() == (ROOT / "docs" / "exit-codes.md").read_text(encoding="utf-8").strip()
    assert CliRunner().invoke(main, ["docs", "nothing"], standalone_mode=True).exit_code == 2


def test_the_voice_detector_is_the_pinned_one() -> None:
    """It comes with the package, whatever version of faster-whisper is installed."""
    assert hashlib.sha256(speech_detector_file().read_bytes()).hexdigest() == SILERO_V6


def test_every_listing_can_be_read_by_programs() -> None:
    """Each command that lists or checks has --json."""
    import click

    context = click.Context(main)
    listings = {
        "status", "doctor", "import", "run", "destroy", "docs", "review",
        "models list", "models verify", "roster list", "participants list", "key list", "audit show", "audit verify",
        "audit check", "certificate check",
    }  # fmt: skip
    for words in listings:
        command: click.Command | None = main
        for word in words.split():
            assert isinstance(command, click.Group)
            command = command.get_command(context, word)
        assert command is not None, words
        assert any("--json" in option.opts for option in command.params), words
