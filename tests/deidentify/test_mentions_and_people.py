"""One find protects all mentions, and a find of several people becomes several: without the models."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.deidentify.dialogue import build
from pipeline.deidentify.mentions import spread
from pipeline.deidentify.merge import Candidate
from pipeline.deidentify.names_in_a_row import introduces, is_pet_form, is_title, rows_of, writes_commas
from pipeline.deidentify.people_apart import part_people
from pipeline.deidentify.questions import Questions
from pipeline.deidentify.recognizers.base import View
from pipeline.deidentify.talk import Reading
from pipeline.records import Person, Roster, Utterance

PART = "a part of a name found elsewhere"
SOUNDS = "sounds like a name found elsewhere"
WORD_TOO = "somebody's name that is an ordinary word too"


def view_of(*turns: str, roster: Roster | None = None) -> View:
    dialogue = build([Utterance(f"P{n % 2:02}", n, n + 1.0, t) for n, t in enumerate(turns)], roster)
    return View(dialogue, Questions(dialogue))


def candidate(
    view: View, words: str, kind: str = "PERSON", score: float = 0.9, reason: str = ""
) -> Candidate:
    start = view.dialogue.text.index(words)
    return Candidate(start, start + len(words), kind, score, "r", reason=reason)


def again(
    words: str, kind: str, *turns: str, score: float = 0.9, reason: str = ""
) -> list[tuple[str, str, float, str]]:
    """(words, type, score, question) of further mentions of a find, behind its own words."""
    view = view_of(*turns)
    found = candidate(view, words, kind, score, reason)
    text = view.dialogue.text
    return [
        (text[c.start : c.end], c.type, round(c.score, 3), c.reason)
        for c in spread([found], view)
        if c.start >= found.end
    ]


@pytest.mark.parametrize(
    ("words", "turns", "found"),
    [
        ("Zorblain", ("I saw Zorblain.", "Then Zorblain's mum and zorblain."), [("Zorblain", 0.873, ""), ("zorblain", 0.873, "")]),
        ("Zorblain Quux", ("I saw Zorblain Quux.", "Then Quux and Zorblain."), [("Quux", 0.873, ""), ("Zorblain", 0.873, "")]),
        ("Tevita", ("I saw Tevita.", "So Tev came, and vita."), [("Tev", 0.829, PART)]),
        ("Elizabeth", ("I saw Elizabeth.", "So Beth came, and Liza."), [("Beth", 0.829, PART)]),
        ("Zorblain", ("I saw Zorblain.", "Thanks, Zorblein, so Zorblein left."), [("Zorblein", 0.786, SOUNDS)]),
        ("Dr Quux", ("I saw Dr Quux.", "A Dr came, Quux did."), [("Quux", 0.873, "")]),
        ("Auntie Mei", ("I saw Auntie Mei.", "An Auntie, and Mei."), [("Mei", 0.873, "")]),
        ("Hope", ("I saw Hope.", "I hope so. Hope left. Thanks, Hope."), [("Hope", 0.582, WORD_TOO), ("Hope", 0.873, "")]),
        ("Bo", ("I saw Bo.", "So Bo came and bo."), [("Bo", 0.873, "")]),
        ("Anna", ("I saw Anna.", "So Ann came, Annabel too."), []),
        ("Zorblain", ("I saw Zorblain.", "Nobody else came, so."), []),
    ],
)  # fmt: skip
def test_a_person_s_words_are_looked_for_again(
    words: str, turns: tuple[str, ...], found: list[tuple[str, float, str]]
) -> None:
    """Whole, in part, shortened, or as another word that sounds alike where a name is due; titles and kin are not."""
    assert again(words, "PERSON", *turns) == [(w, "PERSON", score, why) for w, score, why in found]


@pytest.mark.parametrize(
    ("words", "kind", "turns", "found"),
    [
        ("Rimu Ward", "LOCATION", ("On Rimu Ward.", "So Rimu was full, the rimu ward, and Ward."), [("Rimu", 0.81), ("rimu ward", 0.873)]),
        ("Zelkirk", "LOCATION", ("In Zelkirk.", "So Zelkirk was full, and zelkirk."), [("Zelkirk", 0.873)]),
        ("Quexley Trust", "ORG", ("The Quexley Trust paid.", "So Quexley paid, a trust."), [("Quexley", 0.81)]),
        ("Quexley Zorb Trust", "ORG", ("The Quexley Zorb Trust paid.", "So Quexley paid."), []),
        ("Market", "LOCATION", ("In Market.", "So Market was full."), []),
        ("Rimu Ward", "LOCATION", ("On Rimu Ward.", "It was the Rimu", "Ward rounds are long."), [("Rimu", 0.81)]),
    ],
)  # fmt: skip
def test_a_place_s_name_is_looked_for_whole_or_by_its_telling_word(
    words: str, kind: str, turns: tuple[str, ...], found: list[tuple[str, float]]
) -> None:
    """With a capital where capitals are written; ordinary words by themselves are nobody's."""
    assert again(words, kind, *turns) == [(w, kind, score, "") for w, score in found]


@pytest.mark.parametrize("kind", ["Ward", "Unit", "Hospital", "House", "Wing", "College", "School"])
def test_of_these_kinds_of_place_the_first_word_alone_is_said(kind: str) -> None:
    """Even a person's name; of others only a word that is nobody's, of four letters."""
    assert again(f"Mia {kind}", "LOCATION", f"In Mia {kind}.", "So Mia was full with Bo.") == [
        ("Mia", "LOCATION", 0.81, "")
    ]
    assert again(f"Day {kind}", "LOCATION", f"In Day {kind}.", "So Day was full with Bo.") == []
    assert again("Mia Trust", "ORG", "At Mia Trust.", "So Mia was full with Bo.") == []
    assert again("Zqx Trust", "ORG", "At Zqx Trust.", "So Zqx was full with Bo.") == []
    assert again("Zqxo Trust", "ORG", "At Zqxo Trust.", "So zqxo was, and Zqxo, with Bo.") == [
        ("Zqxo", "ORG", 0.81, "")
    ]


@pytest.mark.parametrize("name", ["John", "David", "Peter"])
def test_a_common_name_written_small_where_capitals_are_written_is_not_meant(name: str) -> None:
    """A rare one is, and so is a common one in talk without capitals."""
    assert again(name, "PERSON", f"I saw {name}.", f"So {name.lower()} left with Bo.") == []
    assert [w for w, *_ in again("zorblain", "PERSON", "I saw zorblain, Bo.", "So zorblain left.")] == [
        "zorblain"
    ]
    said = again(name.lower(), "PERSON", f"i saw {name.lower()}", f"so {name.lower()} left")
    assert [w for w, *_ in said] == [name.lower()]


@pytest.mark.parametrize("said", ["Thanks, tables, so.", "Thanks, warfarin, so."])
def test_an_ordinary_word_or_a_drug_is_no_other_spelling(said: str) -> None:
    """However alike it sounds."""
    assert again("Tablez", "PERSON", "So I saw Tablez.", said) == []
    assert again("Warfarim", "PERSON", "So I saw Warfarim.", said) == []


def test_the_street_of_an_address_is_a_place_elsewhere() -> None:
    """Its number and its ordinary words are none."""
    found = again(
        "eighteen Tirangi Crescent",
        "ADDRESS",
        "At eighteen Tirangi Crescent.",
        "So Tirangi is long, and eighteen.",
    )
    assert found == [("Tirangi", "LOCATION", 0.873, "")]


@pytest.mark.parametrize(
    ("words", "score", "reason", "count"),
    [
        ("zorblain", 0.69, "", 0),
        ("zorblain", 0.7, "", 1),
        ("away", 0.9, "a guess", 0),
        ("zorblain", 0.9, "a guess", 1),
    ],
)
def test_only_what_was_found_surely_is_looked_for(words: str, score: float, reason: str, count: int) -> None:
    """An everyday word that was guessed by its place is the word elsewhere."""
    assert (
        len(again(words, "PERSON", f"so it was {words}", f"then {words} again", score=score, reason=reason))
        == count
    )


WORDS = ["Zorblain", "zorblain's", "the", "Rimu", "Ward", "hope", "um", "and", "Tev", "Tevita", "eighteen"]


@given(st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), min_size=1, max_size=3), st.data())
@settings(max_examples=60, deadline=None)
def test_further_mentions_stand_in_the_talk_and_are_never_surer_than_the_find(
    turns: list[list[str]], data: st.DataObject
) -> None:
    """Each over whole words of one turn, without a possessive for people, the same every time."""
    view = view_of(*(" ".join(t) for t in turns))
    token = data.draw(st.sampled_from(view.dialogue.tokens))
    kind = data.draw(st.sampled_from(["PERSON", "LOCATION", "ORG", "ADDRESS"]))
    found = Candidate(token.start, token.end, kind, 0.9, "r")
    got = list(spread([found], view))
    starts = {t.start for t in view.dialogue.tokens}
    assert all(c.start in starts and c.score <= found.score for c in got)
    assert all(c.tier == "" for c in got if c.type == "PERSON")
    assert all("\n" not in view.dialogue.text[c.start : c.end] for c in got)
    assert all(not view.dialogue.text[c.start : c.end].endswith("'s") for c in got if c.type == "PERSON")
    assert got == list(spread([found], view))


# --- several people -------------------------------------------------------------------------------

ROSTER = Roster((Person("P01", "Keziah Holm"), Person("P02", "Bram Oduya"), Person("P03", "Zed Holm")))


def parted(words: str, kind: str, *turns: str, roster: Roster | None = None) -> list[tuple[str, str]]:
    """(words, type) of what becomes of a find."""
    view = view_of(*turns, roster=roster)
    text = view.dialogue.text
    return [(text[c.start : c.end], c.type) for c in part_people([candidate(view, words, kind)], view)]


@pytest.mark.parametrize(
    ("words", "people"),
    [
        ("Odile, Suki", ["Odile", "Suki"]),
        ("Odile and Suki", ["Odile", "Suki"]),
        ("Odile or Suki", ["Odile", "Suki"]),
        ("Odile. Suki", ["Odile", "Suki"]),
        ("Odile's, Suki's", ["Odile", "Suki"]),
        ("Odile, Suki and Mia", ["Odile", "Suki", "Mia"]),
        ("Brigitta Zorblain Anna Quexley", ["Brigitta Zorblain", "Anna Quexley"]),
        ("Dr Ashgrove Sister Fennimore", ["Ashgrove", "Fennimore"]),
        ("Dr. Odile", ["Odile"]),
        ("Sister Odile", ["Odile"]),
        ("well, Odile", ["Odile"]),
        ("Odile Suki", ["Odile Suki"]),
        ("J. R. Zed", ["J. R. Zed"]),
        ("Mary-Ann Vex", ["Mary-Ann Vex"]),
        ("O, double B, I", ["O, double B, I"]),
        ("Odile", ["Odile"]),
    ],
)
def test_a_find_of_several_people_is_one_each(words: str, people: list[str]) -> None:
    """Parted by a pause, an "and", a title, a second full name; initials, hyphens and letters part nobody."""
    assert parted(words, "PERSON", f"So then {words} left.") == [(p, "PERSON") for p in people]


@pytest.mark.parametrize(
    ("words", "kind", "found"),
    [
        ("Mia and Lottie", "ORG", [("Mia", "PERSON"), ("Lottie", "PERSON")]),
        ("Marks and Spencer", "ORG", [("Marks and Spencer", "ORG")]),
        ("Wellington and Auckland", "LOCATION", [("Wellington", "LOCATION"), ("Auckland", "LOCATION")]),
        ("Bosnia and Herzegovina", "LOCATION", [("Bosnia and Herzegovina", "LOCATION")]),
        ("Zorb and Quex", "LOCATION", [("Zorb and Quex", "LOCATION")]),
        ("Odile, Suki", "DATE", [("Odile, Suki", "DATE")]),
    ],
)
def test_an_and_parts_what_is_known_on_both_sides(
    words: str, kind: str, found: list[tuple[str, str]]
) -> None:
    """Two given names are no firm; a place may have an "and" of its own."""
    assert parted(words, kind, f"It was at {words} then.") == found


@pytest.mark.parametrize(
    ("words", "roster", "people"),
    [
        ("keziah bram", ROSTER, ["keziah", "bram"]),
        ("keziah holm", ROSTER, ["keziah holm"]),
        ("keziah oduya", ROSTER, ["keziah", "oduya"]),
    ],
)
def test_another_participant_s_word_begins_another_person(
    words: str, roster: Roster, people: list[str]
) -> None:
    """Words that one participant bears stay together."""
    assert [w for w, _ in parted(words, "PERSON", f"so {words} left", roster=roster)] == people


def test_a_given_name_behind_a_person_and_an_and_is_no_firm() -> None:
    """ "Odile and Lottie", found as a person and an organisation."""
    view = view_of("I was with Odile and Lottie there.")
    both = [candidate(view, "Odile"), candidate(view, "Lottie", "ORG")]
    assert [c.type for c in part_people(both, view)] == ["PERSON", "PERSON"]
    apart = view_of("I was with Odile at Lottie there.")
    alone = [candidate(apart, "Odile"), candidate(apart, "Lottie", "ORG")]
    assert [c.type for c in part_people(alone, apart)] == ["PERSON", "ORG"]


@pytest.mark.parametrize(
    ("word", "of", "is_one"),
    [
        ("tash", "natasha", True),
        ("sipho", "siphosethu", True),
        ("dazza", "darren", True),
        ("shazza", "sharon", False),
        ("bob", "robert", True),
        ("an", "anna", False),
        ("ann", "anna", False),
        ("anna", "anna", False),
        ("tom", "thomas", True),
        ("ron", "sharon", False),
        ("aron", "sharon", True),
        ("zed", "natasha", False),
    ],
)
def test_a_pet_form_is_listed_begins_the_name_or_stands_inside_it(word: str, of: str, is_one: bool) -> None:
    """Four letters inside, three at its beginning, two letters shorter at least."""
    assert is_pet_form(word, of) is is_one


def test_how_names_stand_in_a_talk_is_counted() -> None:
    """Alone, and in pairs; a title beside a name leaves it alone, a pause parts."""
    rows = rows_of(view_of("anna maria came", "then anna, maria and mr zorblain", "anna maria"))
    assert rows.pairs["anna", "maria"] == 2
    assert rows.alone["anna"] == rows.alone["maria"] == 1
    assert rows.alone["zorblain"] == 1


@pytest.mark.parametrize(
    ("said", "commas"),
    [("so anna came, then bo", True), ("so anna came then bo", False), ("So Anna came then Bo.", True)],
)
def test_whether_commas_tell_who_is_listed(said: str, commas: bool) -> None:
    """A short text with capitals may have had no need of one."""
    assert writes_commas(view_of(said).dialogue) is commas


@pytest.mark.parametrize(
    ("said", "due"),
    [
        ("i'm anna", True),
        ("i am anna", True),
        ("her name was anna", True),
        ("called anna", True),
        ("we met anna", False),
        ("anna", False),
    ],
)
def test_a_full_name_is_due_behind_an_introduction(said: str, due: bool) -> None:
    """In the same turn."""
    tokens = view_of("this is", said).dialogue.content
    assert introduces(tokens, len(tokens) - 1) is due


@pytest.mark.parametrize(
    ("word", "title"), [("mr", True), ("captain", True), ("auntie", True), ("anna", False), ("table", False)]
)
def test_titles_ranks_and_kin_are_no_names(word: str, title: bool) -> None:
    """What one calls people by."""
    (token,) = view_of(word).dialogue.tokens
    assert is_title(token) is title


NAMES = ["Odile", "Suki", "Brigitta", "Zorblain", "and", ",", "Dr", "Quexley", "Mia", "well"]


@given(
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=7), st.sampled_from(["PERSON", "LOCATION", "ORG"])
)
@settings(max_examples=80, deadline=None)
def test_parting_covers_no_letter_twice_and_none_outside(words: list[str], kind: str) -> None:
    """In order, with the evidence of the whole; every name of it is in one of the parts."""
    said = " ".join(words).replace(" ,", ",").strip(", ") or "Odile"
    view = view_of(f"So {said} left with Anna.")
    whole = candidate(view, said, kind)
    parts = list(part_people([whole], view))
    assert all(whole.start <= c.start < c.end <= whole.end for c in parts)
    assert all(a.end <= b.start for a, b in itertools.pairwise(parts))
    assert all(c.evidence == whole.evidence for c in parts)
    text = view.dialogue.text
    covered = " ".join(text[c.start : c.end] for c in parts)
    assert all(
        w in covered for w in words if w in ("Odile", "Suki", "Brigitta", "Zorblain", "Quexley", "Mia")
    )


def read_view(said: str, **read: Reading) -> View:
    """A turn of which the talk classifier has read some words."""
    view = view_of(said)
    view.readings = [read.get(t.fold, Reading({})) for t in view.dialogue.tokens]
    return view


GIVEN, SURNAME = Reading({"PERSON": 0.9}, given=0.85), Reading({"PERSON": 0.9}, given=0.05)
FIRM = Reading({"PERSON": 0.2, "ORG": 0.7}, given=0.1)


@pytest.mark.parametrize(
    ("read", "kinds"),
    [({}, ["ORG"]), ({"james": GIVEN, "scott": GIVEN}, ["PERSON", "PERSON"]), ({"james": FIRM, "scott": FIRM}, ["ORG"]),
     ({"james": GIVEN, "scott": FIRM}, ["ORG"])],
)  # fmt: skip
def test_two_names_that_are_surnames_too_are_a_firm_unless_both_are_read_as_people(
    read: dict[str, Reading], kinds: list[str]
) -> None:
    """ "James and Scott"."""
    view = read_view("It was James and Scott then.", **read)
    assert [c.type for c in part_people([candidate(view, "James and Scott", "ORG")], view)] == kinds


def test_an_and_at_the_edge_parts_nobody() -> None:
    """Two names take two sides."""
    assert parted("and Mia", "ORG", "So and Mia then.") == [("and Mia", "ORG")]
    assert parted("Mia and", "ORG", "So Mia and then.") == [("Mia and", "ORG")]


def test_a_given_name_read_behind_a_surname_is_the_next_person_s() -> None:
    """Where no list knows the words."""
    view = read_view("so zorba quexo mirlo left", zorba=GIVEN, quexo=SURNAME, mirlo=GIVEN)
    parts = list(part_people([candidate(view, "zorba quexo mirlo")], view))
    assert [view.dialogue.text[c.start : c.end] for c in parts] == ["zorba quexo", "mirlo"]
    other = read_view("so zorba quexo mirlo left", zorba=GIVEN, quexo=SURNAME, mirlo=SURNAME)
    assert len(part_people([candidate(other, "zorba quexo mirlo")], other)) == 1


def test_every_find_comes_through() -> None:
    """A place that is parted takes no other find's place; titles alone stay."""
    view = view_of("So Odile left Wellington and Auckland, Dr Sister.")
    found = [
        candidate(view, w, k)
        for w, k in (("Odile", "PERSON"), ("Wellington and Auckland", "LOCATION"), ("Dr Sister", "PERSON"))
    ]
    text = view.dialogue.text
    assert [text[c.start : c.end] for c in part_people(found, view)][:3] == [
        "Odile",
        "Wellington",
        "Auckland",
    ]
    assert len(part_people(found, view)) == 4


@pytest.mark.parametrize("place", ["Trinidad and Tobago", "Antigua and Barbuda"])
def test_a_country_with_an_and_of_its_own_is_one(place: str) -> None:
    """Though both sides are places."""
    assert parted(place, "LOCATION", f"From {place} then.") == [(place, "LOCATION")]
