"""Codes over the recordings of a study."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.flow import Choices, Engines, Stages
from pipeline.records import Attribution, Audio, Diarization, Roster, Utterance, from_json, to_json
from pipeline.speakers.codes import KnownVoices, assign, learn, learnt_roster, relabel
from tests.speakers.conversation import GROUP, filler, heard, say, session

FIRST = say(
    ("S1", "Welcome. I'm Ingrid Solvang, I lead this group. Shall we go round?"),
    ("S2", "Hi, I'm Mateo."),
    ("S3", "Keziah Obuya. Everybody calls me Kez."),
    ("S4", "I've got one to talk about."),
    ("S2", "Go for it then, please do."),
)
FIRST_PRINTS = (heard("S1", 1), heard("S2", 2), heard("S3", 3), heard("S4", 4))
SECOND = say(
    ("S1", "It was a long week for all of us."),
    ("S2", "Dov, you said you had one. Do you want to start?"),
    ("S1", "Yes, I do, it is about a boy."),
    ("S2", "What happened then, Dov?"),
    ("S1", "He just left the room."),
)
SECOND_PRINTS = (heard("S1", 4, 1), heard("S2", 1, 1))


def recorded(
    known: KnownVoices,
    utterances: tuple[Utterance, ...],
    prints: tuple,  # type: ignore[type-arg]
    name: str,
    roster: Roster | None = None,
    verified: bool = False,
) -> tuple[Attribution, KnownVoices]:
    diarization = session(utterances, *prints)
    found = assign(diarization, utterances, roster=roster, known=known)
    return found, learn(known, found, diarization, verified, recording=name)


def test_without_a_roster_codes_go_by_first_appearance_and_hold() -> None:
    """The second recording's speakers get the codes of the first, whatever the order they speak in."""
    one, known = recorded(KnownVoices(), FIRST, FIRST_PRINTS, "one")
    two, _ = recorded(known, SECOND, SECOND_PRINTS, "two")
    assert one.codes == (("S1", "P01"), ("S2", "P02"), ("S3", "P03"), ("S4", "P04"))
    assert two.codes == (("S1", "P04"), ("S2", "P01"))
    assert [u.participant for u in two.utterances] == ["P04", "P01", "P04", "P01", "P04"]


def test_a_newcomer_gets_the_next_code() -> None:
    """Codes go on counting; nobody absent lends theirs."""
    _, known = recorded(KnownVoices(), FIRST, FIRST_PRINTS, "one")
    two, _ = recorded(known, SECOND, (heard("S1", 9, 1), heard("S2", 1, 1)), "two")
    assert dict(two.codes) == {"S1": "P05", "S2": "P01"}


def test_a_name_that_is_surely_a_speakers_is_learnt() -> None:
    """Without a roster the names said become names of the codes, for de-identification to replace."""
    one, known = recorded(KnownVoices(), FIRST, FIRST_PRINTS, "one")
    two, _ = recorded(known, SECOND, SECOND_PRINTS, "two")
    for found in (one, two):  # in the second recording P02 is absent, but may be spoken of
        roster = learnt_roster(None, found)
        assert roster is not None
        names = {p.code: p.name for p in roster.people}
        assert {"P01": "Ingrid Solvang", "P02": "Mateo"}.items() <= names.items()
        assert "P04" not in names
    assert learnt_roster(GROUP, one) == GROUP


def test_with_a_roster_codes_belong_to_names() -> None:
    """Who said a name has its code; who did not stays S1 ... until it is known."""
    one, _ = recorded(KnownVoices(), FIRST, FIRST_PRINTS, "one", GROUP)
    assert dict(one.codes) == {"S1": "F01", "S2": "P01", "S3": "P02", "S4": "S1"}


def test_a_link_found_later_changes_earlier_recordings() -> None:
    """S1 of week one is P03 as soon as week two tells, and `relabel` says so in the old attribution."""
    one, known = recorded(KnownVoices(), FIRST, FIRST_PRINTS, "one", GROUP)
    two, known = recorded(known, SECOND, SECOND_PRINTS, "two", GROUP)
    assert dict(two.codes) == {"S1": "P03", "S2": "F01"}
    now = relabel(one, known, "one")
    assert dict(now.codes)["S4"] == "P03"
    assert [u.participant for u in now.utterances] == ["F01", "P01", "P02", "P03", "P01"]


def test_an_unlinked_voice_keeps_its_label_over_the_study() -> None:
    """The same unknown voice is S1 in every recording."""
    _, known = recorded(KnownVoices(), FIRST, FIRST_PRINTS, "one", GROUP)
    quiet = say(("S1", filler(4, 1)), ("S2", filler(4, 2)))
    two, _ = recorded(known, quiet, (heard("S1", 8, 1), heard("S2", 4, 1)), "two", GROUP)
    assert dict(two.codes) == {"S1": "S2", "S2": "S1"}


def test_evidence_says_why_without_names() -> None:
    """A person can judge a link from its evidence, and no name stands there."""
    one, _ = recorded(KnownVoices(), FIRST, FIRST_PRINTS, "one", GROUP)
    evidence = dict(one.evidence)
    assert "said its name at 00:00:02" in evidence["S1"]
    words = {w.lower() for p in GROUP.people for n in (p.name, *p.nicknames) for w in n.split()}
    assert not [e for e in evidence.values() if words & set(e.lower().split())]
    assert "Solvang" not in repr(one)


def test_codes_without_names_do_not_collide_with_a_roster_that_comes_later() -> None:
    """P01 by first appearance is not the roster's P01: the voice is unlinked, or linked by what was said."""
    _, known = recorded(KnownVoices(), SECOND, SECOND_PRINTS, "one")
    two, known = recorded(known, SECOND, SECOND_PRINTS, "two", GROUP)
    assert dict(two.codes) == {"S1": "P03", "S2": "S1"}
    assert {v.code for v in known.voices} == {"P03", "S1"}


def test_too_little_speech_is_no_participant() -> None:
    """A cough gets a label a person should look at, not a participant's code."""
    said = say(("S1", filler(6, 1)), ("S2", "Hm, well."))
    found, _ = recorded(KnownVoices(), said, (heard("S1", 1),), "one")
    assert dict(found.codes) == {"S1": "P01", "S2": "S1"}
    assert found.unsure == ("S2",)


def test_only_verified_recordings_sharpen_a_voice() -> None:
    """An unverified match leaves the reference as it was; a verified one is averaged in."""
    _, known = recorded(KnownVoices(), FIRST, FIRST_PRINTS, "one", verified=True)
    before = known.with_code("P01")
    _, provisional = recorded(known, SECOND, SECOND_PRINTS, "two")
    _, verified = recorded(known, SECOND, SECOND_PRINTS, "two", verified=True)
    assert before is not None
    assert provisional.with_code("P01").reference() == before.reference()  # type: ignore[union-attr]
    assert verified.with_code("P01").reference() != before.reference()  # type: ignore[union-attr]


def test_learning_a_recording_again_replaces_it() -> None:
    """Processed twice, then verified: heard once."""
    _, known = recorded(KnownVoices(), FIRST, FIRST_PRINTS, "one")
    again, known = recorded(known, FIRST, FIRST_PRINTS, "one")
    _, known = recorded(known, FIRST, FIRST_PRINTS, "one", verified=True)
    assert again.codes == (("S1", "P01"), ("S2", "P02"), ("S3", "P03"), ("S4", "P04"))
    assert [len(v.prints) for v in known.voices] == [1, 1, 1, 1]


def test_a_correction_by_the_reviewer_moves_the_speaker() -> None:
    """In a verified attribution the code a person chose decides where the voice belongs."""
    one, known = recorded(KnownVoices(), FIRST, FIRST_PRINTS, "one", GROUP)
    codes = tuple((s, "P03" if c == "S1" else c) for s, c in one.codes)
    known = learn(known, replace(one, codes=codes), session(FIRST, *FIRST_PRINTS), True, recording="one")
    two, _ = recorded(known, SECOND[:1], (heard("S1", 4, 1),), "two", GROUP)
    assert dict(two.codes) == {"S1": "P03"}
    assert two.unsure == ()


def test_a_review_begun_before_a_link_does_not_undo_it() -> None:
    """Verifying week one with the codes of then keeps what week two found out."""
    one, known = recorded(KnownVoices(), FIRST, FIRST_PRINTS, "one", GROUP)
    _, known = recorded(known, SECOND, SECOND_PRINTS, "two", GROUP)
    known = learn(known, one, session(FIRST, *FIRST_PRINTS), True, recording="one")
    assert dict(relabel(one, known, "one").codes)["S4"] == "P03"
    assert known.with_code("P03").recordings == ("two", "one")  # type: ignore[union-attr]


def test_naming_an_unlinked_voice_in_review_names_it_everywhere() -> None:
    """S1 is P03, said once, in whichever recording."""
    _, known = recorded(KnownVoices(), FIRST[3:4], (heard("S4", 4),), "one", GROUP)
    quiet = say(("S1", filler(6, 1)), ("S2", filler(6, 2)))
    prints = (heard("S1", 4, 1), heard("S2", 9, 1))
    two, known = recorded(known, quiet, prints, "two", GROUP)
    assert dict(two.codes)["S1"] == "S1"
    named = replace(two, codes=tuple((s, "P03" if c == "S1" else c) for s, c in two.codes))
    known = learn(known, named, session(quiet, *prints), True, recording="two")
    assert known.with_code("P03").recordings == ("one", "two")  # type: ignore[union-attr]


def test_correcting_one_recording_leaves_the_participants_voice() -> None:
    """A wrong match put right in review takes this recording out of P01, and P01 stays P01 elsewhere."""
    _, known = recorded(KnownVoices(), FIRST, FIRST_PRINTS, "one", GROUP)
    two, known = recorded(known, SECOND[:1], (heard("S1", 2, 1),), "two", GROUP)
    assert dict(two.codes) == {"S1": "P01"}
    put_right = replace(two, codes=(("S1", "P03"),))
    known = learn(known, put_right, session(SECOND[:1], heard("S1", 2, 1)), True, recording="two")
    assert known.with_code("P01").recordings == ("one",)  # type: ignore[union-attr]
    assert known.with_code("P03").recordings == ("two",)  # type: ignore[union-attr]


def test_a_wrong_name_nobody_confirmed_does_not_stick() -> None:
    """A voice linked by a misheard word goes to its own name when it introduces itself."""
    wrong = say(("S1", "I'm Mateo."), ("S2", filler(5, 1)))
    _, known = recorded(KnownVoices(), wrong, (heard("S1", 3), heard("S2", 1)), "one", GROUP)
    right = say(
        ("S1", "I'm Keziah Obuya, Kez."), ("S2", "Mateo couldn't come."), ("S1", "I'm Keziah, hello.")
    )
    two, _ = recorded(known, right, (heard("S1", 3, 1), heard("S2", 1, 1)), "two", GROUP)
    assert dict(two.codes)["S1"] in {"P02", "S2", "S3"}


def test_saying_the_name_of_another_voice_is_not_enough() -> None:
    """A stranger who says a known participant's name does not get the code."""
    _, known = recorded(KnownVoices(), FIRST, FIRST_PRINTS, "one", GROUP, verified=True)
    said = say(("S1", "I'm Mateo."), ("S2", filler(5, 1)))
    two, _ = recorded(known, said, (heard("S1", 30, 1), heard("S2", 1, 1)), "two", GROUP)
    assert dict(two.codes)["S1"].startswith("S")
    assert "S1" in two.unsure


def test_known_voices_are_kept_as_json() -> None:
    """What is sealed comes back the same, and shows neither voices nor names."""
    _, known = recorded(KnownVoices(), FIRST, FIRST_PRINTS, "one")
    assert from_json(KnownVoices, to_json(known)) == known
    assert "0." not in repr(known)
    assert "Mateo" not in repr(known)


def test_recordings_without_a_name_are_told_apart() -> None:
    """One-shot runs name no recordings; each still counts as its own."""
    first = session(FIRST, *FIRST_PRINTS)
    known = learn(KnownVoices(), assign(first, FIRST, roster=None, known=KnownVoices()), first, False)
    second = session(SECOND, *SECOND_PRINTS)
    known = learn(known, assign(second, SECOND, roster=None, known=known), second, False)
    assert known.with_code("P01").recordings == ("#1", "#2")  # type: ignore[union-attr]


def test_nobody_spoke() -> None:
    """An empty recording gives an empty attribution and teaches nothing."""
    empty = Diarization(10.0, ())
    found = assign(empty, (), roster=GROUP, known=KnownVoices())
    assert found == Attribution(())
    assert learn(KnownVoices(), found, empty, True) == KnownVoices()


@pytest.mark.parametrize(("roster", "most"), [(GROUP, 4), (Roster(), None), (None, None)])
def test_the_rosters_size_guides_the_diarizer(roster: Roster | None, most: int | None) -> None:
    """A run tells the diarizer how many people there are at most; without people in the roster, nothing."""
    asked: list[object] = []

    class Diarizer:
        def diarize(self, audio: Audio, **hints: object) -> Diarization:
            asked.append((hints["speakers"], hints["at_most"]))
            return Diarization(audio.duration, ())

    engines = Engines(Choices(speakers=3))
    engines.__dict__["diarizer"] = Diarizer()
    Stages(engines, roster).diarize(Audio(np.zeros(16_000, dtype=np.float32)))
    assert asked == [(3, most)]


@pytest.mark.parametrize(
    ("cores", "gpus", "threads"), [(1, 0, 1), (2, 0, 1), (4, 0, 1), (8, 0, 2), (16, 0, 5), (16, 1, 16)]
)
def test_finding_speakers_takes_its_share_of_the_cores(
    cores: int, gpus: int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the others transcribe: on two cores one thread, on many as many as keep up; all where a GPU transcribes."""
    from pipeline.speakers.diarization import diarize
    from pipeline.transcribe import loading

    asked: list[int | None] = []

    def load(threads: int | None = None, diarizer: str = "") -> object:
        assert diarizer == "a+b"
        asked.append(threads)
        return object()

    monkeypatch.setattr(diarize, "load", load)
    monkeypatch.setattr(loading, "gpus_for_ctranslate2", lambda: gpus)
    _ = Engines(Choices(threads=cores, diarizer="a+b")).diarizer
    assert asked == [threads]


@pytest.mark.parametrize("roster", [None, GROUP])
@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(0, 6), min_size=1, max_size=5, unique=True), min_size=1, max_size=4))
def test_one_person_is_one_code_and_two_people_never_share_one(
    roster: Roster | None, weeks: list[list[int]]
) -> None:
    """Whoever comes in whatever week: a study's codes are people."""
    known, seen = KnownVoices(), dict[int, str]()
    for week, people in enumerate(weeks):
        said = say(*((f"S{i}", filler(5, p)) for i, p in enumerate(people, 1)))
        prints = tuple(heard(f"S{i}", p, week) for i, p in enumerate(people, 1))
        found, known = recorded(known, said, prints, f"week {week}", roster)
        for person, (_, code) in zip(people, found.codes, strict=True):
            assert seen.setdefault(person, code) == code
    assert len(set(seen.values())) == len(seen)


def test_a_roster_of_words_alone_is_no_roster_of_people() -> None:
    """Sites and staff to remove do not turn codes into names."""
    words = Roster(sites=("Ward Nine",))
    found, _ = recorded(KnownVoices(), FIRST, FIRST_PRINTS, "one", words)
    assert dict(found.codes)["S1"] == "P01"
    learnt = learnt_roster(words, found)
    assert learnt is not None
    assert (learnt.sites, bool(learnt.people)) == (("Ward Nine",), True)
