"""A name does not run on from one turn into the next: what another turn begins with has to be a name by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipeline.deidentify.dialogue import Dialogue
from pipeline.deidentify.merge import Candidate
from pipeline.language.lexicon import is_name, is_plain_word

_NAMES = frozenset({"PERSON", "LOCATION", "ORG", "NRP"})


def cut_at_turns(candidate: Candidate, dialogue: Dialogue) -> Iterator[Candidate]:
    """A candidate of a name by the turns it touches, without the turns in which it holds ordinary words alone."""
    pieces = list(dialogue.pieces(candidate.start, candidate.end))
    if candidate.type not in _NAMES or len(pieces) < 2:
        yield candidate
        return
    for turn, start, end in pieces:
        base = dialogue.starts[turn]
        words = [t.fold for t in dialogue.tokens if base + start <= t.start < base + end]
        if any(is_name(word) or not is_plain_word(word) for word in words):
            yield replace(candidate, start=base + start, end=base + end)
