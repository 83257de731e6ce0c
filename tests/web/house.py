"""A real study with recordings all along their way, each brought there by the rooms that do it, quick engines apart."""

from __future__ import annotations

import secrets
from pathlib import Path

from pipeline.batch.run import run_study
from pipeline.study.review_store import StudyReviewStore
from pipeline.study.study import Study
from pipeline.verify.decisions import Accept, ConfirmVoice
from pipeline.verify.final import review_digest
from pipeline.verify.queue import open_questions
from pipeline.verify.session import ReviewSession
from pipeline.web.access import Door
from pipeline.web.app import create_app
from pipeline.web.place import Place
from tests.batch.fakes import BROKEN, FakeStages, with_stages
from tests.study.conftest import make_sound
from tests.web.conftest import NAME, PORT, Page


def bring_in(study: Study, *names: str, broken: bool = False) -> None:
    """Recordings put into the inbox and processed."""
    for name in names:
        content = (BROKEN if broken else b"") + secrets.token_bytes(2000)
        make_sound(study.folder / "inbox" / f"{name}.wav", content)
    run_study(study, with_stages(FakeStages), lambda _: None, sleep=lambda _: None)


def verify(study: Study, recording: str, reviewer: str = "Sam Example") -> None:
    """Every question answered and the statement accepted, as the review does it."""
    store = StudyReviewStore(study, lambda *_: None)  # type: ignore[arg-type, return-value]
    store.take_lease(recording, "test", reviewer)
    session = ReviewSession(store, recording)
    while questions := open_questions(session.state):  # an answer may ask another
        question = questions[0]
        if question.about == "voice":
            session.decide(ConfirmVoice(question.id.removeprefix("v")), reviewer, "test")
        else:
            session.decide(Accept((question.id,)), reviewer, "test")
    session.approve(reviewer, review_digest(session.state), True, "test")
    store.release_lease(recording, "test")


def page_on(study: Study, *, may_unlock: bool = False) -> Page:
    """A browser that was let in to the page of an open study."""
    place = Place.of_study(study, reviewer="Sam Example", may_unlock=may_unlock)
    return enter(place, may_unlock)


def page_on_locked(folder: Path | None) -> Page:
    """A browser that was let in to the page of a study nobody opened yet."""
    return enter(Place(folder, reviewer="Sam Example", may_unlock=True), True)


def enter(place: Place, lasting: bool) -> Page:
    """Let a browser in."""
    door = Door(host=NAME, lasting=lasting)
    return Page(create_app(place, door, port=PORT), door).enter()
