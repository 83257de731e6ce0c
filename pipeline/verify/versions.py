"""What made a transcript, by name: ours and the models', for reports and headers."""

from __future__ import annotations

from pipeline import __version__
from pipeline.records import Transcription

MADE_ELSEWHERE = "transcript"  # the engine of a transcript that came without its sound


def versions(transcription: Transcription) -> dict[str, str]:
    """The program's version, and the model of each stage; of a transcript made elsewhere without its sound no
    model heard words or voices."""
    from pipeline.deidentify.detect import models_of
    from pipeline.speakers.diarization.diarize import SEGMENTATION_MODEL, VOICEPRINT_MODEL

    made_elsewhere = transcription.engine == MADE_ELSEWHERE
    return {
        "session-deid": __version__,
        "transcription": f"{transcription.engine} {transcription.model}",
        "speakers": "as the transcript names them"
        if made_elsewhere
        else f"{SEGMENTATION_MODEL}, {VOICEPRINT_MODEL}",
        "identifiers": ", ".join(models_of(transcription.language)),
    }
