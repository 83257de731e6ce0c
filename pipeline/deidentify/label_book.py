"""The labels a study has given, and those that come to them: who and what bears which, and the next number of a class."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from pipeline.records import Label, LabelMap, Surrogate

NAME = "name"


class LabelBook:
    """A study's labels as they grow; `taken` are texts that something bears besides."""

    def __init__(self, labels: LabelMap | None, taken: Iterable[str]) -> None:
        self._map = labels or LabelMap()
        self._labels = {_key(label): label for label in self._map.labels}
        self._taken = tuple(taken)

    def __repr__(self) -> str:
        return f"LabelBook({len(self._labels)} labels)"

    def grown(self) -> LabelMap:
        """The study's labels with those given here, in the order they were first given."""
        return replace(self._map, labels=tuple(self._labels.values()))

    def known(self) -> tuple[Label, ...]:
        """Everybody and everything the study has labelled so far."""
        return tuple(self._labels.values())

    def names_of(self, text: str) -> list[Label]:
        """The names that bear a label."""
        return [label for label in self._labels.values() if label.kind == NAME and label.text == text]

    def name_words(self) -> set[str]:
        """Every word of a name that bears a label."""
        return {word for label in self._labels.values() if label.kind == NAME for word in label.words.split()}

    @property
    def surrogates(self) -> tuple[Surrogate, ...]:
        """The stand-ins given so far."""
        return self._map.surrogates

    def keep_surrogate(self, surrogate: Surrogate) -> None:
        """Remember a stand-in for the whole study."""
        self._map = replace(self._map, surrogates=(*self._map.surrogates, surrogate))

    @property
    def date_shift(self) -> int:
        """The study's shift of dates in days; 0 until one is kept."""
        return self._map.date_shift

    def keep_date_shift(self, days: int) -> None:
        """Remember the shift for the whole study."""
        self._map = replace(self._map, date_shift=days)

    def bears(self, kind: str, words: str) -> bool:
        """Whether these very words of a class have a label."""
        return any((label.kind, label.words) == (kind, words) for label in self._labels.values())

    def keep(self, label: Label) -> Label:
        """Words bear a label once; a name's gender may be told later than the name."""
        held = self._labels.setdefault(_key(label), label)
        if label.gender and not held.gender:
            self._labels[_key(label)] = replace(held, gender=label.gender)
        return label

    def next_number(self, word: str, besides: Iterable[str] = ()) -> int:
        """One more than the highest given with a word in the study, by whomever, so that no number is given twice."""
        taken = [label.text for label in self._labels.values()]
        taken += [*self._taken, *self._map.retired, *besides]
        numbered = re.compile(rf"{re.escape(word)} (\d+)")
        return 1 + max((int(m[1]) for label in taken if (m := numbered.fullmatch(label))), default=0)


def _key(label: Label) -> tuple[str, str, str]:
    return label.kind, label.words, label.text
