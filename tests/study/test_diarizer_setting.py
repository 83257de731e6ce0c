"""study.toml chooses what tells voices apart: checked before anything is heard, handed on, and named in what comes out."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.batch.executor import recipe_of
from pipeline.errors import DiarizerUnknownError, SettingsError
from pipeline.records import Transcription
from pipeline.speakers.diarization.choice import DIARIZER
from pipeline.study.changing import change_settings
from pipeline.study.settings import read_settings, write_settings
from pipeline.study.study import Study
from pipeline.verify.versions import told_apart_by, versions
from tests.study.conftest import key_file, study, tmp_path  # noqa: F401 - fixtures

NEWER = "community-1-segmentation+community-1-voiceprints"


def test_a_new_study_has_the_measured_one_and_says_what_it_is(study: Study) -> None:  # noqa: F811
    """It stands in study.toml with its meaning."""
    assert study.settings.diarizer == DIARIZER
    text = (study.folder / "study.toml").read_text(encoding="utf-8")
    assert f'diarizer = "{DIARIZER}"' in text
    assert "What tells voices apart" in text


def test_a_run_is_made_with_the_chosen_one(study: Study) -> None:  # noqa: F811
    """The recipe that goes to a worker, here or elsewhere, holds it."""
    change_settings(study, {"diarizer": NEWER})
    assert read_settings(study.folder).diarizer == NEWER
    assert recipe_of(study).choices.diarizer == NEWER
    assert recipe_of(study).for_hearing().with_threads(2).choices.diarizer == NEWER


@pytest.mark.parametrize("wrong", ["segmentation-3.0", "segmentation-3.0+whisper-base", "a+b"])
def test_one_there_is_not_changes_nothing_and_begins_no_run(study: Study, wrong: str) -> None:  # noqa: F811
    """Neither in the page nor by an editor."""
    with pytest.raises(DiarizerUnknownError):
        change_settings(study, {"diarizer": wrong})
    assert read_settings(study.folder).diarizer == DIARIZER
    write_settings(study.folder, study.settings.model_copy(update={"diarizer": wrong}))
    study.settings = read_settings(study.folder)
    with pytest.raises(DiarizerUnknownError, match=r"segmentation-3\.0"):
        recipe_of(study)


def test_what_is_no_text_is_told_by_its_key(study: Study) -> None:  # noqa: F811
    """As with every setting."""
    path: Path = study.folder / "study.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(f'diarizer = "{DIARIZER}"', "diarizer = 3"))
    with pytest.raises(SettingsError, match="diarizer: must be a text"):
        read_settings(study.folder)


def test_reports_say_which_and_whether_it_was_measured() -> None:
    """Without a word about the usual one; of a transcript made elsewhere nothing told voices apart."""
    transcription = Transcription(1.0, "en", "faster-whisper", "whisper-base", ())
    assert versions(transcription, DIARIZER)["speakers"] == "segmentation-3.0, campplus-zh-en"
    newer = versions(transcription, NEWER)["speakers"]
    assert newer.startswith("community-1-segmentation, community-1-voiceprints")
    assert "not measured" in newer
    assert told_apart_by("another model") == "another model"
    assert told_apart_by("") == "not noted"
    elsewhere = Transcription(1.0, "en", "transcript", "docx", ())
    assert versions(elsewhere, "none")["speakers"] == "as the transcript names them"
