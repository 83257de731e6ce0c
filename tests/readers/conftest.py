"""`session-deid redact` for tests, with its models loaded once a module."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli.main import main
from pipeline.deidentify import redact as deidentifiers

Redact = Callable[..., tuple[str, str]]


@pytest.fixture(scope="module")
def models_once() -> Iterator[None]:
    """The models of a command are loaded once for all commands of this module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deidentifiers, "load", cache(deidentifiers.load))
        yield


@pytest.fixture
def redact(models_once: None, tmp_path: Path) -> Redact:
    """`session-deid redact`: the output's text (all parts of a package) and what was said."""

    def run(source: Path | str, content: str | bytes = "") -> tuple[str, str]:
        if isinstance(source, str):
            path = tmp_path / source
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            source = path
        out = tmp_path / f"out{source.suffix}"
        result = CliRunner().invoke(main, ["redact", str(source), "--out", str(out)])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return text_of(out), result.stderr

    return run


def text_of(path: Path) -> str:
    """A file as somebody looking for leaks would read it: all parts of a package, names of parts too."""
    if path.suffix not in (".docx", ".odt"):
        return path.read_text(encoding="utf-8")
    with zipfile.ZipFile(path) as archive:
        return "\n".join(name + archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
