"""Participants who left: what is told of recordings to come, and in which of them one is heard all the same.

A withdrawal reaches what there is. Whoever left must not be recorded any more, and no voiceprint of theirs is kept, so in
a later recording the computer cannot know them; once somebody says who it is, or their name in the talk does, it is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.study.requests import left_since
from pipeline.study.vault.states import WITHDRAWN_STATES
from pipeline.study.vault.study_key import Ring

if TYPE_CHECKING:
    from pipeline.study.study import Study

MUST_NOT = "{code} left (asked on {day}) and must not be recorded any more: no voiceprint is kept that would know their voice"
SPEAKS = (
    "{code} left (asked on {day}) and speaks in it: session-deid withdraw --participant {code} {recording} "
    "--reason consent-withdrawn"
)


@dataclass(frozen=True, slots=True)
class Gone:
    """A participant who left: the first day they asked on (ISO), and the later recordings in which they are heard."""

    participant: str
    asked: str
    heard: tuple[str, ...] = ()

    def __str__(self) -> str:
        return MUST_NOT.format(code=self.participant, day=self.asked)

    def say_of(self, recording: str) -> str:
        """What is told of a recording they are heard in."""
        return SPEAKS.format(code=self.participant, day=self.asked, recording=recording)


def who_left(study: Study) -> tuple[Gone, ...]:
    """Everybody who left the whole study; where they are heard is known to a key that opens the voices."""
    since = left_since(study)
    if not since:
        return ()
    heard = _heard(study, since) if study.key.opens(Ring.IDENTITY) else {}
    return tuple(Gone(code, day, heard.get(code, ())) for code, day in sorted(since.items()))


def say_left(gone: tuple[Gone, ...], recording: str) -> tuple[str, ...]:
    """What is told of one recording; nothing where nobody who left is heard in it."""
    return tuple(each.say_of(recording) for each in gone if recording in each.heard)


def _heard(study: Study, since: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The recordings taken in after the day somebody asked on in which a voice has their code."""
    rows = {row.id: row for row in study.recordings() if row.state not in WITHDRAWN_STATES}
    return {
        voice.code: tuple(
            each
            for each in voice.recordings
            if each in rows and came_after(rows[each].received_at, since[voice.code])
        )
        for voice in study.voices.load().voices
        if voice.code in since
    }


def came_after(received_at: str, day: str) -> bool:
    """Whether what was taken in at a moment came after a day (ISO), by this computer's clock."""
    return datetime.fromisoformat(received_at).astimezone().date().isoformat() > day
