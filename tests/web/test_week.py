"""This week: each recording with its state and what can be done with it, and the next step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.erase.destroy import destroy
from pipeline.erase.loss import find_loss
from pipeline.erase.withdraw import Claim, withdraw
from pipeline.study.study import Study
from pipeline.study.vault.keys import KeyFile
from pipeline.study.vault.states import State
from pipeline.study.withdrawals import Reason
from pipeline.web.week import ACTIONS, actions_for
from tests.study.conftest import PASSPHRASE, key_file, make_sound, study, tmp_path  # noqa: F401 - fixtures
from tests.web.conftest import Page
from tests.web.house import bring_in, page_on, page_on_locked, verify


def week(page: Page) -> dict[str, Any]:
    """The home page's content."""
    answer = page.send("GET", "/api/week")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def card(page: Page, recording: str) -> dict[str, Any]:
    """One recording's card."""
    return next(each for each in week(page)["cards"] if each["id"] == recording)


def test_an_empty_study_asks_for_recordings(study: Study) -> None:  # noqa: F811
    """The first step, and nothing else."""
    shown = week(page_on(study))
    assert (shown["next"]["kind"], shown["cards"], shown["run"]) == ("take-in", [], None)


def test_what_lies_in_the_inbox_is_to_be_worked_on(study: Study) -> None:  # noqa: F811
    """The button starts the run."""
    make_sound(study.folder / "inbox" / "a.wav")
    step = week(page_on(study))["next"]
    assert (step["kind"], step["count"]) == ("run", 1)


def test_every_state_has_its_buttons() -> None:
    """None is forgotten; only what failed and still exists can be tried again."""
    assert set(ACTIONS) == set(State)


def test_from_ready_to_destroyed(study: Study) -> None:  # noqa: F811
    """Review, then destroy, then give out: the next step and the first button follow the recording."""
    bring_in(study, "week one")
    page = page_on(study)
    assert card(page, "R0001")["actions"][0] == "review"
    assert week(page)["next"]["kind"] in ("people", "review")
    verify(study, "R0001")
    shown = card(page, "R0001")
    assert (shown["actions"][0], shown["by"]) == ("destroy", "Sam Example")
    assert week(page)["next"]["kind"] == "destroy"
    asked = page.send("GET", "/api/recordings/R0001/destruction").json()
    assert asked["what"]
    assert page.post("/api/recordings/R0001/destruction", {}).status_code == 409
    assert study.recording("R0001").state is State.VERIFIED
    answer = page.post("/api/recordings/R0001/destruction", {"accepted": True})
    assert answer.status_code == 200, answer.text
    assert answer.json()["checks"] > 0
    shown = card(page, "R0001")
    assert shown["group"] == "finished"
    assert "retry" not in shown["actions"]
    assert week(page)["next"]["kind"] == "export"


def test_what_a_rule_or_a_hold_keeps_has_no_button(study: Study) -> None:  # noqa: F811
    """Until its day the sound is offered to nobody to destroy; a hold keeps it from being withdrawn as well."""
    bring_in(study, "week one")
    verify(study, "R0001")
    page = page_on(study)
    assert {"destroy", "withdraw"} <= set(card(page, "R0001")["actions"])
    assert page.post("/api/settings", {"retention.sound_not_before": 30}).status_code == 200
    assert {"destroy", "withdraw"} & set(card(page, "R0001")["actions"]) == {"withdraw"}
    assert week(page)["next"]["kind"] != "destroy"
    assert page.post("/api/recordings/R0001/destruction", {"accepted": True}).status_code == 409
    held = {"recording": "R0001", "reason": "an inquiry", "name": "Ann Example"}
    assert page.post("/api/holds", held).status_code == 200
    assert {"destroy", "withdraw"} & set(card(page, "R0001")["actions"]) == set()
    assert study.recording("R0001").state is State.VERIFIED


def test_a_destroyed_recording_can_be_read(study: Study) -> None:  # noqa: F811
    """Its approved transcript, its report and its certificate; the review page leads to the transcript."""
    bring_in(study, "week one")
    verify(study, "R0001")
    destroy(study, "R0001", by="tester")
    page = page_on(study)
    assert page.send("GET", "/recordings/R0001").headers["location"] == "/read/R0001"
    assert page.send("GET", "/read/R0001").status_code == 200
    read = page.send("GET", "/api/recordings/R0001/transcript").json()
    assert read["approvals"][0]["name"] == "Sam Example"
    assert "[Person 1]" in read["lines"][0]["t"]
    certificate = page.send("GET", "/recordings/R0001/certificate")
    assert "Certificate" in certificate.text
    assert "style-src 'sha256-" in certificate.headers["content-security-policy"]
    assert page.send("GET", "/recordings/R0001/report").status_code == 200


def test_a_failed_recording_says_why_and_is_tried_again(study: Study) -> None:  # noqa: F811
    """Its reason in words; after a withdrawal it never says "try again" any more."""
    bring_in(study, "broken one", broken=True)
    page = page_on(study)
    shown = card(page, "R0001")
    assert (shown["failed"], shown["actions"]) == ("decode", ["retry", "withdraw"])
    assert "no sound could be found" in shown["reason"]
    assert week(page)["next"]["kind"] == "failed"
    assert page.post("/api/recordings/R0001/retry", {}).status_code == 200
    assert page.post("/api/recordings/R0001/retry", {}).status_code == 409
    assert week(page)["next"]["kind"] == "run"


def test_what_nobody_began_to_review_is_heard_again(study: Study) -> None:  # noqa: F811
    """From its card; once somebody has decided anything, and for a transcript made elsewhere, there is no button."""
    bring_in(study, "week one", "week two")
    page = page_on(study)
    assert card(page, "R0001")["actions"] == ["review", "hear-again", "withdraw"]
    assert page.post("/api/recordings/R0001/hearing", {}).status_code == 409
    assert page.post("/api/recordings/R0001/hearing", {"accepted": True}).status_code == 200
    shown = card(page, "R0001")
    assert (shown["group"], shown["actions"], week(page)["next"]["kind"]) == ("machine", ["withdraw"], "run")
    assert page.post("/api/recordings/R0001/hearing", {"accepted": True}).status_code == 409
    bring_in(study)
    assert card(page, "R0001")["actions"][:2] == ["review", "hear-again"]
    verify(study, "R0002")
    assert page.post("/api/recordings/R0002/hearing", {"accepted": True}).status_code == 409
    assert study.recording("R0002").state is State.VERIFIED


def test_withdrawn_by_the_page(study: Study) -> None:  # noqa: F811
    """What is lost is shown, a statement is made in a name, and the certificate can be read."""
    bring_in(study, "week one", "week two")
    page = page_on(study)
    asked = page.send("GET", "/api/recordings/R0001/withdrawal").json()
    assert [each["id"] for each in asked["reasons"]] == [reason.value for reason in Reason]
    told = {"reason": "consent-withdrawn", "reviewer": "Sam Example", "note": "By letter."}
    assert page.post("/api/recordings/R0001/withdrawal", {**told, "digest": "0" * 64}).status_code == 409
    answer = page.post("/api/recordings/R0001/withdrawal", {**told, "digest": asked["digest"]})
    assert answer.json() == {"done": True}
    shown = card(page, "R0001")
    assert (shown["state"], shown["actions"], shown["group"]) == ("withdrawn", ["certificate"], "finished")
    assert page.send("GET", "/recordings/R0001/certificate").status_code == 200
    assert page.send("GET", "/api/recordings/R0001/transcript").status_code == 409
    assert page.send("GET", "/recordings/R0001").status_code == 404
    assert page.post("/api/recordings/R0001/retry", {}).status_code == 409


def test_what_failed_and_was_withdrawn_is_not_tried_again(study: Study) -> None:  # noqa: F811
    """Its row keeps the reason of the failure or of the withdrawal; neither offers a retry."""
    bring_in(study, "broken one", broken=True)
    loss = find_loss(study, study.recording("R0001"))
    withdraw(study, "R0001", Claim("Sam Example", Reason.UNUSABLE, loss), by="tester")
    assert actions_for(study.recording("R0001")) == ("certificate",)


def test_the_page_is_locked_until_its_passphrase_is_typed(study: Study) -> None:  # noqa: F811
    """Nothing is shown before; a wrong one touches nothing; locked again, nothing is shown again."""
    bring_in(study, "week one")
    study.close()
    page = page_on_locked(study.folder)
    for path in ("/api/week", "/api/recordings/R0001", "/api/recordings/R0001/sound"):
        assert page.send("GET", path).status_code == 423
    assert page.send("GET", "/api/ways").json()["ways"] == ["passphrase", "file"]
    wrong = page.post("/api/unlock", {"way": "passphrase", "passphrase": "not this one"})
    assert wrong.status_code == 403
    assert "not this one" not in wrong.text
    assert page.post("/api/unlock", {"way": "passphrase", "passphrase": PASSPHRASE}).status_code == 200
    assert week(page)["cards"]
    assert page.post("/api/lock", {}).status_code == 200
    assert page.send("GET", "/api/week").status_code == 423
    assert page.post("/api/unlock", {"way": "file"}).status_code == 200
    page.app.state.place.close()


def test_a_study_opened_at_the_terminal_is_not_locked_by_the_page(study: Study) -> None:  # noqa: F811
    """Its key came from there: the page forgets what it opened, and ends its session."""
    page = page_on(study)
    assert page.post("/api/lock", {}).status_code == 200
    assert page.send("GET", "/api/week").status_code == 200
    assert page.post("/api/unlock", {"way": "passphrase", "passphrase": PASSPHRASE}).status_code == 409


def test_an_idle_study_is_locked(study: Study, key_file: Path) -> None:  # noqa: F811
    """The session outlives it; the key does not. While something is at work it stays open."""
    page = page_on(study, may_unlock=True)
    place = page.app.state.place
    with place.at_work():
        assert not place.lock()
    assert place.lock()
    assert page.send("GET", "/api/week").status_code == 423
    with Study.open(study.folder, KeyFile(key_file)) as again:
        assert again.settings.name == study.settings.name
