"""AWS Transcribe's JSON: items (words and marks) with times, speakers in a list of their own.

Kept: items with their times and new content, speaker labels by time, the whole transcript written anew, audio
segments. Alternatives, job and account names go.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.errors import TranscriptFormatError
from pipeline.readers.base import Put, Replacements, Segment, put_into

_PAUSE_S = 2.0


@dataclass(frozen=True, slots=True)
class _Item:
    """One word or mark: its segment, its place in the segment's text."""

    segment: int
    start: int
    end: int
    source: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class AwsLayout:
    """The items by segment."""

    segments: tuple[Segment, ...] = field(repr=False)
    items: tuple[_Item, ...] = field(repr=False)
    notes: tuple[str, ...] = ()

    def write(self, speakers: Mapping[str, str], puts: Replacements) -> bytes:
        items: list[dict[str, Any]] = []
        for number, segment in enumerate(self.segments):
            mine = [item for item in self.items if item.segment == number]
            shown = speakers.get(segment.speaker, segment.speaker)
            items += _written(mine, segment.text, shown, puts.of(number))
        rows = [
            {
                "id": number,
                "transcript": put_into(s.text, puts.of(number)),
                "start_time": f"{s.start:g}",
                "end_time": f"{s.end:g}",
                "speaker_label": speakers.get(s.speaker, s.speaker),
            }
            for number, s in enumerate(self.segments)
        ]
        whole = " ".join(str(row["transcript"]) for row in rows)
        results = {"transcripts": [{"transcript": whole}], "items": items, "audio_segments": rows}
        return (
            json.dumps({"results": results, "status": "COMPLETED"}, ensure_ascii=False, indent=1) + "\n"
        ).encode()


def is_aws(document: Any) -> bool:
    """True for a document of AWS Transcribe."""
    results = document.get("results") if isinstance(document, dict) else None
    return isinstance(results, dict) and isinstance(results.get("items"), list)


def read(document: Any, path: Path, notes: Sequence[str]) -> AwsLayout:
    """Read it; raises TranscriptFormatError, which names the item and never quotes it."""
    results = document["results"]
    speakers = _speakers(results)
    segments: list[Segment] = []
    items: list[_Item] = []
    text, who, begin, last = "", "", 0.0, 0.0
    for number, source in enumerate(results["items"], 1):
        content = _content(source, number, path)
        start, end = _seconds(source, "start_time", last), _seconds(source, "end_time", last)
        speaker = source.get("speaker_label") or speakers.get(str(source.get("start_time")), who)
        is_mark = source.get("type") == "punctuation"
        if text and not is_mark and (speaker != who or start - last > _PAUSE_S):
            segments.append(Segment(who, begin, last, text))
            text = ""
        if not text:
            who, begin = str(speaker), start
        gap = "" if is_mark or not text else " "
        items.append(_Item(len(segments), len(text) + len(gap), len(text) + len(gap) + len(content), source))
        text, last = text + gap + content, max(last, end)
    if text:
        segments.append(Segment(who, begin, last, text))
    return AwsLayout(tuple(segments), tuple(items), tuple(notes))


def _content(source: Any, number: int, path: Path) -> str:
    try:
        content = source["alternatives"][0]["content"]
    except (KeyError, IndexError, TypeError):
        content = None
    if not isinstance(content, str) or not content:
        raise TranscriptFormatError(file=path, why=f"item {number} has no content")
    return content


def _seconds(source: Mapping[str, Any], key: str, otherwise: float) -> float:
    try:
        return float(source[key])
    except (KeyError, TypeError, ValueError):
        return otherwise


def _speakers(results: Mapping[str, Any]) -> dict[str, str]:
    """Speaker labels by an item's start, as older files have them."""
    labels = results.get("speaker_labels")
    rows = labels.get("segments") if isinstance(labels, dict) else None
    found: dict[str, str] = {}
    for row in rows if isinstance(rows, list) else []:
        for item in row.get("items", []):
            found[str(item.get("start_time"))] = str(item.get("speaker_label", row.get("speaker_label", "")))
    return found


def _written(
    items: Sequence[_Item], text: str, speaker: str, puts: Sequence[Put]
) -> Iterator[dict[str, Any]]:
    given: set[int] = set()
    for item in items:
        over = [n for n, (s, e, _) in enumerate(puts) if s < item.end and item.start < e]
        content = text[item.start : item.end]
        new: list[Put] = []
        for n in over:
            start, end, label = puts[n]
            new.append(
                (max(0, start - item.start), min(len(content), end - item.start), "" if n in given else label)
            )
        given.update(over)
        content = put_into(content, new)
        if content:
            times = {k: item.source[k] for k in ("start_time", "end_time") if k in item.source}
            kind = str(item.source.get("type", "pronunciation"))
            yield {**times, "type": kind, "alternatives": [{"content": content}], "speaker_label": speaker}
