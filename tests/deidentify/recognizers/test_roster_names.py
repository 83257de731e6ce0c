"""The roster's names in talk, without the models: what is known of a roster, and how surely a word is one of its names."""

from __future__ import annotations

import pytest

from pipeline.deidentify.dialogue import build
from pipeline.deidentify.questions import Questions
from pipeline.deidentify.recognizers.base import View
from pipeline.deidentify.recognizers.roster_names import RosterRecognizer, known
from pipeline.records import Person, Roster, Utterance

ROSTER = Roster(
    people=(
        Person("P01", "Keziah Obuya", ("Kez", "K.J.")),
        Person("P02", "Wei Zhao"),
        Person("P03", "Hope van der Quill"),
        Person("P04", "Bo Ashgrove-Vex"),
        Person("P05", "Friday Osei"),
    ),
    sites=("Rimu Ward", "Saint Quux House", "The Unit"),
    staff=("Dr Fennimore Zed",),
    other=("Quexley Trust",),
    known=(("PERSON", "brogan oxley"), ("LOCATION", "zelkirk"), ("ORG", "zorbank group")),
)
LABELLED = "everyday words that mean somebody or something in this study"
TOO = "a participant's name that is an ordinary word too"


def hits(*turns: str, roster: Roster | None = ROSTER, least: float = 0.55) -> list[tuple[str, str, float]]:
    """(words, type, score) of what is found, a turn a line."""
    dialogue = build([Utterance("P01", n, n + 1.0, t) for n, t in enumerate(turns)], roster)
    found = RosterRecognizer().find(View(dialogue, Questions(dialogue)))
    return [(dialogue.text[h.start : h.end], h.type, h.score) for h in found if h.score >= least]


def reasons(*turns: str) -> dict[str, str]:
    dialogue = build([Utterance("P01", n, n + 1.0, t) for n, t in enumerate(turns)], ROSTER)
    found = RosterRecognizer().find(View(dialogue, Questions(dialogue)))
    return {dialogue.text[h.start : h.end]: h.reason for h in found}


def test_all_forms_of_all_names_are_known() -> None:
    """Whole names with their type; single words of people's names, without joiners, letters and titles."""
    names = known(ROSTER)
    assert names.phrases == {
        ("keziah", "obuya"): "PERSON", ("kez",): "PERSON", ("k", "j"): "PERSON", ("wei", "zhao"): "PERSON",
        ("hope", "van", "der", "quill"): "PERSON", ("bo", "ashgrove", "vex"): "PERSON",
        ("friday", "osei"): "PERSON", ("dr", "fennimore", "zed"): "PERSON",
        ("rimu", "ward"): "LOCATION", ("st", "quux", "house"): "LOCATION", ("unit",): "LOCATION",
        ("quexley", "trust"): "ORG", ("brogan", "oxley"): "PERSON", ("zelkirk",): "LOCATION",
        ("zorbank", "group"): "ORG",
    }  # fmt: skip
    assert names.words == {
        "keziah", "obuya", "kez", "wei", "zhao", "hope", "quill", "bo", "ashgrove", "vex", "friday", "osei",
        "fennimore", "zed", "brogan", "oxley",
    }  # fmt: skip
    assert names.nicknames == {"kez", "k.j."}


def test_a_name_in_two_lists_is_what_it_was_first() -> None:
    """A participant called as a ward is, stays a person."""
    both = Roster((Person("P01", "Rimu Ward"),), sites=("Rimu Ward",), known=(("ORG", "rimu ward"),))
    assert known(both).phrases == {("rimu", "ward"): "PERSON"}


def test_an_empty_name_says_nothing() -> None:
    """Of people, sites and of earlier weeks."""
    empty = Roster((Person("P01", ""),), sites=("",), other=(".",), known=(("PERSON", " "), ("ORG", "")))
    assert known(empty).phrases == {}
    assert known(empty).words == frozenset()


def test_without_a_roster_nothing_is_found() -> None:
    """And none is made up."""
    assert hits("Keziah Obuya is at Rimu Ward.", roster=None) == []


@pytest.mark.parametrize(
    ("said", "words", "kind", "score"),
    [
        ("Then Keziah Obuya left.", "Keziah Obuya", "PERSON", 1.0),
        ("then keziah obuya's mum left", "keziah obuya", "PERSON", 1.0),
        ("Then Keziah left.", "Keziah", "PERSON", 0.99),
        ("Then Keziah's mum left.", "Keziah", "PERSON", 0.99),
        ("Then Obuya left.", "Obuya", "PERSON", 0.99),
        ("I saw Fennimore there.", "Fennimore", "PERSON", 0.99),
        ("I saw Brogan there.", "Brogan", "PERSON", 0.99),
        ("With Ashgrove Vex again.", "Vex", "PERSON", 0.99),
        ("It was on Rimu Ward then.", "Rimu Ward", "LOCATION", 0.99),
        ("It was the rimu ward's turn.", "rimu ward", "LOCATION", 0.99),
        ("At St Quux House.", "St Quux House", "LOCATION", 0.99),
        ("At saint Quux house.", "saint Quux house", "LOCATION", 0.99),
        ("The Quexley Trust paid.", "Quexley Trust", "ORG", 0.99),
        ("He came from Zelkirk.", "Zelkirk", "LOCATION", 0.99),
        ("At the Zorbank Group, um, today.", "Zorbank Group", "ORG", 0.99),
        ("We met on the unit then.", "unit", "LOCATION", 0.6),
        ("My name is Hope.", "Hope", "PERSON", 0.97),
        ("I am Hope and I come from the north.", "Hope", "PERSON", 0.97),
        ("i'm hope and i come from the north", "hope", "PERSON", 0.97),
    ],
)
def test_a_name_is_found_as_surely_as_it_says_who_is_meant(
    said: str, words: str, kind: str, score: float
) -> None:
    """In full, in part, with a possessive; an everyday word less surely."""
    assert (words, kind, score) in hits(said)


@pytest.mark.parametrize(
    "said",
    [
        "I hope you slept well.",
        "Van Morrison sang on the radio.",
        "We walked to the ward and the house.",
        "I had trust in it.",
        "On Friday I was late.",
        "We waited for an hour.",
        "j is a letter",
        "I am. Hope so.",
    ],
)
def test_words_that_are_no_names_here_are_not_found(said: str) -> None:
    """Neither joiners and letters nor everyday words in their own meaning."""
    assert hits(said) == []


def test_a_name_does_not_run_over_two_turns() -> None:
    """A first name that ends a turn and a surname that opens the next are two finds."""
    found = hits("I saw Keziah", "Obuya was there")
    assert [(w, s) for w, _, s in found] == [("Keziah", 0.99), ("Obuya", 0.99)]
    assert not any(kind == "LOCATION" for _, kind, _ in hits("It was Rimu", "Ward round is at ten"))


def test_a_name_that_a_turn_breaks_off_is_not_taken_for_the_whole() -> None:
    """At the end of the talk there is no word behind it."""
    assert [w for w, _, _ in hits("It was the Quexley")] == []


def test_what_is_an_everyday_word_too_carries_a_question() -> None:
    """A person is asked about it, and about nothing that is plain."""
    asked = reasons("We met on the unit then.", "Thanks, Hope.", "Keziah left, and Hope came.")
    assert asked["unit"] == LABELLED
    assert asked["Keziah"] == ""
    assert reasons("Hope was late, said Keziah.")["Hope"] == TOO


@pytest.mark.parametrize(
    ("said", "words", "kind"),
    [
        ("She was on Remu last week.", "Remu", "LOCATION"),
        ("She was on the Remu last week.", "Remu", "LOCATION"),
        ("Then Remu ward was full.", "Remu", "LOCATION"),
        ("She works in Quexly now.", "Quexly", "ORG"),
        ("She came from Zelkerk.", "Zelkerk", "LOCATION"),
    ],
)
def test_a_site_that_was_misheard_is_found_where_one_is_due(said: str, words: str, kind: str) -> None:
    """Behind "on" or "in", or before the word for a kind of place; a little less surely."""
    assert (words, kind, 0.62) in hits(said)
    assert reasons(said)[words] == "sounds like a site of the study"


@pytest.mark.parametrize(
    "said",
    [
        "Then Remu laughed at us.",  # no site is due
        "She was on Rem last week.",  # too short to tell
        "She was on Plomk last week.",  # unlike
        "She was on time last week.",  # an ordinary word
        "We talked the Remu over.",
    ],
)
def test_another_word_or_another_place_is_no_site(said: str) -> None:
    """Sounding alike is not enough."""
    assert not [h for h in hits(said) if h[1] in ("LOCATION", "ORG")]


def test_an_ordinary_word_of_a_site_s_name_is_not_listened_for() -> None:
    """ "Ward" of Rimu Ward, "Trust" of Quexley Trust: words that sound like them are everywhere."""
    roster = Roster(sites=("Long Ward", "Day Unit"))
    assert hits("She was on Lonk, on Warz and on Dey.", roster=roster) == []


@pytest.mark.parametrize(
    ("said", "words", "score"),
    [
        ("Thanks, Kezaya, for that.", "Kezaya", 0.8),
        ("So Obuja left.", "Obuja", 0.9),
        ("thanks kezaya for that", "kezaya", 0.8),
    ],
)
def test_a_name_that_was_written_as_it_sounded_is_asked_about(said: str, words: str, score: float) -> None:
    """By how alike it sounds and whether a name is due."""
    assert (words, "PERSON", score) in hits(said)
    assert reasons(said)[words] == "sounds like a participant's name"


@pytest.mark.parametrize(
    "said",
    [
        "We got away early.",
        "He takes warfarin, Hodgkin's it was.",
        "So the kazoo left.",
        "They were busy, then.",
    ],
)
def test_other_words_that_sound_a_little_alike_are_left(said: str) -> None:
    """Ordinary words where no name is due, drugs and diseases."""
    assert hits(said) == []


def test_a_roster_of_sites_alone_has_no_names_to_sound_like() -> None:
    """Nothing is compared with nothing."""
    assert hits("Thanks, Kezaya.", roster=Roster(sites=("Rimu Ward",))) == []
