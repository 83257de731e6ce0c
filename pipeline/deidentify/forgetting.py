"""The study's label map without the words that only a withdrawn recording held.

A label keeps no source, so what counts is use: it stays while another recording's transcript shows it or
replaced its words. The text of one that goes stays taken: what was exported may hold it, and two people never
share one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from pipeline.deidentify.entities import parse_entity
from pipeline.deidentify.people import parse_mention
from pipeline.identifiers import CLASSES
from pipeline.language.text import fold
from pipeline.records import Label, LabelMap, Surrogate

_IN_BRACKETS = re.compile(r"\[([^\[\]]+)\]")
_NUMBER = re.compile(r" \d+$")
_CODE = re.compile(r"[A-Z]{1,3}\d+")
_CLASS_WORDS = frozenset(kind.label for kind in CLASSES.values())

Worded = Label | Surrogate  # what of the map holds words that were said


@dataclass(frozen=True, slots=True)
class Used:
    """What another recording's transcript uses: its de-identified text, and the words that were replaced in it."""

    text: str = field(repr=False)
    words: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Use:
    """The same, read: the labels that a transcript shows, and the words that were replaced in it as the map holds them."""

    text: str = field(repr=False)
    shown: frozenset[str] = field(repr=False)
    said: frozenset[str] = field(repr=False)


def read_use(used: Used) -> Use:
    """What a transcript uses, to be compared with label maps."""
    said = frozenset(form for words in used.words for form in _forms(words))
    return Use(used.text, frozenset(_labels_in(used.text)), said)


def unused(labels: LabelMap, transcripts: Iterable[Used | Use]) -> frozenset[Worded]:
    """The labels, and the stand-ins for words, that none of the transcripts uses."""
    stand_ins = {s.original: s.text for s in labels.surrogates if not s.kind}
    left: list[Worded] = [*labels.labels, *(s for s in labels.surrogates if s.kind)]
    for each in transcripts:
        use = read_use(each) if isinstance(each, Used) else each
        left = [worded for worded in left if not _is_used(worded, use, stand_ins)]
    return frozenset(left)


def without(labels: LabelMap, gone: frozenset[Worded]) -> LabelMap:
    """The map without some of it; numbered labels stay taken."""
    return replace(
        labels,
        labels=tuple(label for label in labels.labels if label not in gone),
        surrogates=tuple(s for s in labels.surrogates if s not in gone),
        retired=retire(labels, (label.text for label in labels.labels if label in gone)),
    )


def retire(labels: LabelMap, texts: Iterable[str]) -> tuple[str, ...]:
    """What is retired of a map, with other labels nobody else may get."""
    return tuple(dict.fromkeys((*labels.retired, *filter(is_own, texts))))


def is_own(text: str) -> bool:
    """A label that means one alone: numbered, or written by a person; neither a class's word nor a participant's code."""
    return bool(_NUMBER.search(text)) or not (text in _CLASS_WORDS or _CODE.fullmatch(text))


def _is_used(each: Worded, use: Use, stand_ins: dict[str, str]) -> bool:
    if isinstance(each, Surrogate):
        return each.original in use.said or each.text in use.text
    if each.words in use.said:
        return True
    stand_in = stand_ins.get(each.text, "")
    return is_own(each.text) and (
        each.text in use.shown or any(part in use.text for part in stand_in.split())
    )


def _forms(words: str) -> set[str]:
    """Words as the map may hold them: of a name, of a thing, and as they were said."""
    mention, entity = parse_mention(words), parse_entity(words)
    return {" ".join(mention.tokens), " ".join(entity.tokens), " ".join(fold(words).split())}


def _labels_in(text: str) -> set[str]:
    """The labels a text shows; "[Person 2 or 3]" shows two."""
    labels: set[str] = set()
    for found in _IN_BRACKETS.findall(text):
        first, *others = found.split(" or ")
        word = _NUMBER.sub("", first)
        labels |= {first, *others, *(f"{word} {other}" for other in others)}
    return labels
