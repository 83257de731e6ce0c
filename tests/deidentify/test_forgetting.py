"""Words that no other recording uses are forgotten; their labels are never anybody else's."""

from __future__ import annotations

from pipeline.deidentify.classes import CLASSES
from pipeline.deidentify.forgetting import Used, unused_rows, without_rows
from pipeline.deidentify.labels import Found, Labeller
from pipeline.records import LabelMap
from pipeline.verify.classes import next_label

LABELS = LabelMap(
    (
        ("name", "brigitta abernathy|f", "Person 1"),
        ("name", "brigitta", "Person 1"),
        ("name", "takeshi okonkwo", "Person 2"),
        ("place", "mount huxtable", "Place 1"),
        ("PERSON", "Dmitri", "[Person 3]"),
        ("PHONE", "oh two one", "[Phone]"),
        ("surrogate", "Person 2", "Fergus Zimmermann"),
        ("surrogate-phone", "oh two two", "021 555 000"),
        ("date-shift", "days", "14"),
    )
)


def left(*transcripts: Used) -> list[tuple[str, str, str]]:
    return list(without_rows(LABELS, unused_rows(LABELS, transcripts)).labels)


def test_what_another_transcript_shows_or_replaced_stays() -> None:
    """By its label (all forms of it), one of two in a label of doubt, a part of its stand-in, or its words."""
    assert ("name", "brigitta", "Person 1") in left(Used("I saw [Person 1] there."))
    assert ("place", "mount huxtable", "Place 1") in left(Used("", ("Mount  Huxtable",)))
    assert ("PERSON", "Dmitri", "[Person 3]") in left(Used("[Person 1 or 3] said"))
    assert ("name", "takeshi okonkwo", "Person 2") in left(Used("and Zimmermann said"))
    assert ("PHONE", "oh two one", "[Phone]") in left(Used("[Phone]", ("Oh two one",)))
    assert ("surrogate-phone", "oh two two", "021 555 000") in left(Used("call 021 555 000"))


def test_what_nobody_else_uses_loses_its_words() -> None:
    """[Person 12] is not [Person 1], and [Phone] tells nothing of which; what holds no words stays."""
    kept = left(Used("I rang [Person 12], [Phone]."))
    assert [row for row in kept if row[0] != "retired"] == [LABELS.labels[6], LABELS.labels[8]]
    words = " ".join(text for _, text, _ in kept).casefold()
    assert not any(word in words for word in ("brigitta", "takeshi", "huxtable", "dmitri", "oh two"))


def test_a_forgotten_label_is_never_given_again() -> None:
    """Not by the pipeline, and not by a reviewer."""
    forgotten = LabelMap(tuple(left()))
    labeller = Labeller(None, forgotten)
    given = labeller.assign([Found(CLASSES["name"], "Wilhelmina Petrovsky"), Found(CLASSES["place"], "Rimu")])
    assert [label.text for label in given] == ["Person 4", "Place 2"]
    assert next_label("PERSON", {label for _, _, label in forgotten.labels}) == "[Person 4]"


def test_forgetting_twice_is_forgetting_once() -> None:
    once = LabelMap(tuple(left()))
    assert without_rows(once, unused_rows(once, ())) == once
