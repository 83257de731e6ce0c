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
        "wrong_values",
        "safety",
        "language",
        "concurrency",
        "__init__",
    },
    {"models"},
    {"audio"},
    {"transcribe", "speakers", "readers", "deidentify"},
    {"verify", "export"},
    {"study"},
    {"erase"},
    {"flow", "oneshot", "redacting", "transcripts", "batch", "doctor"},
    {"cli", "web", "__main__"},
]
LEVEL = {room: n for n, rooms in enumerate(ORDER) for room in rooms}


# Libraries that say what words are: the language room alone asks them.
OF_WORDS = {"wordfreq", "jellyfish", "unicodedata"}


def imported_by(path: Path) -> set[str]:
    """The dotted names a module imports, wherever in the file and however it is written (by name, relatively, by a call
    with the name as text), type-checking blocks left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {
        child
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for child in ast.walk(node)
    }
    names: set[str] = set()
    for node in (node for node in ast.walk(tree) if node not in skipped):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            start = ".".join([*_above(path, node.level), node.module or ""]).strip(".")
            names |= {f"{start}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            names |= {str(arg.value) for arg in node.args[:1] if isinstance(arg, ast.Constant)}
    return names


def _above(path: Path, level: int) -> tuple[str, ...]:
    """The package that so many dots mean in a module of the checkout."""
    return path.relative_to(ROOT).parts[:-level] if level else ()


def imports_of(path: Path) -> set[str]:
    """The rooms a module imports from."""
    parts = (name.split(".") for name in imported_by(path))
    return {p[1] for p in parts if p[0] == "pipeline" and len(p) > 1} & set(LEVEL)


def test_every_way_of_importing_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`import pipeline.x`, `from pipeline import x`, `from ..x import y`, inside a function, by a call; not for types."""
    monkeypatch.setattr("tests.test_layout.ROOT", tmp_path)
    room = tmp_path / "pipeline" / "audio"
    room.mkdir(parents=True)
    code = (
        "import pipeline.study.vault as v\nfrom pipeline import web\nfrom ..verify.gate import b\nfrom .. import cli\n"
        "from . import near\nimport importlib\n"
        "def f():\n    from pipeline.erase import a\n    importlib.import_module('pipeline.batch.run')\n"
        "if TYPE_CHECKING:\n    import pipeline.export\n"
    )
    (room / "some.py").write_text(code)
    assert imports_of(room / "some.py") == {"study", "web", "verify", "cli", "audio", "erase", "batch"}


@pytest.mark.parametrize(
    "code", ["import unicodedata", "from jellyfish import soundex", "def f():\n    import wordfreq as w"]
)
def test_a_library_that_says_what_words_are_is_seen(code: str, tmp_path: Path) -> None:
    """However it is imported, wherever in the file."""
    (tmp_path / "some.py").write_text(code)
    assert {n.split(".")[0] for n in imported_by(tmp_path / "some.py")} & OF_WORDS


def test_imports_run_one_way() -> None:
    """No room imports from one further along the recording's way."""
    wrong = []
    for path in (ROOT / "pipeline").rglob("*.py"):
        parts = path.relative_to(ROOT / "pipeline").parts
        room = parts[0].removesuffix(".py")
        wrong += [f"{'/'.join(parts)} -> {other}" for other in imports_of(path) if LEVEL[other] > LEVEL[room]]
    assert wrong == []


def test_the_language_room_alone_asks_what_a_word_is() -> None:
    """One place for word frequencies, sounds of names and Unicode: elsewhere each would mean its own."""
    wrong = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "pipeline").rglob("*.py")
        if "language" not in path.parts and {n.split(".")[0] for n in imported_by(path)} & OF_WORDS
    ]
    assert wrong == []


def circles_of(room: Path) -> list[list[str]]:
    """Modules of a room that import one another in a circle, wherever in their files, type-checking blocks left out."""
    start = room.relative_to(ROOT).as_posix().replace("/", ".")
    modules = {".".join((start, *p.relative_to(room).with_suffix("").parts)): p for p in room.rglob("*.py")}
    imports = {}
    for module, path in modules.items():
        names = imported_by(path) | {n.rpartition(".")[0] for n in imported_by(path)}
        imports[module] = names & set(modules) - {module}
    reached = {module: set(others) for module, others in imports.items()}
    for between in modules:
        for others in reached.values():
            if between in others:
                others |= reached[between]
    alike = {
        tuple(sorted(other for other in reached[m] if m in reached[other]))
        for m in modules
        if m in reached[m]
    }
    return sorted(list(circle) for circle in alike)


def test_no_modules_of_the_study_import_one_another_in_a_circle() -> None:
    """What is lent, what is reviewed and what was given out stand below one another."""
    assert circles_of(ROOT / "pipeline" / "study") == []


def test_a_circle_is_seen_inside_a_function_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An import put off until it runs makes a circle all the same."""
    monkeypatch.setattr("tests.test_layout.ROOT", tmp_path)
    room = tmp_path / "pipeline" / "some"
    room.mkdir(parents=True)
    (room / "one.py").write_text("from pipeline.some.two import a\n")
    (room / "two.py").write_text("def f():\n    from pipeline.some import three\n")
    (room / "three.py").write_text("import pipeline.some.one\n")
    (room / "four.py").write_text("import pipeline.some.one\n")
    assert circles_of(room) == [["pipeline.some.one", "pipeline.some.three", "pipeline.some.two"]]


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


def test_commands_are_there_before_anything_numerical() -> None:
    """What a command is made of loads no numpy; the modules that work with numbers alone have it at their top."""
    modules = sorted(f"pipeline.cli.{p.stem}" for p in (ROOT / "pipeline" / "cli").glob("[a-z]*.py"))
    code = (
        f"import importlib, sys; [importlib.import_module(m) for m in {modules!r}];"
        "import pipeline.flow, pipeline.oneshot, pipeline.batch.executor, pipeline.study.study, pipeline.web.app;"
        "print('numpy' in sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "False"
