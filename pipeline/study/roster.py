"""The roster: who takes part, under which code, and other words to remove. Sealed in the vault."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import FileMissingError, FileUnreadableError, RosterError
from pipeline.records import Person, Roster, from_json, to_json
from pipeline.study.shared import SharedRecord

if TYPE_CHECKING:
    from pipeline.study.study import Study

COLUMNS = ("code", "name", "nicknames", "role")
WORD_KINDS = ("sites", "staff", "other")
CODE = re.compile(r"^[A-Z]{1,3}\d{2,4}$")
LEADING_ROLES = ("facilitator", "moderator", "interviewer", "leader", "therapist")


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
        return self._save(join_rosters(book, read_csv(path, book.used_codes)), "roster imported")

    def add(self, name: str, nicknames: tuple[str, ...] = (), role: str = "", code: str = "") -> Person:
        """Add one person; without a code the next free one is given."""
        book = self.book()
        person = Person(code or next_code(book.used_codes, role), name, nicknames, role)
        if person.code in book.used_codes:
            raise RosterError(file=person.code, why="this code was given before, and codes are never reused")
        _check_person("roster add", person)
        self._save(join_rosters(book, Roster(people=(person,))), "roster person added")
        return person

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

    def reserve(self, codes: tuple[str, ...]) -> None:
        """Note codes given to voices without a name, so that nobody else ever gets them."""
        book = self.book()
        fresh = tuple(code for code in codes if code not in book.used_codes)
        if fresh:
            self._save(replace(book, used_codes=(*book.used_codes, *fresh)), "codes reserved")

    def _save(self, book: RosterBook, event: str) -> Roster:
        counts = {"people": len(book.roster.people), "codes": len(book.used_codes)}
        self.write(to_json(book), event=event, audit=counts)
        return book.roster


def join_rosters(book: RosterBook, new: Roster) -> RosterBook:
    """The book with another roster's people (same code: replaced) and words; retired codes are refused."""
    people = {person.code: person for person in book.roster.people}
    for person in new.people:
        if person.code in book.used_codes and person.code not in people:
            raise RosterError(file=person.code, why="this code was given before, and codes are never reused")
        people[person.code] = person
    words = {k: tuple(dict.fromkeys((*getattr(book.roster, k), *getattr(new, k)))) for k in WORD_KINDS}
    used = tuple(dict.fromkeys((*book.used_codes, *people)))
    return replace(book, roster=Roster(people=tuple(people.values()), **words), used_codes=used)


def next_code(used: tuple[str, ...], role: str = "") -> str:
    """The code after the highest one ever given: F.. for who leads the group, P.. for the others."""
    letter = "F" if role.strip().lower() in LEADING_ROLES else "P"
    numbers = [int(code[1:]) for code in used if code[:1] == letter and code[1:].isdigit()]
    return f"{letter}{max(numbers, default=0) + 1:02d}"


def _person(roster: Roster, code: str) -> Person:
    for person in roster.people:
        if person.code == code:
            return person
    raise RosterError(file=code, why="nobody in the roster has this code")


def read_csv(path: Path, used_codes: tuple[str, ...] = ()) -> Roster:
    """A roster from a CSV file with the columns code,name,nicknames,role (nicknames divided by ;).

    A row without a code gets the next one after `used_codes`; one whose role is site, staff or other
    adds a word to remove. Raises FileMissingError, FileUnreadableError or
    RosterError, none of which carries a cell's content.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise FileMissingError(file=path) from None
    except UnicodeDecodeError:
        raise RosterError(file=path, why="it is not UTF-8 text (save it as CSV UTF-8)") from None
    except OSError as error:
        raise FileUnreadableError(file=path, why=error.strerror) from None
    return parse_csv(text, str(path), used_codes)


def parse_csv(text: str, file: str, used_codes: tuple[str, ...] = ()) -> Roster:
    """`read_csv` for text at hand; `file` is named in errors."""
    dialect = ";" if text.split("\n", 1)[0].count(";") > text.split("\n", 1)[0].count(",") else ","
    reader = csv.DictReader(io.StringIO(text), delimiter=dialect, strict=True)
    people: list[Person] = []
    words: dict[str, list[str]] = {kind: [] for kind in WORD_KINDS}
    try:
        columns = [str(name).strip().lower() for name in reader.fieldnames or ()]
        if "name" not in columns:
            raise RosterError(file=file, why="there is no column called name")
        reader.fieldnames = columns
        for row in reader:
            _take_row(file, row, people, words, used_codes)
    except csv.Error:
        raise RosterError(file=file, why=f"line {reader.line_num} is not CSV") from None
    return Roster(tuple(people), *(tuple(words[kind]) for kind in WORD_KINDS))


def _take_row(
    file: str,
    row: dict[str, str | None],
    people: list[Person],
    words: dict[str, list[str]],
    used_codes: tuple[str, ...],
) -> None:
    cells = {column: (row.get(column) or "").strip() for column in COLUMNS}
    if not any(cells.values()):
        return
    kind = {"site": "sites", "staff": "staff", "other": "other"}.get(cells["role"].lower())
    if kind and not cells["code"]:
        words[kind] += [cells["name"], *_split(cells["nicknames"])]
        return
    code = cells["code"].upper() or next_code((*used_codes, *(p.code for p in people)), cells["role"])
    person = Person(code, cells["name"], _split(cells["nicknames"]), cells["role"])
    _check_person(file, person)
    if any(p.code == code for p in people):
        raise RosterError(file=file, why=f"the code {code} stands twice")
    people.append(person)


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split(r"[;|/]", text) if part.strip())


def _check_person(file: str, person: Person) -> None:
    if not CODE.match(person.code):
        raise RosterError(file=file, why="a code must look like P01 or F01")
    if not person.name:
        raise RosterError(file=file, why=f"{person.code} has no name")
