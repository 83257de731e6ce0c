"""Find and replace over a real study's recordings: each log its own step, what others hold or verified left and named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.study.audit_check import check_study
from pipeline.study.study import Study
from pipeline.verify.final import redacted_text
from pipeline.verify.session import ReviewSession
from tests.study.conftest import key_file, study, tmp_path  # noqa: F401 - fixtures
from tests.web.conftest import Page
from tests.web.house import page_on, verify
from tests.web.several import SAID, fill, review_store


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


def ask(page: Page, words: str, **more: object) -> list[dict[str, Any]]:
    body = {"words": words, "here": "R0001", "holder": "me", "study": True, **more}
    found: list[dict[str, Any]] = page.post("/api/find", body).json()["recordings"]
    return found


def put(page: Page, found: list[dict[str, Any]], words: str, text: str, **more: object) -> dict[str, Any]:
    chosen = [{"id": each["id"], "places": each["places"]} for each in found]
    body = {"words": words, "text": text, "here": "R0001", "holder": "me", "chosen": chosen, **more}
    answer: dict[str, Any] = page.post("/api/replace", body).json()
    return answer


def shown(study: Study, recording: str) -> list[str]:  # noqa: F811
    state = ReviewSession(review_store(study), recording).state
    return [redacted_text(line) for line in state.in_order()]


def kinds(study: Study, recording: str) -> list[str]:  # noqa: F811
    return [e.decision.kind for e in review_store(study).events(recording)]


def test_every_place_is_shown_with_what_is_around_it_and_when_it_is_heard(page: Page) -> None:
    found = ask(page, "arm")
    assert [(r["id"], len(r["places"]), r["open"]) for r in found] == [
        ("R0001", 3, True),
        ("R0002", 2, True),
        ("R0003", 1, True),
    ]
    place = found[1]["places"][1]
    assert (place["before"], place["words"], place["after"]) == ("Then [Person 2], ", "arm", ", left.")
    assert (place["participant"], place["at"]) == ("F01", 3.0)
    assert 3.0 < place["from"] < place["to"] < 6.0
    assert [len(r["places"]) for r in ask(page, "arm", study=False)] == [3]


def test_arm_for_um_all_through_is_one_step_in_each_recording_and_one_undo(
    page: Page, several: Study
) -> None:
    found = ask(page, "arm")
    found[0]["places"] = found[0]["places"][1:]  # "my arm" is one
    answer = put(page, found, "arm", "um", keepCase=True)
    assert [each["id"] for each in answer["done"]] == ["R0001", "R0002", "R0003"]
    assert answer["left"] == []
    assert {line["id"] for line in answer["change"]["lines"]} == {"u0", "u1"}
    assert shown(several, "R0001") == [
        "I hurt my arm, um, when [Person 1] called.",
        "Um? [Person 1] is a falconer.",
    ]
    assert shown(several, "R0002") == ["So, um, [Person 2] rang.", "Then [Person 2], um, left."]
    assert [kinds(several, r) for r in SAID] == [["replace"]] * 3
    check_study(several)
    assert not any("um" in entry.detail.split('"') for entry in several.audit.entries())
    back = page.post("/api/take-back", {"here": "R0001", "holder": "me", "chosen": answer["done"]}).json()
    assert [each["id"] for each in back["done"]] == ["R0001", "R0002", "R0003"]
    assert shown(several, "R0002")[0] == "So, arm, [Person 2] rang."
    assert [kinds(several, r) for r in SAID] == [["replace", "undo"]] * 3


def test_what_somebody_else_holds_or_verified_is_left_and_named(page: Page, several: Study) -> None:
    verify(several, "R0003")
    review_store(several).take_lease("R0002", "another page", "Robin Example")
    found = ask(page, "arm")
    assert [(r["id"], r["open"], r["why"], r["by"]) for r in found] == [
        ("R0001", True, "", ""),
        ("R0002", False, "held", "Robin Example"),
        ("R0003", False, "verified", "Sam Example"),
    ]
    before = shown(several, "R0002"), kinds(several, "R0003")
    answer = put(page, found, "arm", "um")
    assert [each["id"] for each in answer["done"]] == ["R0001"]
    left = {each["id"]: each["why"] for each in answer["left"]}
    assert "Robin Example" in left["R0002"]
    assert "verified by Sam Example" in left["R0003"]
    assert (shown(several, "R0002"), kinds(several, "R0003")) == before


def test_the_right_to_decide_is_given_back(page: Page, several: Study) -> None:
    """Somebody else may begin on the other recordings at once; the page keeps its own."""
    put(page, ask(page, "arm"), "arm", "um")
    review_store(several).take_lease("R0002", "another page", "Robin Example")
    assert review_store(several).held_by("R0001", "another page") == "Sam Example"


def test_a_known_name_put_in_is_hidden_in_every_recording(page: Page, several: Study) -> None:
    put(page, ask(page, "arm"), "arm", "Nerida")
    for recording in SAID:
        assert "Nerida" not in " ".join(shown(several, recording))
        state = ReviewSession(review_store(several), recording).state
        assert all(m.open for line in state.in_order() for m in line.marks if m.found_by == "what was typed")


def test_a_label_is_found_and_another_given_to_the_mentions_ticked(page: Page, several: Study) -> None:
    found = ask(page, "[Person 1]", label=True)
    assert [(r["id"], [p["words"] for p in r["places"]]) for r in found] == [
        ("R0001", ["[Person 1]"] * 2),
        ("R0003", ["[Person 1]"]),
    ]
    found[0]["places"].pop()
    answer = put(page, found, "[Person 1]", "Registrar", label=True)
    assert [each["id"] for each in answer["done"]] == ["R0001", "R0003"]
    assert shown(several, "R0001")[0].endswith("when [Registrar] called.")
    assert shown(several, "R0001")[1].startswith("Arm? [Person 1]")


def test_what_changed_meanwhile_is_left(page: Page, several: Study) -> None:
    """Nothing is replaced that was not shown."""
    found = ask(page, "arm")
    other = page_on(several)
    other.post("/api/recordings/R0002/pulse", {"holder": "they"})
    place = {"line": "u0", "start_char": 0, "end_char": 2}
    decision = {"kind": "correct", "place": place, "text": "Well then"}
    other.post("/api/recordings/R0002/decisions", {"decision": decision, "holder": "they"})
    other.post("/api/recordings/R0002/leave", {"holder": "they"})
    answer = put(page, found, "arm", "um")
    assert [each["id"] for each in answer["left"]] == ["R0002"]
    assert "look again" in answer["left"][0]["why"]
    assert shown(several, "R0002")[0].startswith("Well then, arm")


def test_a_step_is_not_taken_back_over_a_later_one(page: Page, several: Study) -> None:
    answer = put(page, ask(page, "arm"), "arm", "um")
    (mark,) = [
        m
        for line in ReviewSession(review_store(several), "R0003").state.in_order()
        for m in line.marks
        if m.open
    ]
    page.post("/api/recordings/R0003/pulse", {"holder": "me"})
    page.post(
        "/api/recordings/R0003/decisions",
        {"decision": {"kind": "reject", "marks": [mark.id]}, "holder": "me"},
    )
    back = page.post("/api/take-back", {"here": "R0001", "holder": "me", "chosen": answer["done"]}).json()
    assert [each["id"] for each in back["done"]] == ["R0001", "R0002"]
    assert [each["id"] for each in back["left"]] == ["R0003"]


def test_too_many_places_are_not_looked_through(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.web.everywhere.MOST_PLACES", 2)
    answer = page.post("/api/find", {"words": "arm", "here": "R0001", "holder": "me", "study": True})
    assert answer.status_code == 422
    assert "look for something longer" in answer.json()["error"]
