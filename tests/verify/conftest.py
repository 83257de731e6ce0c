"""A small recording to review, in memory."""

from __future__ import annotations

import pytest

from pipeline.records import Attribution, Person, Roster, Span, Utterance
from pipeline.verify.decisions import Decision, Event
from pipeline.verify.session import ReviewSession
from pipeline.verify.state import ReviewedTranscript, begin_review
from pipeline.verify.steps import take_step
from pipeline.verify.store import Material, RecordingInfo
from tests.redacting import redact_finds
from tests.verify.memory import MemoryStore
from tests.verify.sample import timed_words

# Invented people; the words are chosen so that each decision has something to bite on.
SAID = [
    ("F01", 0.0, 4.0, "Thanks Nerida, shall we start?"),
    ("P01", 4.0, 9.0, "Nerida here. I saw Tess Quorn and she's a falconer."),
    ("P02", 9.0, 12.0, "Quorn? I will mark that. Nerrida, go on."),
    ("S3", 12.0, 15.0, "Mm, yes, Tess again."),
]
ROSTER = Roster(
    (Person("F01", "Ines Opal", (), "facilitator"), Person("P01", "Nerida Vale", ("Neri",), "student"))
)


def span(utterance: int, text: str, kind: str, **more: object) -> Span:
    """A find: the first place where a text stands in an utterance."""
    at = SAID[utterance][3].index(text)
    facts: dict[str, object] = {"tier": "direct", "score": 0.9, "found_by": "names"}
    return Span(utterance, at, at + len(text), kind, text=text, **{**facts, **more})  # type: ignore[arg-type]


def small_material() -> Material:
    """Four lines, five spans (two open questions), one voice to confirm."""
    utterances = tuple(Utterance(p, s, e, t, timed_words(t, s, e)) for p, s, e, t in SAID)
    finds = (
        span(0, "Nerida", "PERSON"),
        span(1, "Nerida", "PERSON"),
        span(1, "Tess Quorn", "PERSON"),
        span(1, "falconer", "PROFESSION", tier="quasi", score=0.7),
        span(2, "mark", "PERSON", score=0.6, reason="may be a verb"),
    )
    attribution = Attribution(
        utterances, (("S1", "F01"), ("S2", "P01"), ("S3", "S3")), (("S1", "was thanked by name"),), ("S1",)
    )
    return Material(attribution, redact_finds(utterances, finds, roster=ROSTER), ROSTER, 15.0)


@pytest.fixture
def material() -> Material:
    """The small recording."""
    return small_material()


@pytest.fixture
def state(material: Material) -> ReviewedTranscript:
    """Its review before any decision."""
    return begin_review(material.attribution, material.redaction, material.roster, material.duration)


@pytest.fixture
def store(material: Material) -> MemoryStore:
    """A store that holds it, with the lease taken by `me`."""
    store = MemoryStore("A study")
    store.put(RecordingInfo("r1", "week one", "redacted", 15.0), material)
    store.take_lease("r1", "me", "Sam")
    return store


@pytest.fixture
def review(store: MemoryStore) -> ReviewSession:
    """The recording under review."""
    return ReviewSession(store, "r1", clock=lambda: "2030-01-02T03:04:05+00:00")


def step(state: ReviewedTranscript, decision: Decision, number: int = 1) -> ReviewedTranscript:
    """The state after one decision of Sam's."""
    return take_step(state, Event(number, "2030-01-02T03:04:05+00:00", "Sam", decision))


def text_of(state: ReviewedTranscript, line: str) -> str:
    """What a reader sees of a line."""
    from pipeline.verify.final import redacted_text

    return redacted_text(state.lines[line])
