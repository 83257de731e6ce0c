"""Cases of labels: what a row of mentions is called, which doubts are asked about, and what always holds."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.deidentify.entities import parse_entity
from pipeline.deidentify.label_texts import (
    EITHER,
    Entry,
    Given,
    doubt_of_participant,
    either,
    label_people,
    single_labels,
)
from pipeline.deidentify.labels import Found, Labeller
from pipeline.deidentify.people import Known, Mention, parse_mention
from pipeline.identifiers import CLASSES
from pipeline.records import Label, LabelMap, Person, Roster

TWO = Roster((Person("P01", "Fergus Abernathy"), Person("P02", "Fergus Nakamura"), Person("P03", "Wei Zhao")))


def found(text: str, kind: str = "name", before: str = "", by_roster: bool = False) -> Found:
    return Found(CLASSES[kind], text, before, by_roster)


def texts(labeller: Labeller, said: Sequence[str], kind: str = "name") -> list[str]:
    return [x.text for x in labeller.assign([found(s, kind) for s in said])]


@pytest.mark.parametrize(
    ("kind", "said", "labels"),
    [
        ("place", ["Rimu", "Rimu Ward", "Tirau"], ["Place 1", "Place 1", "Place 2"]),
        ("place", ["Saint Quux", "St Quux", "st. quux's"], ["Place 1"] * 3),
        ("place", ["Rimu Ward", "Rimu House", "Rimu House"], ["Place 1", "Place 2", "Place 2"]),
        ("place", ["Ward Five", "Ward 5", "Ward Six"], ["Place 1", "Place 1", "Place 2"]),
        ("organisation", ["Quexley Trust", "Zorbank"], ["Organisation 1", "Organisation 2"]),
        ("country", ["Zorbia", "Zorbia", "Quexland"], ["Country 1", "Country 1", "Country 2"]),
        ("phone", ["oh two", "oh three"], ["Phone", "Phone"]),
        ("email", ["a at b", "c at d"], ["Email", "Email"]),
        ("date", ["may", "june"], ["Date", "Date"]),
        ("name", ["Dmitri", "Fergus", "Dmitri's"], ["Person 1", "Person 2", "Person 1"]),
        ("name", ["Fergus Holm", "Dmitri Holm", "Holm"], ["Person 1", "Person 2", "Person 1 or 2"]),
    ],
)
def test_a_row_of_mentions_gets_these_labels(kind: str, said: list[str], labels: list[str]) -> None:
    """Numbered in the order of speaking, one for each thing."""
    assert texts(Labeller(), said, kind) == labels


def test_what_is_said_in_two_classes_is_labelled_in_the_order_given() -> None:
    """The answers stand where the mentions stood, whichever class each is of."""
    said = [
        found("Rimu", "place"),
        found("Dmitri"),
        found("oh two", "phone"),
        found("Tirau", "place"),
        found("Fergus"),
    ]
    assert [x.text for x in Labeller().assign(said)] == [
        "Place 1",
        "Person 1",
        "Phone",
        "Place 2",
        "Person 2",
    ]


@pytest.mark.parametrize(
    ("roster", "item", "given_"),
    [
        (TWO, found("Fergus"), Given("P01 or P02", True, "two participants go by this name")),
        (TWO, found("Fergus Abernathy"), Given("P01")),
        (TWO, found("Abernathy"), Given("P01")),
        (TWO, found("Wei"), Given("P03")),
        (TWO, found("Zorblatt"), Given("Person 1")),
        (TWO, found("..."), Given("Person", True, "a name without words")),
    ],
)
def test_a_mention_and_its_question(roster: Roster, item: Found, given_: Given) -> None:
    """Where it is plain there is none."""
    assert Labeller(roster).assign([item]) == [given_]


@pytest.mark.parametrize(
    ("said", "by_roster", "given_"),
    [
        ("Nakmorza", True, Given("P02", True, "may be a participant's name misheard")),
        ("Nacho mura", True, Given("P02", True, "may be a participant's name misheard")),
        ("Wei Zhuhai", True, Given("P03", True, "may be a participant's name misheard")),
        ("Bxqt", True, Given("Person 1")),
        ("Nakmorza", False, Given("Person 1")),
        ("Priya Wei", False, Given("Person 1")),
        (
            "Zhuxqi Wei",
            False,
            Given("P03", True, "a participant's name among words that are no names: listen who was meant"),
        ),
    ],
)
def test_what_only_sounds_like_a_participant_is_asked_about(
    said: str, by_roster: bool, given_: Given
) -> None:
    """The nearest one's, where the roster's sound found it; found otherwise the same words are somebody else's."""
    assert Labeller(TWO).assign([found(said, by_roster=by_roster)]) == [given_]


@pytest.mark.parametrize(
    ("own", "sure", "rivals", "said", "asked"),
    [
        (2, 100, False, "wei", "two participants go by this name"),
        (2, 100, True, "wei", "two participants go by this name"),
        (1, 100, True, "wei", "a participant's name that another person may bear as well"),
        (1, 100, False, "wei", ""),
        (1, 10, False, "john", "sounds like a participant's name"),
        (1, 10, False, "xqwort", ""),
    ],
)
def test_when_a_participant_s_name_is_asked_about(
    own: int, sure: float, rivals: bool, said: str, asked: str
) -> None:
    """Two bearers, a rival, or a name in its own right that only sounds like theirs."""
    assert doubt_of_participant(parse_mention(said), own, sure, rivals) == asked


@pytest.mark.parametrize(
    ("labels", "one"),
    [
        (["P01"], "P01"),
        (["Person 1"], "Person 1"),
        (["Person 1", "Person 1"], "Person 1"),
        (["Person 1", "Person 12", "Person 3"], "Person 1 or 12 or 3"),
        (["P01", "Person 2"], "P01 or Person 2"),
        (["Person 2", "P01"], "Person 2 or P01"),
        (["P01", "P02"], "P01 or P02"),
    ],
)
def test_a_doubt_names_all_it_may_be_and_can_be_read_back(labels: list[str], one: str) -> None:
    """Short to read, and each label can be told from it again."""
    assert either(labels) == one
    assert single_labels(one) == list(dict.fromkeys(labels))


def test_a_doubt_is_uncertain_and_a_plain_label_is_not() -> None:
    """The question goes with it."""
    assert label_people([Known("Person 1")], "") == Given("Person 1", False, "")
    assert label_people([Known("Person 1"), Known("Person 4")], "why") == Given("Person 1 or 4", True, "why")


def test_a_thing_of_another_kind_never_fits() -> None:
    """Whatever else it was called: Rimu ward is not Rimu House."""
    entry = Entry("Place 1", [parse_entity("Rimu"), parse_entity("Rimu ward")])
    assert entry.fit(parse_entity("Rimu House")) == 0
    assert entry.fit(parse_entity("rimu ward's")) == 100
    assert entry.fit(parse_entity("Tirau")) == 0


# --- what a person gives, and the study's map ------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "words", "text", "kept"),
    [
        ("name", "Dmitri Huxtable", "Person 4", Label("name", "dmitri huxtable", "Person 4", by_hand=True)),
        ("place", "the Rimu Ward", "Place 2", Label("place", "rimu ward", "Place 2", by_hand=True)),
        ("phone", "oh two", "Ward phone", Label("phone", "oh 2", "Ward phone", by_hand=True)),
        ("name", "...", "Person 4", None),
        ("place", "...", "Place 4", None),
        ("name", "Dmitri", "Person 2 or 3", None),
        ("place", "Rimu", "Place 2 or 3", None),
        ("age", "sixty", "Age", None),
        ("age_over_89", "ninety", "Age", None),
        ("date", "may", "Date", None),
        ("birth_date", "may", "Date", None),
    ],
)
def test_what_a_person_gives_is_kept_or_not(kind: str, words: str, text: str, kept: Label | None) -> None:
    """Not a doubt, not what tells something only where it was said, not what has no words."""
    labeller = Labeller()
    labeller.learn(found(words, kind), text)
    assert labeller.grown().labels == ((kept,) if kept else ())


def test_the_first_label_of_a_thing_stays() -> None:
    """The same words in another class are something else."""
    labeller = Labeller()
    labeller.learn(found("Rimu", "place"), "Place 2")
    labeller.learn(found("rimu", "place"), "Place 9")
    labeller.learn(found("Rimu", "organisation"), "Organisation 3")
    assert [x.text for x in labeller.known()] == ["Place 2", "Organisation 3"]


def test_a_person_may_be_given_a_second_name() -> None:
    """The label is theirs already: the next who bears either is the same."""
    labeller = Labeller()
    labeller.learn(found("Dmitri"), "Person 1")
    labeller.learn(found("Zorblatt"), "Person 1")
    assert texts(labeller, ["Dmitri", "Zorblatt", "Fergus"]) == ["Person 1", "Person 1", "Person 2"]


def test_a_participant_s_other_name_bears_the_code_and_leaves_the_roster_alone() -> None:
    """The roster's people learn nothing from a transcript."""
    labeller = Labeller(TWO)
    labeller.learn(found("Zorblatt"), "P03")
    again = Labeller(TWO, labeller.grown())
    assert texts(again, ["Zorblatt", "Wei"]) == ["P03", "P03"]
    assert [x.words for x in labeller.known()] == ["zorblatt"]


def test_a_roster_s_own_name_is_not_learnt() -> None:
    """It is known already; no row says so twice."""
    labeller = Labeller(TWO)
    labeller.learn(found("Wei Zhao"), "P02")
    assert labeller.known() == ()


@pytest.mark.parametrize(
    ("kind", "taken", "label"),
    [
        ("name", (), "Person 1"),
        ("name", ("Person 4",), "Person 5"),
        ("name", ("Person 4 or 9", "Place 12", "Person nine", "[Person 30]"), "Person 1"),
        ("place", ("Person 4", "Place 10"), "Place 11"),
        ("phone", ("Phone",), "Phone"),
    ],
)
def test_the_next_label_is_one_above_all_that_are_borne(
    kind: str, taken: tuple[str, ...], label: str
) -> None:
    """What a reviewer wrote counts; another class's numbers do not."""
    assert Labeller(None, None, taken).next_label(CLASSES[kind]) == label


def test_no_number_is_given_twice() -> None:
    """Of the map, of labels retired, of texts in use, of a participant who has such a code."""
    held = LabelMap((Label("name", "dmitri", "Person 2"),), retired=("Person 5",))
    roster = Roster((Person("Person 7", "Quillon Vex"),))
    assert Labeller(None, held).next_label(CLASSES["name"]) == "Person 6"
    assert Labeller(roster, held).next_label(CLASSES["name"]) == "Person 8"
    assert Labeller(roster, held, ("Person 9",)).next_label(CLASSES["name"]) == "Person 10"


def test_a_gender_told_late_is_kept_with_the_name() -> None:
    """ "Okonkwo", and only then "Mrs Okonkwo": the next session knows, and Mr Okonkwo is somebody else."""
    labeller = Labeller()
    labeller.assign([found("Okonkwo")])
    assert labeller.known() == (Label("name", "okonkwo", "Person 1"),)
    labeller.assign([found("Okonkwo", before="and Mrs ")])
    assert labeller.known() == (Label("name", "okonkwo", "Person 1", "f"),)
    again = Labeller(None, labeller.grown())
    assert [x.text for x in again.assign([found("Okonkwo", before="and Mr ")])] == ["Person 2"]


def test_every_form_of_a_name_is_kept_and_the_gender_with_the_first() -> None:
    """So that the next session finds each of them."""
    labeller = Labeller()
    labeller.assign([found("Brigitta Okonkwo", before="Mrs "), found("Brigitta"), found("Okonkwo's")])
    kept = {x.words: x.gender for x in labeller.known()}
    assert set(kept) >= {"brigitta okonkwo", "brigitta"}
    assert kept["brigitta okonkwo"] == "f"
    assert {g for words, g in kept.items() if words != "brigitta okonkwo"} == {""}
    assert {x.text for x in labeller.known()} == {"Person 1"}


def test_the_map_given_is_not_changed() -> None:
    """A record is frozen: what grows is another."""
    held = LabelMap((Label("name", "dmitri", "Person 2"),))
    labeller = Labeller(None, held)
    texts(labeller, ["Fergus"])
    assert held == LabelMap((Label("name", "dmitri", "Person 2"),))
    assert len(labeller.grown().labels) == 2


# --- what always holds ----------------------------------------------------------------------------

NAMES = ("Brigitta", "Takeshi", "Dmitri", "Xochitl", "Oluwaseun", "Fergus")
LAST = ("Abernathy", "Nakamura", "Okonkwo", "Petrovsky")
THINGS = ("Rimu Ward", "Rimu", "Tirau", "Tanekaha House", "Quexley Trust", "Ward Five", "Ward Six")
names = st.one_of(
    st.sampled_from(NAMES), st.builds("{} {}".format, st.sampled_from(NAMES), st.sampled_from(LAST))
)
mentions = st.one_of(
    st.builds(found, names),
    st.builds(found, st.sampled_from(THINGS), st.sampled_from(["place", "organisation"])),
    st.builds(found, st.sampled_from(["oh two", "may"]), st.sampled_from(["phone", "date"])),
)
weeks = st.lists(st.lists(mentions, max_size=6), min_size=1, max_size=4)


@given(weeks)
@settings(max_examples=100, deadline=None)
def test_over_weeks_a_label_never_changes_its_words(said: list[list[Found]]) -> None:
    """The map only grows, week by week, and its rows stay in their order."""
    labels = LabelMap()
    for week in said:
        labeller = Labeller(None, labels)
        labeller.assign(week)
        grown = labeller.grown()
        assert grown.labels[: len(labels.labels)] == labels.labels
        labels = grown


@given(weeks)
@settings(max_examples=100, deadline=None)
def test_the_same_talk_gives_the_same_labels(said: list[list[Found]]) -> None:
    """From scratch, or once more on the map it left."""
    everything = [item for week in said for item in week]
    first, second = Labeller(), Labeller()
    assert first.assign(everything) == second.assign(everything)
    assert first.grown() == second.grown()
    again = Labeller(None, first.grown())
    sure = [
        (item, one)
        for item, one in zip(everything, first.assign(everything), strict=True)
        if not one.uncertain
    ]
    for item, one in sure:
        (now,) = again.assign([item])
        assert one.text in single_labels(now.text)


@given(weeks)
@settings(max_examples=100, deadline=None)
def test_a_label_is_of_its_class_and_numbers_leave_no_gap(said: list[list[Found]]) -> None:
    """ "Person 3" is a name's, and there are a Person 1 and a Person 2."""
    labeller = Labeller()
    everything = [item for week in said for item in week]
    for item, one in zip(everything, labeller.assign(everything), strict=True):
        assert one.text.startswith(item.kind.label)
        assert one.uncertain == (EITHER in one.text)
    for kind in ("name", "place", "organisation"):
        borne = {x.text for x in labeller.known() if x.kind == kind}
        numbers = {int(m[0]) for x in borne if (m := re.search(r"\d+", x))}
        assert numbers == set(range(1, len(numbers) + 1))


@given(st.lists(names, max_size=6), st.integers(0, 6))
@settings(max_examples=50, deadline=None)
def test_a_mention_s_label_does_not_depend_on_things_said_between(said: list[str], at: int) -> None:
    """Places and numbers among the names change no name's label."""
    mixed = [found(n) for n in said]
    mixed.insert(min(at, len(mixed)), found("Rimu Ward", "place"))
    with_place = [
        x for x, item in zip(Labeller().assign(mixed), mixed, strict=True) if item.kind.key == "name"
    ]
    assert with_place == Labeller().assign([found(n) for n in said])


def test_a_mention_is_read_without_its_title() -> None:
    """What the labeller compares."""
    assert parse_mention("Dr. Okonkwo's") == Mention(("okonkwo",), "", True, "office")
