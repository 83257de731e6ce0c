"""Labels in the page, over a real study: where they stand, one renamed, two made one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.erase.destroy import destroy
from pipeline.study.audit_check import check_study
from pipeline.study.study import Study
from pipeline.verify.final import redacted_text
from pipeline.verify.session import ReviewSession
from tests.study.conftest import key_file, study, tmp_path  # noqa: F401 - fixtures
from tests.web.conftest import Page
from tests.web.house import page_on, verify
from tests.web.several import fill, redact_with, review_store, spoken

HERE = {"here": "R0001", "holder": "me"}


@pytest.fixture
def several(study: Study, tmp_path: Path) -> Study:  # noqa: F811
    """Three recordings ready for review."""
    return fill(study, tmp_path)


@pytest.fixture
def page(several: Study) -> Page:
    """The page, deciding on the first."""
    opened = page_on(several)
    assert opened.post("/api/recordings/R0001/pulse", {"holder": "me"}).json()["can"]
    return opened


def labels(page: Page) -> dict[str, dict[str, Any]]:
    return {each["label"]: each for each in page.post("/api/labels", HERE).json()["labels"]}


def shown(study: Study, recording: str) -> list[str]:  # noqa: F811
    state = ReviewSession(review_store(study), recording).state
    return [redacted_text(line) for line in state.in_order()]


def next_week(study: Study, *texts: str) -> list[str]:  # noqa: F811
    return [u.text for u in redact_with(study, spoken(texts)).utterances]


def test_every_label_is_listed_with_where_it_stands(page: Page) -> None:
    found = labels(page)
    assert list(found) == ["[F01]", "[P01]", "[Person 1]", "[Person 2]", "[Person 3]"]
    assert [(r["id"], r["n"]) for r in found["[Person 1]"]["in"]] == [("R0001", 2), ("R0003", 1)]
    assert found["[F01]"]["in"] == []
    assert (found["[P01]"]["code"], found["[Person 1]"]["kind"]) == (True, "Person")


def test_a_label_is_renamed_in_every_open_recording_and_next_week(page: Page, several: Study) -> None:
    answer = page.post("/api/labels/rename", {**HERE, "label": "[Person 1]", "to": "Registrar"}).json()
    assert [each["id"] for each in answer["done"]] == ["R0001", "R0003"]
    assert shown(several, "R0001")[1] == "Arm? [Registrar] is a falconer."
    assert shown(several, "R0003")[1] == "Did [Registrar] [Person 3] it?"
    assert next_week(several, "Tess Quorn") == ["[Registrar]"]
    check_study(several)
    assert not any("egistrar" in entry.detail for entry in several.audit.entries())
    back = page.post("/api/take-back", {**HERE, "chosen": answer["done"]}).json()
    assert [each["id"] for each in back["done"]] == ["R0001", "R0003"]
    assert shown(several, "R0003")[1].startswith("Did [Person 1]")
    assert next_week(several, "Tess Quorn") == ["[Person 1]"]


@pytest.mark.parametrize("to", ["Person 2", "Nerida's friend", "P01", "Quentin"])
def test_a_label_that_may_not_be_is_refused_everywhere(page: Page, several: Study, to: str) -> None:
    """Somebody's of another recording, a name the study knows: in none of the recordings anything changes."""
    answer = page.post("/api/labels/rename", {**HERE, "label": "[Person 1]", "to": to})
    assert answer.status_code == 409
    assert review_store(several).events("R0001") == review_store(several).events("R0003") == ()


def test_two_of_different_recordings_are_made_one(page: Page, several: Study) -> None:
    """[Person 2] stands in the second alone; the page is on the first."""
    answer = page.post("/api/labels/same", {**HERE, "label": "[Person 2]", "other": "[Person 1]"}).json()
    assert [each["id"] for each in answer["done"]] == ["R0002"]
    assert answer["change"] is None
    assert shown(several, "R0002")[0] == "So, arm, [Person 1] rang."
    assert next_week(several, "Quentin Ember") == ["[Person 1]"]


@pytest.mark.parametrize("turned", [False, True])
def test_somebody_who_is_a_participant_gets_their_code_everywhere(
    page: Page, several: Study, turned: bool
) -> None:
    """Whichever way it is said; what is verified is left and named, and learns it when it is reopened."""
    verify(several, "R0003")
    pair = ["[Person 1]", "[P01]"]
    label, other = reversed(pair) if turned else pair
    answer = page.post("/api/labels/same", {**HERE, "label": label, "other": other}).json()
    assert (answer["label"], answer["other"]) == ("[Person 1]", "[P01]")
    assert [each["id"] for each in answer["done"]] == ["R0001"]
    assert [each["id"] for each in answer["left"]] == ["R0003"]
    assert next_week(several, "Tess Quorn rang") == ["[P01] rang"]


@pytest.mark.parametrize(("language", "reopen"), [("en", "reopen"), ("de", "Öffnen Sie"), ("fr", "rouvrez")])
def test_a_label_that_only_verified_recordings_have_is_left(
    page: Page, several: Study, language: str, reopen: str
) -> None:
    """It says which they are, and what to do there, in the browser's language."""
    verify(several, "R0002")
    asked = {**HERE, "label": "[Person 2]", "to": "Registrar"}
    answer = page.post("/api/labels/rename", asked, **{"accept-language": language})
    assert answer.status_code == 409
    said = answer.json()["error"]
    assert reopen in said
    assert f"({name_of(several, 'R0002')})" in said
    assert name_of(several, "R0003") not in said
    assert review_store(several).events("R0002") == ()


@pytest.mark.parametrize(
    ("language", "amend"),
    [("en", "Put something right"), ("de", "Etwas richtigstellen"), ("fr", "Corriger quelque chose")],
)
def test_a_label_that_only_transcripts_without_sound_have_is_left(
    page: Page, several: Study, language: str, amend: str
) -> None:
    """They can still be put right, each on its own page."""
    verify(several, "R0002")
    destroy(several, "R0002", by="tester")
    for path, asked in (("rename", {"to": "Registrar"}), ("same", {"other": "[Person 1]"})):
        body = {**HERE, "label": "[Person 2]", **asked}
        answer = page.post(f"/api/labels/{path}", body, **{"accept-language": language})
        assert answer.status_code == 409
        said = answer.json()["error"]
        assert amend in said
        assert f"({name_of(several, 'R0002')})" in said
        assert "eopen" not in said


def test_a_label_that_stands_nowhere_is_left(page: Page) -> None:
    answer = page.post("/api/labels/rename", {**HERE, "label": "[Person 77]", "to": "Registrar"})
    assert answer.status_code == 409
    assert "no recording that is open. " in answer.json()["error"]


def name_of(study: Study, recording: str) -> str:  # noqa: F811
    return next(each.name for each in review_store(study).recordings() if each.id == recording)
