"""The pages around the review on the screens teams have, in each language: nothing needed below the fold, nothing cut off,
usable at 200 % zoom."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.web.access import Door
from pipeline.web.place import Place
from pipeline.web.texts import languages
from tests.web.browser.test_pages import PAGES, go, let_in, served, study
from tests.web.browsing import Served, serving_place

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["served", "study"]  # fixtures

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SIZES = [(1366, 768), (1280, 720), (1024, 640)]
NEEDED = {
    "/": "#next",
    "/people": ".voice button",
    "/take-in": "#pick-button",
    "/out": "#go",
    "/evidence": "#check",
    "/settings": "#save",
    "/ending": "main a.button",
    "/read/R0001": "main .acts button",
    "/setup": "#new-study",
}
DIALOGS = {"#R0002 [data-act=destroy]": "#confirm", "#R0002 [data-act=withdraw]": "#confirm"}


def check_seen(page: Page, control: str, what: str) -> None:
    """A control lies wholly on the screen, and nothing needs sideways scrolling."""
    box = page.locator(control).first.bounding_box()
    size = page.viewport_size
    assert box is not None, what
    assert size is not None
    assert box["y"] >= 0, what
    assert box["y"] + box["height"] <= size["height"], what
    assert box["x"] + box["width"] <= size["width"], what
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), what


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_nothing_needed_lies_below_the_fold(
    browser: Browser, served: Served, width: int, height: int, language: str
) -> None:
    """The next step's button, what is dropped on, what gives out, what checks the record, what a dialog does."""
    page = let_in(browser, served, viewport={"width": width, "height": height}, locale=language)
    for path, control in NEEDED.items():
        go(page, served, path)
        check_seen(page, control, path)
    go(page, served, "/")
    for opener, control in DIALOGS.items():
        page.click(opener)
        page.wait_for_selector("dialog[open]")
        check_seen(page, control, opener)
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog", state="hidden")
    page.context.close()


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_way_on_is_seen_in_each_step_of_the_set_up(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, width: int, height: int, language: str
) -> None:
    """Five steps, with a name in the roster; the last, long one begins at its head."""
    monkeypatch.setenv("HOME", str(tmp_path))
    place = Place(None, reviewer="Sam Example", may_unlock=True)
    with serving_place(place, Door(lasting=True)) as nothing:
        page = let_in(browser, nothing, viewport={"width": width, "height": height}, locale=language)
        page.click("#new-study")
        page.fill("#study-name", "Balint group")
        check_seen(page, "#go-on", "where")
        page.click("#go-on")
        page.fill("#passphrase-first", "correct horse battery")
        page.fill("#passphrase-second", "correct horse battery")
        check_seen(page, "#go-on", "passphrase")
        page.click("#go-on")
        page.wait_for_selector(".steps li:nth-child(3)[aria-current]")
        page.click("main .acts button:not(.main)")
        page.wait_for_selector("#recovery-sheet")
        check_seen(page, "#go-on", "recovery sheet")
        page.click("#go-on")
        page.fill("#person-name", "Tess Quorn")
        page.keyboard.press("Enter")
        page.wait_for_selector("#person-P01")
        check_seen(page, "#go-on", "people")
        page.click("#go-on")
        page.wait_for_selector("#set-policy")
        check_seen(page, "#go-on", "rules")
        check_seen(page, "main h1", "rules")
        assert page.evaluate("document.activeElement.id") == "set-policy"
        page.context.close()
    place.close()


@pytest.mark.parametrize("language", languages())
def test_everything_is_reachable_at_200_percent(browser: Browser, served: Served, language: str) -> None:
    """Half the width, half the height: nothing is cut off."""
    page = let_in(browser, served, viewport={"width": 683, "height": 384}, locale=language)
    for path in PAGES:
        go(page, served, path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        for control in page.locator("main button:visible, main a.button:visible").all()[:12]:
            control.scroll_into_view_if_needed()
            box = control.bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 683, path
    page.context.close()
