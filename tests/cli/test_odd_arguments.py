"""Every command with missing, odd and contradictory arguments: an error of ours, never a traceback."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pipeline.cli.main import COMMANDS, main
from pipeline.errors import SessionDeidError
from pipeline.study.study import Study
from pipeline.study.vault.keys import KeyFile
from tests.batch.fakes import FakeRecipe
from tests.study.conftest import CHEAP, make_sound

CALLS_EACH = 12
# They go to the network, wait for people, or only look.
LEFT_OUT = {"models install", "review", "open", "bench", "doctor"}
NEVER = {"watch", "scheduler", "slurm"}  # options that wait without end, or for a cluster


def leaves() -> Iterator[tuple[str, click.Command]]:
    """Every command and subcommand, by the words it is called with."""
    for name in COMMANDS:
        command = main.get_command(click.Context(main), name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from ((f"{name} {inner}", each) for inner, each in command.commands.items())
        else:
            yield name, command


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A study with one recording, files of every wrong kind, and quick stages."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("pipeline.batch.executor.recipe_of", lambda _: FakeRecipe())
    with Study.create(tmp_path / "study", key_file=tmp_path / "key", by="tester", cost=CHEAP) as study:
        make_sound(study.folder / "inbox" / "a.wav")
        toml = study.folder / "study.toml"
        toml.write_text(toml.read_text().replace("settle_seconds = 2.0", "settle_seconds = 0"))
    (tmp_path / "empty.wav").touch()
    (tmp_path / "noise.json").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "list.json").write_text("[1, {}, null]")
    (tmp_path / "people.csv").write_text('code;name\n;;;\n"P01')
    (tmp_path / "text.docx").write_bytes(b"PK\x03\x04 no zip")
    (tmp_path / "good.txt").write_text("P01: hello there\n")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("link")
    return tmp_path


ODD = [
    "",
    "-",
    "study",
    "folder",
    "link",
    "empty.wav",
    "noise.json",
    "list.json",
    "people.csv",
    "text.docx",
]
ODD += [
    "good.txt",
    "key",
    "no/such/file",
    "/dev/null",
    "x" * 300,
    "new\nline",
    "\udcff",
    "R0001",
    "r0001",
    "R9999",
    "P01",
    "S1",
]
ODD += [
    "0",
    "-1",
    "1e9",
    "nan",
    "yes",
    "destroyed",
    "docx,,txt",
    "tls://nowhere:1",
    "tcp://x",
    "study/vault",
]


def odd_call(words: str, command: click.Command, chance: random.Random) -> list[str]:
    """The command with some arguments and options, each with some value."""
    call = words.split()
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            call += [chance.choice(ODD) for _ in range(chance.choice((0, 1, 1, 1, 2)))]
        elif chance.random() < 0.4 and parameter.name not in {"folder", "key_file", *NEVER}:
            call.append(chance.choice(parameter.opts))
            call += [] if getattr(parameter, "is_flag", False) else [chance.choice(ODD)]
    return call


@pytest.mark.parametrize("words", [words for words, _ in leaves() if words not in LEFT_OUT])
def test_odd_arguments_end_with_an_error_of_ours(
    words: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong command line, an error with a code, or it worked; standard input holds no terminal."""
    monkeypatch.setenv("SESSION_DEID_STUDY", str(place / "study"))
    monkeypatch.setenv("SESSION_DEID_KEY_FILE", str(place / "key"))
    command, chance = dict(leaves())[words], random.Random(words)
    for _ in range(CALLS_EACH):
        call = odd_call(words, command, chance)
        os.chdir(place)
        result = CliRunner().invoke(main, call, input="y\n")
        known = result.exception is None or isinstance(result.exception, SessionDeidError | SystemExit)
        assert known, (call, result.exception)
        assert "Traceback" not in result.output
    assert (place / "study" / "keys.json").is_file() or words.startswith(("key", "init", "unseal"))


def test_the_study_survived(place: Path) -> None:
    """The fixture itself: it opens."""
    Study.open(place / "study", KeyFile(place / "key")).close()
