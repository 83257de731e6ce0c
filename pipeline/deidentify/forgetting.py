"""The study's label map without the words that only a withdrawn recording held.

A row keeps no source, so what counts is use: a row stays while another recording's transcript shows its label
or replaced its words. The label of one that goes stays taken: what was exported may hold it, and two people never
share one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from pipeline.deidentify.labels import RETIRED
from pipeline.deidentify.stand_ins import SHIFT, SURROGATE
from pipeline.records import LabelMap

WORDLESS = frozenset({SURROGATE, SHIFT, RETIRED})  # kinds whose rows hold no word that was said
_IN_BRACKETS = re.compile(r"\[([^\[\]]+)\]")
_NUMBER = re.compile(r" \d+$")

Row = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Used:
    """What another recording's transcript uses: its de-identified text, and the words that were replaced in it."""

    text: str = field(repr=False)
    words: tuple[str, ...] = field(default=(), repr=False)


def unused_rows(labels: LabelMap, transcripts: Iterable[Used]) -> frozenset[Row]:
    """The rows with words that none of the transcripts uses."""
    stand_ins = {label: name for kind, label, name in labels.labels if kind == SURROGATE}
    left = [row for row in labels.labels if row[0] not in WORDLESS]
    for used in transcripts:
        shown, said = _labels_in(used.text), {" ".join(w.casefold().split()) for w in used.words}
        left = [row for row in left if not _is_used(row, used.text, shown, said, stand_ins)]
    return frozenset(left)


def without_rows(labels: LabelMap, gone: frozenset[Row]) -> LabelMap:
    """The labels without some rows; their numbered labels stay taken."""
    kept = [row for row in labels.labels if row not in gone]
    names = [row[2].strip("[]") for row in labels.labels if row in gone]
    retired = [(RETIRED, name, name) for name in names if _NUMBER.search(name)]
    return LabelMap(tuple(dict.fromkeys((*kept, *retired))))


def _is_used(row: Row, text: str, shown: set[str], said: set[str], stand_ins: dict[str, str]) -> bool:
    kind, words, label = row
    if words.partition("|")[0].casefold() in said:
        return True
    if kind.startswith(f"{SURROGATE}-"):
        return label in text
    bare = label.strip("[]")
    stand_in = stand_ins.get(bare, "")
    return bool(_NUMBER.search(bare)) and (bare in shown or any(part in text for part in stand_in.split()))


def _labels_in(text: str) -> set[str]:
    """The labels a text shows; "[Person 2 or 3]" shows two."""
    labels: set[str] = set()
    for found in _IN_BRACKETS.findall(text):
        first, *others = found.split(" or ")
        word = _NUMBER.sub("", first)
        labels |= {first, *others, *(f"{word} {other}" for other in others)}
    return labels
