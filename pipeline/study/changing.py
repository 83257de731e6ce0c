"""Changing a study's settings: checked, written whole, and noted in the audit chain where they decide something."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import ValidationError

from pipeline.errors import SettingsError
from pipeline.speakers.diarization.choice import models_of
from pipeline.study.settings import FILE_NAME, StudySettings, policy_of, write_settings
from pipeline.wrong_values import say_wrong

if TYPE_CHECKING:
    from pipeline.study.study import Study

FIXED = frozenset(
    {"key_file", "export", "undertaking"}
)  # changed with an editor: a path, a table with a manual of its own, a text of several paragraphs


def change_settings(study: Study, changes: Mapping[str, object]) -> StudySettings:
    """Change some settings; raises SettingsError naming the key that is wrong, PolicyError
    or DiarizerUnknownError, and nothing is changed then."""
    if unknown := sorted(set(changes) - (set(StudySettings.model_fields) - FIXED)):
        raise SettingsError(file=FILE_NAME, why=f"{unknown[0]} cannot be changed here")
    try:
        wanted = StudySettings.model_validate({**study.settings.model_dump(), **changes})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise SettingsError(file=FILE_NAME, why=say_wrong(first)) from None
    _check_policy(policy_of(study.folder, wanted))
    models_of(wanted.diarizer)
    write_settings(study.folder, wanted)
    study.settings = wanted
    study.note_settings()
    return wanted


def _check_policy(name: str) -> None:
    """Raises PolicyError where there is no such policy."""
    from pipeline.deidentify.policy import load

    load(name)
