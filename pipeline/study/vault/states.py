"""The life of a recording: its states, the arrows between them, and the kinds of sealed artifacts."""

from __future__ import annotations

from enum import StrEnum

from pipeline.errors import StateError


class State(StrEnum):
    """Where a recording stands. `failed` is kept beside the state, so that a retry goes on from it."""

    RECEIVED = "received"
    SEALED = "sealed"
    TRANSCRIBED = "transcribed"
    ATTRIBUTED = "attributed"
    REDACTED = "redacted"
    IN_REVIEW = "in review"
    VERIFIED = "verified"
    DESTROYING = "destroying"
    DESTROYED = "destroyed"
    WITHDRAWING = "withdrawing"
    WITHDRAWN = "withdrawn"


STUDY_OWNER = "study"  # what belongs to the whole study is owned by this
CODES = "codes"  # who takes part by code, without names
ANALYSIS_RECORDS = frozenset({CODES})  # study-wide records that the analysis ring opens

# Of these nothing may be shown any more, whatever a crash has left.
WITHDRAWN_STATES = frozenset({State.WITHDRAWING, State.WITHDRAWN})
# What these have was approved, whether the sound still exists or not.
VERIFIED_STATES = frozenset({State.VERIFIED, State.DESTROYING, State.DESTROYED})


class Artifact(StrEnum):
    """What is kept sealed of a recording, one file each."""

    SOURCE = "source"
    TRANSCRIPT = "transcript"
    TRANSCRIPTION = "transcription"
    DIARIZATION = "diarization"
    ATTRIBUTION = "attribution"
    REDACTION = "redaction"
    DECISIONS = "decisions"
    APPROVED = "approved"
    REPORT = "report"


class Part(StrEnum):
    """The recording's own keys, one for each fate: destroying a key destroys all that it seals."""

    AUDIO = "audio"  # the source (sound, a transcript's file) and the voiceprints in the diarization: always destroyed
    WORDS = "words"  # raw words and decisions: destroyed unless the study keeps raw transcripts
    KEPT = "kept"  # what a person approved


PART_OF: dict[Artifact, Part] = {
    Artifact.SOURCE: Part.AUDIO,
    Artifact.TRANSCRIPT: Part.AUDIO,
    Artifact.DIARIZATION: Part.AUDIO,
    Artifact.TRANSCRIPTION: Part.WORDS,
    Artifact.ATTRIBUTION: Part.WORDS,
    Artifact.REDACTION: Part.WORDS,
    Artifact.DECISIONS: Part.WORDS,
    Artifact.APPROVED: Part.KEPT,
    Artifact.REPORT: Part.KEPT,
}

# Where each state may go. A transcript made elsewhere goes from sealed to attributed at once. Review may go back to redacted (rules changed) and verified back to
# review (a mistake was seen), but nothing leaves destroying but to destroyed. A person may withdraw what was
# sealed at any time; of what is destroyed, the approved transcript is left to go.
ARROWS: dict[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.SEALED}),
    State.SEALED: frozenset({State.TRANSCRIBED, State.ATTRIBUTED, State.WITHDRAWING}),
    State.TRANSCRIBED: frozenset({State.ATTRIBUTED, State.WITHDRAWING}),
    State.ATTRIBUTED: frozenset({State.REDACTED, State.TRANSCRIBED, State.WITHDRAWING}),
    State.REDACTED: frozenset(
        {State.IN_REVIEW, State.VERIFIED, State.ATTRIBUTED, State.TRANSCRIBED, State.WITHDRAWING}
    ),
    State.IN_REVIEW: frozenset(
        {State.VERIFIED, State.REDACTED, State.ATTRIBUTED, State.TRANSCRIBED, State.WITHDRAWING}
    ),
    State.VERIFIED: frozenset({State.DESTROYING, State.IN_REVIEW, State.WITHDRAWING}),
    State.DESTROYING: frozenset({State.DESTROYED}),
    State.DESTROYED: frozenset({State.DESTROYING, State.WITHDRAWING}),
    State.WITHDRAWING: frozenset({State.WITHDRAWN}),
    State.WITHDRAWN: frozenset(),
}


def check_arrow(recording: str, now: State, wanted: State) -> None:
    """Raise StateError unless a recording may go from `now` to `wanted` (staying is allowed)."""
    if wanted != now and wanted not in ARROWS[now]:
        raise StateError(recording=recording, state=now.value, wanted=wanted.value)
