"""File names that may be shown: a recorder's file may be called after a participant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.language.text import fold
from pipeline.records import Roster
from pipeline.study.vault.rows import RecordingRow

if TYPE_CHECKING:
    from pipeline.study.study import Study

MIN_WORD_CHARACTERS = 3


def words_of(names: Iterable[str]) -> set[str]:
    """Every word of some names, folded; very short ones are left out."""
    return {
        word for name in names for word in re.findall(r"\w+", fold(name)) if len(word) >= MIN_WORD_CHARACTERS
    }


class SafeNames:
    """Replaces a recording's name by its id when a word of the roster stands in it."""

    def __init__(self, roster: Roster):
        people = words_of(name for person in roster.people for name in (person.name, *person.nicknames))
        self._words = people | words_of((*roster.sites, *roster.staff, *roster.other))
        self._inside = tuple(sorted(word for word in people if len(word) > MIN_WORD_CHARACTERS))

    def names_someone(self, name: str) -> bool:
        """True when a part of the name is a word of the roster, or a person's name stands inside it."""
        if not self._words:
            return False
        folded = fold(name)
        parts = re.findall(r"[^\W\d_]+", fold(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)))
        return any(part in self._words for part in parts) or any(word in folded for word in self._inside)

    def fit(self, row: RecordingRow) -> RecordingRow:
        """The row with a name fit to be shown."""
        return replace(row, name=row.id) if self.names_someone(row.name) else row


def forget_names(study: Study, roster: Roster, left: Roster) -> None:
    """Replace for good, inside the running transaction, each recording's name that names somebody of a roster who is
    not in the one that is `left`: nobody could tell any more that it does."""
    before, after = SafeNames(roster), SafeNames(left)
    for row in study.rows.recordings():
        if before.names_someone(row.name) and not after.names_someone(row.name):
            study.rows.change(row.id, name=row.id)
