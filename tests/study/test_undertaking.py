"""Everybody who hears or reads what was said accepts the study's undertaking of confidentiality once, before."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cli.main import main
from pipeline.errors import StatementError, UndertakingError
from pipeline.study.audit_check import check_study
from pipeline.study.settings import StudySettings, read_settings, write_settings
from pipeline.study.study import Study
from pipeline.study.undertaking import accept, has_accepted
from pipeline.study.vault.keys import KeyFile
from pipeline.study.vault.states import State
from tests.web.house import bring_in, page_on, verify

TEXT = 'I keep to myself whatever I hear, "all of it".\n\nI tell nobody who took part.'


@pytest.fixture
def sworn(study: Study, key_file: Path) -> Study:
    """A study with an undertaking and a recording to review."""
    bring_in(study, "week-1")
    set_text(study, TEXT)
    study.close()
    return Study.open(study.folder, KeyFile(key_file), by="tester")


def set_text(study: Study, text: str) -> None:
    write_settings(study.folder, study.settings.model_copy(update={"undertaking": text}))
    study.settings = read_settings(study.folder)


def call(study: Study, *arguments: str, typed: str = "") -> Result:
    where = ["--study", str(study.folder), "--key-file", str(study.folder.parent / "study.key")]
    return CliRunner().invoke(main, [*arguments, *where], input=typed)


def test_nothing_is_heard_in_the_page_before_it_is_accepted(sworn: Study) -> None:
    """Neither words nor sound nor a search; accepted once by name, it opens, and stands in the chain."""
    page = page_on(sworn)
    asked = ["R0001", "R0001/sound", "R0001/approval"]
    for path in (f"/api/recordings/{each}" for each in asked):
        refused = page.send("GET", path)
        assert (refused.status_code, "undertaking" in refused.text) == (403, True), path
    for path in (
        "/api/recordings/R0001/words",
        "/api/recordings/R0001/decisions",
        "/api/find",
        "/api/replace",
    ):
        assert page.post(path, {"marks": []}).status_code == 403, path
    assert 'data-page="undertaking"' in page.send("GET", "/recordings/R0001").text
    assert page.send("GET", "/api/undertaking").json() == {
        "text": TEXT,
        "accepted": False,
        "reviewer": "Sam Example",
    }
    assert page.post("/api/undertaking", {"name": "Sam Example"}).status_code == 409
    assert page.post("/api/undertaking", {"name": " ", "accepted": True}).status_code in (409, 422)
    assert page.send("GET", "/api/recordings/R0001").status_code == 403
    assert page.post("/api/undertaking", {"name": "Sam Example", "accepted": True}).status_code == 200
    assert page.send("GET", "/api/recordings/R0001").status_code == 200
    (entry,) = sworn.audit.events("undertaking accepted")
    assert (entry.by, entry.facts()["statement"]) == ("Sam Example", TEXT)
    page.post("/api/undertaking", {"name": "Sam Example", "accepted": True})
    assert len(sworn.audit.events("undertaking accepted")) == 1
    check_study(sworn)


def test_whoever_approves_has_accepted_it(sworn: Study) -> None:
    """Another name at the end of the review is another person."""
    accept(sworn, "Sam Example")
    with pytest.raises(UndertakingError, match="Una Example"):
        verify(sworn, "R0001", "Una Example")
    verify(sworn, "R0001", "sam  example")
    assert sworn.recording("R0001").state is State.VERIFIED


def test_a_changed_text_is_accepted_anew(sworn: Study) -> None:
    accept(sworn, "Sam Example")
    assert has_accepted(sworn, "Sam Example")
    set_text(sworn, f"{TEXT} Nor where.")
    assert not has_accepted(sworn, "Sam Example")
    set_text(sworn, "")
    assert has_accepted(sworn, "anybody")


@pytest.mark.parametrize("command", [["verify", "R0001", "--accept"], ["unseal", "R0001", "--to", "{to}"]])
def test_at_a_terminal_it_is_asked_for_and_without_one_refused(
    sworn: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    typed = [part.format(to=tmp_path / "back.wav") for part in command]
    refused = call(sworn, *typed)
    assert isinstance(refused.exception, StatementError)
    assert refused.exception.exit_code == 54
    assert not (tmp_path / "back.wav").exists()
    monkeypatch.setattr("pipeline.cli.study_options.can_be_asked", lambda: True)
    declined = call(sworn, *typed, typed="n\n")
    assert isinstance(declined.exception, UndertakingError)
    assert "I tell nobody who took part." in declined.output
    assert not sworn.audit.events("undertaking accepted")
    call(sworn, *typed, typed="y\n")
    (entry,) = sworn.audit.events("undertaking accepted")
    assert entry.facts()["statement"] == TEXT
    assert "undertaking" not in call(sworn, *typed).output


@given(st.text(max_size=200))
def test_a_text_of_any_kind_comes_back_from_study_toml(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    """Quotes, several paragraphs, control characters."""
    if any("\ud800" <= c <= "\udfff" for c in text):
        return
    folder = tmp_path_factory.mktemp("settings")
    write_settings(folder, StudySettings(name="x", undertaking=text))
    assert read_settings(folder).undertaking == text
