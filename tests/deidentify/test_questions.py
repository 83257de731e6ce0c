"""What the talk has just asked for: answers need no cue of their own."""

from __future__ import annotations

import pytest

from pipeline.deidentify.dialogue import Dialogue
from pipeline.deidentify.questions import CUES, Questions


def asked(kind: str, question: str, *between: str, words: int = 25, turns: int = 4) -> bool:
    """Whether a kind is asked for where the last turn begins, which says "here"."""
    said = (question, *between, "here")
    dialogue = Dialogue(said, tuple(f"S{1 + n % 2}" for n in range(len(said))))
    return Questions(dialogue).near(kind, dialogue.plain.rindex("here"), words, turns)


@pytest.mark.parametrize(
    ("kind", "question"),
    [
        ("name", "Can I take your full name?"),
        ("name", "Who am I speaking to?"),
        ("name", "What should I call you?"),
        ("name", "Let's go round and introduce ourselves."),
        ("dob", "And your date of birth?"),
        ("dob", "When was she born?"),
        ("dob", "D.O.B. please"),
        ("age", "How old is he?"),
        ("age", "And what's your age?"),
        ("address", "What is the first line of your address?"),
        ("address", "Where do you live?"),
        ("postcode", "And the post code?"),
        ("postcode", "What's your zip?"),
        ("phone", "What's the best number for you?"),
        ("phone", "Is it the same mobile?"),
        ("phone", "Ring me on"),
        ("email", "Have you an e-mail?"),
        ("job", "What do you do for a living?"),
        ("job", "And his occupation?"),
        ("org", "Which school do they go to?"),
        ("org", "Where does she work?"),
        ("id", "Have you got your patient number?"),
        ("id", "Read me the plate, please."),
    ],
)
def test_a_question_is_known_by_its_words(kind: str, question: str) -> None:
    """And asks for its own kind alone."""
    assert asked(kind, question)
    assert not asked("email" if kind != "email" else "dob", question)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("address", "I'd like to address this problem."),
        ("address", "Send it to my mail address"),
        ("address", "Who do you live with?"),
        ("phone", "A number of people came."),
        ("age", "It takes ages."),
        ("job", "What did you do then?"),
        ("id", "He plays a licensed game."),
    ],
)
def test_what_only_sounds_like_a_question_asks_for_nothing(kind: str, said: str) -> None:
    """The same words in another sense."""
    assert not asked(kind, said)


def test_a_question_is_forgotten_after_some_words_and_turns() -> None:
    """The bound is the caller's; the turns between count, not those around."""
    question, filler = "And your date of birth?", "let me see now"
    assert asked("dob", question, filler, words=4)
    assert not asked("dob", question, filler, words=3)
    assert asked("dob", question, filler, filler, turns=3)
    assert not asked("dob", question, filler, filler, filler, turns=3)


def test_only_the_last_question_counts() -> None:
    """Asked again, the words since are those since then."""
    dialogue = Dialogue(("How old are you?", "sorry?", "How old are you?", "here"), ("S1", "S2", "S1", "S2"))
    since = Questions(dialogue).words_since("age", dialogue.plain.rindex("here"))
    assert since == 2


def test_nothing_is_asked_before_the_first_question() -> None:
    """Of no kind."""
    dialogue = Dialogue(("here we are", "How old are you?"), ("S1", "S2"))
    assert all(Questions(dialogue).words_since(kind, 0) is None for kind in CUES)
