"""Material to review, made from the sample study's truth: what a pipeline that hears and finds all would leave."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from pipeline.records import Attribution, Audio, Person, Roster, Span, Utterance, Word
from pipeline.verify.store import Material, RecordingInfo
from tests.conftest import SAMPLES
from tests.redacting import redact_finds
from tests.verify.memory import MemoryStore


def load_truth(name: str = "session-s1") -> dict[str, Any]:
    """One recording's ground truth."""
    truth: dict[str, Any] = json.loads((SAMPLES / "truth" / f"{name}.json").read_text(encoding="utf-8"))
    return truth


def sample_roster() -> Roster:
    """The study's people under their codes."""
    lines = (SAMPLES / "roster.csv").read_text(encoding="utf-8").splitlines()[1:]
    rows = [line.split(",") for line in lines]
    return Roster(
        tuple(Person(c, n, tuple(filter(None, nick.split(";"))), role) for c, n, nick, role in rows)
    )


def timed_words(text: str, start: float, end: float) -> tuple[Word, ...]:
    """Words spread over an utterance by their letters."""
    words, at, rate = text.split(), 0, (end - start) / max(len(text), 1)
    made = []
    for word in words:
        at = text.index(word, at)
        made.append(Word(round(start + at * rate, 3), round(start + (at + len(word)) * rate, 3), word))
        at += len(word)
    return tuple(made)


def sample_material(name: str = "session-s1") -> Material:
    """Attribution and redaction of a sample recording: every fifth find uncertain, and what the policy flags."""
    truth = load_truth(name)
    roster = sample_roster()
    codes = {s["id"]: next(p.code for p in roster.people if p.name == s["name"]) for s in truth["speakers"]}
    utterances = tuple(
        Utterance(
            codes[u["speaker"]], u["start"], u["end"], u["text"], timed_words(u["text"], u["start"], u["end"])
        )
        for u in truth["utterances"]
    )
    order = sorted(set(codes.values()))
    attribution = Attribution(
        utterances,
        tuple((f"S{n + 1}", code) for n, code in enumerate(order)),
        tuple((f"S{n + 1}", "said their own name") for n in range(len(order))),
        (f"S{len(order)}",),
    )
    redaction = redact_finds(utterances, tuple(_finds(truth)), roster=roster)
    return Material(attribution, redaction, roster, truth["duration"])


def _finds(truth: dict[str, Any]) -> Iterator[Span]:
    """All that is to be found, every fifth find unsure."""
    number = 0
    for index, utterance in enumerate(truth["utterances"]):
        for found in utterance["identifiers"]:
            number += 1
            unsure = number % 5 == 0
            yield Span(
                index,
                found["start_char"],
                found["end_char"],
                found["type"],
                found["tier"],
                0.6 if unsure else 0.95,
                "sample",
                found["text"],
                uncertain=unsure,
                reason="only one detector found it" if unsure else "",
            )


def sample_sound(seconds: float) -> Audio:
    """A hum that swells like syllables: something to seek in, without anybody's voice."""
    t = np.arange(int(seconds * 16_000), dtype=np.float32) / 16_000
    return Audio((0.2 * np.sin(2 * np.pi * 140 * t) * np.abs(np.sin(2 * np.pi * 2 * t))).astype(np.float32))


def sample_store(*, sound: bool = True) -> MemoryStore:
    """Three recordings at different points of their way, and one that failed."""
    import time

    now = time.time()
    store = MemoryStore("Balint group, spring")
    for number, (name, state) in enumerate([("session-s1", "redacted"), ("session-s2", "in review")]):
        material = sample_material(name)
        info = RecordingInfo(name, name, state, material.duration, now - 86_400 * (2 + 7 * number))
        store.put(info, material, sample_sound(material.duration) if sound else None)
    store.put(RecordingInfo("session-s4", "session-s4", "sealed", 3605.0, now - 3600))
    store.put(
        RecordingInfo(
            "session-s5", "session-s5", "failed", 0.0, now - 7200,
            "The recording breaks off after 12 s of 3600 s. Copy it again from the recorder.", "transcribed",
        )
    )  # fmt: skip
    return store
