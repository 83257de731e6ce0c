"""What a review starts from and has decided so far: read from the vault, and replayed, without the right to decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.errors import StateError
from pipeline.records import Attribution, LabelMap, Redaction, Transcription, from_json
from pipeline.study.settings import policy_of
from pipeline.study.vault.states import WITHDRAWN_STATES, Artifact
from pipeline.verify.decisions import Event
from pipeline.verify.final import final_redaction
from pipeline.verify.heard_well import HeardWell, heard_well
from pipeline.verify.history import apply
from pipeline.verify.log import unpack_events
from pipeline.verify.state import ReviewedTranscript
from pipeline.verify.store import Material

if TYPE_CHECKING:
    from pipeline.study.study import Study
    from pipeline.study.vault.rows import RecordingRow


def load_material(study: Study, recording: str) -> Material:
    """What the pipeline left; raises RecordingUnknownError or StateError when there is nothing yet."""
    row = study.recording(recording)
    if row.state in WITHDRAWN_STATES or not study.has(recording, Artifact.REDACTION):
        raise StateError(recording=recording, state=row.state.value, wanted="reviewed")
    redaction = from_json(Redaction, study.artifact(recording, Artifact.REDACTION))
    attribution = from_json(Attribution, study.artifact(recording, Artifact.ATTRIBUTION))
    transcription = _transcription(study, recording)
    labels, _ = read_log(study, recording)
    held = study.labels.load()
    return Material(
        attribution=attribution,
        redaction=replace(redaction, labels=labels),
        roster=study.roster.load(),
        duration=row.duration or 0.0,
        taken=(*(label.text for label in held.labels), *held.retired),
        heard=heard_well(transcription, attribution.utterances) if transcription else None,
        language=_language(study, redaction, transcription),
        policy=policy_of(study.folder, study.settings),
    )


def read_heard(study: Study, recording: str) -> Transcription:
    """What was heard, with the language its words were looked through in: the one chosen may be another than was heard."""
    heard = from_json(Transcription, study.artifact(recording, Artifact.TRANSCRIPTION))
    redaction = from_json(Redaction, study.artifact(recording, Artifact.REDACTION))
    return replace(heard, language=_language(study, redaction, heard))


def _language(study: Study, redaction: Redaction, heard: Transcription | None) -> str:
    """The one its words were looked through in. An older program did not say: then the study's, else the one heard."""
    return redaction.language or study.settings.language or (heard.language if heard else "") or "en"


def _transcription(study: Study, recording: str) -> Transcription | None:
    """None once the raw words are destroyed."""
    if not study.has(recording, Artifact.TRANSCRIPTION):
        return None
    return from_json(Transcription, study.artifact(recording, Artifact.TRANSCRIPTION))


def read_log(study: Study, recording: str) -> tuple[LabelMap, bytes]:
    """The labels the review began with, and its events: the first line of the log, and the rest.

    The labels are frozen at the first decision, so that replaying gives the same transcript.
    """
    if not study.has(recording, Artifact.DECISIONS):
        return study.labels.load(), b""
    first, _, rest = study.artifact(recording, Artifact.DECISIONS).partition(b"\n")
    return from_json(LabelMap, first), rest


def read_events(study: Study, recording: str, after: int = 0) -> Sequence[Event]:
    """The decision log, in order, without its first so many events."""
    if not study.has(recording, Artifact.DECISIONS):
        return ()
    return unpack_events(study.artifact(recording, Artifact.DECISIONS).partition(b"\n")[2], after)


def replay(study: Study, recording: str, events: Sequence[Event]) -> ReviewedTranscript:
    """The transcript after these decisions."""
    left = load_material(study, recording)
    return apply(left.attribution, left.redaction, left.roster, left.duration, events)


def reviewed_redaction(study: Study, row: RecordingRow) -> tuple[Redaction, ReviewedTranscript | None]:
    """The redaction with every decision made so far."""
    if not study.has(row.id, Artifact.DECISIONS):
        return from_json(Redaction, study.artifact(row.id, Artifact.REDACTION)), None
    state = replay(study, row.id, read_events(study, row.id))
    return final_redaction(state), state


def read_heard_well(study: Study, recording: str) -> HeardWell | None:
    """How well a recording was heard; None before it is attributed and after its raw words were destroyed."""
    transcription = _transcription(study, recording)
    if transcription is None or not study.has(recording, Artifact.ATTRIBUTION):
        return None
    attribution = from_json(Attribution, study.artifact(recording, Artifact.ATTRIBUTION))
    return heard_well(transcription, attribution.utterances)
