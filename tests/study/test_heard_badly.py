"""A recording that was heard badly asks to be listened through: in the lists, the statement, the report, the page."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.batch.job import Progress
from pipeline.batch.run import run_study
from pipeline.records import Audio, Transcription, from_json
from pipeline.study.review_store import StudyReviewStore
from pipeline.study.study import Study
from pipeline.study.vault.states import Artifact
from pipeline.verify.decisions import Read
from pipeline.verify.report import Report
from pipeline.verify.session import ReviewSession
from tests.batch.fakes import FakeStages, with_stages
from tests.study.conftest import key_file, make_sound, study, tmp_path  # noqa: F401 - fixtures
from tests.study.test_how_read import command
from tests.web.house import page_on, verify


class Mumbling(FakeStages):
    """Hears every word faintly, in noise."""

    def transcribe(self, audio: Audio, progress: Progress | None = None) -> Transcription:
        heard = super().transcribe(audio, progress)
        words = tuple(replace(word, probability=0.2) for word in heard.words)
        return replace(heard, words=words, level_dbfs=-41.0, noise_db=6.0)


@pytest.fixture
def mumbled(study: Study) -> Study:  # noqa: F811
    """A study with a recording that was heard badly."""
    make_sound(study.folder / "inbox" / "week one.wav", 2000)
    run_study(study, with_stages(Mumbling), lambda _: None, sleep=lambda _: None)
    return study


def test_it_is_said_wherever_somebody_begins_or_signs(mumbled: Study, key_file: Path) -> None:  # noqa: F811
    """Figures and how little was listened to: `review --list`, `status`, the page, the statement, the report."""
    listed = command(mumbled, key_file, "review", "--list")
    assert "heard badly (100% of the words heard faintly" in listed
    assert json.loads(command(mumbled, key_file, "review", "--list", "--json"))["listen_to_all"] is True
    assert "listen to all of it" in command(mumbled, key_file, "status", "R0001")
    page = page_on(mumbled)
    badly = page.send("GET", "/api/recordings/R0001/progress").json()["badly"]
    assert (badly["faint_share"], badly["level_dbfs"], badly["noise_db"]) == (1.0, -41.0, 6.0)
    statement = page.send("GET", "/api/recordings/R0001/approval").json()["statement"]
    assert "The recording was heard badly (100% of the words heard faintly" in statement
    assert "0 % of its words were listened to" in statement
    verify(mumbled, "R0001")
    report = from_json(Report, mumbled.artifact("R0001", Artifact.REPORT))
    assert any("heard badly" in note and "0 % of the words were listened to" in note for note in report.notes)


def test_what_was_listened_to_is_said(mumbled: Study) -> None:
    """All of it, then."""
    store = StudyReviewStore(mumbled, lambda *_: None)  # type: ignore[arg-type, return-value]
    store.take_lease("R0001", "test", "Sam Example")
    session = ReviewSession(store, "R0001")
    lines = session.state.order
    session.decide(Read(lines, (0.0,) * len(lines), (60.0,) * len(lines)), "Sam Example", "test")
    store.release_lease("R0001", "test")
    verify(mumbled, "R0001")
    entry = list(mumbled.audit.events("verified"))[-1].facts()
    assert "100 % of its words were listened to" in str(entry["statement"])


def test_of_a_recording_heard_well_nothing_is_said(study: Study, key_file: Path) -> None:  # noqa: F811
    """No warning that stands everywhere."""
    make_sound(study.folder / "inbox" / "week one.wav", 2000)
    run_study(study, with_stages(FakeStages), lambda _: None, sleep=lambda _: None)
    assert "heard badly" not in command(study, key_file, "review", "--list")
    page = page_on(study)
    assert page.send("GET", "/api/recordings/R0001/progress").json()["badly"] is None
    assert "heard badly" not in page.send("GET", "/api/recordings/R0001/approval").json()["statement"]


def test_the_page_tells_the_figures_the_terminal_tells(mumbled: Study, key_file: Path) -> None:  # noqa: F811
    """Of each recording, as `status R0001` does; and what may take how long is set there as in study.toml."""
    page = page_on(mumbled)
    well = page.send("GET", "/api/recordings/R0001/progress").json()["well"]
    told = json.loads(command(mumbled, key_file, "status", "R0001", "--json"))["heard"]
    assert {name: well[name] for name in told} == told
    assert page.post("/api/settings", {"hours_for_an_hour": 2.5, "device": "cpu"}).status_code == 200
    assert mumbled.settings.hours_for_an_hour == 2.5
    assert "hours_for_an_hour = 2.5" in (mumbled.folder / "study.toml").read_text(encoding="utf-8")
    assert mumbled.audit.last_of("settings") is not None
    for wrong in ({"hours_for_an_hour": 0}, {"hours_for_an_hour": 101}, {"device": "gpu"}):
        assert page.post("/api/settings", wrong).status_code == 409
    shown = {each["id"]: each["value"] for each in page.send("GET", "/api/settings").json()["settings"]}
    assert (shown["hours_for_an_hour"], shown["device"]) == (2.5, "cpu")
