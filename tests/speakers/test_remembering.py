"""What a recording leaves behind of its voices, and earlier transcripts brought up to date."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.records import Attribution, Diarization, Roster, Utterance, Voiceprint
from pipeline.speakers.codes import KnownVoices, assign, learn, relabel
from pipeline.speakers.participants import merge, rename
from pipeline.speakers.voices import Remembered
from tests.speakers.conversation import GROUP, filler, heard, say, session

QUIET = say(("S1", filler(6, 1)), ("S2", filler(6, 2)))
INTRODUCED = say(("S1", "Hi, I'm Mateo. " + filler(6, 3)), ("S2", filler(6, 2)))


def recorded(
    known: KnownVoices,
    said: tuple[Utterance, ...],
    *prints: Voiceprint,
    roster: Roster | None = None,
) -> tuple[Attribution, Diarization]:
    """A recording whose speakers have these voiceprints, attributed with what is known."""
    heard_here = {p.speaker for p in prints}
    said = tuple(u for u in said if u.participant in heard_here)
    diarization = session(said, *prints)
    return assign(diarization, said, roster=roster, known=known), diarization


def corrected(found: Attribution, **codes: str) -> Attribution:
    """As a reviewer leaves it who gave these speakers other codes."""
    return replace(found, codes=tuple((s, codes.get(s, c)) for s, c in found.codes))


def heard_in(known: KnownVoices) -> dict[str, tuple[str, ...]]:
    """Each voice's code with its recordings."""
    assert len({v.code for v in known.voices}) == len(known.voices)
    return {v.code: v.recordings for v in known.voices}


def week_one(roster: Roster | None = None) -> tuple[Attribution, Diarization, KnownVoices]:
    """Two people heard for the first time."""
    found, diarization = recorded(KnownVoices(), INTRODUCED, heard("S1", 1), heard("S2", 2), roster=roster)
    return found, diarization, learn(KnownVoices(), found, diarization, False, recording="one")


@pytest.mark.parametrize("verified", [True, False])
def test_a_speaker_without_a_voiceprint_is_remembered_as_having_spoken(verified: bool) -> None:
    """Too little speech for a voiceprint: where it was said is kept, for a rename or a merge."""
    said = say(("S1", filler(6, 1)), ("S2", "Hm, well."))
    found = assign(session(said, heard("S1", 1)), said, roster=None, known=KnownVoices())
    known = learn(KnownVoices(), found, session(said, heard("S1", 1)), verified, recording="one")
    voice = known.holding("one", "S2")
    assert voice is not None
    assert voice.prints == (Remembered("one", "S2", 0.0, (), verified),)


@pytest.mark.parametrize(
    ("seconds", "broken", "kept"),
    [(1.4, False, False), (1.5, False, True), (30.0, False, True), (30.0, True, False), (1.0, True, False)],
)
def test_only_a_voiceprint_worth_comparing_is_kept(seconds: float, broken: bool, kept: bool) -> None:
    """Of too little speech, or broken, it could only mislead; the seconds count all the same."""
    print_ = heard("S1", 1, seconds=seconds)
    print_ = replace(print_, mean=(float("nan"),) * 64) if broken else print_
    found, diarization = recorded(KnownVoices(), QUIET, print_)
    (remembered,) = learn(KnownVoices(), found, diarization, False, recording="one").voices[0].prints
    assert (remembered.seconds, remembered.mean) == (seconds, print_.mean if kept else ())


def test_verifying_a_recording_changes_no_voice() -> None:
    """Who was heard here alone keeps key, name and what was said of it: learnt anew, not twice."""
    found, diarization, known = week_one()
    verified = learn(known, found, diarization, True, recording="one")
    assert [(v.key, v.code, v.name, v.claims) for v in verified.voices] == [
        (v.key, v.code, v.name, v.claims) for v in known.voices
    ]
    assert all(p.verified for v in verified.voices for p in v.prints)
    assert [c.recording for v in verified.voices for c in v.claims] == ["one"]


def test_an_attribution_without_links_goes_by_its_codes() -> None:
    """As older ones have none: its speakers join the voices of their codes, whose names stay; none is made up."""
    _, _, known = week_one(GROUP)
    two, diarization = recorded(known, QUIET, heard("S1", 1, 1), heard("S2", 9, 1), roster=GROUP)
    for verified in (False, True):
        after = learn(known, replace(two, links=()), diarization, verified, recording="two")
        assert heard_in(after) == {"P01": ("one", "two"), "S1": ("one",), "S2": ("two",)}
        assert [v.named for v in after.voices] == [True, False, False]
        assert [v.confirmed for v in after.voices] == [verified, False, False]


def test_a_voice_found_anew_in_review_joins_the_participant_it_belongs_to() -> None:
    """A newcomer, or somebody else's voice by mistake, that the reviewer says is P02 is P02's."""
    _, _, known = week_one()
    for seed in (9, 1):
        two, diarization = recorded(known, QUIET, heard("S1", seed, 1))
        after = learn(known, corrected(two, S1="P02"), diarization, True, recording="two")
        assert heard_in(after) == {"P01": ("one",), "P02": ("one", "two")}


def test_naming_an_unlinked_voice_in_its_first_recording_names_it_later_too() -> None:
    """Whichever recording is reviewed first: all that was matched to the voice gets the name."""
    one, first, known = week_one(GROUP)
    assert dict(one.codes)["S2"] == "S1"
    two, second = recorded(known, QUIET, heard("S1", 2, 1), roster=GROUP)
    known = learn(known, two, second, False, recording="two")
    after = learn(known, corrected(one, S2="P03"), first, True, recording="one")
    assert heard_in(after) == {"P01": ("one",), "P03": ("two", "one")}


def test_without_a_roster_a_participants_voice_stays_theirs() -> None:
    """A code the reviewer changes in one recording moves this recording, also while codes have no names."""
    found, diarization = recorded(KnownVoices(), QUIET, heard("S1", 1), heard("S2", 2))
    known = learn(KnownVoices(), found, diarization, False, recording="one")
    two, second = recorded(known, QUIET, heard("S1", 1, 1))
    after = learn(known, corrected(two, S1="P07"), second, True, recording="two")
    assert heard_in(after) == {"P01": ("one",), "P02": ("one",), "P07": ("two",)}


def test_a_merged_voice_stays_merged_when_its_recording_is_learnt_again() -> None:
    """The recording's own voice is gone; its code says whose it is."""
    found, diarization = recorded(KnownVoices(), QUIET, heard("S1", 1))
    known = learn(KnownVoices(), found, diarization, False, recording="one")
    two, second = recorded(known, QUIET, heard("S1", 2, 1))
    known = merge(learn(known, two, second, False, recording="two"), "P02", "P01")
    again = learn(known, relabel(two, known, "two"), second, False, recording="two")
    assert heard_in(again) == {"P01": ("one", "two")}


def test_two_speakers_with_one_code_are_one_voice() -> None:
    """One person whom the diarizer took for two, as a person put it right, keeps one voice when learnt again."""
    found, diarization = recorded(KnownVoices(), QUIET, heard("S1", 1), heard("S2", 2))
    known = learn(KnownVoices(), found, diarization, False, recording="one")
    two, second = recorded(known, QUIET, heard("S1", 1, 1), heard("S2", 2, 1))
    after = learn(known, corrected(two, S2="P01"), second, False, recording="two")
    assert heard_in(after) == {"P01": ("one", "two"), "P02": ("one",)}
    assert [p.speaker for p in after.with_code("P01").prints] == ["S1", "S1", "S2"]  # type: ignore[union-attr]


def test_an_earlier_transcript_gets_the_new_code_everywhere() -> None:
    """Its codes, its links and what was said."""
    found, _, known = week_one()
    now = relabel(found, rename(known, "P02", "F01"), "one")
    assert now.codes == (("S1", "P01"), ("S2", "F01"))
    assert [(link.speaker, link.code) for link in now.links] == [("S1", "P01"), ("S2", "F01")]
    assert [u.participant for u in now.utterances] == ["P01", "F01"]


def test_what_a_reviewer_gave_to_somebody_else_stays_so() -> None:
    """An utterance moved to another participant by hand does not follow the voice it was first given to."""
    found, _, known = week_one()
    first, second = found.utterances
    moved = replace(found, utterances=(first, replace(second, participant="P01")))
    now = relabel(moved, rename(known, "P02", "F01"), "one")
    assert [u.participant for u in now.utterances] == ["P01", "P01"]


def test_utterances_joined_or_split_in_review_follow_the_codes_too() -> None:
    """Then it goes by the code each has; one of a code that no voice has stays as it is."""
    found, _, known = week_one()
    first, second = found.utterances
    split = replace(found, utterances=(first, second, second, replace(second, participant="P50")))
    now = relabel(split, rename(known, "P02", "F01"), "one")
    assert [u.participant for u in now.utterances] == ["P01", "F01", "F01", "P50"]
    assert [u.text for u in now.utterances] == [u.text for u in split.utterances]
