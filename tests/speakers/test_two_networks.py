"""Voices of one study told apart by two networks: voiceprints that cannot be compared are not, and it is said."""

from __future__ import annotations

import json

import pytest

from pipeline.records import Attribution, Diarization, Utterance, Voiceprint, from_json, to_json
from pipeline.speakers.codes import KnownVoices, assign, learn
from pipeline.speakers.diarization.choice import DIARIZER, VOICEPRINT_MODEL
from pipeline.speakers.matching import match
from pipeline.speakers.participants import enrol, merge
from tests.speakers.conversation import filler, heard, say, turns_of

OTHER = "segmentation-3.0+another"
THIRD = "another-one+campplus-zh-en"
SAID = say(("S1", filler(9, 1)), ("S2", filler(9, 2)))


def recorded(
    known: KnownVoices, name: str, diarizer: str, *prints: Voiceprint, verified: bool = False
) -> tuple[Attribution, KnownVoices]:
    """A recording of two people by a diarizer, attributed and learnt."""
    here = {p.speaker for p in prints}
    said: tuple[Utterance, ...] = tuple(u for u in SAID if u.participant in here)
    diarization = Diarization(60.0, turns_of(said), prints, diarizer)
    found = assign(diarization, said, roster=None, known=known)
    return found, learn(known, found, diarization, verified, recording=name)


def two_weeks(second: str, *, verified: bool = True) -> tuple[Attribution, KnownVoices]:
    """The same two people in the second week, their voiceprints just as in the first."""
    _, known = recorded(KnownVoices(), "one", DIARIZER, heard("S1", 1), heard("S2", 2), verified=verified)
    return recorded(known, "two", second, heard("S1", 1), heard("S2", 2))


def test_a_voiceprint_of_another_network_is_no_match_however_alike() -> None:
    """Numbers of two networks mean different things: two people could become one by accident."""
    found, known = two_weeks(OTHER)
    assert found.codes == (("S1", "P03"), ("S2", "P04"))
    assert set(found.unsure) == {"S1", "S2"}
    assert all("cannot be compared" in why for _, why in found.evidence)
    assert {v.code: v.recordings for v in known.voices} == {
        "P01": ("one",),
        "P02": ("one",),
        "P03": ("two",),
        "P04": ("two",),
    }


def test_another_network_for_segmentation_alone_changes_nothing() -> None:
    """Voiceprints are the same network's."""
    found, _ = two_weeks(THIRD)
    assert found.codes == (("S1", "P01"), ("S2", "P02"))
    assert found.unsure == ()


def test_a_person_puts_both_kinds_together_and_each_is_known_again() -> None:
    """After a merge the voice is known by either network, by its own voiceprints alone."""
    _, known = two_weeks(OTHER)
    known = merge(merge(known, "P03", "P01"), "P04", "P02")
    for diarizer in (DIARIZER, OTHER):
        found, _ = recorded(known, "three", diarizer, heard("S1", 2, 3), heard("S2", 1, 3))
        assert found.codes == (("S1", "P02"), ("S2", "P01")), diarizer


@pytest.mark.parametrize(("diarizer", "sure"), [(DIARIZER, True), (OTHER, False)])
def test_no_match_of_a_network_that_was_not_measured_is_sure(diarizer: str, sure: bool) -> None:
    """The bars were set on the usual network: of another one a person looks at each."""
    _, known = recorded(KnownVoices(), "one", diarizer, heard("S1", 1), heard("S2", 2))
    found, _ = recorded(known, "two", diarizer, heard("S1", 1), heard("S2", 2))
    assert found.codes == (("S1", "P01"), ("S2", "P02"))
    assert (found.unsure == ()) is sure
    assert all(("voice matches" in why) is sure for _, why in found.evidence)


def test_an_enrolled_clip_counts_for_the_network_that_heard_it() -> None:
    """Whoever changes the network enrols again."""
    known = enrol(KnownVoices(), "P02", heard("clip", 2), model="another")
    assert match([heard("S1", 2, 1)], known, model="another")["S1"].voice
    assert match([heard("S1", 2, 1)], known)["S1"].voice == ""
    assert not match([heard("S1", 2, 1)], known)["S1"].comparable


def test_voices_an_earlier_version_sealed_are_the_usual_networks() -> None:
    """It knew no other."""
    _, known = recorded(KnownVoices(), "one", DIARIZER, heard("S1", 1), heard("S2", 2))
    old = json.loads(to_json(known))
    for voice in old["voices"]:
        for print_ in voice["prints"]:
            assert print_.pop("model") == VOICEPRINT_MODEL
    again = from_json(KnownVoices, json.dumps(old).encode())
    assert again == known
    found, _ = recorded(again, "two", DIARIZER, heard("S1", 1), heard("S2", 2))
    assert found.codes == (("S1", "P01"), ("S2", "P02"))
