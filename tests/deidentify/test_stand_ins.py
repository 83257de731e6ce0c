"""Which stand-in a span gets, piece by piece: whose it is, of which origin and gender, and what is nobody's."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.deidentify import stand_ins
from pipeline.deidentify.labels import Found, Labeller
from pipeline.deidentify.stand_ins import StandIns
from pipeline.identifiers import CLASSES
from pipeline.language.text import fold
from pipeline.records import Action, Label, LabelMap, Person, Roster, Span, Surrogate

ROSTER = Roster((Person("P01", "Anahera Wexcombe", ("Hana Zed",)),))


def span(text: str, kind: str = "PERSON", action: Action = "remove") -> Span:
    return Span(0, 0, len(text), kind, "direct", 0.9, "fake", text, action)


def labelled(*names: str, before: str = "") -> Labeller:
    """A study in which these names were said, each with its label."""
    labeller = Labeller(ROSTER)
    labeller.assign([Found(CLASSES["name"], name, before) for name in names])
    return labeller


def first_choice(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[Any]]:
    """Every draw takes the first it is offered; what was offered is returned."""
    offered: list[Sequence[Any]] = []

    def choose(items: Sequence[Any]) -> Any:
        offered.append(items)
        return items[0]

    monkeypatch.setattr(secrets, "choice", choose)
    return offered


@pytest.mark.parametrize(
    ("style", "action", "key", "label"),
    [
        ("label", "remove", "name", "Person 1"),
        ("surrogate", "generalise", "name", "Person 1"),
        ("surrogate", "flag", "name", "Person 1"),
        ("surrogate", "remove", "name", "P01"),
        ("surrogate", "remove", "name", "Person 1 or 2"),
        ("surrogate", "remove", "name", "Person"),
        ("surrogate", "remove", "place", "Place 1 or 2"),
        ("surrogate", "remove", "organisation", "Organisation 1 or 3"),
        ("surrogate", "remove", "country", "Country 1 or 2"),
        ("surrogate", "remove", "other_id", "ID"),
        ("surrogate", "remove", "nationality", "Background 1"),
        ("surrogate", "remove", "occupation", "Occupation 1"),
    ],
)
def test_what_gets_a_label_has_no_stand_in(style: str, action: Action, key: str, label: str) -> None:
    """Another style, another action, a participant, a doubt, a class without stand-ins: and nothing is kept."""
    labeller = labelled("Quillon Vex")
    assert StandIns(style, labeller).for_span(span("Quillon Vex", action=action), key, label) == ""
    assert labeller.surrogates == ()


@pytest.mark.parametrize(
    ("key", "pattern"),
    [
        ("phone", r"555 01\d\d"),
        ("fax", r"555 01\d\d"),
        ("email", r"person\d{3}@example\.org"),
        ("url", r"www\.example\.org/\d{4}"),
        ("handle", r"user\d{4}"),
        ("address", r"\d{1,3} \w+ (Road|Street|Lane|Avenue|Terrace)"),
    ],
)
def test_numbers_are_nobodys_and_are_kept_by_class(key: str, pattern: str) -> None:
    """In the ranges that are kept for fiction; made once for the words said, whatever their case and spaces."""
    labeller = Labeller()
    given_ = StandIns("surrogate", labeller)
    put = given_.for_span(span("Four  TWO seven"), key, "Phone")
    assert re.fullmatch(pattern, put)
    assert labeller.surrogates == (Surrogate("four two seven", put, key),)
    assert given_.for_span(span("four two seven"), key, "Phone") == put
    assert len(labeller.surrogates) == 1


def test_one_number_said_as_a_phone_and_as_a_handle_is_two() -> None:
    """The class is part of what is remembered."""
    labeller = Labeller()
    given_ = StandIns("surrogate", labeller)
    phone, handle = (given_.for_span(span("four two"), key, "Phone") for key in ("phone", "handle"))
    assert (phone[:3], handle[:4]) == ("555", "user")
    assert [kept.kind for kept in labeller.surrogates] == ["phone", "handle"]


def test_digits_run_from_0_to_9_and_a_house_from_1_to_200(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole range is drawn from, and no house has the number nought."""
    offered = first_choice(monkeypatch)
    limits: list[int] = []

    def below(limit: int) -> int:
        limits.append(limit)
        return 0

    monkeypatch.setattr(secrets, "randbelow", below)
    given_ = StandIns("surrogate", Labeller())
    assert given_.for_span(span("oh two"), "phone", "Phone") == "555 0100"
    assert {"".join(items) for items in offered} == {"0123456789"}
    assert given_.for_span(span("five high road"), "address", "Address").startswith("1 ")
    assert limits == [200]


@pytest.mark.parametrize(("drawn", "sign", "days"), [(0, 1, 7), (0, -1, -7), (51, 1, 364), (51, -1, -364)])
def test_a_shift_is_at_least_a_week_and_at_most_a_year(
    drawn: int, sign: int, days: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both ways, drawn once, kept in the study's map."""
    monkeypatch.setattr(secrets, "randbelow", lambda n: min(drawn, n - 1))
    monkeypatch.setattr(secrets, "choice", lambda items: next(x for x in items if x == sign))
    labeller = Labeller()
    assert StandIns("label", labeller).days() == days == labeller.grown().date_shift
    assert isinstance(labeller.date_shift, int)
    assert StandIns("label", Labeller(None, labeller.grown())).days() == days


# --- people ---------------------------------------------------------------------------------------

KEPT = Surrogate("Person 1", "Astrid Vale")


@pytest.mark.parametrize(
    ("names", "mention", "put"),
    [
        (("quillon vex",), "Quillon Vex", "Astrid Vale"),
        (("quillon vex",), "Quillon", "Astrid"),
        (("quillon vex",), "Vex", "Vale"),
        (("quillon vex",), "Dr Vex", "Vale"),
        (("quillon vex",), "Vex's", "Vale"),
        (("quillon vex",), "Quin", "Astrid"),
        (("vex",), "Vex", "Astrid"),
        (("vex",), "Dr Vex", "Vale"),
        (("vex vex",), "Vex", "Astrid"),
        (("quillon vex", "vex quillon"), "Vex", "Astrid"),
        (("quillon vex", "quillon hume"), "Hume", "Vale"),
        (("quillon hume vex",), "Vex", "Vale"),
        (("quillon hume vex",), "Hume", "Astrid"),
        ((), "Quillon", "Astrid"),
        ((), "Mrs Quillon", "Vale"),
    ],
)
def test_a_mention_gets_the_part_of_the_stand_in_that_it_is_of_the_name(
    names: tuple[str, ...], mention: str, put: str
) -> None:
    """A surname only where the study knows it for one, or a title stands before it and nothing else is known."""
    held = LabelMap(tuple(Label("name", name, "Person 1") for name in names), surrogates=(KEPT,))
    labeller = Labeller(None, held)
    assert StandIns("surrogate", labeller).for_span(span(mention), "name", "Person 1") == put
    assert labeller.surrogates == (KEPT,)


@pytest.mark.parametrize(
    ("names", "gender", "origin", "kind"),
    [
        (("huia ngata",), "", "maori", "f"),
        (("quorra ngata",), "m", "maori", "m"),
        (("quorra ngata",), "f", "maori", "f"),
        (("xqwort zvqx",), "f", "british", "f"),
        (("xqwort zvqx",), "m", "british", "m"),
        (("xqwort zvqx",), "", "british", "f"),  # the first that is drawn
    ],
)
def test_a_stand_in_is_of_the_name_s_origin_and_gender(
    names: tuple[str, ...], gender: str, origin: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a title told goes before what the given name tells; of neither, one is drawn."""
    first_choice(monkeypatch)
    held = LabelMap(tuple(Label("name", name, "Person 1", gender) for name in names))
    labeller = Labeller(None, held)
    first, last = StandIns("surrogate", labeller).for_span(span(names[0].title()), "name", "Person 1").split()
    assert first in stand_ins._lists()[origin, kind]
    assert last in stand_ins._lists()[origin, "s"]
    assert labeller.surrogates == (Surrogate("Person 1", f"{first} {last}"),)


@pytest.mark.parametrize(
    ("said", "origin"),
    [
        ([], "british"),
        (["xqwort"], "british"),
        (["huia", "ngata"], "maori"),
        (["xqwort", "ngata"], "maori"),
        (["ngata", "huia", "smith"], "maori"),
    ],
)
def test_the_origin_is_the_one_most_words_are_listed_under(said: list[str], origin: str) -> None:
    """British when none is listed."""
    assert stand_ins._origin_of(said) == origin


def test_a_name_of_two_origins_is_british_where_that_is_one() -> None:
    """And else the same one every time, however often it is asked."""
    both = {w: {o for o, kind in places if kind != "p"} for w, places in stand_ins._index().items()}
    british = next(w for w, origins in sorted(both.items()) if "british" in origins and len(origins) > 1)
    others = [w for w, origins in sorted(both.items()) if "british" not in origins and len(origins) > 1]
    assert stand_ins._origin_of([british]) == "british"
    assert all(stand_ins._origin_of([w]) == max(both[w]) for w in others)


def test_a_place_s_name_tells_no_origin() -> None:
    """Only what is listed as a person's counts."""
    people = {w for w, places in stand_ins._index().items() if any(kind != "p" for _, kind in places)}
    place = next(fold(w) for w in stand_ins._lists()["place", "p"] if fold(w) not in people)
    assert stand_ins._origin_of([place, "ngata"]) == "maori"
    assert stand_ins._gender_of([place]) == ""


@pytest.mark.parametrize(
    ("said", "gender"),
    [
        (["huia"], "f"),
        (["xqwort", "huia"], "f"),
        (["xqwort"], ""),
        ([], ""),
        (["john"], "m"),
        (["susan"], "f"),
    ],
)
def test_a_gender_is_told_by_a_name_of_one_gender(said: list[str], gender: str) -> None:
    """The first word that tells."""
    assert stand_ins._gender_of(said) == gender


# --- what is taken --------------------------------------------------------------------------------


@pytest.mark.parametrize("bearer", ["roster", "nickname", "said", "study", "given", "itself"])
def test_a_name_that_somebody_bears_is_no_stand_in(bearer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's of the roster, of the talk, of the study, of another stand-in; and never the same word twice."""
    first_choice(monkeypatch)
    names = ("Aaaa", "Bbbb")
    monkeypatch.setattr(stand_ins, "_names", lambda _origin, _kind: names)
    held, roster, said = LabelMap(), Roster(), []
    if bearer == "roster":
        roster = Roster((Person("P01", "Zed Aaaa"),))
    elif bearer == "nickname":
        roster = Roster((Person("P01", "Zed Quux", ("The AAAA",)),))
    elif bearer == "said":
        said = ["with Aaaa-Bo here"]
    elif bearer == "study":
        held = LabelMap((Label("name", "aaaa zed", "Person 4"),))
    elif bearer == "given":
        held = LabelMap(surrogates=(Surrogate("Person 4", "Aaaa Zed"),))
    labeller = Labeller(roster, held)
    put = StandIns("surrogate", labeller, roster, said).for_span(span("Quillon Vex"), "name", "Person 1")
    first, last = put.split()
    assert first == ("Aaaa" if bearer == "itself" else "Bbbb")
    assert fold(last) not in {"aaaa", fold(first)} if bearer != "itself" else last == "Bbbb"


def test_a_stand_in_of_a_number_takes_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """ "Lane" of an invented address is free to be a place."""
    first_choice(monkeypatch)
    monkeypatch.setattr(stand_ins, "_names", lambda _origin, _kind: ("Aaaa", "Bbbb"))
    held = LabelMap(surrogates=(Surrogate("five high road", "5 Aaaa Lane", "address"),))
    labeller = Labeller(None, held)
    assert StandIns("surrogate", labeller).for_span(span("Tirau"), "place", "Place 1") == "Aaaa"


def test_an_invented_word_is_taken_by_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six letters, a capital, said easily; another is made up until one is free."""
    letters = iter("bababadededefifofi")
    monkeypatch.setattr(secrets, "choice", lambda _items: next(letters))
    assert stand_ins._invent(["bababa", "dedede"]) == "Fifofi"


@given(st.sets(st.text("abcdefghijklmnopqrst", min_size=6, max_size=6), max_size=20))
@settings(max_examples=50, deadline=None)
def test_invented_words_have_consonants_and_vowels_in_turn(taken: set[str]) -> None:
    """However many are taken."""
    word = stand_ins._invent(taken)
    assert re.fullmatch("([BDFGKLMNPRST][aeio])([bdfgklmnprst][aeio]){2}", word)
    assert word.lower() not in taken


@pytest.mark.parametrize(
    ("text", "put"),
    [
        ("Tanekaha", "Ashmere"),
        ("Tanekaha Ward", "Ashmere Ward"),
        ("the Tanekaha ward's", "Ashmere ward"),
        ("Saint Tanekaha Medical Centre", "Ashmere Medical Centre"),
    ],
)
def test_a_place_keeps_the_words_for_its_kind(text: str, put: str) -> None:
    """As they were said, behind the invented name."""
    labeller = Labeller(None, LabelMap(surrogates=(Surrogate("Place 1", "Ashmere"),)))
    assert StandIns("surrogate", labeller).for_span(span(text), "place", "Place 1") == put


@pytest.mark.parametrize(("key", "label"), [("organisation", "Organisation 1"), ("country", "Country 1")])
def test_bodies_and_countries_are_stood_in_for_as_places_are(key: str, label: str) -> None:
    """One invented name each, the study's from then on."""
    labeller = Labeller()
    given_ = StandIns("surrogate", labeller)
    put = given_.for_span(span("Zorbank"), key, label)
    assert put in stand_ins._lists()["place", "p"]
    assert given_.for_span(span("zorbank"), key, label) == put
    assert labeller.surrogates == (Surrogate(label, put),)


def test_the_lists_hold_names_by_origin_and_kind() -> None:
    """Every origin has given names of both genders and surnames; places are a list of their own; none is empty."""
    lists = stand_ins._lists()
    origins = {origin for origin, kind in lists if kind != "p"}
    assert all((origin, kind) in lists for origin in origins for kind in "fms")
    assert ("place", "p") in lists
    assert all(names and not any("\t" in n or n.startswith("#") for n in names) for names in lists.values())
