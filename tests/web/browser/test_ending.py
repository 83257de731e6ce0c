"""The end of a study in the page: what is left to do, then closed, by mouse and by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.study.study import Study
from pipeline.web.access import Door
from pipeline.web.place import Place
from tests.erase.participant.group import NAME, THEIR_PRINT, everything_opened, make_group
from tests.erase.participant.test_withdrawing import to_destroyed, to_verified
from tests.web.browser.test_pages import let_in, tab_to
from tests.web.browsing import serving_place, until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def by_mouse(page: Page, what: str) -> None:
    """A click on it."""
    page.click(what)


def by_keyboard(page: Page, what: str) -> None:
    """Tab to it, and Enter or Space."""
    page.wait_for_selector(what)
    tab_to(page, what)
    box = page.evaluate("document.activeElement.matches('[type=checkbox]')")
    page.keyboard.press("Space" if box else "Enter")


def held(study: Study) -> list[bool]:
    """Whether any key of the study still opens a voiceprint, and a name of the roster."""
    opened = everything_opened(study)
    return [str(THEIR_PRINT[0]).encode() in opened, NAME.encode() in opened]


@pytest.mark.parametrize("press", [by_mouse, by_keyboard])
def test_a_study_is_closed(browser: Browser, tmp_path: Path, press: Callable[[Page, str], None]) -> None:
    """From the settings: the voiceprints first, then the people; each asked for, and gone for good."""
    with (
        make_group(tmp_path, recordings=1, bring=to_destroyed) as study,
        serving_place(Place.of_study(study, reviewer="Sam Example"), Door()) as served,
    ):
        assert held(study) == [True, True]
        page = let_in(browser, served, locale="en-GB")
        press(page, "nav a[href='/settings']")
        press(page, "a[href='/ending']")
        press(page, "text=Destroy the voiceprints …")
        press(page, "dialog .dialog-foot button >> nth=0")  # thought better of
        page.wait_for_selector("dialog", state="hidden")
        assert held(study) == [True, True]
        press(page, "text=Destroy the voiceprints …")
        assert page.is_disabled("#confirm")
        press(page, "#accept")
        press(page, "#confirm")
        page.wait_for_selector("text=Destroy the voiceprints …", state="detached")
        until(page, "document.activeElement !== document.body")
        assert held(study) == [False, True]
        press(page, "text=Destroy voiceprints and people …")
        press(page, "#accept")
        press(page, "#confirm")
        page.wait_for_selector("text=The study is closed.")
        page.context.close()
        assert held(study) == [False, False]
        assert study.audit.last_of("study closed") is not None


def test_a_study_with_sound_in_it_cannot_be_closed(browser: Browser, tmp_path: Path) -> None:
    """What is left is named, and there is nothing to press."""
    with (
        make_group(tmp_path, recordings=1, bring=to_verified) as study,
        serving_place(Place.of_study(study, reviewer="Sam Example"), Door()) as served,
    ):
        page = let_in(browser, served, locale="en-GB")
        page.goto(served.url("/ending"))
        page.wait_for_selector("#left-title ~ ul >> text=week-0")
        assert page.locator("main button").count() == 0
        page.context.close()
