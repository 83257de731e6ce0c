"""The second look: finds what the first let through, in offsets of the original, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.deidentify.replace import Edit, Replaced, Replacer
from pipeline.deidentify.second_look import Looker, mask, roster_words
from pipeline.models.store import installed
from pipeline.records import Person, Roster, Span, Utterance

ROSTER = Roster((Person("P01", "Ximena Quillfeather", ("Mena",)), Person("P02", "Mark Will")))


class Blind:
    """A language model that sees nothing, so that the plain checks are tested alone."""

    def pipe(self, texts: Any, **_: object) -> Any:
        class Doc:
            ents = ()

        return ((Doc(), place) for _, place in texts)


def look(text: str, *places: tuple[int, int], nlp: Any = None) -> tuple[Span, ...]:
    utterance = Utterance("P01", 0, 1, text)
    edits = [Edit(s, e, "session-label", {"label": "Person 12"}) for s, e in places]
    replaced = Replacer().replace(text, edits)
    return Looker(nlp or Blind()).look([replaced], [utterance], ROSTER)


def test_a_participants_name_left_in_is_seen() -> None:
    """A word of a roster name is asked about, in the original's offsets, behind other replacements too."""
    (span,) = look("So Al Bo and Ximena's dog", (3, 8))
    assert (span.start_char, span.end_char, span.text) == (13, 19, "Ximena")
    assert (span.action, span.uncertain, span.replacement) == ("flag", True, "")
    assert "Ximena" not in span.reason


@pytest.mark.parametrize(
    ("left", "kind"),
    [
        ("x dot y at mail dot com", "EMAIL"), ("x.y@example.org", "EMAIL"), ("www.example.org", "URL"),
        ("oh two one, double five four, oh nine", "ID"), ("021 555 4093", "ID"), ("N G A T A", "PERSON"),
    ],
)  # fmt: skip
def test_what_must_never_be_left_is_seen(left: str, kind: str) -> None:
    """Net addresses, long numbers and spelled-out names are asked about."""
    assert kind in {s.type for s in look(f"And that is {left}, okay?")}


@pytest.mark.parametrize(
    "text",
    [
        "Will you mark this, and may I have two hundred milligrams?",
        "One two three, it's half past four, I.",
        "Twenty five milligrams, six or seven times.",
    ],
)
def test_ordinary_words_raise_no_question(text: str) -> None:
    """Names that are ordinary words, doses and counts are no finds, even when a participant is Mark Will."""
    assert look(text) == ()


def test_replacements_are_not_found_again() -> None:
    """What stands in brackets is masked at its own length."""
    replaced = Replaced("[Person 12] left", ((0, 2, "[Person 12]"),))
    assert mask(replaced) == "it          left"


def test_roster_words_leave_out_ordinary_words() -> None:
    """Mark and Will are words; Quillfeather is a name."""
    assert roster_words(ROSTER) == {"ximena", "quillfeather", "mena"}


@pytest.mark.skipif(not installed("en_core_web_sm"), reason="the model en_core_web_sm is not installed")
def test_the_second_model_sees_a_name_that_was_missed() -> None:
    """A name nobody found is asked about; what was replaced and what is medicine is not."""
    from pipeline.deidentify.second_look import load

    nlp = load()._nlp
    found = look("then al bo met Oluwaseun Abernathy in Wolverhampton for Parkinson's.", (5, 10), nlp=nlp)
    assert {s.text for s in found} >= {"Wolverhampton"}
    assert all("Parkinson" not in s.text and "al bo" not in s.text for s in found)
