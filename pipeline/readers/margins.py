"""Speakers' names in the margin: "Tom W: ...", "P01  [00:01:23]  ...", "00:12 Tom: ...".

A margin is believed when its speaker is a code or role, when the same speaker comes again, or when most
lines have one and it is no ordinary word; otherwise "Plan: see her again" would make a speaker of Plan. What is not believed stays
part of the text, where it is read like any other words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.deidentify.dialogue import fold
from pipeline.deidentify.words import is_plain_word

_TIME = r"(?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?"
_CLOCK = rf"[\[(<]?{_TIME}(?:\s*(?:-->?|–|to)\s*{_TIME})?[\])>]?"
_NAME = r"[^\W\d_][^:\[\]()<>\t\n]{0,39}?|[A-Z]{1,3}\d{1,3}|\[[^\]\n]{1,39}\]"
_PATTERNS = (
    # 00:01:23 Tom: text | [00:01:23] Tom: text
    re.compile(rf"(?P<lead>\s*{_CLOCK}[\s,–-]+)(?P<name>{_NAME})(?P<tail>\s*:(?:\s+|$))"),
    # P01  [00:01:23]  text | Tom (00:12): text | Tom  00:12
    re.compile(rf"(?P<lead>\s*)(?P<name>{_NAME})(?P<tail>[\s,–-]+{_CLOCK}\s*:?(?:\s+|$))"),
    # Tom: text
    re.compile(rf"(?P<lead>\s*)(?P<name>{_NAME})(?P<tail>\s*:(?:\s+|$))"),
)
_CLOCK_ALONE = re.compile(rf"\s*{_CLOCK}\s*$")
_FIRST_TIME = re.compile(_TIME)

# Who speaks, without saying who it is: codes, numbered speakers, roles.
_CODE = re.compile(r"\[?(?:[A-Z]{1,3}[-_ ]?\d{1,4}|SPEAKER[_ ]?\d+|[IRQAM])\]?")
_ROLES = frozenset(
    [
        "doctor",
        "dr",
        "gp",
        "patient",
        "nurse",
        "therapist",
        "counsellor",
        "counselor",
        "clinician",
        "consultant",
        "registrar",
        "interviewer",
        "interviewee",
        "facilitator",
        "moderator",
        "participant",
        "speaker",
        "student",
        "tutor",
        "teacher",
        "researcher",
        "respondent",
        "client",
        "mother",
        "father",
        "mum",
        "dad",
        "parent",
        "carer",
        "child",
        "son",
        "daughter",
        "husband",
        "wife",
        "partner",
        "family",
        "group",
        "all",
        "several",
        "unknown",
        "unidentified",
        "voice",
        "female",
        "male",
        "man",
        "woman",
        "host",
        "guest",
        "observer",
        "interpreter",
        "supervisor",
        "trainee",
        "question",
        "answer",
        "coordinator",
        "assistant",
        "chair",
        "examiner",
        "candidate",
        "physician",
        "surgeon",
        "psychiatrist",
        "psychologist",
        "person",
        "the",
        "first",
        "second",
        "third",
        "other",
        "new",
    ]
)
_MOST = 0.5


@dataclass(frozen=True, slots=True)
class Margin:
    """A line's beginning: all of it up to the words, with the speaker's place in it, and its time if any."""

    name: str = field(repr=False)
    start: int
    end: int
    text_at: int
    seconds: float | None = None


def is_anonymous(speaker: str) -> bool:
    """True for what names nobody: "", P01, S1, Speaker 2, SPEAKER_00, doctor, Interviewer 1, [Person 2]."""
    bare = speaker.strip().strip("[]").strip()
    if not bare or _CODE.fullmatch(bare):
        return True
    return all(word in _ROLES or word.isdigit() for word in re.split(r"[\s_.#/-]+", bare.casefold()) if word)


def find_margins(lines: Sequence[str]) -> list[Margin | None]:
    """The margin of each line, None for a line without one."""
    found = [_match(line) for line in lines]
    full = sum(1 for line in lines if line.strip())
    marked = [m.name.casefold() for m in found if m]
    if not marked:
        return found
    often = Counter(marked)
    most = len(marked) >= _MOST * full

    def is_speaker(name: str) -> bool:
        return often[name.casefold()] > 1 or is_anonymous(name) or (most and not _is_heading(name))

    return [m if m and is_speaker(m.name) else None for m in found]


def _is_heading(name: str) -> bool:
    """Ordinary words alone: "Date: ...", "Summary: ..."."""
    return all(is_plain_word(fold(word)) for word in re.findall(r"[^\W\d_]+", name))


def is_clock(line: str) -> bool:
    """True for a line that holds a time and nothing else."""
    return bool(_CLOCK_ALONE.fullmatch(line))


def _match(line: str) -> Margin | None:
    for pattern in _PATTERNS:
        if (m := pattern.match(line)) and len(m["name"].split()) <= 4:
            return Margin(m["name"], m.start("name"), m.end("name"), m.end(), _seconds(line[: m.end()]))
    return None


def _seconds(lead: str) -> float | None:
    clock = _FIRST_TIME.search(lead)
    if clock is None:
        return None
    total = 0.0
    for part in clock[0].replace(",", ".").split(":"):
        total = total * 60 + float(part)
    return total


def names_of(margins: Iterable[Margin | None]) -> list[str]:
    """The speakers that were named, in order, each once."""
    return list(dict.fromkeys(m.name for m in margins if m))
