"""JSON of transcription programs (json_forms, json_aws): rows of speech, written back with their times.

A row keeps its speaker, times, words (with their times) and text, and repeats of the text are written anew.
Any other key, at any depth, is left behind, since who knows what it holds: that is told, and where it holds
more than a trace of words that no row has, the file is refused.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.errors import TranscriptFormatError
from pipeline.readers import json_aws
from pipeline.readers.base import Layout, Put, Replacements, Segment, put_into
from pipeline.readers.clocks import times_in
from pipeline.readers.json_forms import OWN, Form, at, form_of
from pipeline.readers.wrapping import ends_sentence, names_end_here

_BREATH_S = 2.0
_NUMBERS = ("probability", "score", "confidence", "avg_logprob", "no_speech_prob", "channel")
_TRACE_SHARE = 0.02
_TRACE_WORDS = 20
_SENTENCE_WORDS = 4  # a text of fewer words is a name or a setting, not speech


@dataclass(frozen=True, slots=True)
class _Row:
    """A row as it came: which keys it has, and its list of words with their places in the text."""

    keys: Mapping[str, str]
    source: Mapping[str, Any] = field(repr=False)
    words: tuple[tuple[int, int, Mapping[str, Any]], ...] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class JsonLayout:
    """The rows, and the document's form."""

    form: Form
    document: Any = field(repr=False)
    segments: tuple[Segment, ...] = field(repr=False)
    rows: tuple[_Row, ...] = field(repr=False)
    notes: tuple[str, ...] = ()

    def write(self, speakers: Mapping[str, str], puts: Replacements) -> bytes:
        texts = [put_into(s.text, puts.of(i)) for i, s in enumerate(self.segments)]
        rows = [
            self._row(row, text, speakers, puts.of(i))
            for i, (row, text) in enumerate(zip(self.rows, texts, strict=True))
        ]
        root: Any = rows
        for key in reversed(self.form.rows):
            root = {key: root}
        if isinstance(root, dict):
            root |= {
                str(p[0]): "".join(_spaced(texts))
                for p in self.form.wholes
                if at(self.document, p) is not None
            }
            root |= {
                str(p[0]): [w for row in rows for w in row.get(self.form.words, [])]
                for p in self.form.word_lists
                if at(self.document, p) is not None
            }
            root |= _of_the_sound(self.document)
        return (json.dumps(root, ensure_ascii=False, indent=1) + "\n").encode()

    def _row(self, row: _Row, text: str, speakers: Mapping[str, str], puts: Sequence[Put]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for kind, key in row.keys.items():
            if kind == "text":
                made[key] = text
            elif kind == "speaker":
                made[key] = _named(row.source[key], speakers)
            else:
                made[key] = row.source[key]
        if row.words is not None:
            made[self.form.words] = list(_words(row.words, self.form, speakers, puts))
        return made


def read(text: str, path: Path, notes: Sequence[str] = ()) -> Layout:
    """Read a JSON transcript; raises TranscriptFormatError, which names the row and never quotes it."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise TranscriptFormatError(file=path, why="it is not valid JSON") from None
    if json_aws.is_aws(document):
        return json_aws.read(document, path, notes)
    form = form_of(document)
    if form is None:
        raise TranscriptFormatError(file=path, why="it has no list called utterances or segments")
    rows = at(document, form.rows) if form.rows else document
    segments: list[Segment] = []
    made: list[_Row] = []
    for number, source in enumerate(rows, 1):
        row, segment = _read_row(source, form, number, path, segments[-1] if segments else None)
        made.append(row)
        segments.append(segment)
    told = _left_behind(document, form, made, segments, path)
    return JsonLayout(form, document, tuple(segments), tuple(made), (*notes, *told))


def _read_row(
    source: Any, form: Form, number: int, path: Path, before: Segment | None
) -> tuple[_Row, Segment]:
    what = "utterance" if form is OWN else "row"
    if not isinstance(source, dict):
        raise TranscriptFormatError(file=path, why=f"{what} {number} has no text")
    keys = {}
    for kind, names in (
        ("speaker", form.speaker),
        ("start", form.start),
        ("end", form.end),
        ("text", form.text),
    ):
        key = next((k for k in names if source.get(k) is not None), None)
        if key is not None:
            keys[kind] = key
    if "text" not in keys or not isinstance(source[keys["text"]], str):
        raise TranscriptFormatError(file=path, why=f"{what} {number} has no text")
    said = source[keys["text"]]
    start = _time(source, keys.get("start"), form, f"{what} {number}", path)
    end = _time(source, keys.get("end"), form, f"{what} {number}", path)
    speaker = _speaker(source.get(keys.get("speaker", "")))
    begin = max(0.0, start or 0.0)
    goes_on = form.goes_on and before is not None and _goes_on(before, begin, said)
    row = _Row(keys, source, _found_words(source.get(form.words), said, form))
    return row, Segment(speaker, begin, max(begin, end or begin), said, goes_on)


def _goes_on(before: Segment, start: float, said: str) -> bool:
    near = start - before.end <= _BREATH_S
    return near and not ends_sentence(before.text) and not names_end_here(before.text, said)


def _speaker(value: Any) -> str:
    """Some programs number speakers, some nest a name."""
    if isinstance(value, dict):
        value = value.get("name") or value.get("label")
    if isinstance(value, int) and not isinstance(value, bool):
        return f"Speaker {value}"
    return value.strip() if isinstance(value, str) else ""


def _named(value: Any, speakers: Mapping[str, str]) -> Any:
    if isinstance(value, int):
        return value
    name = _speaker(value)
    return speakers.get(name, name)


def _time(source: Mapping[str, Any], key: str | None, form: Form, what: str, path: Path) -> float | None:
    if key is None:
        return None
    value = source[key]
    if isinstance(value, str) and (times := times_in(value)):
        return times[0]
    if isinstance(value, str) and re.fullmatch(r"\d+(?:\.\d+)?", value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TranscriptFormatError(file=path, why=f"{what} has a time that is no number of seconds")
    return float(value) / form.per_second


# --- words with their own times --------------------------------------------------------------------


def _word_key(word: Any, form: Form) -> str:
    return next((k for k in form.word if isinstance(word, dict) and isinstance(word.get(k), str)), "")


def _found_words(words: Any, said: str, form: Form) -> tuple[tuple[int, int, Mapping[str, Any]], ...] | None:
    """Each word with its place in the text; None where they do not tell the same."""
    if not isinstance(words, list) or not words:
        return None
    found, place = [], 0
    for word in words:
        key = _word_key(word, form)
        text = word[key].strip() if key else ""
        start = said.find(text, place) if text else -1
        if start < 0:
            return None
        place = start + len(text)
        found.append((start, place, word))
    return tuple(found)


def _words(
    words: Sequence[tuple[int, int, Mapping[str, Any]]],
    form: Form,
    speakers: Mapping[str, str],
    puts: Sequence[Put],
) -> Iterator[dict[str, Any]]:
    """The words as they are after replacing: of a word that is replaced the first piece carries the label."""
    given: set[int] = set()
    for start, end, word in words:
        over = [n for n, (s, e, _) in enumerate(puts) if s < end and start < e]
        key = _word_key(word, form)
        text = word[key].strip()
        if over:
            new = [
                (max(0, s - start), min(len(text), e - start), "" if n in given else t)
                for n in over
                for s, e, t in [puts[n]]
            ]
            given.update(over)
            text = put_into(text, new)
            if not text:
                continue
        made: dict[str, Any] = {key: (" " if word[key].startswith(" ") else "") + text}
        for name in (*form.start, *form.end, *_NUMBERS):
            if isinstance(word.get(name), int | float):
                made[name] = word[name]
        if isinstance(word.get("speaker"), str):
            made["speaker"] = _named(word["speaker"], speakers)
        yield made


# --- what is left behind ---------------------------------------------------------------------------


def _left_behind(
    document: Any, form: Form, rows: Sequence[_Row], segments: Sequence[Segment], path: Path
) -> list[str]:
    """What to tell of texts that no row has; raises TranscriptFormatError when that is more than a trace."""
    known = {id(row.source[k]) for row in rows for kind, k in row.keys.items() if kind in ("text", "speaker")}
    others = [t for t in _texts(document) if id(t) not in known and len(t.split()) >= _SENTENCE_WORDS]
    said = _tokens(" ".join(s.text for s in segments))
    unread, count = _unsaid(others, said), len(said)
    if unread > max(_TRACE_WORDS, _TRACE_SHARE * count):
        why = f"{unread} words of it stand where no {form.name} transcript has speech, so they would be lost"
        raise TranscriptFormatError(file=path, why=why)
    dropped = sum(1 for row in rows if row.words is None and row.source.get(form.words))
    told = [f"the word times of {dropped} rows do not fit their text and were left out"] if dropped else []
    return [*told, *([f"{unread} words outside the rows of speech were left out"] if unread else [])]


def _unsaid(texts: Sequence[str], said: Sequence[str]) -> int:
    """How many words of the texts nobody says."""
    known = set(said)
    return sum(token not in known for text in texts for token in _tokens(text))


def _texts(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _tokens(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _spaced(texts: Sequence[str]) -> Iterator[str]:
    """Texts joined as Whisper does: rows carry the space between them, others need one."""
    for number, text in enumerate(texts):
        yield text if number == 0 or text[:1].isspace() else f" {text}"


def _of_the_sound(document: Any) -> dict[str, Any]:
    """The language and the length, where they are given as such."""
    if not isinstance(document, dict):
        return {}
    seconds, code = document.get("audio_duration"), document.get("language")
    found: dict[str, Any] = {"audio_duration": seconds} if isinstance(seconds, int | float) else {}
    if isinstance(code, str) and re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z]{2,4})?", code):
        found["language"] = code
    return found
