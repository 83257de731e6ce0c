"""What an export may show of one recording, and nothing else.

An `ExportDocument` is built by the caller (a study, or a one-shot command) from de-identified
records. Its utterances may still carry recognised words: those serve for their times alone, and
no writer ever sees them (writers get a `Sheet`, see `pipeline.export.conventions`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pipeline import __version__
from pipeline.records import Utterance

CODE_PATTERN = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,62}")
_BREAKS = re.compile("[ \t\n\r\v\f\x1c-\x1f\x85\u2028\u2029]+")
# What XML 1.0 cannot hold, the other control characters, and byte order marks inside text.
_FORBIDDEN = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufeff]")
_NOT_CHARACTERS = re.compile("[\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Participant:
    """A line of the codebook: a code and a role, never a name.

    `quotable` and `archived`: whether they agreed to be quoted, and to be archived; None where nobody keeps that.
    """

    code: str
    role: str = ""
    quotable: bool | None = None
    archived: bool | None = None

    def __post_init__(self) -> None:
        if not CODE_PATTERN.fullmatch(self.code):
            raise ValueError("a participant's code must be letters and digits, such as P01")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along in a study package: a redaction report, a certificate, the audit export."""

    name: str
    content: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not self.name or self.name != clean(self.name) or re.search(r"[/\\:]|^\.", self.name):
            raise ValueError("an attachment's name must be a plain file name")


@dataclass(frozen=True, slots=True)
class ExportDocument:
    """One recording as exports may show it.

    `duration` and all times are seconds; `date` is whatever the policy lets out ("2026", "week 3")
    or empty. A document without `verified_by` is a draft. `read` says how far a person read it and how fast, `read_share`
    only how far ("87 %"); empty where there was no review. `models` names the models used, for
    example ("transcriber", "faster-whisper base"); `id` is the study's own, for its audit chain; `edition` says
    which version of an approved transcript it is and why, empty for the first. Raises ValueError for codes or times that
    cannot be.
    """

    recording: str
    duration: float
    utterances: tuple[Utterance, ...] = field(repr=False)
    participants: tuple[Participant, ...] = ()
    study: str = ""
    date: str = ""
    verified_by: str = ""
    verified_at: str = ""
    read: str = ""
    read_share: str = ""
    tool: str = "session-deid"
    version: str = __version__
    models: tuple[tuple[str, str], ...] = ()
    reports: tuple[Attachment, ...] = ()
    certificates: tuple[Attachment, ...] = ()
    id: str = ""
    edition: str = ""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.duration) and self.duration >= 0):
            raise ValueError("a recording's duration must be zero or more seconds")
        for spoken in self.utterances:
            if not (0 <= spoken.start <= spoken.end < math.inf):
                raise ValueError("an utterance's times must be ordered")
            if not CODE_PATTERN.fullmatch(spoken.participant):
                raise ValueError("a participant's code must be letters and digits, such as P01")
        if len({p.code for p in self.participants}) != len(self.participants):
            raise ValueError("two participants have one code")

    @property
    def draft(self) -> bool:
        """True while no person has verified the transcript."""
        return not self.verified_by

    @property
    def speakers(self) -> tuple[Participant, ...]:
        """The participants, followed by those who speak without being listed."""
        listed = {p.code for p in self.participants}
        spoken = dict.fromkeys(u.participant for u in self.utterances)
        return self.participants + tuple(Participant(code) for code in spoken if code not in listed)


def clean(text: str) -> str:
    """Make text that every format can hold: one paragraph, no control characters.

    Line breaks and tabs become a space, control characters and byte order marks go, halves of
    surrogate pairs become U+FFFD, and space around the text goes. All else stays as it is:
    macrons, emoji, right-to-left text with its marks, brackets.
    """
    text = _FORBIDDEN.sub("", text)
    return _NOT_CHARACTERS.sub("\ufffd", _BREAKS.sub(" ", text)).strip()


def seconds_to_ms(seconds: float) -> int:
    """Seconds as whole milliseconds."""
    return round(seconds * 1000)


def clock(seconds: float, *, digits: int = 0, mark: str = ".") -> str:
    """HH:MM:SS of a time in seconds, cut (not rounded) to `digits` of a second after `mark`."""
    ms = seconds_to_ms(seconds)
    minutes, rest = divmod(ms, 60_000)
    text = f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}"
    return text + (mark + f"{rest % 1000:03d}"[:digits] if digits else "")


def show_moment(at: str) -> str:
    """A time as people write it, 2031-05-04 12:00 UTC; what is no ISO 8601 time with an offset stays as it is."""
    try:
        moment = datetime.fromisoformat(at)
        return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if moment.tzinfo else at
    except (ValueError, OverflowError):
        return at


def in_order(utterances: Sequence[Utterance]) -> list[Utterance]:
    """Utterances by start time; those that start together keep their order."""
    return sorted(utterances, key=lambda u: u.start)
