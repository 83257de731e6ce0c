"""Somebody who left and is recorded all the same: told wherever a recording is taken in, named or listed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.batch.run import run_study
from pipeline.batch.run_line import RunLine
from pipeline.erase.participant.asking import PersonClaim, find_loss
from pipeline.erase.participant.withdrawing import withdraw_participant
from pipeline.errors import ParticipantCodeError
from pipeline.records import Attribution, Redaction, Voiceprint, from_json
from pipeline.study import who
from pipeline.study.left import Gone, who_left
from pipeline.study.study import Study
from pipeline.study.vault.states import Artifact, State
from tests.batch.fakes import with_stages
from tests.erase.participant.group import (
    LEAVER,
    THEIR_PRINT,
    GroupStages,
    everything_opened,
    make_group,
    make_wav,
    open_group,
)
from tests.erase.participant.test_faces import call
from tests.erase.participant.test_withdrawing import certificate_of
from tests.web.house import page_on

NAMELESS = "S4"


class NamelessStages(GroupStages):
    """The voice that left is heard, and nothing said gives it a name."""

    def settled(self, found: Attribution) -> Attribution:
        turns = tuple(replace(u, participant=_nameless(u.participant)) for u in found.utterances)
        links = tuple(
            replace(each, code=NAMELESS, voice="", named=False) if each.code == LEAVER else each
            for each in found.links
        )
        codes = tuple((speaker, _nameless(code)) for speaker, code in found.codes)
        return replace(found, utterances=turns, links=links, codes=codes, claims=())


def _nameless(code: str) -> str:
    return NAMELESS if code == LEAVER else code


def day(ahead: int) -> str:
    return (datetime.now().astimezone() + timedelta(days=ahead)).date().isoformat()


ASKED = day(-2)


def left_study(folder: Path, *, asked: str = ASKED, rule: str = "from now on") -> Study:
    """A study with one recording, which somebody left on a day."""
    study = make_group(folder, recordings=1, withdrawal=rule)
    seen = find_loss(study, LEAVER, (), asked=asked)
    assert withdraw_participant(study, PersonClaim("Rev Iewer", seen, asked), by="tester") is not None
    return study


def bring_in(study: Study, name: str, seed: int, stages: type[GroupStages] = GroupStages) -> list[RunLine]:
    """Another recording, taken in and processed; the lines of the run."""
    make_wav(study.folder / "inbox" / f"{name}.wav", seed)
    lines: list[Any] = []
    run_study(study, with_stages(stages), lines.append, sleep=lambda _: None)
    return [line for line in lines if isinstance(line, RunLine)]


def test_a_name_in_the_talk_gives_them_away_and_no_voiceprint_is_learnt(tmp_path: Path) -> None:
    """The run tells at once, with the command that takes them out; that command is enough, and it is told no more."""
    with left_study(tmp_path) as study:
        assert who_left(study) == (Gone(LEAVER, ASKED),)
        (line,) = bring_in(study, "later", 7)
        assert who_left(study) == (Gone(LEAVER, ASKED, ("R0002",)),)
        assert line.notes == (
            f"P03 left (asked on {ASKED}) and speaks in it: session-deid withdraw --participant P03 R0002 "
            "--reason consent-withdrawn",
        )
        assert [p.mean for v in study.voices.load().voices if v.code == LEAVER for p in v.prints] == [()]
        seen = find_loss(study, LEAVER, ("R0002",), asked=day(0))
        left = withdraw_participant(study, PersonClaim("Rev Iewer", seen, day(0)), by="tester")
        assert [each.recording for each in certificate_of(study, left).recordings] == ["R0002"]
        assert who_left(study) == (Gone(LEAVER, ASKED),)
        assert str(THEIR_PRINT[0]).encode() not in everything_opened(study)
        after = from_json(Redaction, study.artifact("R0002", Artifact.REDACTION)).utterances
        assert {u.text for u in after if u.participant == LEAVER} == {"[P03 withdrew]"}


def test_a_nameless_voice_is_told_of_once_somebody_says_who_it_is(tmp_path: Path) -> None:
    with left_study(tmp_path) as study:
        bring_in(study, "later", 7, NamelessStages)
        assert who_left(study) == (Gone(LEAVER, ASKED),)
        who.say_who(study, NAMELESS, LEAVER)
        assert who_left(study) == (Gone(LEAVER, ASKED, ("R0002",)),)
        assert not any(p.mean for v in study.voices.load().voices if v.code == LEAVER for p in v.prints)
        with pytest.raises(ParticipantCodeError, match="they left"):
            who.enrol(study, LEAVER, Voiceprint("S1", (0.5, 0.5), 9.0))
        bring_in(study, "and another", 8)  # the run brings the named voice's recording up to date
        seen = find_loss(study, LEAVER, (), asked=day(0))
        assert seen.recordings == ("R0002", "R0003")


def test_what_came_in_until_that_day_is_not_told_of(tmp_path: Path) -> None:
    """The day they asked on still counts as before, as in what the rule takes."""
    with left_study(tmp_path, asked=day(0)) as study:
        bring_in(study, "same day", 7)
        assert who_left(study) == (Gone(LEAVER, day(0)),)


def test_where_their_words_went_they_are_told_of_too(tmp_path: Path) -> None:
    """Their roster entry is gone: whoever hears them gives the voice their code, and it can be withdrawn."""
    with left_study(tmp_path, rule="their words") as study:
        bring_in(study, "later", 7, NamelessStages)
        who.rename(study, NAMELESS, LEAVER)
        assert who_left(study)[0].heard == ("R0002",)
        run_study(study, with_stages(NamelessStages), lambda _: None, sleep=lambda _: None)
        seen = find_loss(study, LEAVER, ("R0002",), asked=day(0))
        withdraw_participant(study, PersonClaim("Rev Iewer", seen, day(0)), by="tester")
        assert who_left(study)[0].heard == ()


def test_at_the_terminal(tmp_path: Path) -> None:
    """Taking in, the list of voices and status say it, in words and as JSON."""
    left_study(tmp_path).close()
    make_wav(tmp_path / "new.wav", 9)
    must_not = f"P03 left (asked on {ASKED}) and must not be recorded any more"
    taken = call(tmp_path, "import", str(tmp_path / "new.wav"))
    assert must_not in taken.stderr
    assert "sealed" in taken.stdout
    make_wav(tmp_path / "other.wav", 10)
    rows = [
        json.loads(x)
        for x in call(tmp_path, "import", "--json", str(tmp_path / "other.wav")).stdout.splitlines()
    ]
    assert rows[-1] == {"left": LEAVER, "asked": ASKED}
    with open_group(tmp_path) as study:
        run_study(study, with_stages(GroupStages), lambda _: None, sleep=lambda _: None)
        assert {row.state for row in study.recordings()} == {State.REDACTED}
    shown = call(tmp_path, "status").stdout
    assert must_not in shown
    speaks = "session-deid withdraw --participant P03 R0002 --reason consent-withdrawn"
    assert speaks in shown
    assert "withdraw --participant P03 R0001" not in shown
    told = [json.loads(line) for line in call(tmp_path, "status", "--json").stdout.splitlines()]
    assert {row["id"]: row.get("left") for row in told if "id" in row} == {
        "R0001": None,
        "R0002": [LEAVER],
        "R0003": [LEAVER],
    }
    assert told[-1]["left"] == {"participant": LEAVER, "asked": ASKED, "heard": ["R0002", "R0003"]}
    listed = call(tmp_path, "participants", "list").stdout
    assert must_not in listed
    assert speaks in listed
    listed_rows = [
        json.loads(x) for x in call(tmp_path, "participants", "list", "--json").stdout.splitlines()
    ]
    assert listed_rows[-1] == {"left": LEAVER, "asked": ASKED, "heard": ["R0002", "R0003"]}


def test_in_the_page(tmp_path: Path) -> None:
    """On taking in, under who is who, and on the recording's card."""
    with left_study(tmp_path) as study:
        bring_in(study, "later", 7)
        page = page_on(study)
        assert page.send("GET", "/api/sources").json()["left"] == [{"participant": LEAVER, "asked": ASKED}]
        (gone,) = page.send("GET", "/api/people").json()["left"]
        assert gone == {"participant": LEAVER, "asked": ASKED, "heard": ["R0002"]}
        cards = page.send("GET", "/api/week").json()["cards"]
        assert {card["id"]: card["left"] for card in cards} == {"R0001": [], "R0002": [LEAVER]}


def test_nobody_who_stays_is_told_of(tmp_path: Path) -> None:
    with make_group(tmp_path, recordings=1) as study:
        assert who_left(study) == ()
        assert "P03" not in call(tmp_path, "status").stdout
