"""The nouns every room shares. All frozen; whatever may identify a person is kept out of `repr`.

Times are seconds from the start of the recording. Character offsets count Python characters of one
utterance's text. Records hold facts only: they know neither the vault nor the ledger.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from pipeline.identifiers import Tier as Tier

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SAMPLE_RATE_HZ = 16_000

Action = Literal["remove", "generalise", "flag", "keep"]
Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class Audio:
    """Decoded sound: float32 mono samples in [-1, 1] at 16 kHz. Lives in memory only.

    `notes` tell a person what had to be decided in reading it (several tracks, a stretch that cannot be read).
    `level_dbfs` is how loud its loud parts were as recorded, before they were brought to level; None until measured.
    """

    samples: NDArray[np.float32] = field(repr=False)
    rate: int = SAMPLE_RATE_HZ
    notes: tuple[str, ...] = ()
    level_dbfs: float | None = None

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word; `text` carries no surrounding space, `probability` is in [0, 1].

    `alternative` is a name of the hints that explains the sound about as well as the text does; empty for
    nearly every word. `without_hint` is what was heard in a name's place when the recogniser had no hints, where
    only a hint explains the name (empty where nothing was heard); None for nearly every word. Neither leaves the
    vault: what is rebuilt for reading or export has none.
    """

    start: float
    end: float
    text: str = field(repr=False)
    probability: float = 1.0
    alternative: str = field(default="", repr=False)
    without_hint: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"a word's times must be ordered, got {self.start} to {self.end}")


@dataclass(frozen=True, slots=True)
class Transcription:
    """What a recogniser heard: words in order of time, not yet given to speakers.

    `notes` tell a person what may be wrong with it, without words of it. `level_dbfs` is how loud the recording's loud
    parts are, `noise_db` how far under them its quietest parts lie; None where there was no sound.
    """

    duration: float
    language: str
    engine: str
    model: str
    words: tuple[Word, ...] = field(repr=False)
    notes: tuple[str, ...] = ()
    level_dbfs: float | None = None
    noise_db: float | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One voice speaking without a break. `speaker` is local to the recording ("S1", "S2" ...)."""

    start: float
    end: float
    speaker: str

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a turn must have a length, got {self.start} to {self.end}")


@dataclass(frozen=True, slots=True)
class Voiceprint:
    """Statistics of one speaker's embeddings in one recording. Biometric: sealed, never exported."""

    speaker: str
    mean: tuple[float, ...] = field(repr=False)
    seconds: float
    spread: float = 0.0


@dataclass(frozen=True, slots=True)
class Diarization:
    """Who spoke when: turns ordered by start (turns of different speakers may overlap)."""

    duration: float
    turns: tuple[Turn, ...]
    voiceprints: tuple[Voiceprint, ...] = ()
    model: str = ""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One participant's words in one turn. `participant` is a code (P01, F01) or S1 while unlinked."""

    participant: str
    start: float
    end: float
    text: str = field(repr=False)
    words: tuple[Word, ...] = field(default=(), repr=False)
    overlap: bool = False


@dataclass(frozen=True, slots=True)
class Agreement:
    """One answer of a participant: "yes", "no" or empty (not asked), and the day it was given on (ISO, may be empty)."""

    answer: str = ""
    on: str = ""


@dataclass(frozen=True, slots=True)
class Consent:
    """What a participant agreed to: being recorded, quoted, archived, and a voiceprint of theirs being kept."""

    recording: Agreement = Agreement()
    quotation: Agreement = Agreement()
    archiving: Agreement = Agreement()
    voiceprint: Agreement = Agreement()


@dataclass(frozen=True, slots=True)
class Person:
    """A roster entry: a participant, or a person of the study's surroundings."""

    code: str
    name: str = field(repr=False)
    nicknames: tuple[str, ...] = field(default=(), repr=False)
    role: str = ""
    consent: Consent = Consent()


@dataclass(frozen=True, slots=True)
class Roster:
    """Who takes part, and other words to remove (`sites`, `staff`, `other`: places, teams, people).

    `known` are words that earlier recordings of the study have a label for, each with its type.
    """

    people: tuple[Person, ...] = field(default=(), repr=False)
    sites: tuple[str, ...] = field(default=(), repr=False)
    staff: tuple[str, ...] = field(default=(), repr=False)
    other: tuple[str, ...] = field(default=(), repr=False)
    known: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that speaks for an identifier: the rule (a recognizer or pass), its score (0 where it gives none),
    and a phrase for people, which holds no identified words."""

    rule: str
    score: float = 0.0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """An identifier in one utterance. `text` is what stands there; it never reaches a log.

    `action` is what the policy decided and `replacement` what will stand in its place (empty when
    nothing is replaced). `uncertain` puts it in the risk queue with `reason`, a phrase for people
    that holds no identified words. `evidence` is all that spoke for it, the leading find's first.
    """

    utterance: int
    start_char: int
    end_char: int
    type: str
    tier: Tier
    score: float
    found_by: str
    text: str = field(repr=False)
    action: Action = "remove"
    replacement: str = ""
    uncertain: bool = False
    reason: str = ""
    evidence: tuple[Evidence, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.start_char < self.end_char:
            raise ValueError(f"a span must have a length, got {self.start_char} to {self.end_char}")
        if len(self.text) != self.end_char - self.start_char:
            raise ValueError("a span's text and offsets disagree")


@dataclass(frozen=True, slots=True)
class Label:
    """What words of one class go by in the whole study: a participant's code, "Person 2", "Place 1".

    `kind` is the class's key (pipeline.identifiers), `words` are folded, `text` has no brackets: they come with
    the writing. One person may have several, one for each form of the name; `gender` is "f" or "m" where a
    title told it; `by_hand` says that a person gave it in a review.
    """

    kind: str
    words: str = field(repr=False)
    text: str
    gender: str = field(default="", repr=False)
    by_hand: bool = False

    @property
    def written(self) -> str:
        """As it stands in a transcript: [Person 2]."""
        return in_brackets(self.text)


WRITTEN_LABEL = re.compile(r"\[([^\[\]\n]{1,40})\]")


def in_brackets(label: str) -> str:
    """A label's text as it stands in a transcript."""
    return f"[{label}]"


@dataclass(frozen=True, slots=True)
class Surrogate:
    """An invented stand-in (`text`): of whatever bears a label, or, where `kind` is a class, of words said."""

    original: str = field(repr=False)
    text: str = field(repr=False)
    kind: str = ""


@dataclass(frozen=True, slots=True)
class LabelMap:
    """Which thing has which label, over a study, and what else is constant in it. Sealed.

    `retired` are texts whose words were forgotten, or that no longer mean anybody: nobody else may get them.
    `date_shift` is in days, 0 until one is drawn.
    """

    labels: tuple[Label, ...] = field(default=(), repr=False)
    retired: tuple[str, ...] = ()
    surrogates: tuple[Surrogate, ...] = field(default=(), repr=False)
    date_shift: int = 0

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Maps sealed by earlier versions are read too."""
        from pydantic_core import core_schema

        from pipeline.label_rows import read_rows

        return core_schema.no_info_before_validator_function(read_rows, handler(source))


@dataclass(frozen=True, slots=True)
class Redaction:
    """The outcome of de-identification: de-identified utterances, the spans behind them, the map.

    `left` are places that looked like identifiers and stand, each with the reason; `language` is the one the words were
    looked through in, empty where nobody said.
    """

    utterances: tuple[Utterance, ...]
    spans: tuple[Span, ...] = field(repr=False)
    labels: LabelMap = field(repr=False)
    policy: str = ""
    sensitivity: str = "balanced"
    left: tuple[Span, ...] = field(default=(), repr=False)
    language: str = ""


ClaimKind = Literal["introduced", "answered", "thanked", "named", "enrolled"]


@dataclass(frozen=True, slots=True)
class Claim:
    """One reason to believe (weight over 0) or not (under 0) that a local speaker has a roster code.

    `name` stands in for the code while there is no roster; `recording` is filled once it is remembered.
    """

    speaker: str
    code: str
    kind: ClaimKind
    at: float
    weight: float
    name: str = field(default="", repr=False)
    recording: str = ""


@dataclass(frozen=True, slots=True)
class SpeakerLink:
    """How a local speaker got its code: the remembered voice (its key, "" when new), and its name.

    `named` is True when the code belongs to a name: the roster's, or (in `name`) one learnt without a roster.
    """

    speaker: str
    code: str
    voice: str = ""
    score: float = 0.0
    named: bool = False
    name: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Attribution:
    """Words given to participants, with how each local speaker got its code.

    `codes` maps the recording's local speaker to a participant code; `evidence` says why, without
    names; `unsure` lists local speakers a person should confirm. `spoken_by` holds each utterance's local
    speaker, so that codes can be changed later; `links` and `claims` are what is remembered of this
    recording's speakers (sealed: claims may hold names).
    """

    utterances: tuple[Utterance, ...]
    codes: tuple[tuple[str, str], ...] = ()
    evidence: tuple[tuple[str, str], ...] = ()
    unsure: tuple[str, ...] = ()
    spoken_by: tuple[str, ...] = ()
    links: tuple[SpeakerLink, ...] = field(default=(), repr=False)
    claims: tuple[Claim, ...] = field(default=(), repr=False)


@cache
def _adapter(kind: Any) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


def to_json(record: object) -> bytes:
    """Serialise any record but Audio to JSON bytes (UTF-8)."""
    kind: Any = type(record)
    return bytes(_adapter(kind).dump_json(record))


def from_json(kind: type[Record], data: bytes) -> Record:
    """Read a record back; raises pydantic's ValidationError when the bytes do not fit."""
    exact: Any = kind
    record: Record = _adapter(exact).validate_json(data)
    return record


def speech_text(utterances: Sequence[Utterance]) -> str:
    """All utterances' text, a line each."""
    return "\n".join(u.text for u in utterances)
