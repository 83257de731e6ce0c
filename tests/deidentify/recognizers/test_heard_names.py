"""Names heard as other words: marked by the recogniser's second listening, or heard with doubt in a name's place."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipeline.deidentify.dialogue import build, from_text, name_heard
from pipeline.deidentify.questions import Questions
from pipeline.deidentify.recognizers.base import View
from pipeline.deidentify.recognizers.heard_names import HeardNameRecognizer
from pipeline.deidentify.recognizers.roster_names import RosterRecognizer
from pipeline.records import Person, Roster, Utterance, Word


def uttered(text: str, *, unsure: Sequence[str] = (), at: float = 0.2) -> Utterance:
    """A line as a recogniser gave it: a word written "away.|Wei" may be Wei; `unsure` words got `at`."""
    parts = [part.partition("|") for part in text.split()]
    words = tuple(
        Word(n / 2, n / 2 + 0.4, said, at if said.strip(".,?") in unsure else 0.99, name)
        for n, (said, _, name) in enumerate(parts)
    )
    return Utterance("P01", 0.0, len(words) / 2, " ".join(w.text for w in words), words)


def found(*lines: Utterance) -> list[tuple[str, float]]:
    """What stands in the text, and the score, of each find."""
    dialogue = build(lines)
    hits = HeardNameRecognizer().find(View(dialogue, Questions(dialogue)))
    return [(dialogue.text[h.start : h.end], h.score) for h in hits]


def test_a_marked_word_is_found() -> None:
    """The word as it stands, without its full stop."""
    ((text, score),) = found(uttered("Okay, sit back away.|Wei Let the group carry it."))
    assert text == "away"
    assert score >= 0.7


def test_two_words_for_one_name_are_one_find() -> None:
    """ "on her" for Ona; a possessive's s stays."""
    assert [t for t, _ in found(uttered("nobody has said on|Ona her.|Ona She made it"))] == ["on her"]
    assert [t for t, _ in found(uttered("that is way's|Wei patient, I think"))] == ["way"]


def test_a_mark_where_a_name_is_due_counts_more() -> None:
    """Set off as somebody called, the same sound is surer."""
    ((_, called),) = found(uttered("Thanks, way.|Wei That was good."))
    ((_, inside),) = found(uttered("It was on the way|Wei home that I thought of it."))
    assert called > inside


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Oh yeah, Des. I told her so.", "Des"),
        ("There is the son and the granddaughter may. And outside", "may"),
    ],
)
def test_a_doubtful_word_in_a_names_place_is_found_and_asked_about(text: str, word: str) -> None:
    """Called by it, or said behind a relation; the score is low enough to be put to a person."""
    ((said, score),) = found(uttered(text, unsure=[word]))
    assert said == word
    assert 0.55 <= score < 0.67


def test_a_given_name_written_small_behind_a_relation_is_found() -> None:
    """ "An ex, Callum" comes out as "an ex-calum"; a relation that is an ordinary word stays."""
    assert [t for t, _ in found(uttered("And there is an ex-calum, but we do not"))] == ["calum"]
    assert found(uttered("And there is an ex-wife, but we do not")) == []


def test_a_sentence_of_one_word_behind_a_relation_needs_less_doubt() -> None:
    """ "There's a stepdad. Dragon." at 0.8, where elsewhere 0.8 is sure enough."""
    assert [t for t, _ in found(uttered("There is a stepdad. Dragon. He is", unsure=["Dragon"], at=0.8))] == [
        "Dragon"
    ]
    assert found(uttered("Oh yeah, Des. I told her so.", unsure=["Des"], at=0.8)) == []


@pytest.mark.parametrize(
    ("text", "unsure", "at", "names"),
    [
        ("I am calling, jerk, jerk, are you there?", "jerk", 0.1, ["jerk", "jerk"]),
        ("Come. Did you go in?", "Come", 0.3, ["Come"]),
        ("Thanks, away. That was good.", "away", 0.5, ["away"]),
        ("This is my wife. Concept it. She is well.", "Concept", 0.5, ["Concept it"]),
        ("That was Mrs Sample. Alive. She was a teacher.", "Alive", 0.4, ["Alive"]),
    ],
)
def test_in_other_names_places(text: str, unsure: str, at: float, names: list[str]) -> None:
    """Called and asked by an everyday word, thanked, two words behind a relation, a sentence before one about somebody."""
    assert [t for t, _ in found(uttered(text, unsure=[unsure], at=at))] == names


@pytest.mark.parametrize(
    ("text", "unsure"),
    [
        ("Brilliant. Did you go in?", "Brilliant"),
        ("Thanks, everyone. That was good.", "everyone"),
        ("This is my wife. Really well. She is well.", "Really"),
        ("Mmm. She was a teacher.", "Mmm"),
        ("Oh yeah, Des. I told her so.", ""),  # heard without doubt: other recognizers' business
        ("Okay, so what do you think?", "Okay"),
        ("Zopiclone, half a tablet.", "Zopiclone"),
        ("He told his wife yesterday. And then", "yesterday"),
        ("We talked about the weather for a while.", "weather"),
        ("So, here. Shall we start?", "here"),
    ],
)
def test_other_words_stay(text: str, unsure: str) -> None:
    """Sure words, words of the grammar, drugs, and doubtful words where no name is due."""
    assert found(uttered(text, unsure=[unsure])) == []


def test_text_without_a_recogniser_is_left_alone() -> None:
    """A transcript from elsewhere has no probabilities, and nothing is guessed from them."""
    dialogue = from_text("Oh yeah, Des. I told her so.")
    assert list(HeardNameRecognizer().find(View(dialogue, Questions(dialogue)))) == []
    assert dialogue.heard_as(dialogue.tokens[0]) is None


def test_the_name_behind_the_words_is_told() -> None:
    """So that the label is the person's own; empty where there is none."""
    line = uttered("Okay, sit back away.|Wei Let the group carry it.")
    at = line.text.index("away")
    assert name_heard(line, at, at + 4) == "Wei"
    assert name_heard(line, 0, 4) == ""


def test_a_participants_name_that_is_an_ordinary_word_is_found_where_it_was_doubtful() -> None:
    """ "So, Will, push back" comes out as "So will push back", with doubt; owning something needs none."""
    roster = Roster((Person("P03", "Will Sampleton"),))

    def by_roster(line: Utterance) -> list[str]:
        dialogue = build([line], roster)
        hits = RosterRecognizer().find(View(dialogue, Questions(dialogue)))
        return [dialogue.text[h.start : h.end] for h in hits if h.score >= 0.55]

    assert by_roster(uttered("Good. So will push back. Folks?", unsure=["will"])) == ["will"]
    assert by_roster(uttered("Good. So will push back. Folks?")) == []
    assert by_roster(uttered("Is it Anna who knows? Will's own dad?")) == ["Will"]
    assert by_roster(uttered("I and Anna hope that you will stay.")) == []
