"""Names that are ordinary words too: where nobody known bears them, and where somebody does."""

from __future__ import annotations

import pytest

from pipeline.deidentify.dialogue import build
from pipeline.deidentify.mentions import spread
from pipeline.deidentify.merge import Candidate
from pipeline.deidentify.questions import Questions
from pipeline.deidentify.recognizers.base import View
from pipeline.deidentify.recognizers.roster_names import RosterRecognizer
from pipeline.deidentify.recognizers.word_names import WordNameRecognizer
from pipeline.records import Person, Roster, Utterance, Word
from tests.deidentify.recognizers.seen import seen

CASED = "I think Anna said that Tom and Mia came."  # so that capitals mean something


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("There was a nurse faith. And she stayed.", "faith"),
        ("There's a daughter. Joy. She's in another town.", "Joy"),
        ("I'm at a clinic with a doctor joy. Like that's her surname.", "joy"),
        ("Sample is the surname. First name hope. I'm new.", "hope"),
        ("See you then. Will, will you do the chairs?", "Will"),
        ("Thanks, Rose. Take your time.", "Rose"),
        ("And he looks at me and goes, Ish, am I well?", "Ish"),
        ("I'm Marinette. Mayor for short. I'm new here.", "Mayor"),
        ("I know. Dr. S. went right off.", "S"),
        ("And the lady misses Gore. She was a teacher.", "Gore"),
    ],
)
def test_an_ordinary_word_in_a_names_place_is_found(said: str, name: str) -> None:
    """Behind a relation, a title, "first name"; called; for short; what is left of a name behind a title."""
    assert seen(WordNameRecognizer(), f"{CASED} {said}") == [("PERSON", name)]


@pytest.mark.parametrize(
    "said",
    [
        "I hope so. We can hope for things.",
        "Will you come back in? May I ask?",
        "Maybe you will think about it, and grace helps.",
        "So, can you say more? Okay, what did they say?",
        "He said, Look, can you stop?",
        "My mother will. My father may.",
        "Thanks, everybody. Thanks, love. Hello, doctor.",
        "She misses home. It is called cognitive therapy, CBT for short.",
        "I told my wife. True, I did.",
    ],
)
def test_ordinary_words_stay(said: str) -> None:
    """Verbs, endearments, quoted talk, abbreviations."""
    assert seen(WordNameRecognizer(), f"{CASED} {said}") == []


def view_of(text: str, roster: Roster | None = None, unsure: str = "") -> View:
    """One turn as a recogniser heard it, words named in `unsure` with doubt."""
    words = tuple(
        Word(n / 2, n / 2 + 0.4, w, 0.4 if w.strip(".,?") in unsure.split() else 0.99)
        for n, w in enumerate(text.split())
    )
    dialogue = build([Utterance("P01", 0.0, len(words) / 2, text, words)], roster)
    return View(dialogue, Questions(dialogue))


def by_roster(text: str, unsure: str = "") -> list[str]:
    """What the roster's recognizer finds for two people called like ordinary words."""
    roster = Roster((Person("P02", "Hope Sampleton"), Person("P03", "Will Testley")))
    view = view_of(f"{CASED} {text}", roster, unsure)
    hits = RosterRecognizer().find(view)
    return [view.dialogue.text[h.start : h.end] for h in hits if h.score >= 0.55]


@pytest.mark.parametrize(
    ("text", "unsure", "found"),
    [
        ("Will you stay?", "", []),
        ("Anna, will you come back in?", "", []),
        ("Will, will you do the chairs?", "", ["Will"]),
        ("Hope you are well. I hope so.", "hope", []),
        ("I want to say, hope. He trusts that.", "hope", []),
        ("Hope was there all day.", "", ["Hope"]),
        ("Scared hope. Yes.", "hope", ["hope"]),
        ("Thanks hope. Take your time.", "", ["hope"]),
        ("It's called hope. We need some hope.", "hope", []),
    ],
)
def test_a_known_name_that_is_a_word_is_told_by_its_place(text: str, unsure: str, found: list[str]) -> None:
    """A question is no call; a subject, a thanked one and a doubtful end of a short phrase are names."""
    assert by_roster(text, unsure) == found


def again(text: str, name: str, reason: str = "", unsure: str = "") -> list[str]:
    """Further mentions of a name that was surely found where it stands first."""
    view = view_of(f"{CASED} {text}", unsure=unsure)
    start = view.dialogue.text.index(name)
    found = Candidate(start, start + len(name), "PERSON", 0.9, "test", "", reason)
    further = [c for c in spread([found], view) if c.start != start and c.score >= 0.55]
    return [view.dialogue.text[c.start : c.end] for c in further]


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        ("There was a nurse, Faith. Faith was kind. I have faith in it.", "Faith", ["Faith"]),
        ("I am called Rose. Rose a chiang, from abroad. She rose.", "Rose", ["Rose"]),
        ("Sorry. Tevita. Tev is all good.", "Tevita", ["Tev"]),
        ("Hi, Mareliko. Liko, yes.", "Mareliko", ["Liko"]),
        ("Hi, Fa'asolo. All right Solo, go. We go solo.", "Fa'asolo", ["Solo"]),
        ("Ask Jacaranda. Anda, the rand fell.", "Jacaranda", ["Anda"]),
        ("She is Doris, ok, Doris. Ok, go on. OK?", "Doris, ok, Doris", ["Doris"]),
        ("That was Mandarina. Oh, man! Man, it was hot.", "Mandarina", []),
    ],
)
def test_one_find_protects_short_forms_and_names_that_are_words(
    text: str, name: str, found: list[str]
) -> None:
    """The beginning or end of a name, and a word where it can only be the name; other uses of the word stay."""
    assert again(text, name) == found


def test_a_given_name_guessed_from_its_place_is_spread_but_a_mere_word_is_not() -> None:
    """ "Faith" found with a question is a name elsewhere; "Away" found so is the word elsewhere."""
    assert again("A nurse, Faith. Faith was kind.", "Faith", "a guess") == ["Faith"]
    assert again("Sit back, Away. Away, can you?", "Away", "a guess") == []


def test_a_short_form_heard_with_doubt_needs_no_capital() -> None:
    """ "I think you did that ish." for Ish, of Ishara."""
    text = "I'm with Ishara. I think you did that ish. It was ish."
    assert again(text, "Ishara", unsure="ish") == ["ish"]
