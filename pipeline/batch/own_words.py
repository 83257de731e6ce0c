"""What a worker left, with the notes and names of ours in it alone: these reach the output, the log, reports and exports."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.batch.own_names import named_by_us, voices_named_by_us
from pipeline.batch.own_notes import own_notes
from pipeline.records import Diarization, Transcription, from_json, to_json
from pipeline.study.intake.transcripts import transcript_of
from pipeline.study.vault.states import Artifact

if TYPE_CHECKING:
    from pipeline.study.study import Study
    from pipeline.study.vault.sealed_records import Sealed


def in_our_words(study: Study, recording: str, sealed: Sealed, plain: bytes) -> Sealed:
    """The sealed record as it is, or sealed anew where it notes or names what is none of ours; `plain` is its content."""
    before: Transcription | Diarization
    after: Transcription | Diarization
    if sealed.kind is Artifact.TRANSCRIPTION:
        before = from_json(Transcription, plain)
        after = named_by_us(_noted_by_us(study, recording, before))
    else:
        before = from_json(Diarization, plain)
        after = voices_named_by_us(before)
    return sealed if after == before else study.seal(recording, sealed.kind, to_json(after))


def _noted_by_us(study: Study, recording: str, heard: Transcription) -> Transcription:
    text = transcript_of(study, recording) if heard.notes else None
    notes = own_notes(heard.notes, text.read().notes if text else ())
    return heard if notes == heard.notes else replace(heard, notes=notes)
