"""What made a transcript, by name: ours and the models', for reports and headers."""

from __future__ import annotations

from pipeline import __version__
from pipeline.records import Transcription

MADE_ELSEWHERE = "transcript"  # the engine of a transcript that came without its sound
BY_THE_TRANSCRIPT = "as the transcript names them"
NOT_NOTED = "not noted"
UNMEASURED = "(its errors were not measured with this program)"


def versions(transcription: Transcription, diarizer: str) -> dict[str, str]:
    """The program's version, and the model of each stage; `diarizer` is a diarization's model. Of a transcript made
    elsewhere without its sound no model heard words or voices."""
    from pipeline.deidentify.detect import models_of

    made_elsewhere = transcription.engine == MADE_ELSEWHERE
    return {
        "session-deid": __version__,
        "transcription": f"{transcription.engine} {transcription.model}",
        "speakers": BY_THE_TRANSCRIPT if made_elsewhere else told_apart_by(diarizer),
        "identifiers": ", ".join(models_of(transcription.language)),
    }


def told_apart_by(diarizer: str) -> str:
    """The models of a diarization for people, and whether they are those that were measured."""
    from pipeline.speakers.diarization.choice import BETWEEN, DIARIZER

    named = diarizer.replace(BETWEEN, ", ")
    return f"{named} {UNMEASURED}" if BETWEEN in diarizer and diarizer != DIARIZER else named or NOT_NOTED
