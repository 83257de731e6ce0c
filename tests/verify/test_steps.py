"""Each decision does what it says, refuses what does not fit, and can be undone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.errors import DecisionError
from pipeline.records import Person, Roster, Span, Utterance
from pipeline.verify.decisions import (
    Accept,
    AddToRoster,
    ChangeClass,
    ChangeLabel,
    ConfirmVoice,
    Correct,
    Event,
    MergeSpeakers,
    Move,
    NameVoice,
    Place,
    Read,
    Redact,
    Redo,
    Reject,
    SameAs,
    Undo,
)
from pipeline.verify.final import final_redaction
from pipeline.verify.history import History
from pipeline.verify.labels import label_for, offered_labels
from pipeline.verify.queue import count_open
from pipeline.verify.session import ReviewSession
from pipeline.verify.state import ReviewedTranscript
from pipeline.verify.store import RecordingInfo
from tests.redacting import redact_finds
from tests.verify.conftest import SAID, step, text_of
from tests.verify.memory import MemoryStore


def place(line: str, words: str, state: ReviewedTranscript) -> Place:
    """Where words stand in a line."""
    at = state.lines[line].text.index(words)
    return Place(line, at, at + len(words))


def test_what_the_pipeline_hid_is_hidden_and_what_it_flagged_stands_open(state: ReviewedTranscript) -> None:
    """Before any decision the reader sees the pipeline's replacements, and a flag hides nothing."""
    assert text_of(state, "u1") == "[P01] here. I saw [Person 1] and she's a falconer."
    assert count_open(state) == 3


def test_accepting_a_flag_replaces_the_words(state: ReviewedTranscript) -> None:
    """A flagged span that is accepted gets a label of its class."""
    after = step(state, Accept(("s3",)))
    assert text_of(after, "u1").endswith("she's a [Occupation 1].")
    assert count_open(after) == 2


def test_rejecting_brings_the_words_back(state: ReviewedTranscript) -> None:
    """A verb taken for a name stands in the transcript again, and is kept as a decision."""
    after = step(state, Reject(("s4",)))
    assert text_of(after, "u2") == SAID[2][3]
    kept = next(s for s in final_redaction(after).spans if s.text == "mark")
    assert (kept.action, kept.replacement, kept.uncertain) == ("keep", "", False)


def test_changing_the_class_changes_the_label(state: ReviewedTranscript) -> None:
    """A person who is a place gets a place's label."""
    after = step(state, ChangeClass(("s2",), "LOCATION"))
    assert "[Place 1]" in text_of(after, "u1")


def test_a_new_label_is_one_that_nothing_bears(state: ReviewedTranscript) -> None:
    """An empty label asks for the next number, of all that are taken in the study."""
    after = step(state, ChangeLabel(("s2",)))
    assert "[Person 3]" in text_of(after, "u1")


def test_a_label_that_would_carry_words_is_refused(state: ReviewedTranscript) -> None:
    """Only short texts in brackets may stand in the transcript."""
    with pytest.raises(DecisionError):
        step(state, ChangeLabel(("s2",), "Tess"))


def test_same_as_moves_every_mention(state: ReviewedTranscript) -> None:
    """Two labels for one person become one, everywhere and in the label map."""
    after = step(state, SameAs("[P01]", "[Person 1]"))
    assert text_of(after, "u0").startswith("Thanks [Person 1]")
    assert text_of(after, "u1").startswith("[Person 1] here.")


def test_a_roster_name_takes_its_code(state: ReviewedTranscript) -> None:
    """Words added to a participant become that participant's code, and the addition is remembered."""
    after = step(state, AddToRoster("s4", code="F01"))
    assert "will [F01] that" in text_of(after, "u2")
    assert [(a.name, a.code) for a in after.additions] == [("mark", "F01")]


@pytest.mark.parametrize(("code", "group"), [("", ""), ("P01", "staff"), ("P77", "")])
def test_a_roster_addition_needs_one_place_to_go(state: ReviewedTranscript, code: str, group: str) -> None:
    """Neither, both, or somebody who does not exist is refused."""
    with pytest.raises(DecisionError):
        step(state, AddToRoster("s4", code=code, group=group))  # type: ignore[arg-type]


def test_marked_words_go_in_all_places_under_one_label(state: ReviewedTranscript) -> None:
    """Mentions redacted together bear the label their words have in the study."""
    places = (place("u3", "Tess", state), place("u2", "Quorn", state))
    after = step(state, Redact(places, "PERSON", "[Person 1]"))
    assert text_of(after, "u3") == "Mm, yes, [Person 1] again."
    assert text_of(after, "u2").startswith("[Person 1]?")


def test_marking_over_a_replacement_hides_at_least_what_it_hid(state: ReviewedTranscript) -> None:
    """A new mark that touches a replacement takes in all of it."""
    after = step(state, Redact((place("u1", "Quorn and", state),), "PERSON", "[Person 9]"))
    assert "Tess" not in text_of(after, "u1")
    assert "[Person 9] she's" in text_of(after, "u1")


def test_a_correction_moves_what_stands_after_it(state: ReviewedTranscript) -> None:
    """A longer word shifts the replacements behind it; its own time is kept."""
    after = step(state, Correct(place("u1", "here", state), "over here"))
    assert text_of(after, "u1") == "[P01] over here. I saw [Person 1] and she's a falconer."
    old, new = ([t.start for t in each.lines["u1"].tokens] for each in (state, after))
    assert (new[:1], new[2:]) == (old[:1], old[1:])  # words that stay keep their times
    assert old[0] < new[1] < old[1]  # a new one has its time between its neighbours


def test_a_corrected_name_stays_hidden(state: ReviewedTranscript) -> None:
    """Putting a misheard name right inside its replacement does not bring it to light."""
    after = step(state, Correct(place("u1", "Quorn", state), "Quornington"))
    assert text_of(after, "u1") == text_of(state, "u1")


def test_a_correction_across_a_replacements_edge_is_refused(state: ReviewedTranscript) -> None:
    """It could leave half a name in the open."""
    with pytest.raises(DecisionError):
        step(state, Correct(place("u1", "Quorn and", state), "corn and"))


def test_a_line_goes_to_another_participant(state: ReviewedTranscript) -> None:
    """The whole line changes hands, its text stays."""
    after = step(state, Move("u3", "P02"))
    assert after.lines["u3"].participant == "P02"
    assert text_of(after, "u3") == text_of(state, "u3")


def test_a_border_moves_with_its_words_and_marks(state: ReviewedTranscript) -> None:
    """Words given to another participant become a line of their own, replacements intact."""
    after = step(state, Move("u2", "P01", place("u2", "Nerrida, go on.", state)))
    assert [after.lines[i].participant for i in after.order] == ["F01", "P01", "P02", "P01", "S3"]
    assert [text_of(after, i) for i in ("u2.0", "u2.1")] == [
        "Quorn? I will [Person 2] that.",
        "Nerrida, go on.",
    ]
    assert after.lines["u2.0"].end <= after.lines["u2.1"].start


def test_a_border_through_a_replacement_is_refused(state: ReviewedTranscript) -> None:
    """Half a name in each line would be no name in either."""
    with pytest.raises(DecisionError):
        step(state, Move("u1", "P02", place("u1", "Quorn and she's", state)))


def test_merging_gives_all_lines_and_settles_the_voice(state: ReviewedTranscript) -> None:
    """An unlinked voice becomes a participant."""
    after = step(state, MergeSpeakers("S3", "P02"))
    assert after.lines["u3"].participant == "P02"
    assert {v.speaker: v.code for v in after.voices}["S3"] == "P02"


@pytest.mark.parametrize(("code", "into"), [("P02", "P02"), ("P77", "P01")])
def test_a_merge_of_nobody_is_refused(state: ReviewedTranscript, code: str, into: str) -> None:
    """Into itself, or of a code that never speaks."""
    with pytest.raises(DecisionError):
        step(state, MergeSpeakers(code, into))


def test_confirming_a_voice_closes_its_question(state: ReviewedTranscript) -> None:
    """A confirmed voice is asked about no more."""
    assert count_open(step(state, ConfirmVoice("S1"))) == count_open(state) - 1


def test_reading_counts_only_lines_that_exist(state: ReviewedTranscript) -> None:
    """An id that a split removed is not counted."""
    assert step(state, Read(("u0", "u99"))).read == {"u0"}


@pytest.mark.parametrize(
    "decision",
    [Accept(("nope",)), Move("nope", "P01"), Redact((), "PERSON"), Redact((Place("u0", 3, 999),), "PERSON")],
)
def test_what_is_not_there_is_refused(state: ReviewedTranscript, decision: Accept) -> None:
    """A stale page cannot decide on what has gone."""
    with pytest.raises(DecisionError):
        step(state, decision)


def test_a_name_two_people_bear_gets_no_code_by_itself(state: ReviewedTranscript) -> None:
    """Two people never share a label because they share a first name: it says that it may be either."""
    twice = replace(state, roster=(*state.roster, Person("P05", "Nerida Other")))
    assert label_for(state, "PERSON", "nerida") == "[P01]"
    assert label_for(twice, "PERSON", "nerida") == "[P01 or P05]"


def test_two_voices_that_were_swapped_can_be_put_right(state: ReviewedTranscript) -> None:
    """Naming a voice moves its lines alone, so that each of two can get the other's code."""
    after = step(step(state, NameVoice("S1", "P01")), NameVoice("S2", "F01"), 2)
    assert [line.participant for line in after.in_order()] == ["P01", "F01", "P02", "S3"]
    assert [(v.code, v.open) for v in after.voices[:2]] == [("P01", False), ("F01", False)]


def test_a_line_given_by_hand_stays_where_it_was_put(state: ReviewedTranscript) -> None:
    """Naming its voice later does not take it back."""
    after = step(step(state, Move("u0", "P02")), NameVoice("S1", "P01"), 2)
    assert after.lines["u0"].participant == "P02"


@pytest.mark.parametrize(("speaker", "whose"), [("S9", "P01"), ("S1", " ")])
def test_a_voice_that_cannot_be_named_is_refused(state: ReviewedTranscript, speaker: str, whose: str) -> None:
    """There must be such a voice, and somebody it belongs to."""
    with pytest.raises(DecisionError):
        step(state, NameVoice(speaker, whose))


def test_a_voice_without_a_name_takes_its_label_along(state: ReviewedTranscript) -> None:
    """[S3] in the text is whoever S3 turns out to be."""
    line = state.lines["u0"]
    marked = replace(line, marks=(replace(line.marks[0], replacement="[S3]"),))
    after = step(replace(state, lines={**state.lines, "u0": marked}), NameVoice("S3", "P02"))
    assert after.lines["u3"].participant == "P02"
    assert "[P02]" in text_of(after, "u0")


# --- one label, whichever room gives it --------------------------------------------------------------


def reviewed_again(state: ReviewedTranscript, texts: dict[str, str]) -> dict[str, str]:
    """What next week's de-identification writes for words of a type, with the labels of this review."""
    utterances = [Utterance("P01", float(n), n + 1.0, text) for n, text in enumerate(texts)]
    finds = [
        Span(n, 0, len(text), kind, "direct", 0.95, "test", text)
        for n, (text, kind) in enumerate(texts.items())
    ]
    redaction = redact_finds(utterances, finds, roster=Roster(state.roster), labels=state.labels)
    return dict(zip(texts, (u.text for u in redaction.utterances), strict=True))


def test_a_missed_mention_of_a_known_person_is_offered_their_label(state: ReviewedTranscript) -> None:
    """In any form of the name, as it is written; and what is offered is taken."""
    for words in ("Tess", "quorn's", "Ms Quorn"):
        assert label_for(state, "PERSON", words) == "[Person 1]"
    missed = place("u3", "Tess", state)
    after = step(state, Redact((missed,), "PERSON", label_for(state, "PERSON", "Tess")))
    assert text_of(after, "u3") == "Mm, yes, [Person 1] again."


def test_what_is_redacted_by_hand_has_its_label_next_week(state: ReviewedTranscript) -> None:
    """A person and a place nobody had found: both keep their label, and nobody else gets it."""
    after = step(state, Redact((place("u2", "go on", state),), "PERSON"))
    after = step(after, Redact((place("u3", "again", state),), "LOCATION"), 2)
    assert [text_of(after, n) for n in ("u2", "u3")] == [
        "Quorn? I will [Person 2] that. Nerrida, [Person 3].",
        "Mm, yes, Tess [Place 1].",
    ]
    assert reviewed_again(after, {"Go On": "PERSON", "again": "LOCATION", "Zorblatt": "PERSON"}) == {
        "Go On": "[Person 3]",
        "again": "[Place 1]",
        "Zorblatt": "[Person 4]",
    }


def test_two_labels_that_are_one_person_are_one_next_week(state: ReviewedTranscript) -> None:
    """ "Same as" holds for the study, and the label given up is nobody's."""
    after = step(state, SameAs("[Person 2]", "[Person 1]"))
    again = reviewed_again(after, {"mark": "PERSON", "Tess Quorn": "PERSON", "Zorblatt": "PERSON"})
    assert again == {"mark": "[Person 1]", "Tess Quorn": "[Person 1]", "Zorblatt": "[Person 3]"}


def test_labels_to_choose_from_stand_once_and_as_they_are_written(state: ReviewedTranscript) -> None:
    """One person, one entry; none that nobody bears any more."""
    assert offered_labels(state) == {"[P01]", "[Person 1]", "[Person 2]"}
    assert offered_labels(step(state, SameAs("[Person 2]", "[Person 1]"))) == {"[P01]", "[Person 1]"}


def test_a_label_taken_back_is_not_given_to_others(state: ReviewedTranscript) -> None:
    """Another recording may bear it by then."""
    history = History(state)
    for number, decision in enumerate([Redact((place("u2", "go on", state),), "PERSON"), Undo()], start=1):
        history.advance(Event(number, "now", "Sam", decision))
    assert text_of(history.state, "u2") == text_of(state, "u2")
    assert label_for(history.state, "PERSON", "Zorblatt") == "[Person 4]"
    history.advance(Event(3, "now", "Sam", Redo()))
    assert text_of(history.state, "u2").endswith("[Person 3].")


def test_a_decision_keeps_the_labels_it_gave(review: ReviewSession, store: MemoryStore) -> None:
    """So that the log gives the same transcript when the study has given other labels since."""
    mark = Redact((place("u3", "again", review.state),), "LOCATION")
    for decision in (Accept(("s3",)), ChangeLabel(("s4",)), mark, AddToRoster("s2", group="staff")):
        review.decide(decision, "Sam", "me")
    accepted, changed, marked, added = (event.decision for event in store.events("r1"))
    assert isinstance(accepted, Accept)
    assert accepted.labels == ("[Occupation 1]",)
    assert isinstance(changed, ChangeLabel)
    assert changed.label == "[Person 3]"
    assert isinstance(marked, Redact)
    assert marked.label == "[Place 1]"
    assert isinstance(added, AddToRoster)
    assert added.label == "[Person 1]"
    later = replace(store.load("r1"), taken=("Occupation 1", "Person 3", "Place 1"))
    store.put(RecordingInfo("r2", "later", "in review"), later)
    for event in store.events("r1"):
        store._kept["r2"].events.append(event)
    again = ReviewSession(store, "r2").state
    assert [text_of(again, n) for n in again.order] == [text_of(review.state, n) for n in review.state.order]
    assert label_for(again, "PERSON", "Zorblatt") == "[Person 4]"
