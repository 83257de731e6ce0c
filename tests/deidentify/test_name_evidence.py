"""How likely a word is a name: what each thing around it adds, without the models' opinions and with given ones."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import pytest

from pipeline.deidentify.dialogue import build
from pipeline.deidentify.name_evidence import NameEvidence, bare
from pipeline.deidentify.questions import Questions
from pipeline.deidentify.recognizers.base import View
from pipeline.deidentify.talk import Reading
from pipeline.records import Utterance

CASED = "We met in Wellington with Anna and Brigitta."  # so that capitals mean something


@dataclass
class Entity:
    """What spaCy gives, as far as it is read."""

    start_char: int
    end_char: int
    label_: str


@dataclass
class Doc:
    ents: list[Entity] = field(default_factory=list)


def view_of(
    *turns: str,
    cased: bool = True,
    read: dict[str, Reading] | None = None,
    ents: dict[str, str] | None = None,
) -> View:
    """A talk; `read` are the classifier's opinions of words, `ents` spaCy's labels of phrases."""
    said = (*turns, CASED) if cased else turns
    dialogue = build([Utterance(f"P{n % 2:02}", n, n + 1.0, t) for n, t in enumerate(said)])
    view: Any = View(dialogue, Questions(dialogue))
    if read is not None:
        view.readings = [read.get(t.text, Reading({})) for t in dialogue.tokens]
    if ents is not None:
        text = dialogue.text
        view.doc = Doc([Entity(text.index(w), text.index(w) + len(w), label) for w, label in ents.items()])
    return view  # type: ignore[no-any-return]


def score(word: str, *turns: str, **more: Any) -> float:
    """Of the first place of the word."""
    view = view_of(*turns, **more)
    at = next(n for n, t in enumerate(view.dialogue.content) if bare(t.text) == word)
    return NameEvidence(view).scores()[at]


NAMED = Reading({"PERSON": 0.9}, given=0.9)
PLACED = Reading({"LOCATION": 0.9})


@pytest.mark.parametrize(
    ("word", "more", "less"),
    [
        ("Zorblain", "Then Doctor Zorblain came.", "Then the Zorblain came."),
        ("Zorblain", "My name is Zorblain.", "It fell on Zorblain."),
        ("Zorblain", "Thanks, Zorblain, for that.", "It was Zorblain stuff then."),
        ("Zorblain", "I met Anna Zorblain there.", "I met the Zorblain there."),
        ("Zorblain", "I met Zorblain there.", "He is taking Zorblain now."),
        ("Zorblain", "I met Zorblain there.", "He has Zorblain disease now."),
        ("Zorblain", "I met Zorblain there.", "I met Zorblain ten milligrams there."),
        ("Anna", "I met Anna there.", "I met an Anna there."),
        ("Hope", "I saw Doctor Hope there.", "Hope it is fine."),
        ("Rose", "So I met Rose there.", "Rose to the top it did."),
        ("Mei", "It was Auntie Mei again.", "It was blue Mei again."),
        ("Friesens", "Then the Friesens came.", "Then of Friesens came."),
    ],
)
def test_the_place_of_a_word_speaks_for_or_against_a_name(word: str, more: str, less: str) -> None:
    """A title, an introduction, an address, a name beside it; an article, a dose, a disease."""
    assert score(word, more) > score(word, less)


@pytest.mark.parametrize(
    ("word", "turns"),
    [
        ("Zorblain", ("Then Doctor Zorblain came.",)),
        ("Zorblain", ("My name is Zorblain.",)),
        ("Zorblain", ("And your name?", "Zorblain.")),
        ("Brigitta", ("I met Brigitta there.",)),
        ("Smith", ("I met Anna Smith there.",)),
        ("Mei", ("It was Auntie Mei again.",)),
    ],
)
def test_without_any_model_a_plain_case_is_a_name(word: str, turns: tuple[str, ...]) -> None:
    """More likely than not."""
    assert score(word, *turns) > 0.5


@pytest.mark.parametrize(
    ("word", "turns"),
    [
        ("table", ("I met table there.",)),
        ("five", ("I met five there.",)),
        ("h2", ("I met h2 there.",)),
        ("b", ("It is b then.",)),
        ("Levodopa", ("He takes Levodopa now.",)),
        ("Parkinson", ("He has Parkinson's disease.", "Then Parkinson disease.")),
        ("French", ("So a French film.",)),
        ("Hope", ("Hope so, yes.",)),
        ("the", ("Hello the.",)),
    ],
)
def test_ordinary_words_numbers_drugs_and_letters_are_none(word: str, turns: tuple[str, ...]) -> None:
    """Less likely than one in four, whatever stands around."""
    if word == "Parkinson":
        turns = turns[1:]
    assert score(word, *turns) < 0.25


@pytest.mark.parametrize("word", ["five", "h2", "the", "is"])
def test_what_is_never_a_name_is_none_for_the_models_either(word: str) -> None:
    """Numbers, figures and words of grammar, however surely they are read as names."""
    assert score(word, f"Doctor {word} came.", read={word: NAMED}) < 0.001


def test_the_models_opinions_count_for_and_against() -> None:
    """The classifier's for a person and against for a place; spaCy's by its label; none where it has none."""
    said = "I saw Zorblain there."
    plain = score("Zorblain", said)
    assert (
        score("Zorblain", said, read={"Zorblain": NAMED})
        > plain
        > score("Zorblain", said, read={"Zorblain": PLACED})
    )
    assert score("Zorblain", said, read={}) == plain
    by_label = {
        label: score("Zorblain", said, ents={"Zorblain": label})
        for label in ("PERSON", "ORG", "GPE", "DATE", "NORP", "FAC")
    }
    assert (
        by_label["PERSON"]
        > by_label["ORG"]
        > plain
        > by_label["FAC"]
        > by_label["GPE"]
        > by_label["DATE"]
        > by_label["NORP"]
    )
    assert score("Zorblain", said, ents={"I": "PERSON"}) == plain


def test_spacy_s_label_is_of_the_words_it_covers() -> None:
    """Of several entities each word has its own; a word between them has none."""
    view = view_of("So Anna Zed saw the Rimu and left.", ents={"Anna Zed": "PERSON", "Rimu": "GPE"})
    evidence = NameEvidence(view)
    text = view.dialogue.text
    assert {text[start:].split()[0]: label for start, label in evidence.labels.items()} == {
        "Anna": "PERSON", "Zed": "PERSON", "Rimu": "GPE",
    }  # fmt: skip


def test_a_capital_counts_where_capitals_are_written() -> None:
    """In talk without capitals a small word is as good as another."""
    assert score("Zorblain", "I saw Zorblain there.") > score("zorblain", "I saw zorblain there.")
    assert score("zorblain", "i saw zorblain there", cased=False) > score("zorblain", "I saw zorblain there.")


def test_a_name_supports_the_word_beside_it() -> None:
    """Behind it as a surname, before it as a given name; not over a pause."""
    assert score("Hill", "I met Brigitta Hill there.") > score("Hill", "I met Brigitta, Hill there.")
    assert score("hope", "thanks hope zorblain come in", cased=False) >= score(
        "hope", "thanks hope come in", cased=False
    )
    assert score("Faith", "So it was Faith Zorblain then.") > 0.5


def test_a_word_with_a_capital_inside_two_sentences_is_rather_a_name() -> None:
    """Once may be a slip."""
    once = score("Zorblain", "I saw Zorblain there.")
    twice = score("Zorblain", "I saw Zorblain there.", "And then Zorblain left.")
    assert twice > once


@pytest.mark.parametrize(
    ("said", "is_name"),
    [
        ("So Mr J Smith came.", True),
        ("So Mr J. Smith came.", True),
        ("So plan J Smith came.", False),
        ("So Mr J came.", False),
        ("So Mr I Smith came.", False),
    ],
)
def test_an_initial_is_one_behind_a_title_and_before_a_name(said: str, is_name: bool) -> None:
    """Other letters are letters."""
    letter = "I" if " I " in said else "J"
    assert (score(letter, said) > 0.01) is is_name


@pytest.mark.parametrize(
    ("words", "counts"),
    [("Zorblain.", True), ("Well it is like this with me and them all, then, Zorblain.", False)],
)
def test_an_answer_to_the_question_for_a_name_comes_soon(words: str, counts: bool) -> None:
    """Within nine words."""
    asked, other = score("Zorblain", "And your name?", words), score("Zorblain", "And your dog?", words)
    assert (asked > other) is counts


@pytest.mark.parametrize(
    ("word", "left"),
    [("anna's", "anna"), ("anna", "anna"), ("friesens'", "friesens"), ("'s", ""), ("s", "s")],
)
def test_a_possessive_is_no_part_of_a_name(word: str, left: str) -> None:
    """Of one or of many."""
    assert bare(word) == left


def test_every_content_word_has_a_probability() -> None:
    """However odd the talk, in order, and the same every time."""
    for turns in (("",), ("um, uh",), ("a a a",), ("I, I met Anna's, 's, -- 5",)):
        view = view_of(*turns, cased=False)
        scores = NameEvidence(view).scores()
        assert len(scores) == len(view.dialogue.content)
        assert all(0 <= s <= 1 for s in scores)
        assert scores == NameEvidence(view).scores()


def odds(word: str, *turns: str, **more: Any) -> float:
    """Log odds of the word's being a name."""
    p = score(word, *turns, **more)
    return math.log(p / (1 - p))


@pytest.mark.parametrize(
    ("said", "weight"),
    [
        ("I saw Doctor Zorblain there.", 5.3),
        ("I saw Mr Zorblain there.", 5.3),
        ("I saw Miss. Zorblain there.", -1.4),
        ("I saw Auntie Zorblain there.", 3.5),
        ("I saw Auntie. Zorblain there.", -1.4),
        ("My name is Zorblain there.", 2.6),
        ("Hi Zorblain there.", 1.3),
        ("Hello, Zorblain.", 3.8),
        ("I saw, Zorblain, there.", 2.5),
        ("I saw Zorblain, there.", 0.0),
        ("I saw Anna Zorblain there.", 4.0),
        ("I saw in Anna, Zorblain there.", 2.0),
        ("I saw Zorblain's there.", 0.2),
        ("I saw Zorblain said there.", 0.3),
        ("I saw Zorblain, said there.", 0.0),
        ("I saw the Zorblain there.", -1.0),
        ("I saw my Zorblain there.", -0.4),
        ("I saw Zorblain disease there.", -3.0),
        ("I saw Zorblain ten milligrams there.", -3.0),
        ("Taking Zorblain there.", -2.0),
        ("Taking Zorblain's there.", 0.2),
    ],
)
def test_each_cue_adds_its_own_weight_to_an_unknown_word(said: str, weight: float) -> None:
    """Log odds over the same word with nothing around it; a cue at the wrong place adds nothing."""
    assert odds("Zorblain", said) - odds("Zorblain", "I saw Zorblain there.") == pytest.approx(weight)


@pytest.mark.parametrize(
    ("label", "weight"),
    [("PERSON", 1.6), ("ORG", 0.1), ("GPE", -0.5), ("DATE", -1.0), ("NORP", -2.0), ("FAC", -0.3)],
)
def test_spacy_s_label_adds_its_weight(label: str, weight: float) -> None:
    """For a person much, for a place or a people against."""
    said = "I saw Zorblain there."
    assert odds("Zorblain", said, ents={"Zorblain": label}) - odds("Zorblain", said) == pytest.approx(weight)


def test_the_classifier_s_opinion_counts_by_its_probability() -> None:
    """3.6 for certainly a name, 0.8 against for certainly a place."""
    said = "I saw Zorblain there."
    plain = odds("Zorblain", said)
    for reading, weight in ((Reading({"PERSON": 0.5}), 1.8), (Reading({"LOCATION": 0.5}), -0.4)):
        assert odds("Zorblain", said, read={"Zorblain": reading}) - plain == pytest.approx(weight)


@pytest.mark.parametrize(
    ("word", "said", "is_odds"),
    [
        ("Anna", "I saw Anna there.", 1.0),
        ("Anna", "Taking Anna there.", 0.5),
        ("Anna", "I saw Anna ten milligrams there.", 1.0),
        ("Anna", "I saw Anna disease there.", -2.0),
        ("Hope", "I saw Hope there.", 0.3),
        ("Hope", "I saw, Hope, there.", 0.5),
        ("Hope", "I saw Doctor Hope there.", 4.1),
        ("Hope", "My name is Hope there.", 1.5),
        ("Hope", "Hi Hope there.", 0.6),
        ("Friesens", "Then the Friesens came.", -0.4),
        ("Friesens", "Then of Friesens came.", -3.0),
        ("Zorblains", "Then the Zorblains came.", -1.6),
        ("friesens", "Then the friesens came.", -7.0),
        ("French", "So the French came.", -3.9),
    ],
)
def test_what_a_word_is_besides_a_name_counts_too(word: str, said: str, is_odds: float) -> None:
    """A name that is a word needs more; a family in the plural, a drug's dose behind a name, a people."""
    assert odds(word, said) == pytest.approx(is_odds)


@pytest.mark.parametrize(
    ("word", "said", "is_odds"),
    [
        ("anna", "i saw anna there", -1.7),
        ("anna", "hi anna", 1.3),
        ("anna", "hi anna will you", 1.6),
        ("zorblain", "i saw zorblain there", -3.1),
        ("zorblain", "auntie zorblain there", -1.1),
        ("hope", "hi hope", -1.156),
    ],
)
def test_without_capitals_the_words_around_decide(word: str, said: str, is_odds: float) -> None:
    """Nothing counts for a capital or its absence."""
    assert odds(word, said, cased=False) == pytest.approx(is_odds, abs=0.001)


def test_a_word_that_is_read_as_a_person_is_an_ordinary_word_only_by_accident() -> None:
    """Set off, it then counts like a name that is no word."""
    said = {"alone": "I saw Hope there.", "called": "I saw, Hope, there."}
    read = {k: odds("Hope", s, ents={"Hope": "PERSON"}) for k, s in said.items()}
    plain = {k: odds("Hope", s) for k, s in said.items()}
    assert read["called"] - read["alone"] == pytest.approx(2.5)
    assert plain["called"] - plain["alone"] == pytest.approx(0.2)
    assert read["alone"] - plain["alone"] == pytest.approx(1.6)


def test_a_question_for_a_name_adds_to_its_answer() -> None:
    """Less to an ordinary word; the same word elsewhere with a capital adds half."""
    for word, weight in (("Zorblain", 1.8), ("Hope", 0.6)):
        answers = [odds(word, f"And your {what}?", f"{word}.") for what in ("name", "dog")]
        assert answers[0] - answers[1] == pytest.approx(weight)
    twice = odds("Zorblain", "I saw Zorblain there.", "I saw Zorblain there.")
    assert twice - odds("Zorblain", "I saw Zorblain there.") == pytest.approx(0.5)
