"""Who is who in the page: heard, named, merged, split, forgotten; and the roster typed or pasted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pipeline.batch.run import run_study
from pipeline.records import Attribution, Claim, Diarization, Person, Turn, from_json, to_json
from pipeline.speakers.codes import KnownVoices
from pipeline.study import who
from pipeline.study.study import Study
from pipeline.study.vault.states import Artifact
from tests.batch.fakes import FakeStages, with_stages
from tests.study.conftest import key_file, make_sound, study, tmp_path  # noqa: F401 - fixtures
from tests.web.conftest import Page
from tests.web.house import bring_in, page_on


class TwoVoices(FakeStages):
    """Two people, of whom one is never alone for long."""

    def diarize(self, audio: Any, progress: Any = None) -> Diarization:
        """The first alone from 2 s to 5 s, the second alone from 6 s on."""
        heard = super().diarize(audio, progress)
        turns = (Turn(0.0, 5.0, "S1"), Turn(0.5, 2.0, "S2"), Turn(6.0, 30.0, "S2"))
        return Diarization(heard.duration, turns, heard.voiceprints, heard.model)


def bring_in(study: Study, name: str) -> None:  # noqa: F811
    """One recording with two voices."""
    make_sound(study.folder / "inbox" / f"{name}.wav")
    run_study(study, with_stages(TwoVoices), lambda _: None, sleep=lambda _: None)


def people(page: Page) -> dict[str, Any]:
    """What the page shows."""
    found: dict[str, Any] = page.send("GET", "/api/people").json()
    return found


def test_a_sample_is_where_the_voice_speaks_alone(study: Study) -> None:  # noqa: F811
    """The longest stretch nobody talks over; at most so many seconds; none once the sound is gone."""
    bring_in(study, "week one")
    code = who.list_voices(study)[0].code
    sample = page_on(study).send("GET", f"/api/voices/{code}/sample").json()
    assert sample == {"recording": "R0001", "start": 2.0, "end": 5.0}
    study.sealed._rows.drop_artifact("R0001", Artifact.SOURCE.value)
    assert page_on(study).send("GET", f"/api/voices/{code}/sample").status_code == 404
    assert page_on(study).send("GET", "/api/voices/P77/sample").status_code == 404


def test_one_click_says_who_it_is(study: Study) -> None:  # noqa: F811
    """The code becomes the person's; recordings follow with the next run, which the home page proposes."""
    bring_in(study, "week one")
    page = page_on(study)
    code = people(page)["voices"][0]["code"]
    added = page.post("/api/roster", {"name": "Tess Quorn", "nicknames": ["Tessie"], "role": ""}).json()[
        "code"
    ]
    assert page.post(f"/api/voices/{code}/person", {"person": added}).status_code == 200
    (voice,) = people(page)["voices"]
    assert (voice["code"], voice["name"], voice["confirmed"], voice["share"]) == (
        added,
        "Tess Quorn",
        True,
        1.0,
    )
    assert page.send("GET", "/api/week").json()["next"]["kind"] == "follow"
    run_study(study, with_stages(TwoVoices), lambda _: None, sleep=lambda _: None)
    attribution = from_json(Attribution, study.artifact("R0001", Artifact.ATTRIBUTION))
    assert dict(attribution.codes)["S1"] == added
    assert page.send("GET", "/api/week").json()["next"]["kind"] == "review"


def test_a_voice_of_somebody_who_has_one_joins_it(study: Study) -> None:  # noqa: F811
    """Saying that two voices are one person merges them; splitting takes one recording out again."""
    bring_in(study, "week one")
    bring_in(study, "week two")
    first, second = KnownVoices(), who.load_voices(study)
    assert first != second
    page = page_on(study)
    (only,) = people(page)["voices"]
    answer = page.post(f"/api/voices/{only['code']}/split", {"recording": "R0002", "new": "P09"})
    assert answer.status_code == 200, answer.text
    assert {voice["code"] for voice in people(page)["voices"]} == {only["code"], "P09"}
    assert page.post("/api/voices/P09/person", {"person": only["code"]}).status_code == 200
    assert [voice["code"] for voice in people(page)["voices"]] == [only["code"]]
    assert page.post(f"/api/voices/{only['code']}/merge", {"into": only["code"]}).status_code == 409


def test_a_forgotten_voice_is_not_remembered(study: Study) -> None:  # noqa: F811
    """Its voiceprints go."""
    bring_in(study, "week one")
    page = page_on(study)
    code = people(page)["voices"][0]["code"]
    assert page.post(f"/api/voices/{code}/forget", {}).status_code == 200
    assert not people(page)["voices"][0]["remembered"]
    assert study.audit.last_of(f"voice {code} forgotten") is not None


def test_the_likely_names_come_with_what_was_said(study: Study) -> None:  # noqa: F811
    """The weightiest first, counted by kind; names nothing speaks for are not offered."""
    bring_in(study, "week one")
    tess, nerida = study.roster.add("Tess Quorn").code, study.roster.add("Nerida Vale").code
    known = who.load_voices(study)
    claims = (
        Claim("S1", tess, "introduced", 1.0, 3.0, recording="R0001"),
        Claim("S1", tess, "answered", 4.0, 1.0, recording="R0001"),
        Claim("S1", nerida, "named", 5.0, -2.0, recording="R0001"),
    )
    voice = replace(known.voices[0], code="S1", claims=claims, named=False)
    study.voices.write(to_json(known.replacing(voice)), event="voices changed")
    (likely,) = people(page_on(study))["voices"][0]["likely"]
    assert (likely["name"], likely["why"]) == ("Tess Quorn", [["answered", 1], ["introduced", 1]])


def test_a_roster_is_pasted_or_refused_by_its_line(study: Study) -> None:  # noqa: F811
    """A table with its columns; what is wrong is named without a cell's content."""
    page = page_on(study)
    table = "code,name,nicknames,role\nP01,Tess Quorn,Tessie,\n,Oakfield,,site\n"
    assert page.post("/api/roster/table", {"text": table}).json() == {"people": 1}
    shown = people(page)
    assert shown["people"][0]["name"] == "Tess Quorn"
    assert shown["words"]["sites"] == ["Oakfield"]
    wrong = page.post("/api/roster/table", {"text": "code,name\nXX,Secret Person\n"})
    assert wrong.status_code == 409
    assert "line 2" in wrong.json()["error"]
    assert "Secret" not in wrong.text
    assert page.post("/api/roster", {"name": "  "}).status_code == 409
    assert page.post("/api/roster/P01/name", {"name": "Tess Vale"}).status_code == 200
    assert study.roster.load().people == (Person("P01", "Tess Vale", ("Tessie", "Tess Quorn"), ""),)


def test_a_voice_nobody_named_is_asked_about_before_verifying(study: Study) -> None:  # noqa: F811
    """Whoever is about to verify is told which voices have no name yet, with the way to name them."""
    bring_in(study, "week one")
    page = page_on(study)
    holder = {"holder": "me"}
    assert page.post("/api/recordings/R0001/pulse", holder).json()["can"]
    assert page.send("GET", "/api/recordings/R0001/approval").json()["unlinked"] == []
    line = page.send("GET", "/api/recordings/R0001").json()["order"][0]
    moved = {"kind": "move", "line": line, "participant": "S7", "place": None}
    assert page.post("/api/recordings/R0001/decisions", {"decision": moved, **holder}).status_code == 200
    assert page.send("GET", "/api/recordings/R0001/approval").json()["unlinked"] == ["S7"]
