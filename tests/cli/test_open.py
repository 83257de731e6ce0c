"""`open` finds the study meant, or says that there is none."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pipeline.cli.main import main
from pipeline.errors import StudyMissingError
from pipeline.study.study import Study
from pipeline.web.known import known_studies, remember
from tests.study.conftest import CHEAP


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The places that would have been served."""
    places: list[Any] = []
    monkeypatch.setattr("pipeline.cli.open.serve", lambda place, *_, **__: places.append(place))
    return places


def make(folder: Path) -> Path:
    """A study in a folder."""
    Study.create(folder, key_file=folder.parent / "key", cost=CHEAP).close()
    return folder


def test_a_folder_without_a_study_is_said(tmp_path: Path, served: list[Any]) -> None:
    """Nothing is served for a mistyped path."""
    result = CliRunner().invoke(main, ["open", str(tmp_path / "nothing")])
    assert isinstance(result.exception, StudyMissingError)
    assert served == []


def test_the_study_named_stood_in_or_used_last(
    tmp_path: Path, served: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In this order; without any the page begins with a new one."""
    first = make(tmp_path / "first")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert CliRunner().invoke(main, ["open"]).exit_code == 0
    remember(first)
    assert CliRunner().invoke(main, ["open"]).exit_code == 0
    assert CliRunner().invoke(main, ["open", str(first)]).exit_code == 0
    monkeypatch.chdir(first / "inbox")
    assert CliRunner().invoke(main, ["open"]).exit_code == 0
    found = [place.folder and place.folder.resolve() for place in served]
    assert found == [None, first, first, first]
    assert all(place.locked and place.may_unlock for place in served)


def test_a_study_that_went_is_known_no_more(tmp_path: Path) -> None:
    """The list holds what is there; a damaged list is an empty one."""
    folder = make(tmp_path / "study")
    remember(folder)
    assert known_studies() == [folder]
    (list_file,) = Path.home().rglob("studies.json")
    assert json.loads(list_file.read_text()) == [str(folder)], "it holds more than paths"
    assert os.name == "nt" or list_file.stat().st_mode & 0o077 == 0
    (folder / "keys.json").rename(folder / "gone")
    assert known_studies() == []
    list_file.write_text("{nonsense")
    assert known_studies() == []
