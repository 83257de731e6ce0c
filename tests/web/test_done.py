"""What was done, in the page: the steps, taking back the last of them, before and after, and the report's counts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipeline.verify.final import review_digest
from pipeline.verify.session import ReviewSession
from tests.verify.memory import MemoryStore
from tests.web.conftest import Page

R1 = "/api/recordings/r1"


@pytest.fixture
def done(page: Page) -> Page:
    """Three steps: an occupation redacted, a word put right, a line given away."""
    page.pulse()
    for decision in (
        {"kind": "accept", "marks": ["s3"]},
        {"kind": "correct", "place": {"line": "u3", "start_char": 14, "end_char": 19}, "text": "a grain"},
        {"kind": "move", "line": "u3", "participant": "P02"},
    ):
        assert page.decide(decision).status_code == 200
    return page


def steps(page: Page, **more: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.post(f"{R1}/steps", more).json()["steps"]
    return found


def test_the_steps_that_stand_last_one_first(done: Page) -> None:
    found = steps(done)
    assert [s["what"] for s in found] == ["given to somebody else", "words put right", "redacted"]
    assert {s["by"] for s in found} == {"Sam"}
    assert "falconer" not in json.dumps(found)
    assert "grain" not in json.dumps(found)
    assert ("Tess again.", "[Person 1] a grain.") in {(s["was"], s["now"]) for s in steps(done, words=True)}


def test_undo_says_what_it_takes_back_and_where(done: Page) -> None:
    turned = done.decide({"kind": "undo"}).json()["turned"]
    assert (turned["what"], turned["about"], turned["line"]) == ("given to somebody else", "P02", "u3")
    assert (turned["seconds"], turned["participant"], turned["lines"]) == (12.0, "S3", 1)


def test_a_step_is_taken_back_with_all_after_it_and_can_be_done_again(done: Page, study: MemoryStore) -> None:
    before = review_digest(ReviewSession(study, "r1").state)
    number = steps(done)[1]["number"]
    answer = done.post(f"{R1}/take-back", {"number": number, "holder": "me"}).json()
    assert answer["count"] == 2
    assert [line["id"] for line in answer["lines"]] == ["u3"]
    assert [s["what"] for s in steps(done)] == ["redacted"]
    assert done.post(f"{R1}/take-back", {"number": number, "holder": "me"}).status_code == 409
    done.decide({"kind": "redo"})
    done.decide({"kind": "redo"})
    assert review_digest(ReviewSession(study, "r1").state) == before


def test_nobody_takes_back_what_they_may_not_decide_on(done: Page) -> None:
    number = steps(done)[0]["number"]
    assert done.post(f"{R1}/take-back", {"number": number, "holder": "they"}).status_code == 409
    assert len(steps(done)) == 3


def test_before_and_after_of_all_that_changed_and_of_one_line(done: Page) -> None:
    whole = done.post(f"{R1}/before", {}).json()["passages"]
    assert [(p["line"], p["before"], p["after"]) for p in whole] == [
        (
            "u1",
            [{"p": "P01", "t": "[P01] here. I saw [Person 1] and she's a falconer."}],
            [{"p": "P01", "t": "[P01] here. I saw [Person 1] and she's a [Occupation 1]."}],
        ),
        (
            "u3",
            [{"p": "S3", "t": "Mm, yes, Tess again."}],
            [{"p": "P02", "t": "Mm, yes, [Person 1] a grain."}],
        ),
    ]
    (one,) = done.post(f"{R1}/before", {"line": "u0"}).json()["passages"]
    assert one["before"] == one["after"] == [{"p": "F01", "t": "Thanks [P01], shall we start?"}]
    (shown,) = done.post(f"{R1}/before", {"line": "u0", "hidden": True}).json()["passages"]
    assert shown["after"] == [{"p": "F01", "t": "Thanks Nerida, shall we start?"}]
    assert done.post(f"{R1}/before", {"line": "u9"}).status_code == 409


def test_the_report_counts_what_was_put_right_by_hand(done: Page) -> None:
    """And holds none of the words."""
    html = done.send("GET", "/recordings/r1/report").text
    assert "2 words (changed, added or taken out), 1 line given to another speaker" in html
    made = done.send("GET", f"{R1}/report").json()
    assert made["put_right"] == {"words": 2, "lines": 1}
    assert "grain" not in html + json.dumps(made)


def test_after_verifying_nobody_reads_along_with_themselves(done: Page, study: MemoryStore) -> None:
    """The page opens anew and is told that it is verified; a page that comes late with a decision, too."""
    for question in done.send("GET", R1).json()["questions"]:
        kind = {"kind": "confirm-voice", "speaker": question["id"][1:]}
        mark = {"kind": "reject", "marks": [question["id"]]}
        done.decide(kind if question["about"] == "voice" else mark)
    asked = done.send("GET", f"{R1}/approval").json()
    body = {"reviewer": "Sam", "digest": asked["digest"], "accepted": True, "holder": "me"}
    assert done.post(f"{R1}/approval", {**body, "over": len(asked["stillOpen"])}).status_code == 200
    assert study.held_by("r1", "new-page") == ""
    assert "verified" in str(done.pulse("new-page")).lower()
    late = done.decide({"kind": "reject", "marks": ["s4"]}, "me").json()["error"]
    assert "verified" in late
    assert "reading along" not in late + str(done.pulse("new-page"))
