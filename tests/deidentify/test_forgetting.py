"""Words that no other recording uses are forgotten; their labels are never anybody else's."""

from __future__ import annotations

import pytest

from pipeline.deidentify.forgetting import Used, unused, without
from pipeline.deidentify.labels import Found, Labeller
from pipeline.identifiers import CLASSES
from pipeline.records import LabelMap, Surrogate


def make_labels() -> LabelMap:
    """What the labeller, a reviewer and the stand-ins left of some recordings."""
    labeller = Labeller()
    names = ("Mrs Brigitta Abernathy", "Brigitta", "Takeshi Okonkwo")
    labeller.assign([*(Found(CLASSES["name"], n) for n in names), Found(CLASSES["place"], "Mount Huxtable")])
    labeller.learn(Found(CLASSES["name"], "Dmitri"), "Person 3")
    labeller.learn(Found(CLASSES["phone"], "oh two one"), "Phone")
    labeller.keep_surrogate(Surrogate("Person 2", "Fergus Zimmermann"))
    labeller.keep_surrogate(Surrogate("oh two two", "021 555 000", "phone"))
    labeller.keep_date_shift(14)
    return labeller.grown()


LABELS = make_labels()


def left(*transcripts: Used) -> LabelMap:
    return without(LABELS, unused(LABELS, transcripts))


def words_of(labels: LabelMap) -> set[str]:
    return {x.words for x in labels.labels} | {s.original for s in labels.surrogates}


@pytest.mark.parametrize(
    ("used", "kept"),
    [
        (Used("I saw [Person 1] there."), "brigitta"),
        (Used("", ("Mount  Huxtable",)), "mt huxtable"),
        (Used("", ("Dmitri",)), "dmitri"),
        (Used("[Person 1 or 3] said"), "dmitri"),
        (Used("and Zimmermann said"), "takeshi okonkwo"),
        (Used("[Phone]", ("Oh two one",)), "oh 2 1"),
        (Used("call 021 555 000"), "oh two two"),
    ],
)
def test_what_another_transcript_shows_or_replaced_stays(used: Used, kept: str) -> None:
    """By its label (all forms of it), one of two in a label of doubt, a part of its stand-in, or its words."""
    assert kept in words_of(LABELS)
    assert kept in words_of(left(used))


def test_what_nobody_else_uses_loses_its_words() -> None:
    """[Person 12] is not [Person 1], and [Phone] tells nothing of which; what holds no words stays."""
    kept = left(Used("I rang [Person 12], [Phone]."))
    assert kept.labels == ()
    assert (kept.surrogates, kept.date_shift) == ((Surrogate("Person 2", "Fergus Zimmermann"),), 14)
    assert set(kept.retired) == {"Person 1", "Person 2", "Person 3", "Place 1"}


def test_a_forgotten_label_is_never_given_again() -> None:
    """To nobody and nothing."""
    labeller = Labeller(None, left())
    given = labeller.assign([Found(CLASSES["name"], "Wilhelmina Petrovsky"), Found(CLASSES["place"], "Rimu")])
    assert [label.text for label in given] == ["Person 4", "Place 2"]


def test_forgetting_twice_is_forgetting_once() -> None:
    """The second time nothing is left to forget."""
    assert without(left(), unused(left(), ())) == left()
