"""What a decision takes off the study's lists: words that are a name here in no place any more are none next week."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from pipeline.deidentify.classes import class_of
from pipeline.deidentify.entities import parse_entity
from pipeline.deidentify.forgetting import retire
from pipeline.deidentify.label_book import NAME
from pipeline.deidentify.people import parse_mention
from pipeline.language.text import fold
from pipeline.records import LabelMap
from pipeline.verify.decisions import Ids
from pipeline.verify.state import Line, Mark, ReviewedTranscript


def unlearn(
    before: ReviewedTranscript, after: ReviewedTranscript, marks: Ids, *, rejected: bool
) -> ReviewedTranscript:
    """The state after a decision on some marks, without the labels of words that no mark hides under that class now.

    What the words were called stays taken, and the study keeps what another recording still uses. Names that were to go
    to the roster and are `rejected` do not.
    """
    left = {_key(line, mark) for line in after.in_order() for mark in line.marks if mark.hides}
    decided = [found for name in marks if (found := before.find_mark(name)) is not None]
    gone = {
        (*_key(line, mark), mark.replacement[1:-1]) for line, mark in decided if _key(line, mark) not in left
    }
    after = replace(after, labels=_without(after.labels, gone))
    if rejected and after.additions:
        refused = {fold(line.words_of(mark)) for line, mark in decided}
        additions = tuple(each for each in after.additions if fold(each.name) not in refused)
        after = replace(after, additions=additions)
    return after


def _without(labels: LabelMap, gone: Collection[tuple[str, str, str]]) -> LabelMap:
    """The map less labels, by class, words and text; texts that nothing bears any more stay taken."""
    kept = tuple(x for x in labels.labels if (x.kind, x.words, x.text) not in gone)
    if len(kept) == len(labels.labels):
        return labels
    alive = {x.text for x in kept}
    spent = retire(labels, (x.text for x in labels.labels if x.text not in alive))
    return replace(labels, labels=kept, retired=spent)


def _key(line: Line, mark: Mark) -> tuple[str, str]:
    """A mark's class and words as the label map holds them."""
    words = line.words_of(mark)
    kind = class_of(mark.type, mark.tier, words).key
    said = parse_mention(words, line.text[: mark.start_char]) if kind == NAME else parse_entity(words)
    return kind, " ".join(said.tokens)
