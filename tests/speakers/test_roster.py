"""Rosters as spreadsheets save them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import FileMissingError, RosterError
from pipeline.records import Person
from pipeline.speakers.roster import parse, read

TEXT = "code,name,nicknames,role\nF01,Ingrid Solvang,,facilitator\nP01,José Muñoz,Pepe;Zé,student\n"
PEOPLE = (
    Person("F01", "Ingrid Solvang", (), "facilitator"),
    Person("P01", "José Muñoz", ("Pepe", "Zé"), "student"),
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    """With or without a byte order mark, in any encoding a spreadsheet writes."""
    (tmp_path / "r.csv").write_bytes(TEXT.encode(encoding))
    assert read(tmp_path / "r.csv").people == PEOPLE


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("\n", "\r\n"),
        "code;name;nicknames;role\nF01;Ingrid Solvang;;facilitator\nP01;José Muñoz;Pepe|Zé;student\n",
        'code;name;nicknames;role\nF01;Ingrid Solvang;;facilitator\nP01;José Muñoz;"Pepe;Zé";student\n',
        "code\tname\tnicknames\trole\nF01\tIngrid Solvang\t\tfacilitator\nP01\tJosé Muñoz\tPepe;Zé\tstudent\n",
        "\n" + TEXT + "\n,,,\n",
        "Name, Role ,Code,Nicknames\n Ingrid  Solvang ,facilitator,f01,\nJosé Muñoz,student,p01,Pepe / Zé\n",
    ],
)
def test_ways_to_write_the_same_roster(text: str) -> None:
    """Line ends, separators, quotes, empty lines, other orders, spaces and letters' case make no difference."""
    assert parse(text, "r.csv").people == PEOPLE


def test_people_without_a_code_get_the_next() -> None:
    """Above those in the file and those used before; who leads the group gets F."""
    text = "name,role\nIngrid Solvang,Facilitator\nDov Lerner,student\nKeziah Obuya,\n"
    assert [p.code for p in parse(text, "r.csv", used_codes=["P04"]).people] == ["F01", "P05", "P06"]


def test_words_to_remove() -> None:
    """Rows without a code whose role is site, staff or other hold words."""
    text = "code,name,nicknames,role\n,Ward Nine,the Nine,site\n,Dr Okafor,,staff\n,Falcon Group,,other\n"
    roster = parse(text, "r.csv")
    assert (roster.people, roster.sites) == ((), ("Ward Nine", "the Nine"))
    assert (roster.staff, roster.other) == (("Dr Okafor",), ("Falcon Group",))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "line 1 has no column called name"),
        ("who,code\nx,P01\n", "line 1 has no column called name"),
        ("code,name,phone\nP01,Dov,1\n", "line 1 has a column that is unknown"),
        ("code,name,name\nP01,Dov,1\n", "line 1 has a column that is unknown or stands twice"),
        ("code,name\nP01,Dov Secret\nP02,\n", "line 3 has no name"),
        ("code,name\nSecret,Dov\n", "line 2 has a code that does not look like"),
        ("code,name\nS1,Dov\n", "line 2 has a code that does not look like"),
        ("code,name\nP01,Dov Secret\nP01,Mia Secret\n", "line 3 has a code that stands on a line before"),
        ("code,name\nP01,Dov Secret,more\n", "line 2 has more cells"),
        ('code,name\nP01,"Dov Secret\n', "line 2 is not CSV"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, why: str) -> None:
    """No message holds the content of a cell."""
    with pytest.raises(RosterError, match=why) as caught:
        parse(text, "r.csv")
    assert "Secret" not in str(caught.value)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    """A spreadsheet given instead of a CSV file says how to save it."""
    (tmp_path / "r.xlsx").write_bytes(b"PK\x03\x04\x00\x00\x00\x81\x8d")
    with pytest.raises(RosterError, match="save it as CSV"):
        read(tmp_path / "r.xlsx")
    with pytest.raises(FileMissingError):
        read(tmp_path / "none.csv")
