"""Recordings that were set aside, and which of them a run takes up again by itself: those that failed under other settings than today's.

A mark in the ledger tells under which settings a stage failed. As long as they are the same, a run leaves the recording
alone, every night; once they are others, it is tried again, once. A sound that cannot be read is for a person alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.resources import config_path, manifest_path
from pipeline.study.settings import policy_of
from pipeline.study.vault.states import State

if TYPE_CHECKING:
    from pipeline.study.settings import StudySettings
    from pipeline.study.study import Study
    from pipeline.study.vault.rows import RecordingRow

PREFIX = "set aside "
WHY = "what it failed under is different since"
TAKEN_UP = frozenset({State.SEALED, State.TRANSCRIBED, State.ATTRIBUTED, State.REDACTED})
HEARING = ("engine", "model", "diarizer", "language", "device", "hours_for_an_hour", "speakers")
REDACTING = ("language", "policy", "sensitivity", "style")
# What each stage depends on; decoding and giving words to speakers depend on the recording alone.
MATTERS: dict[str, tuple[str, ...]] = {
    "transcribe": HEARING,
    "align": HEARING,
    "diarize": (*HEARING, "diarizer"),
    "redact": REDACTING,
}
_MOST = 1 << 62  # SQLite's integers have 64 bits with a sign


def set_aside(study: Study, recording: str, stage: str, reason: str) -> RecordingRow:
    """Set a recording aside at a stage, and note under which settings."""
    with study.ledger.transaction():
        study.ledger.write_mark(PREFIX + recording, _mark_of(study, stage))
        return study.set_aside(recording, stage, reason)


def waiting(study: Study) -> int:
    """How many recordings wait for somebody to take them up again."""
    return sum(row.failed_stage is not None for row in study.recordings(*TAKEN_UP, State.IN_REVIEW))


def with_other_settings(study: Study) -> list[RecordingRow]:
    """The recordings that were set aside under settings which are others by now."""
    return [
        row for row in study.recordings(*TAKEN_UP) if row.failed_stage is not None and _changed(study, row)
    ]


def take_up_changed(study: Study) -> None:
    """Take them up again."""
    for row in with_other_settings(study):
        study.retry(row.id, why=WHY)


def _changed(study: Study, row: RecordingRow) -> bool:
    """An older program left no mark: then nobody knows."""
    before, now = study.ledger.read_mark(PREFIX + row.id), _mark_of(study, row.failed_stage or "")
    return 0 not in (before, now) and before != now


def _mark_of(study: Study, stage: str) -> int:
    """A number for all that a stage depends on; 0 where that is the recording alone."""
    if not (names := MATTERS.get(stage, ())):
        return 0
    settings = study.settings
    digest = hashlib.sha256(json.dumps({name: getattr(settings, name) for name in names}).encode())
    for path in _files(study.folder, settings) if names is REDACTING else ():
        digest.update(_content(path))
    if names is REDACTING:
        digest.update(json.dumps(_models_of_names()).encode())
    return int.from_bytes(digest.digest()[:8], "big") % _MOST + 1


def _files(folder: Path, settings: StudySettings) -> Iterator[Path]:
    """The policy, each language's recognizers, and the models there are for names."""
    from pipeline.deidentify import policy

    yield policy.path_of(policy_of(folder, settings))
    yield config_path("recognizers.yaml")
    yield from sorted(config_path("languages").glob("*.yaml"))
    yield manifest_path()


def _models_of_names() -> list[str]:
    """Those that are installed: one that was missing may be there by now."""
    from pipeline.models import manifest, store

    return [model.name for model in manifest.load() if model.task == "names" and store.installed(model.name)]


def _content(path: Path) -> bytes:
    """What a file holds; nothing where it cannot be read, which the run tells."""
    try:
        return hashlib.sha256(path.read_bytes()).digest()
    except OSError:
        return b""
