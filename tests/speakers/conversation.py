"""Small made-up conversations and voices for the tests of pipeline.speakers."""

from __future__ import annotations

import random

from pipeline.records import Diarization, Person, Roster, Transcription, Turn, Utterance, Voiceprint, Word

GROUP = Roster(
    people=(
        Person("F01", "Ingrid Solvang", (), "facilitator"),
        Person("P01", "Mateo Rivas", ("Teo",), "student"),
        Person("P02", "Keziah Obuya", ("Kez",), "student"),
        Person("P03", "Dov Lerner", (), "student"),
    )
)


def words_of(text: str, start: float, seconds_a_word: float = 0.3) -> tuple[Word, ...]:
    """Words of a text, one after the other from `start`."""
    return tuple(
        Word(start + i * seconds_a_word, start + (i + 0.8) * seconds_a_word, word)
        for i, word in enumerate(text.split())
    )


def say(*lines: tuple[str, str]) -> tuple[Utterance, ...]:
    """Utterances of (speaker, text), half a second apart."""
    said, now = [], 1.0
    for speaker, text in lines:
        words = words_of(text, now, 0.6)
        said.append(Utterance(speaker, words[0].start, words[-1].end, text, words))
        now = words[-1].end + 0.5
    return tuple(said)


def turns_of(utterances: tuple[Utterance, ...]) -> tuple[Turn, ...]:
    """The turns behind utterances."""
    return tuple(Turn(u.start, u.end, u.participant) for u in utterances)


def voice(
    seed: int, *, like: int | None = None, near: float = 0.0, dimensions: int = 64
) -> tuple[float, ...]:
    """A direction of its own for each seed; with `like`, at cosine `near` to that other voice."""
    import numpy as np

    own = np.random.default_rng(seed).standard_normal(dimensions)
    if like is not None:
        other = np.array(voice(like, dimensions=dimensions))
        own = own - (own @ other) * other
        own = near * other + (1 - near**2) ** 0.5 * own / np.linalg.norm(own)
    own = own / np.linalg.norm(own)
    return tuple(float(x) for x in own)


def heard(
    speaker: str, seed: int, recording: int = 0, near: float = 0.9, seconds: float = 30.0
) -> Voiceprint:
    """A person's voiceprint on some day: at cosine `near` to that person's voice."""
    return Voiceprint(speaker, voice(1000 * (recording + 1) + seed, like=seed, near=near), seconds)


def session(utterances: tuple[Utterance, ...], *prints: Voiceprint) -> Diarization:
    """A recording's diarization with those turns and voiceprints."""
    return Diarization(max((u.end for u in utterances), default=0.0), turns_of(utterances), tuple(prints))


def transcription(words: tuple[Word, ...]) -> Transcription:
    """A transcription of those words."""
    return Transcription(max((w.end for w in words), default=0.0), "en", "test", "test", words)


def filler(seconds: float, seed: int) -> str:
    """Talk that names nobody, long enough for `seconds`."""
    vocabulary = ("well", "it", "was", "raining", "and", "the", "bus", "came", "late", "so", "we", "talked")
    return " ".join(random.Random(seed).choices(vocabulary, k=int(seconds / 0.6)))
