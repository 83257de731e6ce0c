"""Who is who over the whole study: the voices with their likely names, and repairs, each noted in the audit chain.

Recordings not yet verified follow with the next run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.errors import ParticipantCodeError
from pipeline.records import Diarization, Person, Turn, Voiceprint, from_json, to_json
from pipeline.speakers import participants as repairs
from pipeline.speakers.consent import agreed
from pipeline.speakers.diarization.choice import VOICEPRINT_MODEL
from pipeline.speakers.voices import ENROLLED, KnownVoice, KnownVoices
from pipeline.study.requests import left_since
from pipeline.study.vault.states import Artifact

if TYPE_CHECKING:
    from pipeline.study.study import Study

SAMPLE_SECONDS = 8.0
CANDIDATES = 3


@dataclass(frozen=True, slots=True)
class Sample:
    """Where a voice can be heard alone: a recording and seconds in it."""

    recording: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Likely:
    """A name a voice may have, and why: kinds of what was said, how often, and how much that weighs."""

    code: str
    name: str = field(repr=False)
    why: tuple[tuple[str, int], ...] = ()
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice of the study, for a person who says who it is."""

    code: str
    name: str = field(repr=False)
    seconds: float
    recordings: tuple[str, ...]
    linked: bool
    confirmed: bool
    remembered: bool
    likely: tuple[Likely, ...] = field(default=(), repr=False)


def load_voices(study: Study) -> KnownVoices:
    """The voices the study remembers."""
    return study.voices.load()


def list_voices(study: Study) -> tuple[Voice, ...]:
    """Every voice; those nobody has named come first, the one that speaks most before the others."""
    people = {person.code: person for person in study.roster.load().people}
    found = [_describe(voice, people) for voice in load_voices(study).voices]
    return tuple(sorted(found, key=lambda voice: (voice.linked or voice.confirmed, -voice.seconds)))


def _describe(voice: KnownVoice, people: dict[str, Person]) -> Voice:
    person = people.get(voice.code)
    return Voice(
        voice.code,
        person.name if person else voice.name,
        voice.seconds,
        tuple(r for r in voice.recordings if r != ENROLLED),
        voice.named or person is not None,
        voice.confirmed,
        voice.reference() is not None,
        _likely(voice, people),
    )


def _likely(voice: KnownVoice, people: dict[str, Person]) -> tuple[Likely, ...]:
    """Names that what was said speaks for, the weightiest first."""
    weights: dict[tuple[str, str], float] = defaultdict(float)
    kinds: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for claim in voice.claims:
        person = people.get(claim.code)
        place = (claim.code, person.name if person else claim.name)
        weights[place] += claim.weight
        if claim.weight > 0:
            kinds[place][claim.kind] += 1
    best = sorted((p for p in weights if weights[p] > 0 and p[1]), key=lambda p: -weights[p])
    return tuple(
        Likely(code, name, tuple(sorted(kinds[code, name].items())), weights[code, name])
        for code, name in best[:CANDIDATES]
    )


def find_sample(study: Study, code: str, seconds: float = SAMPLE_SECONDS) -> Sample | None:
    """The longest stretch in which a voice speaks alone, in the newest recording that still has its sound."""
    voice = load_voices(study).with_code(code)
    for print_ in reversed(voice.prints if voice else ()):
        if print_.recording == ENROLLED or not study.has(print_.recording, Artifact.DIARIZATION):
            continue
        if not study.has(print_.recording, Artifact.SOURCE):
            continue
        heard = from_json(Diarization, study.artifact(print_.recording, Artifact.DIARIZATION))
        if alone := _alone(heard.turns, print_.speaker):
            longest = max(alone, key=lambda part: part[1] - part[0])
            return Sample(print_.recording, longest[0], min(longest[1], longest[0] + seconds))
    return None


def _alone(turns: Sequence[Turn], speaker: str) -> list[tuple[float, float]]:
    """The parts of a speaker's turns in which nobody else speaks."""
    others = sorted((t.start, t.end) for t in turns if t.speaker != speaker)
    parts: list[tuple[float, float]] = []
    for turn in (t for t in turns if t.speaker == speaker):
        at = turn.start
        for start, end in others:
            if end <= at or start >= turn.end:
                continue
            if start > at:
                parts.append((at, start))
            at = max(at, end)
        if at < turn.end:
            parts.append((at, turn.end))
    return parts


# --- repairs ------------------------------------------------------------------------------------


def rename(study: Study, code: str, new: str) -> None:
    """Give a voice another code: how a person says who S1 is."""
    _change(study, f"voice {code} renamed {new}", lambda known: repairs.rename(known, code, new))


def merge(study: Study, code: str, into: str) -> None:
    """Two voices are one person."""
    _change(study, f"voice {code} merged into {into}", lambda known: repairs.merge(known, code, into))


def say_who(study: Study, code: str, person: str) -> None:
    """A voice is a person of the roster: it gets that code, or joins the voice that has it already."""
    if person != code and load_voices(study).with_code(person):
        merge(study, code, person)
    else:
        rename(study, code, person)


def split(study: Study, code: str, recording: str, *, speaker: str = "", new: str = "") -> None:
    """In one recording (or for one local speaker of it) the voice was somebody else."""
    _change(
        study,
        f"voice {code} split in {recording}",
        lambda known: repairs.split(known, code, recording, speaker=speaker, new=new),
    )


def forget(study: Study, code: str) -> None:
    """Delete a voice's voiceprints: past recordings keep the code, later ones cannot be matched."""
    _change(study, f"voice {code} forgotten", lambda known: repairs.forget(known, code))


def enrol(study: Study, code: str, voiceprint: Voiceprint, *, model: str = VOICEPRINT_MODEL) -> None:
    """Remember a voice under a code, from a clip of that person alone; `model` is the network of the voiceprint.

    Raises ParticipantCodeError when that person did not agree to it, or left.
    """
    if code in left_since(study):
        raise ParticipantCodeError(code=code, why="they left: no voiceprint of theirs is kept")
    if agreed(study.roster.load(), code, "voiceprint") is False:
        raise ParticipantCodeError(code=code, why="they did not agree to a voiceprint being kept")
    _change(
        study, f"voice {code} enrolled", lambda known: repairs.enrol(known, code, voiceprint, model=model)
    )


def _change(study: Study, event: str, change: Callable[[KnownVoices], KnownVoices]) -> None:
    """Read the study's voices, change them, keep them: one transaction, noted in the audit chain."""
    with study.ledger.transaction():
        study.voices.write(to_json(change(load_voices(study))), event=event)
