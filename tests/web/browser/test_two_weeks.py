"""What a reviewer decides in week 1 is found in week 2: a sealed study, the real detector, a real browser."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.deidentify import redact
from pipeline.deidentify.redact import Deidentifier
from pipeline.records import Attribution, Transcription, Utterance, to_json
from pipeline.study.intake.importing import import_files
from pipeline.study.review_store import StudyReviewStore
from pipeline.study.study import Study
from pipeline.study.vault.keys import ScryptCost
from pipeline.study.vault.states import Artifact, State
from tests.verify.sample import timed_words
from tests.web.browsing import open_review, serving, until, watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Invented; "mussel barge" and, in week 1, "captain" are words that nothing finds.
WEEK_1 = (
    "My name is Brigitta Abernathy, thanks for coming.",
    "We met the mussel barge crew, and then old Zorb came by.",
    "I think the mussel barge is closing, the captain said so.",
)
WEEK_2 = ("So the mussel barge rang me again this week.", "And Captain was there, with Brigitta.")


@pytest.fixture(scope="module")
def deidentifier() -> Deidentifier:
    """The real one."""
    return redact.load()


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    """A new study."""
    with Study.create(tmp_path / "study", key_file=tmp_path / "key", cost=ScryptCost(n=1 << 14)) as made:
        yield made


def take_week(study: Study, folder: Path, texts: Sequence[str], deidentifier: Deidentifier) -> str:
    """A recording of the study after its run: what stages leave, with the study's labels so far."""
    source = folder / f"week {len(list(study.recordings())) + 1}.wav"
    source.write_bytes(os.urandom(20_000))
    (taken,) = import_files(study, [source], keep=True, sleep=lambda _: None)
    times = [(n * 5.0, n * 5.0 + 5.0) for n in range(len(texts))]
    said = tuple(
        Utterance("P01", a, b, text, timed_words(text, a, b))
        for text, (a, b) in zip(texts, times, strict=True)
    )
    redaction = deidentifier.redact(said, labels=study.labels.load())
    heard = Transcription(20.0, "en", "tests", "tests", ())
    for kind, record, state in (
        (Artifact.TRANSCRIPTION, heard, State.TRANSCRIBED),
        (Artifact.ATTRIBUTION, Attribution(said), State.ATTRIBUTED),
        (Artifact.REDACTION, redaction, State.REDACTED),
    ):
        study.keep(taken.recording, kind, to_json(record), state=state, duration=20.0)
    study.labels.save(redaction.labels)
    return str(taken.recording)


def mark(page: Page, line: str, first: int, words: int, kind: str, label: str = "") -> str:
    """Mark words by keyboard and redact them as a class, under the label offered or another; gives the one offered."""
    page.evaluate(
        "async ([line, at]) => { (await import('/static/transcript.js')).setCursor(line, at); }",
        [line, first],
    )
    for _ in range(words - 1):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("m")
    page.wait_for_selector("dialog[open] .mentions li")
    page.select_option("#mark-class", kind)
    offered = page.input_value("#mark-label")
    if label:
        page.fill("#mark-label", label)
    page.click("dialog .main")
    stands = json.dumps(label or offered)
    until(page, f"document.querySelector('[data-line={line}] .text').textContent.includes({stands})")
    return offered


def shown(page: Page) -> list[str]:
    """What stands in the lines."""
    until(page, "document.querySelectorAll('.line .text').length > 1")
    return page.locator(".line .text").all_inner_texts()


def test_week_1_marked_by_hand_week_2_found(
    browser: Browser, study: Study, tmp_path: Path, deidentifier: Deidentifier, wrong: list[str]
) -> None:
    """A body nobody knew, and a person's other name: the page takes the label it offers, offers each label once,
    and next week's run writes the same ones."""
    first = take_week(study, tmp_path, WEEK_1, deidentifier)
    store = StudyReviewStore(study, lambda _source, name: pytest.fail(name))
    with serving(store) as served:
        page = open_review(browser, served, first)
        watch(page, wrong)
        assert shown(page)[1:] == [WEEK_1[1].replace("Zorb", "[Person 2]"), WEEK_1[2]]
        assert mark(page, "u1", 3, 2, "ORG") == "[Organisation 1]"
        assert mark(page, "u2", 8, 1, "PERSON", "[Person 2]") == "[Person 3]"
        assert shown(page)[2] == "I think the [Organisation 1] is closing, the [Person 2] said so."
        labels = page.evaluate("async () => (await import('/static/model.js')).model.labels")
        assert labels == ["[Organisation 1]", "[P01]", "[Person 1]", "[Person 2]"]
        page.context.close()
        second = take_week(study, tmp_path, WEEK_2, deidentifier)
        page = open_review(browser, served, second)
        assert shown(page) == [
            "So the [Organisation 1] rang me again this week.",
            "And [Person 2] was there, with [Person 1].",
        ]
        page.context.close()
    assert wrong == []
