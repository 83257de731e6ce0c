"""How surely codes, postcodes, phones, identity numbers, contacts and letters are found, and what is none of them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.deidentify.recognizers.base import SpeechRecognizer
from pipeline.deidentify.recognizers.emails import SpokenContactRecognizer
from pipeline.deidentify.recognizers.identity_numbers import IdentityNumberRecognizer
from pipeline.deidentify.recognizers.initials import InitialsRecognizer
from pipeline.deidentify.recognizers.phones import SpokenPhoneRecognizer
from pipeline.deidentify.recognizers.postcodes import PostcodeRecognizer
from pipeline.deidentify.recognizers.spelled import SpelledNameRecognizer
from pipeline.deidentify.recognizers.spoken_codes import RADIO, SpokenCodeRecognizer

Hits = dict[str, float]
POSTCODE, PHONE, NUMBER = "What's your postcode?", "What's your number?", "What is your member number?"


def hits(recognizer: type[SpeechRecognizer], *turns: str) -> Hits:
    """The best score of each find."""
    text = "\n".join(turns)
    found: Hits = {}
    for r in recognizer().analyze(text, []):
        found[text[r.start : r.end]] = max(r.score, found.get(text[r.start : r.end], 0.0))
    return found


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Hotel X-ray one nine, Kilo Lima Juliet.", {"Hotel X-ray one nine, Kilo Lima Juliet": 0.85}),
        ("It's tango four five six now.", {"tango four five six": 0.85}),
        ("d k four five p z g p", {"d k four five p z g p": 0.75}),
        ("The plate is b c four five.", {"b c four five": 0.8}),
        ("The code is four nine two x.", {"four nine two x": 0.8}),
        ("The reference number, d four nine.", {"d four nine": 0.8}),
        ("FIR number eighty eight of twenty three.", {"eighty eight of twenty three": 0.8}),
        ("Docket no twelve of ninety", {"twelve of ninety": 0.8}),
        ("Case nine slash twelve.", {"nine slash twelve": 0.8}),
        ("I think b c four five.", {}),  # nothing announces it
        ("The code one two three four.", {}),  # counting
        ("Kilo tango left.", {}),  # no figures
        ("a b four two patients came", {}),  # counts something
        ("Foxtrot and tango, two dances.", {}),
        ("The case was nine days long.", {}),
    ],
)
def test_a_code_is_announced_or_long_or_said_by_radio(said: str, found: Hits) -> None:
    """With letters and two figures at least."""
    assert hits(SpokenCodeRecognizer, said) == found


@pytest.mark.parametrize(
    ("turns", "found"),
    [
        (("It's S W sixteen, six J T.",), {"S W sixteen, six J T": 0.9}),
        (("sw16 6jt",), {"sw16 6jt": 0.9}),
        (("K one A, zero B one",), {"K one A, zero B one": 0.85}),
        ((POSTCODE, "Seven eight five eight six."), {"Seven eight five eight six": 0.85}),
        ((POSTCODE, "L S six."), {"L S six": 0.85}),
        ((POSTCODE, "No four."), {}),
        (("How are you?", "L S six."), {}),
        (("How are you?", "Seven eight five eight six."), {}),
        (("T four five six seven",), {}),
        (("C five C it hurts",), {}),  # vertebrae
        (("It's T one two K.",), {}),
    ],
)
def test_a_postcode_is_whole_or_asked_for(turns: tuple[str, ...], found: Hits) -> None:
    """Part of one is one only as an answer."""
    got = hits(PostcodeRecognizer, *turns)
    assert {k: v for k, v in got.items() if k in found} == found
    assert bool(got) is bool(found)


@pytest.mark.parametrize(
    ("turns", "found"),
    [
        (("Oh two one five five five one nine",), {"Oh two one five five five one nine": 0.9}),
        (("two one five five five one nine",), {"two one five five five one nine": 0.7}),
        ((PHONE, "two one five five five one nine"), {"two one five five five one nine": 0.9}),
        (("two one five five five one",), {}),  # six
        ((PHONE, "Five four one nine."), {"Five four one nine": 0.75}),
        ((PHONE, "Five four one."), {"Five four one": 0.75}),
        ((PHONE, "Five four."), {}),
        ((PHONE, "One two three four."), {"One two three four": 0.75}),
        (("It ends in, ending four one nine.",), {"four one nine": 0.75}),
        (("How many?", "Five four one nine."), {}),
        (("one two three four five six seven",), {}),
        (("It's fifty, sixty, seventy, eighty.",), {}),
        (("two hundred and fifty thousand",), {}),
        ((PHONE, "Five hundred and four one."), {}),
    ],
)
def test_a_phone_number_has_seven_figures_or_was_asked_for(turns: tuple[str, ...], found: Hits) -> None:
    """Read out figure by figure, and not counted up unless it is the answer."""
    assert hits(SpokenPhoneRecognizer, *turns) == found


@pytest.mark.parametrize(
    ("turns", "found"),
    [
        (("Z J B four one two nine",), {"Z J B four one two nine": 0.97}),
        (("Z J B four one two eight",), {"Z J B four one two eight": 0.85}),
        (("ZAC5361",), {"ZAC5361": 0.97}),
        (("ZAC5362",), {"ZAC5362": 0.75}),
        (("AB1234",), {"AB1234": 0.75}),
        (("123-45-6789",), {"123-45-6789": 0.75}),
        (("12-3456-7890123-00",), {"12-3456-7890123-00": 0.75}),
        (("192.168.1.10",), {"192.168.1.10": 0.75}),
        ((NUMBER, "Four nine one."), {"Four nine one": 0.7}),
        ((NUMBER, "Four nine one six two eight."), {"Four nine one six two eight": 0.85}),
        ((NUMBER, "One two three."), {"One two three": 0.7}),
        ((NUMBER, "Four nine."), {}),
        ((NUMBER, "Four hundred and nine one."), {}),
        (("So?", "Four nine one."), {}),
        (("two one two",), {}),
        (("section nine",), {}),
        (("B twelve",), {}),
        (("the man four one two nine",), {}),
        (("192.168.1",), {}),
    ],
)
def test_an_identity_number_has_a_form_or_was_asked_for(turns: tuple[str, ...], found: Hits) -> None:
    """Surest where its check character is right."""
    assert hits(IdentityNumberRecognizer, *turns) == found


@pytest.mark.parametrize(
    ("said", "words", "score"),
    [
        ("it's zed at gmail dot com", "zed at gmail dot com", 0.97),
        ("it's zed at gmail", "zed at gmail", 0.97),
        ("send it to zed dot quux at quex dot org", "zed dot quux at quex dot org", 0.97),
        ("write to zed.quux@quex.org now", "zed.quux@quex.org", 0.98),
        ("at tess dot flies", "at tess dot flies", 0.9),
        ("tess underscore flies", "tess underscore flies", 0.85),
        ("my instagram is zorbo nine", "zorbo nine", 0.7),
        ("my username was just called zorbo", "zorbo", 0.7),
        ("ask @zed_quux there", "@zed_quux", 0.98),
        ("www dot quex dot org slash zed", "www dot quex dot org slash zed", 0.85),
        ("see quex.co.nz/about today", "quex.co.nz/about", 0.98),
        ("http://quex.org/a.", "http://quex.org/a", 0.98),
    ],
)
def test_a_contact_is_found_whole_and_without_what_leads_up_to_it(
    said: str, words: str, score: float
) -> None:
    """Said or written."""
    assert hits(SpokenContactRecognizer, said)[words] == score


@pytest.mark.parametrize(
    "said",
    [
        "my instagram is the best",
        "All at once.",
        "At ten dot points.",
        "He is at @ home.",
        "It's a dot on a map.",
        "v1.2 of it",
    ],
)
def test_words_of_contacts_alone_are_none(said: str) -> None:
    """ "At" and "dot" are ordinary words."""
    assert "EMAIL" not in str([r.entity_type for r in SpokenContactRecognizer().analyze(said, [])])
    assert not [w for w, score in hits(SpokenContactRecognizer, said).items() if score >= 0.97]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("My surname's N G A T A", {"N G A T A": 0.9}),
        ("It's R O double S.", {"R O double S": 0.7}),
        ("A S H C R O F T", {"A S H C R O F T": 0.7}),
        ("b a o", {"b a o": 0.35}),
        ("His surname, b a o", {"b a o": 0.6}),
        ("B-A-O.", {"B-A-O": 0.7}),
        ("O for orange B for bob I", {"O for orange B for bob I": 0.35}),
        ("M R I", {}),
        ("T A B L E", {}),
        ("E L B A T", {}),
        ("N G A four", {}),
    ],
)
def test_letters_are_a_name_the_surer_the_more_there_are(said: str, found: Hits) -> None:
    """And where a name is spoken of; no abbreviation, no word of a memory test, no number's beginning."""
    assert hits(SpelledNameRecognizer, said) == found


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Then Q.X. Haldane came with Anna.", {"Q.X. Haldane": 0.9, "Q.X.": 0.6}),
        ("Then A.K.'s mother saw Anna.", {"A.K.": 0.8}),
        ("I saw Dr. O. with Anna.", {"O": 0.85}),
        ("Then JB rang Anna.", {"JB": 0.7}),
        ("Then JB's mother saw Anna.", {"JB": 0.8}),
        ("They call him T.J. and Anna.", {"T.J.": 0.8}),
        ("He is in Q.X. then, Anna.", {"Q.X.": 0.65}),
        ("A.B.C. came, Anna.", {"A.B.C.": 0.6}),
        ("He was in U.K. then, Anna.", {}),
        ("Then MRI said Anna.", {}),
        ("Then GP said Anna.", {}),
        ("At 5 P.M. The Anna.", {}),
        ("then q.x. haldane came", {}),
    ],
)
def test_initials_are_somebody_s_by_what_stands_beside_them(said: str, found: Hits) -> None:
    """A surname, a title, a relation, what people do; where capitals are written."""
    assert hits(InitialsRecognizer, said) == found


FIGURES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
ALL = [
    SpokenCodeRecognizer, PostcodeRecognizer, SpokenPhoneRecognizer, IdentityNumberRecognizer,
    SpokenContactRecognizer, SpelledNameRecognizer, InitialsRecognizer,
]  # fmt: skip


@given(
    st.lists(
        st.sampled_from([*FIGURES, *RADIO, "a", "b", "double", "at", "dot", "um", "J.", "and"]), max_size=12
    )
)
@settings(max_examples=60, deadline=None)
def test_whatever_is_said_finds_stand_in_it_with_a_probability(words: list[str]) -> None:
    """In order, within the talk, of a type the recognizer declares, and the same every time."""
    text = " ".join(words)
    for recognizer in ALL:
        results = recognizer().analyze(text, [])
        assert all(0 <= r.start < r.end <= len(text) and 0 < r.score <= 1 for r in results)
        assert {r.entity_type for r in results} <= set(recognizer.ENTITIES)
        again = recognizer().analyze(text, [])
        assert [(r.start, r.end, r.score) for r in results] == [(r.start, r.end, r.score) for r in again]


@given(
    st.lists(st.sampled_from(FIGURES), min_size=2, max_size=4),
    st.lists(st.sampled_from(RADIO), min_size=3, max_size=4),
)
@settings(max_examples=40, deadline=None)
def test_a_code_by_radio_is_covered_whole(figures: list[str], letters: list[str]) -> None:
    """Every letter and figure of it, wherever the figures stand."""
    for said in (" ".join([*letters, *figures]), " ".join([*figures, *letters])):
        assert said in hits(SpokenCodeRecognizer, f"so it was, {said}, they told")
