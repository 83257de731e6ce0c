"""A real study of three recordings, each de-identified by the real rooms with the labels of those before it."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.records import (
    Attribution,
    Diarization,
    Redaction,
    Span,
    Transcription,
    Turn,
    Utterance,
    Word,
    to_json,
)
from pipeline.study.review_store import StudyReviewStore
from pipeline.study.study import Study
from pipeline.study.vault.states import Artifact, State
from tests.redacting import redact_finds
from tests.study.conftest import make_sound, take
from tests.verify.sample import timed_words

# Invented people. The second line of each is what the facilitator says.
SAID = {
    "R0001": ("I hurt my arm, arm, when Tess Quorn called.", "Arm? Tess is a falconer."),
    "R0002": ("So, arm, Quentin Ember rang.", "Then Ember, arm, left."),
    "R0003": ("The arm is Nerida's.", "Did Tess Quorn mark it?"),
}
NAMES = re.compile(r"Tess Quorn|Tess|Quentin Ember|Ember|Nerida")


def spans_of(texts: tuple[str, ...]) -> list[Span]:
    """A find for each of the names, and an unsure one for "mark"."""
    found = [
        Span(n, m.start(), m.end(), "PERSON", "direct", 0.95, "test", m[0])
        for n, text in enumerate(texts)
        for m in NAMES.finditer(text)
    ]
    unsure = [
        Span(n, m.start(), m.end(), "PERSON", "direct", 0.6, "test", "mark", reason="may be a verb")
        for n, text in enumerate(texts)
        for m in re.finditer(r"\bmark\b", text)
    ]
    return found + unsure


def redact_with(study: Study, said: tuple[Utterance, ...]) -> Redaction:
    """What de-identification leaves with the study's roster and labels so far."""
    texts = tuple(u.text for u in said)
    return redact_finds(said, spans_of(texts), roster=study.roster.load(), labels=study.labels.load())


def spoken(texts: tuple[str, ...]) -> tuple[Utterance, ...]:
    """Lines of 3 seconds each, by P01 and F01 in turns."""
    return tuple(
        Utterance(("P01", "F01")[n % 2], 3.0 * n, 3.0 * n + 3, text, timed_words(text, 3.0 * n, 3.0 * n + 3))
        for n, text in enumerate(texts)
    )


def add_recording(study: Study, folder: Path, recording: str, texts: tuple[str, ...]) -> None:
    """One more recording, ready for review."""
    make_sound(folder / f"{recording}.wav")
    take(study, folder / f"{recording}.wav")
    said = spoken(texts)
    words = tuple(Word(w.start, w.end, w.text) for u in said for w in u.words)
    redaction = redact_with(study, said)
    steps = (
        (Artifact.TRANSCRIPTION, Transcription(6.0, "en", "fake", "f", words), State.TRANSCRIBED),
        (Artifact.DIARIZATION, Diarization(6.0, (Turn(0.0, 3.0, "S1"), Turn(3.0, 6.0, "S2"))), None),
        (Artifact.ATTRIBUTION, Attribution(said, (("S1", "P01"), ("S2", "F01"))), State.ATTRIBUTED),
        (Artifact.REDACTION, redaction, State.REDACTED),
    )
    for kind, record, state in steps:
        study.keep(recording, kind, to_json(record), state=state, duration=6.0)
    study.labels.save(redaction.labels)


def fill(study: Study, folder: Path) -> Study:
    """The three recordings, and a roster of two."""
    study.roster.add("Nerida Vale", ("Neri",), "student", "P01")
    study.roster.add("Ines Opal", (), "facilitator", "F01")
    for recording, texts in SAID.items():
        add_recording(study, folder, recording, texts)
    return study


def review_store(study: Study) -> StudyReviewStore:
    """Its reviews, without sound."""
    return StudyReviewStore(study, lambda *_: None)  # type: ignore[arg-type, return-value]
