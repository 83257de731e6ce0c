"""Realistic stand-ins: constant, of the same kind, and nobody's own name."""

from __future__ import annotations

import pytest

from pipeline.deidentify import redact as deidentifiers
from pipeline.deidentify.labels import Labeller
from pipeline.deidentify.redact import Deidentifier
from pipeline.deidentify.speakers_named import name_speakers
from pipeline.deidentify.stand_ins import StandIns, _lists
from pipeline.records import LabelMap, Person, Roster, Utterance
from tests.deidentify.fakes import FakeDetector, NoSecondLook

ROSTER = Roster((Person("P01", "Anahera Wexcombe", ("Hana",)),))
FINDS = {
    "Anahera": "PERSON", "Huia Ngata": "PERSON", "Huia": "PERSON", "Ngata": "PERSON", "Takeshi": "PERSON",
    "Tanekaha ward": "LOCATION", "Tanekaha": "LOCATION", "021 555": "PHONE", "3 May 2001": "DATE", "forty six": "AGE",
    "x at y dot com": "EMAIL",
}  # fmt: skip


def load() -> Deidentifier:
    return deidentifiers.load(style="surrogate", detector=FakeDetector(FINDS), second_look=NoSecondLook())


def redact(text: str, labels: LabelMap | None = None) -> tuple[str, LabelMap]:
    result = load().redact((Utterance("P01", 0, 1, text),), roster=ROSTER, labels=labels)
    return result.utterances[0].text, result.labels


def test_a_participant_keeps_the_code() -> None:
    """Surrogates are for third persons; participants are codes in every style."""
    assert redact("Anahera said so.")[0] == "[P01] said so."


def test_one_person_is_one_surrogate_in_all_forms() -> None:
    """Full name, first name and last name are parts of one stand-in's name."""
    text, _ = redact("Huia Ngata is Huia, Dr Ngata.")
    full, rest = text.split(" is ")
    first, last = full.split(" ")
    assert rest == f"{first}, Dr {last}."
    assert not {"Huia", "Ngata", "Anahera", "Wexcombe", "Hana"} & set(full.split())


def test_gender_and_origin_are_kept() -> None:
    """A Maori woman's name is stood in for by one."""
    first, last = redact("Huia Ngata")[0].split(" ")
    assert first in _lists()["maori", "f"]
    assert last in _lists()["maori", "s"]


def test_a_study_keeps_its_surrogates() -> None:
    """With the map of the first session the second has the same stand-ins."""
    first, labels = redact("Huia from Tanekaha ward, 021 555, x at y dot com, 3 May 2001")
    assert redact("Huia from Tanekaha ward, 021 555, x at y dot com, 3 May 2001", labels)[0] == first


def test_places_keep_their_kind() -> None:
    """A ward stays a ward; numbers and addresses become ones that are nobody's; ages stay bands."""
    text, _ = redact("at Tanekaha ward, Tanekaha, 021 555, x at y dot com, forty six")
    ward, place, phone, email, age = text.removeprefix("at ").split(", ")
    assert ward == f"{place} ward"
    assert phone.startswith("555 01")
    assert email.endswith("@example.org")
    assert age == "[Age 40-49]"


@pytest.mark.parametrize("count", [300])
def test_two_people_never_share_a_surrogate(count: int) -> None:
    """Even when the lists are used up, no two people have one name, and none is the roster's."""
    names = [f"Zq{a}{b}" for a in "abcdefghijklmnopqrstuvwxyz" for b in "aeioubcdfghkl"][:count]
    engine = deidentifiers.load(
        style="surrogate", detector=FakeDetector(dict.fromkeys(names, "PERSON")), second_look=NoSecondLook()
    )
    result = engine.redact([Utterance("P01", i, i + 1, n) for i, n in enumerate(names)], roster=ROSTER)
    by_label = {s.original: s.text for s in result.labels.surrogates}
    assert len(set(by_label.values())) == len(by_label)
    words = {w for name in by_label.values() for w in name.split()}
    assert not words & {"Anahera", "Wexcombe", "Hana"}


def test_a_speaker_in_the_margin_agrees_with_the_words() -> None:
    """A named speaker who is spoken of has the same stand-in in the margin as in the words."""
    named = name_speakers(["Takeshi", "Interviewer"])
    said = named.rename((Utterance("Takeshi", 0, 1, "I am Takeshi."),))
    result = load().redact(said, roster=named.roster, labels=named.labels)
    (stand_in,) = (s.text for s in result.labels.surrogates if s.original == "Person 1")
    assert named.shown_after(result.labels) == {"Takeshi": stand_in}
    assert result.utterances[0].text == f"I am {stand_in.split()[0]}."


@pytest.mark.parametrize("attempt", range(40))
def test_dates_move_by_whole_weeks_and_never_by_none(attempt: int) -> None:
    """At most a year either way, so that a weekday stays one; made once, then the study's."""
    labeller = Labeller()
    days = StandIns("surrogate", labeller).days()
    assert (days % 7, 7 <= abs(days) <= 364) == (0, True), attempt
    assert StandIns("surrogate", labeller).days() == labeller.grown().date_shift == days


def test_two_numbers_are_two_and_one_is_one_however_it_is_written() -> None:
    """A stand-in belongs to the words it was made for and to their class, whatever their case and spaces."""
    finds = {"x at y dot com": "EMAIL", "X at  Y dot com": "EMAIL", "z at y dot com": "EMAIL"}
    engine = deidentifiers.load(style="surrogate", detector=FakeDetector(finds), second_look=NoSecondLook())
    said = "; ".join(finds)
    done = engine.redact((Utterance("P01", 0, 1, said),), roster=ROSTER)
    first, again, _ = done.utterances[0].text.split("; ")
    assert first == again
    assert [s.original for s in done.labels.surrogates] == ["x at y dot com", "z at y dot com"]


def test_a_doubt_gets_no_surrogate() -> None:
    """A person who could be either of two has a label that says so, and no name of one of them."""
    finds = dict.fromkeys(("Huia Ngata", "Huia Okonkwo", "Huia"), "PERSON")
    engine = deidentifiers.load(style="surrogate", detector=FakeDetector(finds), second_look=NoSecondLook())
    said = [Utterance("P01", n, n + 1, words) for n, words in enumerate(finds)]
    done = engine.redact(said, roster=ROSTER)
    assert done.utterances[2].text == "[Person 1 or 2]"
    assert not any(" or " in kept.original for kept in done.labels.surrogates)
