"""What every reader gives, and how replacements are handed back to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pipeline.records import Redaction, Utterance

Put = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Replacements:
    """For each utterance, by index: what to put where (start, end, text), in order and not overlapping."""

    by_utterance: Mapping[int, Sequence[Put]] = field(repr=False)

    def of(self, index: int) -> Sequence[Put]:
        """Those of one utterance."""
        return self.by_utterance.get(index, ())


class Source(Protocol):
    """A transcript that was read: its utterances, and itself again with other words in it."""

    @property
    def utterances(self) -> tuple[Utterance, ...]: ...

    def render(self, speakers: Mapping[str, str], replacements: Replacements) -> bytes:
        """The transcript in its own format: speakers renamed, words replaced, nothing else carried over."""
        ...


def replacements_of(redaction: Redaction) -> Replacements:
    """What a redaction puts where."""
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
