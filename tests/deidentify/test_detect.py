"""The detector with its models: what it finds, what it keeps, and that its spans are sound."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.deidentify.detect import Detector, load
from pipeline.errors import LanguageUnsupportedError, ModelMissingError
from pipeline.models import store
from pipeline.records import Person, Roster, Span, Utterance, Word

MODELS = store.installed("en_core_web_md") or store.installed("en_core_web_sm")
needs_models = pytest.mark.skipif(not MODELS, reason="needs the model en_core_web_md")
ROSTER = Roster(
    (
        Person("P01", "Wei Zhao", ("Zhao Wei",)),
        Person("P02", "Aroha Ngata", ("Ro",)),
        Person("P03", "Mark Pemberton"),
    )
)


@pytest.fixture(scope="module")
def detector() -> Detector:
    """One detector for all tests here."""
    return load()


def talk(*turns: str) -> list[Utterance]:
    """Two speakers in turn."""
    return [Utterance(f"S{1 + i % 2}", float(i), i + 1.0, t) for i, t in enumerate(turns)]


def texts(spans: tuple[Span, ...]) -> list[str]:
    """What the spans cover."""
    return [s.text for s in spans]


@needs_models
@pytest.mark.parametrize(
    ("turns", "found"),
    [
        (("Hi, my name is Olumide Bakare.",), "Olumide Bakare"),
        (("I saw Doctor Venkatesh on Tuesday.",), "Venkatesh"),
        (("Thanks, Ngaire. Take your time.",), "Ngaire"),
        (("And your name?", "Xiaoming Delacroix."), "Xiaoming Delacroix"),
        (("hi i'm priya raman and i'm a student",), "priya raman"),
        (("She grew up in Masterton, near the sea.",), "Masterton"),
        (("I'm on Rimu ward at the moment.",), "Rimu ward"),
        (("She went to Saint Hilda's College.",), "Saint Hilda's College"),
        (("Hello, it's Doctor Shah from Riverside Surgery.",), "Riverside Surgery"),
        # in no list, and nothing but the talk around says so
        (("We met in Leeds on Monday, with Bram.", "Ottoline reckons it'll be fine."), "Ottoline"),
        (("so quillon what do you think", "i think he was sad"), "quillon"),
        (("He drives for Bramble Kites, nights mostly.",), "Bramble Kites"),
        (("thanks velda and you live where", "in harrowick near the river"), "harrowick"),
    ],
)
def test_names_places_and_organisations_are_found(
    detector: Detector, turns: tuple[str, ...], found: str
) -> None:
    """Dialogue cues, the models and the lists together find them."""
    assert found in texts(detector.find(talk(*turns)))


@needs_models
@pytest.mark.parametrize(
    "said",
    [
        "They stopped the sertraline, so just quetiapine, twenty five milligrams at night.",
        "He thought it was Parkinson's, or Lyme disease, or Bell's palsy.",
        "This Balint group runs for six weeks, at half past four on Thursdays.",
        "Will you be all right? May I ask? I hope there's some grace in it.",
        "I want to mark the difference, to be frank.",
        "Take two tablets three times a day for seven days.",
        "We had Chinese food and watched Netflix, and I got Nurofen from Boots.",
    ],
)
def test_look_alikes_stay(detector: Detector, said: str) -> None:
    """Drugs, eponyms, doses, durations, modal verbs and brands identify nobody."""
    assert detector.find(talk(said)) == ()


@needs_models
def test_one_find_protects_all_mentions(detector: Detector) -> None:
    """A name introduced once is found wherever it comes again, and the verb it looks like is not."""
    spans = detector.find(talk("My name is Mark Pemberton.", "Hi Mark. I'll mark it down, Mr Pemberton."))
    assert [s.text for s in spans if s.utterance == 1] == ["Mark", "Pemberton"]


@needs_models
def test_roster_names_are_found_as_the_recogniser_misheard_them(detector: Detector) -> None:
    """A word that sounds like a participant's name, in a name's place, is that name; elsewhere it is a word."""
    spans = detector.find(
        talk("Thanks, Way.", "Can I, sorry, Row, can I jump in?", "It's a long way to the front row."), ROSTER
    )
    assert texts(spans) == ["Way", "Row"]


def test_a_sound_alike_called_behind_a_marker_is_a_name(detector: Detector) -> None:
    """ "Now way, you ..." calls Wei; "no way, you ..." calls nobody."""
    spans = detector.find(talk("Now way, you were next.", "No way, you did not say that."), ROSTER)
    assert [(s.utterance, s.text) for s in spans] == [(0, "way")]
    assert all(s.uncertain and "participant" in s.reason for s in spans)


@needs_models
def test_sites_of_the_roster_are_found(detector: Detector) -> None:
    """What the study says to remove is removed."""
    roster = Roster(sites=("Kākāpō House",), other=("Tuesday Crew",))
    assert texts(detector.find(talk("we met at kakapo house with the tuesday crew"), roster)) == [
        "kakapo house",
        "tuesday crew",
    ]


@needs_models
def test_doubtful_finds_go_to_the_queue_not_into_the_text(detector: Detector) -> None:
    """What is not sure enough to be acted on comes along, disjoint from the rest, with a reason that names nobody."""
    said = talk("Kenepuru was quiet.", "Koutou said so.", "The Tuvalu shop, or Zorb and Vale.")
    everything, sure = detector.examine(said).spans, detector.find(said)
    assert set(sure) <= set(everything)
    places = [(s.utterance, i) for s in everything for i in range(s.start_char, s.end_char)]
    assert len(places) == len(set(places))
    assert not any(s.text.lower() in s.reason.lower() for s in everything)


@needs_models
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs", "Cc"]), max_size=60), max_size=4
    )
)
def test_spans_are_sorted_disjoint_and_match_their_text(detector: Detector, turns: list[str]) -> None:
    """For any text the contract of `find` holds."""
    utterances = talk(*turns)
    spans = detector.find(utterances, ROSTER)
    last = (-1, 0)
    for s in spans:
        assert (s.utterance, s.start_char) >= last
        assert utterances[s.utterance].text[s.start_char : s.end_char] == s.text
        last = (s.utterance, s.end_char)


@needs_models
def test_sensitivity_widens_what_is_found() -> None:
    """Strict finds at least what lenient finds."""
    said = talk("Kenepuru was quiet, and Jun-ho was there with Te Whiti.", "Harper? Maybe.")
    strict, lenient = load(sensitivity="strict").find(said), load(sensitivity="lenient").find(said)
    assert len(strict) >= len(lenient)


def test_a_missing_model_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """Loading without models says which to install."""
    monkeypatch.setenv("SESSION_DEID_MODELS", str(tmp_path))
    with pytest.raises(ModelMissingError, match="en_core_web_md"):
        load()


def test_unknown_languages_and_sensitivities_are_refused() -> None:
    """A wrong setting is named, with what there is."""
    with pytest.raises(LanguageUnsupportedError, match="tlh"):
        load("tlh")
    with pytest.raises(ValueError, match="balanced"):
        load(sensitivity="loud")  # type: ignore[arg-type]


@needs_models
@pytest.mark.parametrize(("probability", "asked"), [(0.43, True), (0.95, False)])
def test_a_number_heard_faintly_is_a_question(detector: Detector, probability: float, asked: bool) -> None:
    """ "Nine" may be "ninety four"."""
    said = "She is nine years old now."
    words = tuple(
        Word(float(n), n + 1.0, w, probability if w == "nine" else 0.99) for n, w in enumerate(said.split())
    )
    (age,) = [s for s in detector.find([Utterance("S1", 0.0, 9.0, said, words)]) if s.type == "AGE"]
    assert age.uncertain is asked


@needs_models
def test_a_pass_or_a_recognizer_can_be_left_out_by_name() -> None:
    """As benchmarks do, to see what it is worth."""
    said = talk("My name is Zorbelina Quux.", "And zorbelina again.")
    all_rules = {e.rule for s in load().examine(said).spans for e in s.evidence}
    assert {"mentions", "PersonRecognizer", "TalkRecognizer"} <= all_rules
    without = load(left_out={"propagate", "PersonRecognizer"}).examine(said).spans
    assert not {e.rule for s in without for e in s.evidence} & {"mentions", "PersonRecognizer"}
