"""Voices of a recording against known voices."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.records import Voiceprint
from pipeline.speakers.matching import Match, alike, bar, match
from pipeline.speakers.voices import KnownVoice, KnownVoices, Remembered
from tests.speakers.conversation import heard, voice


def known(*seeds: int, seconds: float = 30.0) -> KnownVoices:
    """Each seed's person heard on day 0, keys v1, v2 ..."""
    return KnownVoices(
        tuple(
            KnownVoice(f"v{i}", f"P{i:02d}", prints=(Remembered("one", f"S{i}", seconds, heard("", s).mean),))
            for i, s in enumerate(seeds, 1)
        )
    )


def known_exactly(*seeds: int) -> KnownVoices:
    """As `known`, with each person's very voice."""
    return KnownVoices(
        tuple(
            KnownVoice(f"v{i}", f"P{i:02d}", prints=(Remembered("one", f"S{i}", 30, voice(s)),))
            for i, s in enumerate(seeds, 1)
        )
    )


def test_the_same_people_on_another_day_are_matched() -> None:
    """Everybody is found again, surely, in whatever order they speak."""
    found = match([heard("S1", 3, 1), heard("S2", 1, 1), heard("S3", 2, 1)], known(1, 2, 3))
    assert {s: m.voice for s, m in found.items()} == {"S1": "v3", "S2": "v1", "S3": "v2"}
    assert all(m.sure for m in found.values())


def test_absent_members_and_newcomers() -> None:
    """A newcomer gets no voice of somebody absent."""
    found = match([heard("S1", 2, 1), heard("S2", 9, 1)], known(1, 2, 3))
    assert found["S1"].voice == "v2"
    assert (found["S2"].voice, found["S2"].sure) == ("", True)


def test_two_similar_voices_are_told_apart_together() -> None:
    """The pairs are chosen jointly: one voice's second best is another's best."""
    twins = KnownVoices(
        (
            KnownVoice("v1", "P01", prints=(Remembered("one", "S1", 30, voice(1)),)),
            KnownVoice("v2", "P02", prints=(Remembered("one", "S2", 30, voice(2, like=1, near=0.8)),)),
        )
    )
    found = match([Voiceprint("S1", voice(1), 30), Voiceprint("S2", voice(2, like=1, near=0.85), 30)], twins)
    assert (found["S1"].voice, found["S2"].voice) == ("v1", "v2")


def test_a_voice_near_the_bar_is_for_a_person_to_confirm() -> None:
    """A cold, another microphone: matched, but not surely; a little farther and it is a new voice that resembles one."""
    cold = Voiceprint("S1", voice(7, like=1, near=bar(30) + 0.03), 30)
    stranger = Voiceprint("S1", voice(7, like=1, near=bar(30) - 0.05), 30)
    home = KnownVoices((KnownVoice("v1", "P01", prints=(Remembered("one", "S1", 30, voice(1)),)),))
    assert (match([cold], home)["S1"].voice, match([cold], home)["S1"].sure) == ("v1", False)
    far = match([stranger], home)["S1"]
    assert (far.voice, far.sure, far.resembles) == ("", False, "v1")


def test_one_person_heard_as_two_does_not_take_two_codes_of_others() -> None:
    """The second half of a split voice is a new voice, marked as like the first."""
    found = match([heard("S1", 1, 1, near=0.95), heard("S2", 1, 2, near=0.9)], known(1, 2))
    assert found["S1"].voice == "v1"
    assert (found["S2"].voice, found["S2"].resembles, found["S2"].sure) == ("", "v1", False)


def test_a_name_that_was_said_helps_a_voice_near_the_bar() -> None:
    """Support from elsewhere turns a new voice into a match, but does not make it sure."""
    home = KnownVoices((KnownVoice("v1", "P01", prints=(Remembered("one", "S1", 30, voice(1)),)),))
    print_ = Voiceprint("S1", voice(7, like=1, near=bar(30) - 0.1), 30)
    assert match([print_], home)["S1"].voice == ""
    assert match([print_], home, support={("S1", "v1"): 0.15})["S1"].voice == "v1"


def test_every_account_names_its_speaker() -> None:
    """Also in a study's first recording, and of a newcomer: its best score is told, and likeness to nobody."""
    assert match([heard("S1", 1)], KnownVoices()) == {"S1": Match("S1")}
    found = match([heard("S1", 1, 1), heard("S2", 9, 1)], known(1, 2))
    assert [m.speaker for m in found.values()] == ["S1", "S2"]
    newcomer = found["S2"]
    assert newcomer == Match("S2", score=newcomer.score)
    assert isinstance(newcomer.score, float)
    assert newcomer.score < bar(30)
    (alone,) = match([heard("S1", 1, 1)], known(1)).values()
    assert alone.runner_up == -1.0  # nothing else to compare: the least a cosine can be


def test_a_new_voice_resembles_the_likest() -> None:
    """Not the first of the study."""
    stranger = Voiceprint("S1", voice(7, like=2, near=bar(30) - 0.05), 30)
    assert match([stranger], known_exactly(1, 2))["S1"].resembles == "v2"


def test_two_known_voices_alike_are_for_a_person_to_confirm() -> None:
    """High above the bar, yet the other is nearly as near; so is a voice of less than two seconds."""
    twins = KnownVoices(
        (
            KnownVoice("v1", "P01", prints=(Remembered("one", "S1", 30, voice(1)),)),
            KnownVoice("v2", "P02", prints=(Remembered("one", "S2", 30, voice(2, like=1, near=0.95)),)),
        )
    )
    found = match([Voiceprint("S1", voice(1), 30)], twins)["S1"]
    assert (found.voice, found.sure, round(found.runner_up, 2)) == ("v1", False, 0.95)
    sure = {s: match([Voiceprint("S1", voice(1), s)], known_exactly(1))["S1"].sure for s in (1.9, 2.0, 30.0)}
    assert sure == {1.9: False, 2.0: True, 30.0: True}


@pytest.mark.parametrize("loudness", [0.01, 100.0])
def test_a_voiceprints_length_makes_no_difference(loudness: float) -> None:
    """Only its direction counts, here and in what is remembered."""
    here = Voiceprint("S1", tuple(loudness * x for x in heard("", 1, 1).mean), 30)
    there = KnownVoices(
        (
            KnownVoice(
                "v1", "P01", prints=(Remembered("one", "S1", 30, tuple(loudness * x for x in voice(1))),)
            ),
        )
    )
    (plain,) = match([heard("S1", 1, 1)], known_exactly(1)).values()
    (scaled,) = match([here], there).values()
    assert (scaled.voice, scaled.sure, round(scaled.score, 6)) == ("v1", True, round(plain.score, 6))


@pytest.mark.parametrize("mean", [(), (0.0,) * 64, (float("nan"),) * 64])
def test_a_voiceprint_of_nothing_is_left_out(mean: tuple[float, ...]) -> None:
    """Too little speech gives no match, and no error."""
    assert match([Voiceprint("S1", mean, 0.2)], known(1)) == {}


def test_voiceprints_of_another_model_are_never_compared() -> None:
    """A study whose voiceprints have another length starts anew instead of failing."""
    assert match([Voiceprint("S1", voice(1, dimensions=32), 30)], known(1))["S1"].voice == ""


def test_less_speech_lowers_the_bar() -> None:
    """A second of speech gives a weaker voiceprint, so less is asked of it."""
    assert bar(1.0) < bar(4.0) < bar(30.0) == bar(3000.0)


def test_voices_of_one_recording_that_may_be_one_person_are_named() -> None:
    """Two clusters of one voice are reported as a pair."""
    assert alike([heard("S1", 1, 1, 0.95), heard("S2", 1, 2, 0.95), heard("S3", 2)]) == [("S1", "S2")]
    assert alike([heard("S1", 1, 1, 0.95), heard("S2", 1, 2, 0.95)]) == [("S1", "S2")]
    near = Voiceprint("S2", voice(7, like=1, near=bar(30) + 0.05), 30)
    assert alike([Voiceprint("S1", voice(1), 30), near]) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 12), max_size=8), st.lists(st.integers(0, 12), max_size=8, unique=True))
def test_no_two_speakers_get_one_voice(here: list[int], before: list[int]) -> None:
    """Whoever is heard, a known voice is given once at most."""
    found = match([heard(f"S{i}", s, i) for i, s in enumerate(here)], known(*before))
    given_voices = [m.voice for m in found.values() if m.voice]
    assert len(given_voices) == len(set(given_voices))
