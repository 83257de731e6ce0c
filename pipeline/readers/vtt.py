"""WebVTT: cue times, settings, voice tags and formatting stay; notes, styles and named cue ids go.

A cue's payload is read as visible characters (an entity such as &amp; is one) with tags between them, so
that words can be replaced without breaking a tag.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.errors import TranscriptFormatError
from pipeline.readers.base import Put, Replacements
from pipeline.readers.margins import Margin, find_margins
from pipeline.records import Utterance

_PIECE = re.compile(r"<(?P<tag>[^>]*)>|(?P<entity>&(?:#\d+|#x[\da-fA-F]+|\w+);)|(?P<char>.)", re.DOTALL)
_VOICE = re.compile(r"v(?:\.[^\s>]*)?\s+(?P<name>.*)", re.DOTALL)
_KEPT_TAGS = re.compile(r"/?(?:[biuv]|ruby|rt|c|lang)$|[\d:.]+$")


@dataclass(slots=True)
class _Voice:
    """One voice in a cue: visible characters as they are written, and tags by the character they precede."""

    speaker: str = field(default="", repr=False)
    tagged: bool = False
    chars: list[str] = field(default_factory=list, repr=False)
    tags: dict[int, str] = field(default_factory=dict, repr=False)
    margin: Margin | None = None
    utterance: int | None = None

    @property
    def visible(self) -> str:
        return "".join(_see(c) for c in self.chars)


@dataclass(frozen=True, slots=True)
class VttSource:
    """Cues, each with its voices."""

    utterances: tuple[Utterance, ...] = field(repr=False)
    cues: tuple[tuple[Any, tuple[_Voice, ...]], ...] = field(repr=False)

    def render(self, speakers: Mapping[str, str], replacements: Replacements) -> bytes:
        from webvtt import Caption, WebVTT

        captions = []
        for cue, voices in self.cues:
            text = "".join(_write(v, speakers, replacements) for v in voices)
            identifier = cue.identifier if (cue.identifier or "").isdigit() else None
            caption = Caption(cue.start, cue.end, text.split("\n"), identifier)
            if getattr(cue, "settings", ""):
                caption.settings = cue.settings
            captions.append(caption)
        text = str(WebVTT(captions=captions).content)
        return (text.rstrip("\n") + "\n").encode()


def read(text: str, path: Path) -> VttSource:
    """Read WebVTT; raises TranscriptFormatError when it is not."""
    import webvtt

    try:
        captions = webvtt.from_string(text).captions
    except (webvtt.errors.MalformedFileError, webvtt.errors.MalformedCaptionError):
        raise TranscriptFormatError(file=path, why="it is not WebVTT") from None
    cues = [(cue, tuple(_voices("\n".join(cue.lines)))) for cue in captions]
    _find_named_margins([v for _, voices in cues for v in voices])
    utterances: list[Utterance] = []
    for cue, voices in cues:
        for voice in voices:
            if said := _said(voice):
                voice.utterance = len(utterances)
                utterances.append(Utterance(voice.speaker, _seconds(cue.start), _seconds(cue.end), said))
    return VttSource(tuple(utterances), tuple(cues))


def _seconds(stamp: str) -> float:
    total = 0.0
    for part in stamp.split(":"):
        total = total * 60 + float(part)
    return total


def _see(written: str) -> str:
    """One visible character; a line break in a cue is a space of its sentence."""
    seen = html.unescape(written)
    return " " if seen in ("\n", "\xa0") or len(seen) != 1 else seen


def _said(voice: _Voice) -> str:
    """The words of a voice, margin left out; "" when there are none."""
    text = voice.visible[voice.margin.text_at if voice.margin else 0 :]
    return text if text.strip() else ""


def _voices(payload: str) -> Iterator[_Voice]:
    voice = _Voice()
    for m in _PIECE.finditer(payload):
        tag = m["tag"]
        if tag is None:
            voice.chars.append(m["entity"] or m["char"])
        elif spoken := _VOICE.fullmatch(tag):
            if voice.chars or voice.tagged:
                yield voice
            voice = _Voice(html.unescape(spoken["name"].strip()), tagged=True)
        elif _KEPT_TAGS.fullmatch(bare := tag.split(".")[0].split(" ")[0] if not tag[:1].isdigit() else tag):
            at = len(voice.chars)
            voice.tags[at] = voice.tags.get(at, "") + f"<{bare}>"
    yield voice


def _find_named_margins(voices: list[_Voice]) -> None:
    """Cues of tools that know no voice tags begin "Tom: ..."."""
    bare = [v for v in voices if not v.tagged]
    for voice, margin in zip(bare, find_margins([v.visible for v in bare]), strict=True):
        if margin:
            voice.speaker, voice.margin = margin.name, margin


def _write(voice: _Voice, speakers: Mapping[str, str], replacements: Replacements) -> str:
    name = html.escape(speakers.get(voice.speaker, voice.speaker), quote=False)
    puts = list(replacements.of(voice.utterance)) if voice.utterance is not None else []
    if voice.margin:
        moved = voice.margin.text_at
        puts = [(s + moved, e + moved, t) for s, e, t in puts]
        puts.insert(0, (voice.margin.start, voice.margin.end, name))
    lead = f"<v {name}>" if voice.tagged else ""
    return lead + _put_into(voice, puts)


def _put_into(voice: _Voice, puts: list[Put]) -> str:
    """The characters with replacements in place of some; every tag stays where it was."""
    out = []
    starts = {start: text for start, _, text in puts}
    gone = {at for start, end, _ in puts for at in range(start, end)}
    for at in range(len(voice.chars) + 1):
        out.append(voice.tags.get(at, ""))
        if at in starts:
            out.append(html.escape(html.unescape(starts[at]), quote=False))
        if at < len(voice.chars) and at not in gone:
            out.append(voice.chars[at])
    return "".join(out)
