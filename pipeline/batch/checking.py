"""Whether what a stage left is a record of that stage, with sane numbers: what is kept once is read for ever."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from pydantic import ValidationError

from pipeline.batch.job import HeavyStage
from pipeline.records import Diarization, Transcription, from_json
from pipeline.transcribe.languages import LANGUAGES

MOST_SECONDS = 48 * 3600.0  # longer than any recording a decoder gives
SLACK_S = 60.0  # a recogniser's last window may reach beyond the end of the sound
WORDS_A_SECOND = 50
TURNS_A_SECOND = 50
WORD_MOST_CHARACTERS = 1000
PRINT_MOST_NUMBERS = 4096
NAME = re.compile(r"[\w.\-+/:, ()]{0,120}", re.ASCII)
SPEAKER = re.compile(r"S\d{1,4}")
SPARE_COUNT = 1000


class StrangeRecordError(ValueError):
    """Not a record of this stage, or its numbers cannot be."""


def check_record(
    stage: HeavyStage, data: bytes, known_duration: float | None, chosen: str | None = None
) -> float:
    """The length in seconds of the sound a record is about; raises StrangeRecordError.

    `known_duration` is what was kept with another record of the same recording; `chosen` the language that was asked for,
    None where it was to be heard.
    """
    try:
        if stage in ("transcribe", "align"):
            duration = _check_words(from_json(Transcription, data), chosen)
        else:
            duration = _check_turns(from_json(Diarization, data))
    except (ValidationError, RecursionError):
        raise StrangeRecordError(stage) from None
    if known_duration is not None and abs(duration - known_duration) > 1.0:
        raise StrangeRecordError(stage)
    return duration


def _check_words(heard: Transcription, chosen: str | None) -> float:
    end = _end_of(heard.duration)
    named = (heard.engine, heard.model)
    _need(heard.language in ({chosen} if chosen else LANGUAGES) and all(map(NAME.fullmatch, named)))
    _need(_finite(tuple(each for each in (heard.level_dbfs, heard.noise_db) if each is not None)))
    _need(len(heard.words) <= SPARE_COUNT + WORDS_A_SECOND * heard.duration)
    for word in heard.words:
        _need(_finite((word.start, word.end, word.probability)) and word.end <= end)
        _need(
            max(len(word.text), len(word.alternative), len(word.without_hint or "")) <= WORD_MOST_CHARACTERS
        )
    return heard.duration


def _check_turns(spoken: Diarization) -> float:
    end = _end_of(spoken.duration)
    _need(NAME.fullmatch(spoken.model) is not None)
    _need(len(spoken.turns) <= SPARE_COUNT + TURNS_A_SECOND * spoken.duration)
    for turn in spoken.turns:
        _need(
            _finite((turn.start, turn.end))
            and turn.end <= end
            and SPEAKER.fullmatch(turn.speaker) is not None
        )
    for each in spoken.voiceprints:
        _need(SPEAKER.fullmatch(each.speaker) is not None and len(each.mean) <= PRINT_MOST_NUMBERS)
        _need(_finite((*each.mean, each.seconds, each.spread)) and min(each.seconds, each.spread) >= 0)
    return spoken.duration


def _end_of(duration: float) -> float:
    _need(math.isfinite(duration) and 0 < duration <= MOST_SECONDS)
    return duration + SLACK_S


def _finite(numbers: Iterable[float]) -> bool:
    return all(math.isfinite(number) for number in numbers)


def _need(holds: bool) -> None:
    if not holds:
        raise StrangeRecordError
