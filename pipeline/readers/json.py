"""JSON: {"utterances": [{"speaker", "start", "end", "text"}]}; `participant` is taken for speaker.

Times may be left out. Any other key, at any depth, is left behind: who knows what it holds.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.errors import TranscriptFormatError
from pipeline.readers.base import Replacements, put_into
from pipeline.records import Utterance

_SPEAKER_KEYS = ("participant", "speaker")


@dataclass(frozen=True, slots=True)
class JsonSource:
    """Utterances, and which of the known keys each came with."""

    utterances: tuple[Utterance, ...] = field(repr=False)
    keys: tuple[tuple[str, ...], ...]

    def render(self, speakers: Mapping[str, str], replacements: Replacements) -> bytes:
        rows = []
        for index, (utterance, keys) in enumerate(zip(self.utterances, self.keys, strict=True)):
            values = {
                "speaker": speakers.get(utterance.participant, utterance.participant),
                "participant": speakers.get(utterance.participant, utterance.participant),
                "start": utterance.start,
                "end": utterance.end,
                "text": put_into(utterance.text, replacements.of(index)),
            }
            rows.append({key: values[key] for key in keys})
        return (json.dumps({"utterances": rows}, ensure_ascii=False, indent=1) + "\n").encode()


def read(text: str, path: Path) -> JsonSource:
    """Read a JSON transcript; raises TranscriptFormatError, which names the utterance and never quotes it."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise TranscriptFormatError(file=path, why="it is not valid JSON") from None
    rows = document.get("utterances") if isinstance(document, dict) else None
    if not isinstance(rows, list):
        raise TranscriptFormatError(file=path, why="it has no list called utterances")
    utterances, keys = [], []
    for number, row in enumerate(rows, 1):
        utterance, has = _read_row(row, number, path)
        utterances.append(utterance)
        keys.append(has)
    return JsonSource(tuple(utterances), tuple(keys))


def _read_row(row: Any, number: int, path: Path) -> tuple[Utterance, tuple[str, ...]]:
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise TranscriptFormatError(file=path, why=f"utterance {number} has no text")
    speaker_key = next((k for k in _SPEAKER_KEYS if isinstance(row.get(k), str)), None)
    times = {k: _seconds(row[k], number, path) for k in ("start", "end") if row.get(k) is not None}
    keys = tuple(k for k in (speaker_key, *times, "text") if k)
    start = times.get("start", 0.0)
    speaker = row[speaker_key].strip() if speaker_key else ""
    return Utterance(speaker, start, times.get("end", start), row["text"]), keys


def _seconds(value: Any, number: int, path: Path) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TranscriptFormatError(
            file=path, why=f"utterance {number} has a time that is no number of seconds"
        )
    return float(value)
