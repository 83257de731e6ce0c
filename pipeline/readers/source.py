"""A transcript that was read: its utterances as they are looked at, and itself again with other words in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.readers.base import Layout, Put, Replacements, Segment
from pipeline.readers.look import Seen, look
from pipeline.records import Utterance

LONGEST_CHARACTERS = 1000  # a sentence that runs on for longer is cut at a segment's end
_SOFT_HYPHEN = "\N{SOFT HYPHEN}"


@dataclass(frozen=True, slots=True)
class _Part:
    """One segment in an utterance: where its text begins there."""

    segment: int
    seen: Seen = field(repr=False)
    at: int


class Source:
    """A transcript that was read.

    Segments in the middle of a sentence (cues, wrapped lines) are one utterance, so that a name over a line's
    end is seen whole; a replacement is written into the segment it begins in.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._parts = [list(group) for group in _grouped(layout.segments)]
        self.utterances = tuple(self._utterance(parts) for parts in self._parts)

    def __repr__(self) -> str:
        return f"Source({len(self.utterances)} utterances)"

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know of the reading."""
        return tuple(self.layout.notes)

    def render(self, speakers: Mapping[str, str], replacements: Replacements) -> bytes:
        """The transcript in its own format: speakers (as utterances name them) renamed, words replaced by
        utterance, nothing else carried over. Once for each reading."""
        puts: dict[int, list[Put]] = defaultdict(list)
        for index in range(len(self.utterances)):
            for start, end, text in replacements.of(index):
                self._place(index, start, end, text, puts)
        named = {s.speaker: speakers.get(name_of(s.speaker), s.speaker) for s in self.layout.segments}
        return self.layout.write(named, Replacements({i: _apart(p) for i, p in puts.items()}))

    def places(self, utterance: int, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Where a place of an utterance stands in the file: (segment, start, end), for each segment it touches."""
        for part in self._parts[utterance]:
            lo, hi = max(0, start - part.at), min(len(part.seen.text), end - part.at)
            if lo < hi:
                for first, last in part.seen.places(lo, hi):
                    yield part.segment, first, last

    def _place(self, index: int, start: int, end: int, text: str, puts: dict[int, list[Put]]) -> None:
        given: set[int] = set()
        for number, first, last in self.places(index, start, end):
            whole = self.layout.segments[number].text
            begun = bool(given)
            if begun and not whole[:first].strip():  # its words begin behind the name that ends here
                last += len(whole[last:]) - len(whole[last:].lstrip())
            emptied = number not in given and not (whole[:first] + whole[last:]).strip()
            puts[number].append((first, last, "" if begun and not emptied else text))
            given.add(number)

    def _utterance(self, parts: Sequence[_Part]) -> Utterance:
        segments = [self.layout.segments[p.segment] for p in parts]
        text = ""
        for part in parts:
            text += " " * (part.at - len(text)) + part.seen.text
        first, last = segments[0], segments[-1]
        return Utterance(name_of(first.speaker), first.start, max(first.start, last.end), text)


def name_of(speaker: str) -> str:
    """A speaker's name as it is looked at: composed, single spaces."""
    return " ".join(look(speaker).text.split())


def _grouped(segments: Sequence[Segment]) -> Iterator[list[_Part]]:
    """Segments by utterance."""
    group: list[_Part] = []
    for number, segment in enumerate(segments):
        seen = look(segment.text)
        at = 0
        if group:
            before = segments[group[-1].segment]
            at = group[-1].at + len(group[-1].seen.text) + (not before.text.rstrip().endswith(_SOFT_HYPHEN))
            if not _joins(before, segment, at):
                yield group
                group, at = [], 0
        group.append(_Part(number, seen, at))
    if group:
        yield group


def _joins(before: Segment, segment: Segment, at: int) -> bool:
    return (
        segment.goes_on
        and at + len(segment.text) <= LONGEST_CHARACTERS
        and name_of(segment.speaker) == name_of(before.speaker)
    )


def _apart(puts: Iterable[Put]) -> list[Put]:
    """In order, none over another (two finds may share a letter that is written as one character)."""
    kept: list[Put] = []
    for start, end, text in sorted(puts):
        begin = max(start, kept[-1][1]) if kept else start
        kept.append((begin, max(begin, end), text))
    return kept
