"""Labels: the same thing is the same label, two things never share one."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.deidentify.label_texts import Given, either
from pipeline.deidentify.labels import Found, Labeller
from pipeline.identifiers import CLASSES
from pipeline.records import Label, LabelMap, Person, Redaction, Roster, Surrogate, from_json, to_json

ROSTER = Roster(
    (
        Person("F01", "Odalys Ferncombe"),
        Person("P01", "Thomas Wexcombe", ("Tommy",)),
        Person("P02", "Ximena Quillfeather", ("Mena",)),
        Person("P03", "Wei Zhao", ("Zhao Wei",)),
    )
)
# Names that nobody could take for each other, however badly they are heard.
FIRST = ("brigitta", "oluwaseun", "takeshi", "wilhelmina", "rangimarie", "xochitl", "dmitri", "fergus")
LAST = ("abernathy", "nakamura", "okonkwo", "petrovsky", "villanueva", "zimmermann", "castellano", "huxtable")


def label(labeller: Labeller, *texts: str, kind: str = "name", before: str = "") -> list[str]:
    return [x.text for x in labeller.assign([Found(CLASSES[kind], t, before) for t in texts])]


@pytest.mark.parametrize(
    "said",
    ["Thomas Wexcombe", "Tommy", "Tom", "thomas", "Wexcombe", "Wexcombe's", "Mr Wexcombe", "Thomas Wexcomb", "Wex combe",
     "Dr. Wexcombe", "T H O M A S", "W, E, X, C, O, M, B, E"],
)  # fmt: skip
def test_every_form_of_a_participants_name_is_their_code(said: str) -> None:
    """Full, first, last, pet form, possessive, title, misspelt, cut wrongly, spelled out: one code."""
    assert label(Labeller(ROSTER), said) == ["P01"]


def test_a_map_of_an_earlier_version_is_read() -> None:
    """It held two dialects, de-identification's and the review's, and facts among its rows."""
    rows = [
        ("name", "brigitta abernathy|f", "Person 1"), ("PERSON", "Dmitri  Huxtable", "[Person 2]"),
        ("LOCATION", "Rimu ward", "[Place 1]"), ("place", "rimu ward", "Place 1"), ("AGE", "sixty", "[Age]"),
        ("retired", "Person 5", "Person 5"), ("surrogate", "Person 1", "Anna Vale"),
        ("surrogate-phone", "oh two", "555 0101"), ("date-shift", "days", "-14"),
    ]  # fmt: skip
    old = json.dumps({"labels": rows}).encode()
    held = from_json(LabelMap, old)
    assert held == LabelMap(
        (
            Label("name", "brigitta abernathy", "Person 1", "f"),
            Label("name", "dmitri huxtable", "Person 2"),
            Label("place", "rimu ward", "Place 1"),
            Label("age", "sixty", "Age"),
        ),
        ("Person 5",),
        (Surrogate("Person 1", "Anna Vale"), Surrogate("oh two", "555 0101", "phone")),
        -14,
    )
    assert from_json(LabelMap, to_json(held)) == held
    assert label(Labeller(None, held), "Dmitri", "Wilhelmina Petrovsky", "Abernathy") == [
        "Person 2",
        "Person 6",
        "Person 1",
    ]


def test_a_redaction_of_an_earlier_version_is_read() -> None:
    """The map is inside it."""
    old = {"utterances": [], "spans": [], "labels": {"labels": [["name", "dmitri", "Person 1"]]}}
    assert from_json(Redaction, json.dumps(old).encode()).labels.labels[0].written == "[Person 1]"


def test_a_label_a_person_gave_is_given_again() -> None:
    """Of people in every form of the name, of things, and of words whose class has no numbers."""
    labeller = Labeller(ROSTER)
    for kind, words, text in (
        ("name", "Dmitri Huxtable", "Person 4"), ("name", "Mena the second", "P02"), ("place", "the Rimu Ward", "Place 2"),
        ("other", "the blue door", "Landmark"), ("age", "sixty", "Age"),
    ):  # fmt: skip
        labeller.learn(Found(CLASSES[kind], words), text)
    again = Labeller(ROSTER, labeller.grown())
    assert label(again, "Huxtable", "Dmitri's", "Fergus") == ["Person 4", "Person 4", "Person 5"]
    assert label(again, "Rimu", "Matai House", kind="place") == ["Place 2", "Place 3"]
    assert label(again, "the blue door", "a red door", kind="other") == ["Landmark", "Redacted"]
    assert not [x for x in again.grown().labels if x.kind == "age"]


def test_words_that_have_a_label_keep_it() -> None:
    """A person's choice for one mention changes nothing for the study."""
    labeller = Labeller()
    label(labeller, "Dmitri")
    before = labeller.grown()
    labeller.learn(Found(CLASSES["name"], "Dmitri"), "Person 9")
    labeller.learn(Found(CLASSES["name"], "Fergus"), "Person 2 or 3")
    assert labeller.grown() == before


def test_a_sound_alike_of_a_participant_is_the_participant() -> None:
    """The recogniser's "way" is Wei; as an ordinary word it is asked about."""
    (given_,) = Labeller(ROSTER).assign([Found(CLASSES["name"], "way")])
    assert given_.text == "P03"
    assert given_.uncertain


def test_another_surname_is_another_person() -> None:
    """Thomas Blackadder is not the participant Thomas Wexcombe; bare Thomas is then asked about."""
    labels = Labeller(ROSTER).assign([Found(CLASSES["name"], t) for t in ("Thomas Blackadder", "Thomas")])
    assert [x.text for x in labels] == ["Person 1", "P01"]
    assert [x.uncertain for x in labels] == [False, True]


def test_two_participants_of_one_first_name() -> None:
    """The bare name could be either: the label says so, belongs to neither, and is asked about."""
    roster = Roster((Person("P01", "Fergus Abernathy"), Person("P02", "Fergus Nakamura")))
    (given_,) = Labeller(roster).assign([Found(CLASSES["name"], "Fergus")])
    assert given_ == Given("P01 or P02", True, "two participants go by this name")


def test_all_mentions_of_a_third_person_are_one() -> None:
    """First name before the full name is known, surname after a title, possessive, slip of spelling."""
    said = ("Brigitta", "Brigitta Szymkowiak", "Szymkowiak", "Brigitta's", "Szimkowiak", "Brigita")
    assert set(label(Labeller(), *said)) == {"Person 1"}


def test_two_third_persons_of_one_first_name() -> None:
    """Different surnames are different people; the bare name gets the label of neither."""
    labels = Labeller().assign(
        [Found(CLASSES["name"], t) for t in ("Fergus Abernathy", "Fergus Nakamura", "Fergus")]
    )
    assert [x.text for x in labels] == ["Person 1", "Person 2", "Person 1 or 2"]
    assert labels[2].uncertain


def test_mr_and_mrs_are_two() -> None:
    """A title tells two bearers of one surname apart."""
    labeller = Labeller()
    mrs, mr = label(labeller, "Okonkwo", before="I saw Mrs "), label(labeller, "Okonkwo", before="and Mr ")
    assert mrs != mr
    assert label(labeller, "Okonkwo", before="Mrs ") == mrs


@pytest.mark.parametrize(
    ("a", "b"), [("Dan", "Don"), ("Tim", "Kim"), ("Marie", "Maria"), ("Ana", "Anahera"), ("Erin", "Aaron")]
)
def test_near_names_are_two_people(a: str, b: str) -> None:
    """Names that differ in sound are two people however close they are in spelling."""
    assert len(set(label(Labeller(), a, b))) == 2


def test_a_class_is_part_of_the_identity() -> None:
    """Washington the person and Washington the town do not share a label."""
    labeller = Labeller()
    assert label(labeller, "Washington") == ["Person 1"]
    assert label(labeller, "Washington", kind="place") == ["Place 1"]


def test_places_by_their_short_and_long_form() -> None:
    """Article, kind of place, case, figures for number words do not make another place; another kind does."""
    labeller = Labeller()
    assert len(set(label(labeller, "Tanekaha ward", "Tanekaha", "the Tanekaha Ward", kind="place"))) == 1
    assert label(labeller, "Tanekaha House", kind="place") == ["Place 2"]
    assert len(set(label(labeller, "Ward Five South", "ward 5 south", kind="place"))) == 1
    assert len(set(label(labeller, "Ward Five", "Ward Six", kind="place"))) == 2


def test_unnumbered_classes_have_plain_labels() -> None:
    """Dates, phones and numbers are not told apart."""
    assert label(Labeller(), "a", "b", kind="phone") == ["Phone", "Phone"]


def test_labels_hold_over_a_study() -> None:
    """With the map of earlier sessions the same person has the same label, and new people new numbers."""
    first = Labeller(ROSTER)
    label(first, "Brigitta Abernathy", "Takeshi")
    second = Labeller(ROSTER, first.grown())
    assert label(second, "Oluwaseun", "Takeshi", "Abernathy") == ["Person 3", "Person 2", "Person 1"]


def test_order_of_first_mention_numbers_people() -> None:
    """Numbers follow the talk, though full names are settled before bare ones."""
    assert label(Labeller(), "Takeshi", "Brigitta Abernathy") == ["Person 1", "Person 2"]


def test_labels_do_not_show_names_in_reprs() -> None:
    """Neither the map nor the labeller nor a mention prints a name."""
    labeller = Labeller(ROSTER)
    label(labeller, "Brigitta")
    shown = repr(labeller) + repr(labeller.grown()) + repr(Found(CLASSES["name"], "Brigitta"))
    assert "brigitta" not in shown.lower()
    assert "wexcombe" not in shown.lower()


def test_either_names_all_it_may_be() -> None:
    """A doubtful label lists its candidates shortly."""
    assert either(["Person 2", "Person 11"]) == "Person 2 or 11"
    assert either(["P02", "Person 3"]) == "P02 or Person 3"


names = st.tuples(st.sampled_from(FIRST), st.sampled_from(LAST))


@given(st.lists(names, min_size=1, max_size=8, unique=True), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_two_people_never_share_a_label(people: list[tuple[str, str]], random: object) -> None:
    """However people share first or last names, each full name has a label of its own, always the same."""
    said = [" ".join(p).title() for p in people] * 2
    random.shuffle(said)  # type: ignore[attr-defined]
    given_ = label(Labeller(ROSTER), *said)
    by_name: dict[str, set[str]] = {}
    for name, text in zip(said, given_, strict=True):
        by_name.setdefault(name, set()).add(text)
    assert all(len(texts) == 1 for texts in by_name.values())
    assert len({next(iter(t)) for t in by_name.values()}) == len(by_name)


@given(st.lists(names, min_size=2, max_size=6, unique=True), st.integers(1, 5))
@settings(max_examples=100, deadline=None)
def test_a_bare_name_never_takes_another_persons_label(people: list[tuple[str, str]], cut: int) -> None:
    """A first name alone is its one bearer's label, or one that nobody else has when there are several."""
    full = [" ".join(p).title() for p in people]
    bare = [p[0].title() for p in people[:cut]]
    labels = label(Labeller(), *full, *bare)
    of = dict(zip(full, labels, strict=False))
    for name, text in zip(bare, labels[len(full) :], strict=True):
        bearers = {of[f] for f in full if f.startswith(name)}
        assert text == either(sorted(bearers, key=lambda t: int(t.split()[1])))


@given(st.lists(st.sampled_from([*FIRST, *LAST]), min_size=1, max_size=10), st.integers(0, 10))
@settings(max_examples=100, deadline=None)
def test_one_session_or_two_give_the_same_labels(said: list[str], cut: int) -> None:
    """Splitting bare names over two sessions of a study changes no label."""
    whole = label(Labeller(), *said)
    first = Labeller()
    start = label(first, *said[:cut])
    assert start + label(Labeller(None, first.grown()), *said[cut:]) == whole


def test_labels_do_not_depend_on_hash_order() -> None:
    """The same names give the same labels under every hash seed."""
    code = (
        "from pipeline.deidentify.labels import *; from pipeline.identifiers import CLASSES;"
        f"names = {[f'{f} {s}' for f, s in itertools.product(FIRST[:4], LAST[:3])] + list(FIRST[:4])!r};"
        "print([x.text for x in Labeller().assign([Found(CLASSES['name'], n) for n in names])])"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in "012"
    }
    assert len(outputs) == 1


def test_a_map_from_elsewhere_keeps_its_numbers() -> None:
    """Numbers go on from the highest in the map, gaps and all."""
    labels = LabelMap((Label("name", "takeshi", "Person 7"),))
    assert label(Labeller(None, labels), "Fergus", "Takeshi") == ["Person 8", "Person 7"]


def test_two_third_persons_or_two_places_of_one_short_name_are_asked_about() -> None:
    """The label names both and the question says which kind of doubt it is; one bearer raises none."""
    people = Labeller().assign(
        [
            Found(CLASSES["name"], t)
            for t in ("Fergus Abernathy", "Abernathy", "Brigitta Abernathy", "Abernathy")
        ]
    )
    assert {people[1], people[3]} == {Given("Person 1 or 2", True, "two people go by this name")}
    assert not any(people[n].uncertain or people[n].reason for n in (0, 2))
    places = Labeller().assign(
        [Found(CLASSES["place"], t) for t in ("Tanekaha Ward", "Tanekaha House", "Tanekaha")]
    )
    assert places[2] == Given("Place 1 or 2", True, "two things go by this name")


def test_a_name_without_words_is_asked_about() -> None:
    """Punctuation alone has no label of anybody, and takes no number from those who come after."""
    labels = Labeller().assign([Found(CLASSES["name"], t) for t in ("...", "Fergus")])
    assert labels == [Given("Person", True, "a name without words"), Given("Person 1")]


def test_what_a_person_gave_is_marked_so_and_what_was_found_is_not() -> None:
    """Who gave a label stays on record: an ordinary word that a person named is a name from then on."""
    labeller = Labeller()
    label(labeller, "Fergus")
    labeller.learn(Found(CLASSES["name"], "Brigitta"), "Person 7")
    labeller.learn(Found(CLASSES["place"], "Rimu Ward"), "Place 4")
    by_hand = {known.words: known.by_hand for known in labeller.known()}
    assert by_hand == {"fergus": False, "brigitta": True, "rimu ward": True}


def test_what_else_a_study_keeps_grows_with_its_labels() -> None:
    """The stand-ins in their order and the shift of dates stand beside the labels, and none replaces another."""
    labeller = Labeller(None, LabelMap((Label("name", "takeshi", "Person 7"),), ("Person 9",)))
    first, second = Surrogate("Person 7", "Anna Vale"), Surrogate("oh two", "555 0101", "phone")
    labeller.keep_surrogate(first)
    labeller.keep_date_shift(-14)
    labeller.keep_surrogate(second)
    assert labeller.grown() == LabelMap(
        (Label("name", "takeshi", "Person 7"),), ("Person 9",), (first, second), -14
    )
    assert (labeller.surrogates, labeller.date_shift) == ((first, second), -14)
    assert label(labeller, "Fergus") == ["Person 10"]  # one that was retired is not given again


def test_the_names_that_bear_a_label_are_told_apart_from_other_words() -> None:
    """Of one person every form, of a place none."""
    labeller = Labeller()
    label(labeller, "Brigitta Abernathy", "Fergus")
    label(labeller, "Rimu Ward", kind="place")
    assert {known.words for known in labeller.names_of("Person 1")} == {"brigitta abernathy"}
    assert labeller.names_of("Place 1") == []
    assert labeller.name_words() == {"brigitta", "abernathy", "fergus"}
