"""study.toml: how one study is run. Every key is checked; an unknown one stops the program by name."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from pipeline.errors import SettingsError, StudyMissingError
from pipeline.export.options import options_from_table
from pipeline.speakers.diarization.choice import DIARIZER
from pipeline.study.retention import TABLE as RETENTION
from pipeline.study.retention import Retention
from pipeline.study.vault.files import storage_errors, write_bytes
from pipeline.wrong_values import say_not_toml, say_wrong

FILE_NAME = "study.toml"
NAME_MOST_CHARACTERS = 120
UNDERTAKING_MOST_CHARACTERS = 4000


def _as_path(value: object) -> object:
    return Path(value).expanduser() if isinstance(value, str) else value


class StudySettings(BaseModel):
    """The settings of a study; the defaults are what `init` writes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(
        min_length=1, max_length=NAME_MOST_CHARACTERS, description="The study's name, for people."
    )
    key_file: Annotated[Path | None, BeforeValidator(_as_path)] = Field(
        default=None,
        description="Key file used when none is given (for cron); its path counts from this folder.",
    )
    language: str | None = Field(
        default=None, description="Language spoken (en, de, ...); detected when not given."
    )
    engine: str = Field(
        default="faster-whisper", description="Engine that hears words: faster-whisper or openai-whisper."
    )
    model: str = Field(
        default="auto",
        description="Its model, one of `session-deid models list`; auto: the best installed one that is fast enough.",
    )
    hours_for_an_hour: float = Field(
        default=6.0,
        gt=0,
        le=100,
        description="With the model auto: hours that hearing the words of an hour may take; in the page 1 at most.",
    )
    device: Literal["auto", "cpu", "cuda"] = Field(
        default="auto",
        description="Where words are heard: auto (a GPU that works, else the processor), cpu, cuda.",
    )
    diarizer: str = Field(
        default=DIARIZER,
        max_length=NAME_MOST_CHARACTERS,
        description="What tells voices apart: two of `session-deid models list`, SEGMENTATION+VOICEPRINTS; one study, one pair.",
    )
    style: Literal["label", "surrogate"] = Field(
        default="label", description="[Person 2], or an invented name."
    )
    speakers: int | None = Field(
        default=None, ge=1, le=40, description="How many people speak, if always the same."
    )
    policy: str = Field(
        default="hipaa-safe-harbor",
        description="What is removed, generalised or flagged: one of ours by name, or a file; its path counts from this folder.",
    )
    sensitivity: Literal["strict", "balanced", "lenient"] = Field(
        default="balanced",
        description="How readily something counts as identifying: strict, balanced, lenient.",
    )
    reviewers: Literal[1, 2] = Field(default=1, description="People who must verify a transcript.")
    settle_seconds: float = Field(
        default=2.0, ge=0, le=3600, description="How long a file must not change before it is taken in."
    )
    destroy_after_days: int | None = Field(
        default=None, ge=0, description="Days from verification until `destroy --due` destroys."
    )
    destroy_raw_transcript: bool = Field(
        default=True, description="Destroying a recording destroys its raw words too."
    )
    unattended_destroy: bool = Field(default=False, description="Allow `destroy --yes` without a terminal.")
    other_copies: tuple[str, ...] = Field(
        default=(), description="Known other copies (recorder card, backups), named in certificates."
    )
    ethics_approval: str = Field(
        default="",
        max_length=NAME_MOST_CHARACTERS,
        description="Reference of the ethics approval, as the evidence page shows it.",
    )
    withdrawal: Literal["their words", "whole recording", "from now on"] = Field(
        default="their words",
        description="What goes when a participant withdraws, as the information sheet says: their words, "
        "whole recording, from now on.",
    )
    undertaking: str = Field(
        default="",
        max_length=UNDERTAKING_MOST_CHARACTERS,
        description="Undertaking of confidentiality: everybody accepts it once, before they hear or read what was said.",
    )
    retention: Retention = Field(default=Retention(), description="Until when things are kept.")
    export: dict[str, Any] = Field(default={}, description="How exports look: see docs/transcripts.md.")

    @model_validator(mode="after")
    def _check_words(self) -> Self:
        if self.retention.words_until is not None and self.destroy_raw_transcript:
            raise ValueError(
                "retention.words_until needs destroy_raw_transcript = false: else the raw words go with the sound"
            )
        return self

    @field_validator("export")
    @classmethod
    def _check_export(cls, table: dict[str, Any]) -> dict[str, Any]:
        options_from_table(table, file=FILE_NAME)
        return table


def read_settings(folder: Path) -> StudySettings:
    """study.toml of a study; raises SettingsError naming the key that is wrong, never its value."""
    path = folder / FILE_NAME
    try:
        with storage_errors(path):
            text = path.read_bytes()
        content = tomllib.loads(text.decode("utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError):
        raise StudyMissingError(folder=folder) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(file=path, why=say_not_toml(error)) from None
    try:
        return StudySettings.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise SettingsError(file=path, why=say_wrong(first)) from None


def policy_of(folder: Path, settings: StudySettings) -> str:
    """The policy of a study: the name of one of ours, or where the file lies that study.toml names."""
    from pipeline.deidentify.policy import is_path

    named = settings.policy
    return str(_from_study(folder, Path(named).expanduser())) if is_path(named) else named


def key_file_of(folder: Path, settings: StudySettings) -> Path | None:
    """Where the key file lies that study.toml names; None where it names none."""
    return None if settings.key_file is None else _from_study(folder, settings.key_file)


def _from_study(folder: Path, named: Path) -> Path:
    """A path in study.toml counts from the study's folder. Until it did it counted from where the command was called: a
    file that lies there alone is still the one that is meant."""
    there = folder.absolute() / named
    return named.absolute() if named.exists() and not there.exists() else there


def rules_of(settings: StudySettings) -> dict[str, object]:
    """The settings that decide what is removed, who must verify and what is destroyed, as the audit chain notes
    them; without what a person wrote freely (the name, copies, paths)."""
    free = {"name", "key_file", "device", "other_copies", "ethics_approval", "export", "undertaking"}
    return settings.model_dump(mode="json", exclude=free)


def are_noted(rules: dict[str, object], noted: object) -> bool:
    """Whether rules are those that were noted, perhaps by an earlier version: a setting it did not have was as by default."""
    return isinstance(noted, dict) and rules == _filled(noted, rules_of(StudySettings(name="-")))


def _filled(noted: dict[str, object], usual: dict[str, object]) -> dict[str, object]:
    filled = {**usual, **noted}
    for key, value in usual.items():
        held = filled[key]
        if isinstance(value, dict) and isinstance(held, dict):
            filled[key] = _filled(held, value)
    return filled


def write_settings(folder: Path, settings: StudySettings) -> None:
    """Write study.toml with every setting, its meaning beside it; unset ones as comments."""
    lines = [f"# Settings of the study {settings.name!r}. Every key is checked; see docs/study.md."]
    for key, about in StudySettings.model_fields.items():
        value = getattr(settings, key)
        if isinstance(value, (dict, BaseModel)):
            continue
        lines.append(f"\n# {about.description}" if about.description else "")
        lines.append(f"# {key} =" if value is None else f"{key} = {_toml(value)}")
    lines += _retention_table(settings.retention)
    lines += _table("export", settings.export)
    write_bytes(folder / FILE_NAME, ("\n".join(lines) + "\n").encode(), place="settings")


def _retention_table(rules: Retention) -> list[str]:
    """The rules of keeping, each with its meaning; unset ones as comments, so that the table can be filled in."""
    lines = [
        f"\n[{RETENTION}]",
        "# A day (2036-12-31), or a number of days after the recording was taken in; see docs/keeping.md.",
    ]
    for key, about in Retention.model_fields.items():
        value = getattr(rules, key)
        lines += [f"# {about.description}", f"# {key} =" if value is None else f"{key} = {_toml(value)}"]
    return lines


def _table(name: str, content: dict[str, Any]) -> list[str]:
    """A table and the tables in it, as lines; a hint when it is empty."""
    if not content:
        return [f"\n# [{name}]  (see docs/transcripts.md)"]
    lines = [f"\n[{name}]"]
    lines += [
        f"{_toml(key)} = {_toml(value)}" for key, value in content.items() if not isinstance(value, dict)
    ]
    for key, value in content.items():
        lines += _table(f"{name}.{key}", value) if isinstance(value, dict) else []
    return lines


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float, date)):
        return str(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")  # TOML escapes as JSON does
