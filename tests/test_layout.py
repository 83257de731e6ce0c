"""The house's rules that a reader would otherwise have to trust."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import click
import pytest

from pipeline import errors
from pipeline.cli.main import COMMANDS, main
from tests.conftest import ROOT

# A room may import from the rooms on lines above it and from its own line.
ORDER = [
    {"records", "errors", "resources", "files", "safety", "together", "__init__"},
    {"models"},
    {"audio"},
    {"transcribe", "speakers", "deidentify"},
    {"verify", "export"},
    {"study"},
    {"erase"},
    {"flow", "oneshot", "batch", "doctor"},
    {"cli", "__main__"},
]
LEVEL = {room: n for n, rooms in enumerate(ORDER) for room in rooms}


def imports_of(path: Path) -> set[str]:
    """The rooms a module imports from, wherever in the file, type-checking blocks left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {
        child
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for child in ast.walk(node)
    }
    rooms = set()
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.ImportFrom)
            and node not in skipped
            and (node.module or "").startswith("pipeline")
        ):
            parts = (node.module or "").split(".")
            rooms |= {parts[1]} if len(parts) > 1 else {a.name for a in node.names}
    return rooms & set(LEVEL)


def test_imports_run_one_way() -> None:
    """No room imports from one further along the recording's way."""
    wrong = []
    for path in (ROOT / "pipeline").rglob("*.py"):
        parts = path.relative_to(ROOT / "pipeline").parts
        room = parts[0].removesuffix(".py")
        wrong += [f"{'/'.join(parts)} -> {other}" for other in imports_of(path) if LEVEL[other] > LEVEL[room]]
    assert wrong == []


def test_every_room_has_its_place() -> None:
    """A new top-level module or folder must be put into the order."""
    rooms = {
        p.stem for p in (ROOT / "pipeline").iterdir() if p.suffix == ".py" or (p / "__init__.py").is_file()
    }
    assert rooms - set(LEVEL) == set()


def every_error() -> list[type[errors.SessionDeidError]]:
    """The whole tree."""
    found, todo = [], [errors.SessionDeidError]
    while todo:
        kind = todo.pop()
        found.append(kind)
        todo += kind.__subclasses__()
    return found


def test_each_error_that_can_be_raised_has_an_exit_code_of_its_own() -> None:
    """Two classes with a message never share a code; none takes one that means something else."""
    speaking = [e for e in every_error() if e.problem and "problem" in vars(e)]
    codes = [e.exit_code for e in speaking if "exit_code" in vars(e)]
    shared = {c for c in codes if codes.count(c) > 1}
    families = {errors.InputError.exit_code, errors.ModelError.exit_code, errors.SettingsError.exit_code}
    assert shared <= families
    assert not {0, 1, 2, errors.EXIT_BUG, errors.EXIT_INTERRUPTED} & set(codes)


def test_every_error_survives_a_process_border() -> None:
    """An error raised in a worker arrives with its class and message."""
    import pickle

    error = errors.TruncatedAudioError(file="a.wav", seconds=3, expected=9)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is errors.TruncatedAudioError
    assert str(again) == str(error)


def test_control_characters_of_a_file_name_never_reach_the_terminal() -> None:
    """An escape sequence in a name is shown as question marks."""
    assert "\x1b" not in str(errors.FileMissingError(file="a\x1b[2Jb.wav"))


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_loads_and_explains_itself(name: str) -> None:
    """Each command of the front door exists and has a help text."""
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert (command.help or "").strip()


def test_help_imports_nothing_heavy() -> None:
    """`--help` must answer at once: no engine, no numpy, no pydantic is imported for it."""
    heavy = {
        "torch",
        "numpy",
        "spacy",
        "presidio_analyzer",
        "pydantic",
        "av",
        "onnxruntime",
        "starlette",
        "faster_whisper",
    }
    code = (
        "import sys; from click.testing import CliRunner; from pipeline.cli.main import main;"
        "assert CliRunner().invoke(main, ['--help']).exit_code == 0;"
        f"print(sorted({heavy!r} & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
