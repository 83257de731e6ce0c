"""Rosters: a CSV file with the columns code, name, nicknames, role, and what each agreed to; and what follows from one.

recording, quotation, archiving and voiceprint are optional: yes or no, with a day where it is known ("yes 2026-03-01").

Written for what spreadsheets save: commas, semicolons or tabs, with or without a byte order mark, in UTF-8, UTF-16
or a Western European code page, quoted or not. No error carries the content of a cell.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from pipeline.errors import FileMissingError, FileUnreadableError, RosterError
from pipeline.records import Attribution, Consent, Person, Roster
from pipeline.speakers.consent import KINDS, read_cell

COLUMNS = ("code", "name", "nicknames", "role", *KINDS)
WORD_ROLES = {"site": "sites", "staff": "staff", "other": "other"}
LEADING_ROLES = frozenset({"facilitator", "moderator", "interviewer", "leader", "therapist"})
_CODE = re.compile(r"[A-Z]{1,3}\d{1,4}")
_UNLINKED = re.compile(r"S\d+")
_DELIMITERS = ",;\t"


def read(path: Path, used_codes: Iterable[str] = ()) -> Roster:
    """The roster in a file.

    Nicknames are divided by ";" (in a file whose columns are, by "|" or "/", or quoted). A person without a
    code gets the next free one, above `used_codes`: F.. for who leads the group, P.. for others. A row without a code
    whose role is site, staff or other holds words to remove.

    Raises FileMissingError, FileUnreadableError, and RosterError with the line.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise FileMissingError(file=path) from None
    except OSError as error:
        raise FileUnreadableError(file=path, why=error.strerror) from None
    return read_bytes(data, str(path), used_codes)


def read_bytes(data: bytes, file: str, used_codes: Iterable[str] = ()) -> Roster:
    """`read` for a file's content at hand; `file` is named in errors."""
    return parse(_decode(data, file), file, used_codes)


def _decode(data: bytes, file: str) -> str:
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ("utf-16",) if marked else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeError:
            continue
        if "\0" not in text:
            return text
    raise RosterError(file=file, why="it is not a text file (in a spreadsheet, save it as CSV UTF-8)")


def parse(text: str, file: str, used_codes: Iterable[str] = ()) -> Roster:
    """`read` for text at hand; `file` is named in errors."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=header.count)
    reader = csv.reader(io.StringIO(text.lstrip("\r\n")), delimiter=delimiter, strict=True)
    people: list[Person] = []
    words: dict[str, list[str]] = {kind: [] for kind in WORD_ROLES.values()}
    used = set(used_codes)
    try:
        columns = _columns(next(reader, []), file)
        for cells in reader:
            row = dict.fromkeys(COLUMNS, "") | _row(cells, columns, file, reader.line_num)
            if not any(row.values()):
                continue
            kind = WORD_ROLES.get(row["role"].lower())
            if kind and not row["code"]:
                words[kind] += [word for word in (row["name"], *_divide(row["nicknames"])) if word]
            else:
                people.append(_person(row, people, used, file, reader.line_num))
    except csv.Error:
        raise RosterError(
            file=file, why=f"line {reader.line_num} is not CSV (a quote that never closes?)"
        ) from None
    return Roster(
        tuple(people),
        sites=tuple(words["sites"]),
        staff=tuple(words["staff"]),
        other=tuple(words["other"]),
    )


def _columns(header: list[str], file: str) -> list[str]:
    columns = [name.strip().lower() for name in header]
    if "name" not in columns:
        raise RosterError(file=file, why="line 1 has no column called name")
    if len(set(columns) & set(COLUMNS)) < len([c for c in columns if c]):
        raise RosterError(file=file, why="line 1 has a column that is unknown or stands twice")
    return columns


def _row(cells: list[str], columns: list[str], file: str, line: int) -> dict[str, str]:
    if any(cell.strip() for cell in cells[len(columns) :]):
        raise RosterError(file=file, why=f"line {line} has more cells than there are columns")
    return {column: " ".join(cell.split()) for column, cell in zip(columns, cells, strict=False) if column}


def _person(row: dict[str, str], people: list[Person], used: set[str], file: str, line: int) -> Person:
    if not row["name"]:
        raise RosterError(file=file, why=f"line {line} has no name")
    code = row["code"].upper()
    if code and (not _CODE.fullmatch(code) or _UNLINKED.fullmatch(code)):
        raise RosterError(file=file, why=f"line {line} has a code that does not look like P01 or F01")
    code = code or next_code(used | {p.code for p in people}, row["role"])
    if any(p.code == code for p in people):
        raise RosterError(file=file, why=f"line {line} has a code that stands on a line before it")
    return Person(code, row["name"], _divide(row["nicknames"]), row["role"], _consent(row, file, line))


def _consent(row: dict[str, str], file: str, line: int) -> Consent:
    try:
        return Consent(**{kind: read_cell(row[kind]) for kind in KINDS})
    except ValueError:
        why = (
            f"line {line} has an answer that is not yes or no, with a day where it is known (yes 2026-03-01)"
        )
        raise RosterError(file=file, why=why) from None


def next_code(used: Iterable[str], role: str = "") -> str:
    """The code after the highest one used: F.. for who leads the group, P.. for the others."""
    letter = "F" if role.strip().lower() in LEADING_ROLES else "P"
    numbers = [int(code[1:]) for code in used if code[:1] == letter and code[1:].isdigit()]
    return f"{letter}{max(numbers, default=0) + 1:02d}"


def _divide(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split(r"[;|/]", text) if part.strip())


def expected_speakers(roster: Roster | None) -> int | None:
    """How many voices there are at most by the roster; a hint for the diarizer (guests may come), never forced."""
    return len({p.code for p in roster.people}) or None if roster else None


def learnt_roster(roster: Roster | None, attribution: Attribution) -> Roster | None:
    """The roster with the names learnt of those who are not in it: de-identification gives them their codes."""
    names = {link.code: link.name for link in attribution.links if link.name}
    own = {person.code for person in roster.people} if roster is not None else set()
    people = tuple(Person(code, name) for code, name in sorted(names.items()) if code not in own)
    if not people:
        return roster
    return replace(roster or Roster(), people=(*(roster.people if roster is not None else ()), *people))
