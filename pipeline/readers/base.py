"""What readers have in common: what a file was read into, and how replacements are handed back to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pipeline.records import Redaction

Put = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Replacements:
    """For each text, by index: what to put where (start, end, text), in order and not overlapping."""

    by_index: Mapping[int, Sequence[Put]] = field(repr=False)

    def of(self, index: int) -> Sequence[Put]:
        """Those of one text."""
        return self.by_index.get(index, ())


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of speech as the file holds it: a line, a cue, a row. Characters are the file's own.

    `speaker` is as the file names them, "" where it does not; times are seconds, 0.0 where there are none.
    `goes_on` says that it may be in the middle of what the segment before it began to say.
    """

    speaker: str = field(repr=False)
    start: float
    end: float
    text: str = field(repr=False)
    goes_on: bool = False


class Layout(Protocol):
    """A file of one format: its segments, and itself again with other words in them."""

    @property
    def segments(self) -> Sequence[Segment]: ...

    @property
    def notes(self) -> Sequence[str]:
        """What a person should know of the reading (what was left behind, say), without words of the file."""
        ...

    def write(self, speakers: Mapping[str, str], puts: Replacements) -> bytes:
        """The file in its own format: speakers renamed, words replaced by segment, nothing else carried over.

        It writes into what was read: once for each reading.
        """
        ...


def replacements_of(redaction: Redaction) -> Replacements:
    """What a redaction puts where, by utterance."""
    found: dict[int, list[Put]] = defaultdict(list)
    for span in redaction.spans:
        if span.replacement:
            found[span.utterance].append((span.start_char, span.end_char, span.replacement))
    return Replacements({index: sorted(puts) for index, puts in found.items()})


def put_into(text: str, puts: Sequence[Put]) -> str:
    """A text with replacements put in."""
    out, at = [], 0
    for start, end, new in puts:
        out += [text[at:start], new]
        at = end
    return "".join([*out, text[at:]])
