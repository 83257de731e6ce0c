"""The house's rules that a reader would otherwise have to trust."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import click
import pytest

from pipeline.cli.main import COMMANDS, main
from tests.conftest import ROOT

# A room may import from the rooms on lines above it and from its own line.
ORDER = [
    {
        "records",
        "identifiers",
        "label_rows",
        "errors",
        "bugs",
        "resources",
        "files",
        "malloc",
        "safety",
        "sounds",
        "concurrency",
        "__init__",
    },
    {"models"},
    {"audio"},
    {"transcribe", "speakers", "readers", "deidentify"},
    {"verify", "export"},
    {"study"},
    {"erase"},
    {"flow", "oneshot", "redacting", "batch", "doctor"},
    {"cli", "web", "__main__"},
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
