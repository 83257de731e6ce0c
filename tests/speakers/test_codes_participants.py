"""Repairs after the fact: every function returns a new record, and recordings follow by `relabel`."""

from __future__ import annotations

import pytest

from pipeline.errors import ParticipantCodeError, ParticipantUnknownError
from pipeline.records import Attribution, Voiceprint
from pipeline.speakers.codes import KnownVoices, assign, learn, relabel
from pipeline.speakers.participants import enrol, forget, list_participants, merge, rename, split
from tests.speakers.conversation import GROUP, filler, heard, say, session

TALK = say(("S1", filler(6, 1)), ("S2", filler(6, 2)), ("S3", filler(6, 3)))


def study(*weeks: dict[str, int]) -> tuple[KnownVoices, list[Attribution]]:
    """Recordings "0", "1" ... in which local speakers are the people of these numbers."""
    known, attributions = KnownVoices(), []
    for week, people in enumerate(weeks):
        said = tuple(u for u in TALK if u.participant in people)
        diarization = session(said, *(heard(s, p, week) for s, p in people.items()))
        found = assign(diarization, said, roster=None, known=known)
        known = learn(known, found, diarization, False, recording=str(week))
        attributions.append(found)
    return known, attributions


def codes_now(known: KnownVoices, attributions: list[Attribution]) -> list[dict[str, str]]:
    return [dict(relabel(a, known, str(i)).codes) for i, a in enumerate(attributions)]


def test_list_shows_who_was_heard_where() -> None:
    """Codes with recordings and seconds, no names."""
    known, _ = study({"S1": 1, "S2": 2}, {"S1": 2})
    assert [(p.code, p.recordings, p.seconds) for p in list_participants(known)] == [
        ("P01", ("0",), 30.0),
        ("P02", ("0", "1"), 60.0),
    ]


def test_rename_changes_every_recording() -> None:
    """Saying who a voice is once is enough, and the utterances follow."""
    known, attributions = study({"S1": 1, "S2": 2}, {"S1": 2})
    known = rename(known, "P02", "F01")
    assert codes_now(known, attributions) == [{"S1": "P01", "S2": "F01"}, {"S1": "F01"}]
    assert relabel(attributions[1], known, "1").utterances[0].participant == "F01"
    assert rename(known, "F01", "F01") == known


def test_two_codes_can_be_exchanged() -> None:
    """Through a third code, without anything mixing up."""
    known, attributions = study({"S1": 1, "S2": 2})
    for old, new in (("P01", "P99"), ("P02", "P01"), ("P99", "P02")):
        known = rename(known, old, new)
    assert codes_now(known, attributions) == [{"S1": "P02", "S2": "P01"}]


def test_merge_makes_two_voices_one() -> None:
    """Both speakers' recordings get the one code, and a later recording matches it."""
    known, attributions = study({"S1": 1, "S2": 2, "S3": 3})
    known = merge(known, "P03", "P01")
    assert codes_now(known, attributions) == [{"S1": "P01", "S2": "P02", "S3": "P01"}]
    assert [p.code for p in list_participants(known)] == ["P01", "P02"]


def test_split_undoes_a_merge() -> None:
    """One local speaker of a recording is somebody else again, with its words."""
    known, attributions = study({"S1": 1, "S2": 2, "S3": 3})
    known = split(merge(known, "P03", "P01"), "P01", "0", speaker="S3")
    assert codes_now(known, attributions) == [{"S1": "P01", "S2": "P02", "S3": "P04"}]


def test_a_code_that_was_given_is_never_given_again() -> None:
    """Exports outside the study may still carry a merged or renamed code."""
    known, _ = study({"S1": 1, "S2": 2, "S3": 3})
    known = merge(rename(known, "P03", "F01"), "P02", "P01")
    newcomer = session(TALK[:1], heard("S1", 9, 1))
    assert dict(assign(newcomer, TALK[:1], roster=None, known=known).codes) == {"S1": "P04"}


def test_split_moves_a_recording_to_a_new_or_a_known_code() -> None:
    """In that recording alone it was somebody else."""
    known, attributions = study({"S1": 1, "S2": 2}, {"S1": 1})
    assert codes_now(split(known, "P01", "1"), attributions)[1] == {"S1": "P03"}
    assert codes_now(split(known, "P01", "1", new="P02"), attributions)[1] == {"S1": "P02"}
    assert codes_now(split(known, "P01", "1"), attributions)[0] == {"S1": "P01", "S2": "P02"}


def test_forget_deletes_the_voice_and_keeps_the_code() -> None:
    """Past recordings keep their code; the voice is not recognised again."""
    known, attributions = study({"S1": 1, "S2": 2})
    known = forget(known, "P01")
    assert codes_now(known, attributions) == [{"S1": "P01", "S2": "P02"}]
    again = session(TALK[:1], heard("S1", 1, 1))
    assert dict(assign(again, TALK[:1], roster=None, known=known).codes) == {"S1": "P03"}
    assert not [p for p in list_participants(known) if p.code == "P01" and p.voiceprint]


def test_an_enrolled_voice_is_known_before_any_recording() -> None:
    """A clip of a person links the voice to the roster's code at once and surely."""
    known = enrol(KnownVoices(), "P02", heard("clip", 2))
    here = session(TALK[:2], heard("S1", 5, 1), heard("S2", 2, 1))
    found = assign(here, TALK[:2], roster=GROUP, known=known)
    assert dict(found.codes) == {"S1": "S1", "S2": "P02"}
    assert "S2" not in found.unsure


def test_enrolling_again_replaces_the_clip() -> None:
    """One clip a person."""
    known = enrol(enrol(KnownVoices(), "P02", heard("clip", 2)), "P02", heard("clip", 2, 1))
    assert len(known.voices[0].prints) == 1


@pytest.mark.parametrize("repair", [rename, merge])
def test_an_unknown_code_is_refused(repair: object) -> None:
    """The message names the code and the command that lists them."""
    known, _ = study({"S1": 1})
    with pytest.raises(ParticipantUnknownError, match=r"P07.*participants list"):
        repair(known, "P07", "P01")  # type: ignore[operator]


def test_what_would_mix_people_up_is_refused() -> None:
    """A taken code, a code that is none, a merge with itself, a split of all there is, a clip without speech."""
    known, _ = study({"S1": 1, "S2": 2})
    with pytest.raises(ParticipantCodeError, match="merge the two"):
        rename(known, "P01", "P02")
    with pytest.raises(ParticipantCodeError, match="must look like"):
        rename(known, "P01", "Ingrid")
    with pytest.raises(ParticipantCodeError):
        merge(known, "P01", "P01")
    with pytest.raises(ParticipantCodeError, match="rename it"):
        split(known, "P01", "0")
    with pytest.raises(ParticipantUnknownError, match="in 9"):
        split(known, "P01", "9")
    with pytest.raises(ParticipantCodeError, match="no speech"):
        enrol(known, "P01", Voiceprint("clip", (), 0.0))


def test_a_recording_is_unlearnt_whole() -> None:
    """What it taught is gone from shared voices, a voice heard in it alone goes; its code is nobody's any more."""
    known, _ = study({"S1": 1, "S2": 2}, {"S1": 2, "S2": 3})
    after = known.unlearning("0")
    assert [(p.code, p.recordings) for p in list_participants(after)] == [("P02", ("1",)), ("P03", ("1",))]
    assert after.retired == ("P01",)
    assert after.unlearning("0") == after
    again = assign(session(TALK[:1], heard("S1", 1, 2)), TALK[:1], roster=None, known=after)
    assert dict(again.codes) == {"S1": "P04"}


def test_unlearning_spares_what_was_learnt_elsewhere() -> None:
    """An enrolled clip stays; a name told in that recording alone does not."""
    known = enrol(KnownVoices(), "P02", heard("clip", 2))
    here = session(TALK[:1], heard("S1", 2, 1))
    known = learn(known, assign(here, TALK[:1], roster=GROUP, known=known), here, True, recording="0")
    assert [p.recording for p in known.unlearning("0").voices[0].prints] == ["enrolled"]
    told = say(("S1", "Hello, my name is Keziah. " + filler(6, 1)))
    heard_it = session(told, heard("S1", 1))
    week = learn(
        KnownVoices(),
        assign(heard_it, told, roster=None, known=KnownVoices()),
        heard_it,
        False,
        recording="0",
    )
    both = learn(
        week,
        assign(heard_it, TALK[:1], roster=None, known=week),
        session(TALK[:1], heard("S1", 1, 1)),
        False,
        recording="1",
    )
    assert [v.name for v in both.voices] == ["Keziah"]
    assert [v.name for v in both.unlearning("0").voices] == [""]
    assert [v.name for v in both.unlearning("1").voices] == ["Keziah"]
