"""Repairs to who is who, after the fact: pure functions over the remembered voices.

Each returns new `KnownVoices`; `codes.relabel` then brings the recordings' attributions up to date. They raise
ParticipantUnknownError and ParticipantCodeError.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from pipeline.errors import ParticipantCodeError, ParticipantUnknownError
from pipeline.records import Claim, Voiceprint
from pipeline.speakers.diarization.choice import VOICEPRINT_MODEL
from pipeline.speakers.matching import usable
from pipeline.speakers.voices import ENROLLED, KnownVoice, KnownVoices, Remembered, next_code

_ENROLLED_WEIGHT = 10.0


@dataclass(frozen=True, slots=True)
class Participant:
    """One line of `participants list`; holds no name."""

    code: str
    recordings: tuple[str, ...]
    seconds: float
    named: bool
    confirmed: bool
    voiceprint: bool


def list_participants(known: KnownVoices) -> tuple[Participant, ...]:
    """Everybody whose voice is remembered, by code."""
    return tuple(
        Participant(
            v.code,
            tuple(r for r in v.recordings if r != ENROLLED),
            v.seconds,
            v.named,
            v.confirmed,
            v.reference() is not None,
        )
        for v in sorted(known.voices, key=lambda v: v.code)
    )


def rename(known: KnownVoices, code: str, new: str) -> KnownVoices:
    """Give a voice another code: how a person says who S1 is. Refused when another voice has that code: merge."""
    voice = _voice(known, code)
    if new != code and known.with_code(new):
        raise ParticipantCodeError(code=new, why="another voice has it already (merge the two instead)")
    renamed = known.replacing(replace(voice, code=_checked(new), named=True, confirmed=True))
    return (
        renamed
        if new == code
        else replace(renamed, retired=tuple(c for c in known.retired if c != new)).retiring(code)
    )


def merge(known: KnownVoices, code: str, into: str) -> KnownVoices:
    """Two voices were one person: everything of `code` goes to `into`."""
    gone, kept = _voice(known, code), _voice(known, into)
    if gone.key == kept.key:
        raise ParticipantCodeError(code=code, why="it cannot be merged into itself")
    together = replace(
        kept,
        prints=_in_order(known, (*kept.prints, *gone.prints)),
        claims=(*kept.claims, *gone.claims),
        name=kept.name or gone.name,
        confirmed=True,
        named=kept.named or gone.named,
    )
    return known.replacing(together).without(gone.key).retiring(gone.code)


def split(known: KnownVoices, code: str, recording: str, *, speaker: str = "", new: str = "") -> KnownVoices:
    """One code was two people: in `recording` (or for one local speaker there) it was somebody else.

    That somebody becomes `new`, or the next free code of the same letter.
    """
    voice = _voice(known, code)
    moved = tuple(p for p in voice.prints if p.recording == recording and speaker in ("", p.speaker))
    if not moved:
        raise ParticipantUnknownError(code=code, where=f" in {recording}")
    if len(moved) == len(voice.prints):
        raise ParticipantCodeError(code=code, why="it was heard in no other place (rename it instead)")
    gone, stays = _parted(voice, moved)
    other = known.with_code(new) if new else None
    if other:
        prints = _in_order(known, (*other.prints, *moved))
        other = replace(other, prints=prints, claims=(*other.claims, *gone))
        return known.replacing(stays).replacing(other)
    letters = code.rstrip("0123456789")
    fresh = _checked(new) if new else next_code(letters, known.used_codes, digits=_digits(code))
    alone = KnownVoice(known.next_key(), fresh, bool(new), bool(new), prints=moved, claims=gone)
    return known.replacing(stays).replacing(alone)


def _parted(voice: KnownVoice, moved: Collection[Remembered]) -> tuple[tuple[Claim, ...], KnownVoice]:
    """What was claimed of the speakers that go, and the voice without them."""
    speakers = {(p.recording, p.speaker) for p in moved}
    gone = tuple(c for c in voice.claims if (c.recording, c.speaker) in speakers)
    prints = tuple(p for p in voice.prints if p not in moved)
    return gone, replace(voice, prints=prints, claims=tuple(c for c in voice.claims if c not in gone))


def forget(known: KnownVoices, code: str) -> KnownVoices:
    """Delete a participant's voiceprints and what was said about the name; past recordings keep the code.

    Later recordings can no longer be matched to this voice.
    """
    voice = _voice(known, code)
    prints = tuple(replace(p, mean=()) for p in voice.prints if p.recording != ENROLLED)
    return known.replacing(replace(voice, prints=prints, claims=(), name=""))


def enrol(
    known: KnownVoices, code: str, voiceprint: Voiceprint, *, model: str = VOICEPRINT_MODEL
) -> KnownVoices:
    """Remember a voice under a code before, or beside, what recordings teach (from a clip of that person).

    `model` is the network the voiceprint is of.
    """
    if not usable(voiceprint.mean):
        raise ParticipantCodeError(code=code, why="no speech was found in the clip")
    heard = Remembered(ENROLLED, ENROLLED, voiceprint.seconds, tuple(voiceprint.mean), True, model)
    voice = known.with_code(code) or KnownVoice(known.next_key(), _checked(code))
    before = tuple(p for p in voice.prints if p.recording != ENROLLED)
    claims = tuple(c for c in voice.claims if c.recording != ENROLLED)
    claim = Claim(ENROLLED, code, "enrolled", 0.0, _ENROLLED_WEIGHT, recording=ENROLLED)
    return known.replacing(
        replace(voice, named=True, confirmed=True, prints=(heard, *before), claims=(claim, *claims))
    )


def _voice(known: KnownVoices, code: str) -> KnownVoice:
    voice = known.with_code(code)
    if voice is None:
        raise ParticipantUnknownError(code=code, where="")
    return voice


def _checked(code: str) -> str:
    import re

    if not re.fullmatch(r"[A-Z]{1,3}\d{1,4}", code):
        raise ParticipantCodeError(code=code, why="a code must look like P01 or F01")
    return code


def _digits(code: str) -> int:
    return sum(c.isdigit() for c in code)


def _in_order(known: KnownVoices, prints: tuple[Remembered, ...]) -> tuple[Remembered, ...]:
    """Prints in the order their recordings were learnt."""
    order = {r: i for i, r in enumerate(dict.fromkeys(p.recording for v in known.voices for p in v.prints))}
    return tuple(sorted(prints, key=lambda p: (p.recording != ENROLLED, order.get(p.recording, 0))))
