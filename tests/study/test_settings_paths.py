"""A path in study.toml counts from the study's folder, wherever a command is called; one on the command line from there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline import errors
from pipeline.batch.executor import recipe_of
from pipeline.cli.main import main
from pipeline.deidentify.policy import DEFAULT, load
from pipeline.resources import config_path
from pipeline.study.changing import change_settings
from pipeline.study.settings import FILE_NAME, key_file_of, policy_of, read_settings
from pipeline.study.study import Study
from pipeline.study.vault.keys import KeyFile
from tests.web.house import page_on

OURS = "What our board asks for."


def write_policy(path: Path, says: str = OURS) -> None:
    """A policy of one's own: the default one with another description."""
    lines = config_path("policies", f"{DEFAULT}.toml").read_text().splitlines()
    path.parent.mkdir(parents=True, exist_ok=True)
    told = [f'description = "{says}"' if line.startswith("description =") else line for line in lines]
    path.write_text("\n".join(told) + "\n")


def write(study: Study, **settings: str) -> None:
    """Lines of study.toml, as an editor leaves them."""
    path = study.folder / FILE_NAME
    lines = [
        line
        for line in path.read_text().splitlines()
        if line.removeprefix("# ").split(" =")[0] not in settings
    ]
    path.write_text("\n".join([*(f'{k} = "{v}"' for k, v in settings.items()), *lines]) + "\n")


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where cron calls from."""
    place = tmp_path / "elsewhere"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


@pytest.mark.parametrize("named", ["ours.toml", "./ours.toml", "rules/ours.toml", "../ours.toml"])
def test_a_policy_counts_from_the_studys_folder(
    study: Study, key_file: Path, elsewhere: Path, named: str
) -> None:
    """What run uses and what `protocol` writes, from anywhere; also where a file of that name lies there."""
    write_policy(study.folder / named)
    write_policy(elsewhere / "ours.toml", "Another.")
    write(study, policy=named)
    study.close()
    with Study.open(study.folder, KeyFile(key_file)) as opened:
        assert load(recipe_of(opened).choices.policy).description == OURS
    told = CliRunner().invoke(main, ["protocol", "--study", os.path.relpath(study.folder)])
    assert OURS.rstrip(".") in told.output


def test_a_file_that_lies_only_where_the_command_is_called_is_still_meant(
    study: Study, elsewhere: Path
) -> None:
    """As it was before paths counted from the study's folder."""
    write_policy(elsewhere / "ours.toml")
    write(study, policy="ours.toml")
    assert load(policy_of(study.folder, read_settings(study.folder))).description == OURS


def test_a_file_that_is_nowhere_is_named_where_it_was_looked_for(study: Study, elsewhere: Path) -> None:
    """In the study's folder."""
    write(study, policy="ours.toml")
    told = CliRunner().invoke(main, ["protocol", "--study", str(study.folder)])
    assert isinstance(told.exception, errors.PolicyError)
    assert told.exception.facts["file"] == str(study.folder / "ours.toml")


def test_a_policy_of_ours_is_a_name_and_no_path(study: Study, elsewhere: Path) -> None:
    """A folder of that name changes nothing."""
    (study.folder / "gdpr").mkdir()
    write(study, policy="gdpr")
    assert policy_of(study.folder, read_settings(study.folder)) == "gdpr"


def test_the_key_file_counts_from_there_too(study: Study, key_file: Path, elsewhere: Path) -> None:
    """Study and key moved together open without a question, in the terminal and in the page."""
    write(study, key_file=f"../{key_file.name}")
    assert key_file_of(study.folder, read_settings(study.folder)) == study.folder / ".." / key_file.name
    listed = CliRunner().invoke(main, ["status", "--study", str(study.folder)])
    assert listed.exit_code == 0, listed.output
    study.settings = read_settings(study.folder)
    ways = page_on(study).send("GET", "/api/ways").json()["ways"]
    assert "file" in ways


def test_another_setting_changed_in_the_page_leaves_the_path_as_it_was_written(
    study: Study, elsewhere: Path
) -> None:
    """So that the folder can still be moved."""
    write_policy(study.folder / "ours.toml")
    write(study, policy="ours.toml", key_file="../study.key")
    study.settings = read_settings(study.folder)
    change_settings(study, {"sensitivity": "strict"})
    text = (study.folder / FILE_NAME).read_text()
    assert 'policy = "ours.toml"' in text
    assert 'key_file = "../study.key"' in text


def test_a_path_on_the_command_line_counts_from_where_it_is_called(elsewhere: Path) -> None:
    """`redact --policy ours.toml`."""
    write_policy(elsewhere / "ours.toml")
    (elsewhere / "talk.txt").write_text("Anna: Good day.\n")
    done = CliRunner().invoke(main, ["redact", "talk.txt", "--out", "out", "--policy", "nowhere.toml"])
    assert isinstance(done.exception, errors.PolicyError)
    assert done.exception.facts["file"] == "nowhere.toml"
