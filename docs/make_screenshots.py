"""Makes the pictures of docs/study.md and docs/review.md from the sample study: python -m docs.make_screenshots

Needs Chromium (tests/browser_setup.sh). Everybody in the pictures is invented.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from pipeline.batch.run import run_study
from pipeline.erase.destroy import destroy
from pipeline.flow import Progress
from pipeline.readers import Source
from pipeline.records import (
    Attribution,
    Claim,
    Diarization,
    LabelMap,
    Redaction,
    Transcription,
    Turn,
    Voiceprint,
)
from pipeline.speakers.codes import KnownVoices, learn
from pipeline.speakers.diarization.choice import DIARIZER
from pipeline.study.study import Study
from pipeline.web.access import Door
from pipeline.web.place import Place
from tests.batch.fakes import FakeStages, with_stages
from tests.study.conftest import CHEAP, make_sound, take
from tests.verify.sample import sample_material, sample_roster, sample_store
from tests.web.browsing import Served, chromium, open_review, serving, serving_place
from tests.web.house import bring_in, verify

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

IMAGES = Path(__file__).parent / "images"
SETTLE_MS = 900
PASSPHRASE = "correct horse battery"  # noqa: S105 - of a study that is thrown away


class SampleStages(FakeStages):
    """What a pipeline that hears and finds all would leave of the sample session."""

    def transcribe(self, audio: Any, progress: Any = None) -> Transcription:  # noqa: ARG002
        """The words of the session, an utterance after another."""
        material = sample_material()
        words = tuple(word for said in material.attribution.utterances for word in said.words)
        return Transcription(material.duration, "en", "faster-whisper", "whisper-base", words)

    def diarize(self, audio: Any, progress: Any = None) -> Diarization:  # noqa: ARG002
        """Who spoke when, by the session's truth."""
        material = sample_material()
        speakers = {code: speaker for speaker, code in material.attribution.codes}
        turns = tuple(Turn(u.start, u.end, speakers[u.participant]) for u in material.attribution.utterances)
        prints = tuple(Voiceprint(s, (float(n), 1.0, 0.5), 60.0) for n, s in enumerate(speakers.values()))
        return Diarization(material.duration, turns, prints, DIARIZER)

    def attribute(
        self,
        recording: str,
        transcription: Transcription,  # noqa: ARG002
        diarization: Diarization,
        known: KnownVoices,
        *,
        text: Source | None = None,  # noqa: ARG002
    ) -> tuple[Attribution, KnownVoices]:
        """Words to the participants; the voices remembered, of which nobody has named the last."""
        attribution = sample_material().attribution
        for voice in known.voices:
            known = known.replacing(replace(voice, code="P06")) if voice.code == "S1" else known
        known = learn(known, attribution, diarization, verified=False, recording=recording)
        last = next(voice for voice in known.voices if voice.code == "P06")
        said = tuple(
            Claim("S7", "P06", kind, 40.0 * n, 2.0, recording=recording)
            for n, kind in enumerate(("introduced", "answered", "answered"))
        )
        return attribution, known.replacing(replace(last, code="S1", claims=said))

    def redact(
        self,
        attribution: Attribution,  # noqa: ARG002
        labels: LabelMap | None = None,  # noqa: ARG002
        progress: Progress | None = None,  # noqa: ARG002
        *,
        language: str = "",  # noqa: ARG002
    ) -> Redaction:
        """As the session's truth says."""
        return sample_material().redaction


def bring_in_sample(study: Study, name: str) -> None:
    """The sample session under a name, brought as far as it goes without a person."""
    make_sound(study.folder / "inbox" / f"{name}.wav")
    run_study(study, with_stages(SampleStages), lambda _: None, sleep=lambda _: None)


def make_study(folder: Path) -> Study:
    """A study in its fourth week."""
    study = Study.create(folder / "study", passphrase=PASSPHRASE, name="Balint group, spring", cost=CHEAP)
    for person in sample_roster().people:
        study.roster.add(person.name, person.nicknames, person.role, person.code)
    study.roster.add_words("sites", ("Oakfield",))
    bring_in_sample(study, "session 1")
    verify(study, "R0001", "Ruth Example")
    destroy(study, "R0001", by="ruth")
    bring_in_sample(study, "session 2")
    verify(study, "R0002", "Ruth Example")
    bring_in_sample(study, "session 3")
    bring_in(study, "interview 7", broken=True)
    make_sound(study.folder / "inbox" / "session 4.wav")
    take(study, study.folder / "inbox" / "session 4.wav")
    return study


def press(page: Page, *keys: str) -> None:
    """Keys, one after another, with time for each to take effect."""
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(SETTLE_MS // 2)


def take_picture(page: Page, name: str) -> None:
    """One picture."""
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=IMAGES / f"{name}.png")


def main() -> None:
    """All pictures, in the order of the documentation."""
    IMAGES.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="session-deid-pictures-"))
    try:
        # The recordings in the pictures are random bytes.
        with chromium() as browser, patch("pipeline.study.intake.importing.refuse_unusable"):
            take_week(browser, folder)
            take_review(browser)
    finally:
        shutil.rmtree(folder)


def take_week(browser: Browser, folder: Path) -> None:
    """The pages around the review."""
    with serving_place(Place(None, reviewer="Ruth Example", may_unlock=True), Door(lasting=True)) as served:
        take_setup(browser, served)
    place = Place.of_study(make_study(folder), reviewer="Ruth Example", may_unlock=True)
    with serving_place(place, Door(lasting=True)) as served:
        page = enter(browser, served)
        for path in ("people", "take-in", "out", "evidence", "settings", "ending"):
            go(page, served, f"/{path}")
            if path == "evidence":
                page.click("#check")
            if path == "take-in":
                page.evaluate(
                    "document.querySelector('#source-title ~ .acts button').textContent = '/home/ruth'"
                )
            take_picture(page, f"page-{path}")
        go(page, served, "/read/R0001")
        take_picture(page, "page-read")
        go(page, served, "/")
        page.wait_for_selector("[data-measure]:not(:empty)")
        take_picture(page, "page-week")
        page.click("#R0002 >> text=Destroy the sound …")
        take_picture(page, "page-destroy")
        press(page, "Escape")
        page.click("#R0003 >> text=Withdraw …")
        take_picture(page, "page-withdraw")
        press(page, "Escape")
        page.click("#end")
        page.wait_for_selector("#passphrase")
        take_picture(page, "page-locked")
        page.context.close()
    place.close()


def enter(browser: Browser, served: Served) -> Page:
    """A page that was let in."""
    page: Page = browser.new_context(viewport={"width": 1366, "height": 768}, locale="en-GB").new_page()
    page.goto(served.link())
    page.wait_for_selector("body[data-ready]")
    return page


def go(page: Page, served: Served, path: str) -> None:
    """To one of the pages."""
    page.goto(served.url(path))
    page.wait_for_selector("body[data-ready]")


def take_setup(browser: Browser, served: Served) -> None:
    """The first of the five steps."""
    page = enter(browser, served)
    page.click("#new-study")
    page.fill("#study-name", "Balint group, spring")
    page.evaluate("document.getElementById('study-place').textContent = '/home/ruth/Documents'")
    take_picture(page, "page-setup")
    page.context.close()


def take_review(browser: Browser) -> None:
    """The review page of the sample session."""
    with serving(sample_store()) as served:
        page = open_review(browser, served)
        press(page, "a", "n", "n")
        page.evaluate("document.getElementById('said').className = 'said'")
        take_picture(page, "review-question")
        page.evaluate(
            """async () => { const { model, shown, word, wordCount } = await import('/static/model.js');
            const t = await import('/static/transcript.js');
            for (const id of model.order) { const line = model.lines.get(id);
              for (let k = 0; k < wordCount(line); k++)
                if (shown(line, word(line, k).start, word(line, k).end).startsWith('sertraline')) return t.setCursor(id, k); } }"""
        )
        press(page, "m")
        take_picture(page, "review-mark")
        press(page, "Escape", "?")
        take_picture(page, "review-keys")
        press(page, "Escape")
        for _ in range(12):
            press(page, "a")
        press(page, "g", *["j"] * 9)
        page.evaluate("document.getElementById('said').className = 'said'")
        press(page, "y")
        take_picture(page, "review-verify")
        page.context.close()
        dark = open_review(browser, served, "session-s2", color_scheme="dark")
        take_picture(dark, "review-dark")
        dark.context.close()


if __name__ == "__main__":
    main()
