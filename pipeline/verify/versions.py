"""What made a transcript, by name: ours and the models', for reports and headers."""

from __future__ import annotations

from pipeline import __version__
from pipeline.records import Transcription


def versions(transcription: Transcription) -> dict[str, str]:
    """The program's version, and the model of each stage."""
    from pipeline.deidentify.detect import models_of
    from pipeline.speakers.diarization.diarize import SEGMENTATION_MODEL, VOICEPRINT_MODEL

    return {
        "session-deid": __version__,
        "transcription": f"{transcription.engine} {transcription.model}",
        "speakers": f"{SEGMENTATION_MODEL}, {VOICEPRINT_MODEL}",
        "identifiers": ", ".join(models_of(transcription.language)),
    }
