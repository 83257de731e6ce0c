"""The voices a study remembers: frozen, JSON-serialisable, sealed by the study (voiceprints are biometric).

Every local speaker of every learnt recording belongs to exactly one remembered voice. So the voices alone say
which code a speaker has, and a rename, merge or split changes every recording at once (`codes.relabel`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from pipeline.records import Claim
from pipeline.speakers.diarization.choice import VOICEPRINT_MODEL

ENROLLED = "enrolled"
UNLINKED = "S"  # the letter of voices that belong to no name yet
_LEAST_SECONDS_TO_STAND_FOR_A_VOICE = 8.0


@dataclass(frozen=True, slots=True)
class Remembered:
    """One local speaker of one recording. `mean` is empty when there was too little speech, or it was forgotten.

    `model` is the network the voiceprint is of: those of two networks cannot be compared. Earlier versions, which did not
    note it, knew one alone.
    """

    recording: str
    speaker: str
    seconds: float
    mean: tuple[float, ...] = field(default=(), repr=False)
    verified: bool = False
    model: str = VOICEPRINT_MODEL


@dataclass(frozen=True, slots=True)
class KnownVoice:
    """One person's voice: a code, where it was heard, and what was said about who it is.

    `key` never changes; `named` is True once the code belongs to a name; `confirmed` once a person said so.
    """

    key: str
    code: str
    named: bool = False
    confirmed: bool = False
    name: str = field(default="", repr=False)
    prints: tuple[Remembered, ...] = field(default=(), repr=False)
    claims: tuple[Claim, ...] = field(default=(), repr=False)

    @property
    def seconds(self) -> float:
        """Speech heard of this voice, over all recordings."""
        return sum(p.seconds for p in self.prints)

    @property
    def recordings(self) -> tuple[str, ...]:
        """The recordings it was heard in, in order."""
        return tuple(dict.fromkeys(p.recording for p in self.prints))

    def reference(self, model: str | None = None) -> tuple[tuple[float, ...], float] | None:
        """The voiceprint to compare with one of this network, and the seconds behind it; None when there is none.

        Without a network, of the one that heard the voice last.

        Verified recordings are averaged by seconds; while none is verified the first recording with enough
        speech stands alone, so that a wrong match cannot drag a voice away.
        """
        usable = [p for p in self.prints if p.mean]
        model = model or (usable[-1].model if usable else None)
        usable = [p for p in usable if p.model == model]
        verified = [p for p in usable if p.verified]
        if verified:
            return _average(verified)
        if not usable:
            return None
        enough = [p for p in usable if p.seconds >= _LEAST_SECONDS_TO_STAND_FOR_A_VOICE]
        chosen = enough[0] if enough else max(usable, key=lambda p: p.seconds)
        return chosen.mean, chosen.seconds


def _average(prints: Iterable[Remembered]) -> tuple[tuple[float, ...], float]:
    import numpy as np

    chosen = list(prints)
    lengths = [p.seconds for p in chosen]
    means = [np.asarray(p.mean) / max(1e-9, float(np.linalg.norm(p.mean))) for p in chosen]
    total = np.average(np.stack(means), axis=0, weights=[max(s, 0.1) for s in lengths])
    return tuple(float(x) for x in total / max(1e-9, float(np.linalg.norm(total)))), sum(lengths)


@dataclass(frozen=True, slots=True)
class KnownVoices:
    """All voices of a study, in order of first appearance. `retired` codes were given once and never are again."""

    voices: tuple[KnownVoice, ...] = field(default=(), repr=False)
    retired: tuple[str, ...] = ()

    @property
    def used_codes(self) -> frozenset[str]:
        """Every code that has been given."""
        return frozenset(v.code for v in self.voices) | frozenset(self.retired)

    def retiring(self, code: str) -> KnownVoices:
        """This with a code noted that nobody gets again."""
        return replace(self, retired=tuple(dict.fromkeys((*self.retired, code))))

    def with_code(self, code: str) -> KnownVoice | None:
        """The voice that has this code."""
        return next((v for v in self.voices if v.code == code), None)

    def with_key(self, key: str) -> KnownVoice | None:
        """The voice with this key."""
        return next((v for v in self.voices if v.key == key), None)

    def holding(self, recording: str, speaker: str) -> KnownVoice | None:
        """The voice a recording's local speaker belongs to."""
        return next(
            (v for v in self.voices for p in v.prints if (p.recording, p.speaker) == (recording, speaker)),
            None,
        )

    def replacing(self, voice: KnownVoice) -> KnownVoices:
        """This with the voice of the same key replaced, or added at the end."""
        if self.with_key(voice.key) is None:
            return replace(self, voices=(*self.voices, voice))
        return replace(self, voices=tuple(voice if v.key == voice.key else v for v in self.voices))

    def without(self, key: str) -> KnownVoices:
        """This without one voice."""
        return replace(self, voices=tuple(v for v in self.voices if v.key != key))

    def without_recording(self, recording: str) -> KnownVoices:
        """Everything learnt from a recording unlearnt; voices heard nowhere else go, unless confirmed."""
        kept = []
        for voice in self.voices:
            prints = tuple(p for p in voice.prints if p.recording != recording)
            claims = tuple(c for c in voice.claims if c.recording != recording)
            if prints or voice.confirmed or not voice.prints:
                kept.append(replace(voice, prints=prints, claims=claims))
        return replace(self, voices=tuple(kept))

    def unlearning(self, recording: str) -> KnownVoices:
        """This as if a recording had taught it nothing: its voiceprints, what was said in it about names, and names
        told nowhere else are gone. So is a voice heard nowhere else, whoever confirmed it; its code stays taken.
        """
        after = self
        for voice in self.voices:
            prints = tuple(p for p in voice.prints if p.recording != recording)
            if voice.prints and not prints:
                after = after.without(voice.key).retiring(voice.code)
                continue
            claims = tuple(c for c in voice.claims if c.recording != recording)
            told = any(c.name == voice.name for c in claims) or len(claims) == len(voice.claims)
            after = after.replacing(
                replace(voice, prints=prints, claims=claims, name=voice.name if told else "")
            )
        return after

    def next_key(self) -> str:
        """A key no voice has."""
        return f"v{1 + max((int(v.key[1:]) for v in self.voices), default=0)}"


def next_code(prefix: str, taken: Iterable[str], digits: int = 1) -> str:
    """The first code with this prefix above all those taken: next_code("P", ["P01"], 2) is "P02"."""
    numbers = [int(m[1]) for code in taken if (m := re.fullmatch(re.escape(prefix) + r"(\d+)", code))]
    return f"{prefix}{1 + max(numbers, default=0):0{digits}d}"
