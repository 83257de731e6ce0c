"""The roster: who takes part, under which code, and other words to remove. Sealed in the vault."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import RosterEntryError
from pipeline.records import Consent, Person, Roster, from_json, to_json
from pipeline.speakers.consent import KINDS, joined
from pipeline.speakers.roster import next_code, read, read_bytes
from pipeline.study.consents import remove_voiceprints
from pipeline.study.names import forget_names
from pipeline.study.shared import SharedRecord

if TYPE_CHECKING:
    from pipeline.study.study import Study
    from pipeline.study.vault.audit import Detail

WORD_KINDS = ("sites", "staff", "other")
CODE = re.compile(r"^[A-Z]{1,3}\d{2,4}$")


@dataclass(frozen=True, slots=True)
class RosterBook:
    """The roster with every code ever given: a code means one person for ever, also after a merge."""

    roster: Roster = field(default_factory=Roster, repr=False)
    used_codes: tuple[str, ...] = ()
    merged: tuple[tuple[str, str], ...] = ()


class RosterStore(SharedRecord):
    """The study's roster and the ways to change it."""

    def __init__(self, study: Study):
        super().__init__(study, "roster")

    def book(self) -> RosterBook:
        """The roster with its used codes and merges."""
        data = self.read()
        return from_json(RosterBook, data) if data else RosterBook()

    def load(self) -> Roster:
        """The people and words of the study."""
        return self.book().roster

    def import_csv(self, path: Path) -> Roster:
        """Take in a CSV file: people are added or, by their code, replaced. Raises RosterError."""
        book = self.book()
        return self._save(join_rosters(book, read(path, self._used(book))), "roster imported")

    def import_bytes(self, data: bytes, file: str) -> Roster:
        """Like `import_csv`, of a file's content at hand; `file` is named in errors."""
        book = self.book()
        return self._save(join_rosters(book, read_bytes(data, file, self._used(book))), "roster imported")

    def add(self, name: str, nicknames: tuple[str, ...] = (), role: str = "", code: str = "") -> Person:
        """Add one person; without a code the next free one is given."""
        book = self.book()
        person = Person(code or next_code(self._used(book), role), name, nicknames, role)
        if person.code in book.used_codes:
            raise RosterEntryError(
                code=person.code, why="this code was given before, and codes are never reused"
            )
        _check_person(person)
        self._save(join_rosters(book, Roster(people=(person,))), "roster person added")
        return person

    def _used(self, book: RosterBook) -> tuple[str, ...]:
        """Codes nobody new may get: those ever in the roster, and those of voices."""
        return (*book.used_codes, *sorted(self._study.voices.load().used_codes))

    def add_words(self, kind: str, words: tuple[str, ...]) -> Roster:
        """Add words to remove: `kind` is sites, staff or other."""
        book = self.book()
        held = getattr(book.roster, kind)
        fresh = tuple(word for word in dict.fromkeys(words) if word not in held)
        if not fresh:
            return book.roster
        roster = replace(book.roster, **{kind: (*held, *fresh)})
        return self._save(replace(book, roster=roster), "roster words added")

    def add_nickname(self, code: str, nickname: str) -> Person:
        """Another name a person is called by."""
        person = _person(self.book().roster, code)
        if nickname in (person.name, *person.nicknames):
            return person
        return self.rename(code, person.name, tuple(dict.fromkeys((*person.nicknames, nickname))))

    def add_name(self, code: str, name: str) -> Person:
        """A name of whoever has a code: another one, or the first of a voice that nobody had named yet."""
        book = self.book()
        merged = dict(book.merged)
        while code in merged:
            code = merged[code]
        if code in {person.code for person in book.roster.people}:
            return self.add_nickname(code, name)
        return self.add(name, code=code)

    def rename(self, code: str, name: str, nicknames: tuple[str, ...] | None = None) -> Person:
        """Correct a person's name; the old one stays as a nickname, since it may have been spoken."""
        book = self.book()
        old = _person(book.roster, code)
        kept = nicknames if nicknames is not None else old.nicknames
        also = () if old.name in (name, *kept) else (old.name,)
        person = replace(old, name=name, nicknames=(*kept, *also))
        people = tuple(person if each.code == code else each for each in book.roster.people)
        self._save(replace(book, roster=replace(book.roster, people=people)), "roster person renamed")
        return person

    def set_consent(self, code: str, given: Consent) -> Person:
        """Note what a person agreed to; answers that are not given again stay. What may not be kept any more goes at once."""
        book = self.book()
        old = _person(book.roster, code)
        person = replace(old, consent=joined(old.consent, given))
        people = tuple(person if each.code == code else each for each in book.roster.people)
        told = {kind: answer for kind in KINDS if (answer := getattr(given, kind).answer)}
        about = {"code": code, "answers": told}
        self._save(replace(book, roster=replace(book.roster, people=people)), "consent noted", about)
        return person

    def merge(self, code: str, into: str) -> Person:
        """Two codes were one person: `code` goes into `into` and is never given again."""
        book = self.book()
        gone, kept = _person(book.roster, code), _person(book.roster, into)
        names = dict.fromkeys((*kept.nicknames, gone.name, *gone.nicknames))
        person = replace(kept, nicknames=tuple(name for name in names if name != kept.name))
        people = tuple(person if p.code == into else p for p in book.roster.people if p.code != code)
        roster = replace(book.roster, people=people)
        self._save(replace(book, roster=roster, merged=(*book.merged, (code, into))), "roster people merged")
        return person

    def _save(self, book: RosterBook, event: str, about: Detail | None = None) -> Roster:
        counts = {"people": len(book.roster.people), "codes": len(book.used_codes), **(about or {})}
        with self._study.ledger.transaction():
            forget_names(self._study, self.load(), book.roster)
            self.write(to_json(book), event=event, audit=counts)
            remove_voiceprints(self._study)
        return book.roster


def join_rosters(book: RosterBook, new: Roster) -> RosterBook:
    """The book with another roster's people (same code: replaced) and words; retired codes are refused."""
    people = {person.code: person for person in book.roster.people}
    for person in new.people:
        if person.code in book.used_codes and person.code not in people:
            raise RosterEntryError(
                code=person.code, why="this code was given before, and codes are never reused"
            )
        before = people.get(person.code)
        consent = joined(before.consent, person.consent) if before else person.consent
        people[person.code] = replace(person, consent=consent)
    words = {k: tuple(dict.fromkeys((*getattr(book.roster, k), *getattr(new, k)))) for k in WORD_KINDS}
    used = tuple(dict.fromkeys((*book.used_codes, *people)))
    return replace(book, roster=Roster(people=tuple(people.values()), **words), used_codes=used)


def _person(roster: Roster, code: str) -> Person:
    for person in roster.people:
        if person.code == code:
            return person
    raise RosterEntryError(code=code, why="nobody in the roster has this code")


def _check_person(person: Person) -> None:
    if not CODE.match(person.code):
        raise RosterEntryError(code=person.code, why="a code must look like P01 or F01")
    if not person.name:
        raise RosterEntryError(code=person.code, why="it has no name")
