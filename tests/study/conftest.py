"""A study to try things on: cheap key derivation, a key file, no home folder of anybody's."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.study.intake.gathering import Taken
from pipeline.study.intake.importing import import_files
from pipeline.study.study import Study
from pipeline.study.vault.keys import KeyFile, ScryptCost

CHEAP = ScryptCost(n=1 << 14)
PASSPHRASE = "correct horse battery"


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: thousands of syncs to a disk would take minutes."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "study.key"


@pytest.fixture
def study(tmp_path: Path, key_file: Path) -> Iterator[Study]:
    with Study.create(
        tmp_path / "study", passphrase=PASSPHRASE, key_file=key_file, by="tester", cost=CHEAP
    ) as made:
        yield made


def reopen(study: Study, key_file: Path) -> Study:
    """The study closed and opened again."""
    study.close()
    return Study.open(study.folder, KeyFile(key_file), by="tester")


def take(study: Study, *paths: Path, keep: bool = False) -> list[Taken]:
    """Import without waiting for files to settle."""
    return list(import_files(study, paths, keep=keep, sleep=lambda _: None))


def make_sound(path: Path, content: bytes | int = 200_000) -> bytes:
    """A file of given or random bytes; returns its content."""
    data = os.urandom(content) if isinstance(content, int) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return data


@pytest.fixture(autouse=True)
def _any_bytes_are_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Recordings of these tests are random bytes: what an import looks for in them has tests of its own
    (tests/study/test_refused_early.py)."""
    monkeypatch.setattr("pipeline.study.intake.importing.refuse_unusable", lambda _: None)
