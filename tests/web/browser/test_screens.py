"""The review on every screen, zoomed and small, in each language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipeline.web.texts import languages
from tests.web.browsing import Served, open_review

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("language", languages())
def test_everything_is_reachable_at_200_percent(browser: Browser, served: Served, language: str) -> None:
    """Half the width (what 200 % zoom leaves of a small screen): nothing is cut off or needs sideways scrolling."""
    page = open_review(browser, served, viewport={"width": 640, "height": 480}, locale=language)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for name in ("#undo", "#verify", "#help", "#play", "#card .main", "#queue button"):
        page.locator(name).first.scroll_into_view_if_needed()
        assert page.locator(name).first.is_visible()
    page.context.close()


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(("width", "height"), [(680, 430), (1366, 620)])
def test_a_question_is_in_view_on_small_screens(
    browser: Browser, served: Served, width: int, height: int, language: str
) -> None:
    """At 200 % zoom and on a small laptop its sentence and its main buttons are on the screen, above the player."""
    page = open_review(browser, served, viewport={"width": width, "height": height}, locale=language)
    page.keyboard.press("n")
    page.wait_for_timeout(600)
    player = page.locator(".player").bounding_box()
    main = page.locator("#card .main").bounding_box()
    assert player is not None
    assert main is not None
    assert main["y"] >= 0
    assert main["y"] + main["height"] <= player["y"]
    page.context.close()


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1280, 720), (1024, 640)])
def test_questions_and_both_buttons_are_in_view(
    browser: Browser, served: Served, width: int, height: int, language: str
) -> None:
    """On the screens teams have: to redact and to keep, and on the two larger ones the next questions as well."""
    page = open_review(browser, served, viewport={"width": width, "height": height}, locale=language)
    page.keyboard.press("n")
    page.wait_for_timeout(600)
    player = page.locator(".player").bounding_box()
    assert player is not None
    seen = ["#card .acts button >> nth=0", "#card .acts button >> nth=1"]
    seen += ["#queue button >> nth=0"] if height >= 720 else []
    for what in seen:
        box = page.locator(what).bounding_box()
        assert box is not None, what
        assert box["y"] >= 0, what
        assert box["y"] + box["height"] <= player["y"], what
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.context.close()


@pytest.mark.parametrize("height", [768, 860, 1000])
def test_the_questions_keep_their_place_below_a_long_one(
    browser: Browser, served: Served, height: int
) -> None:
    """A question whose sentence is long leaves room for the list in which it stands."""
    page = open_review(browser, served, "session-s2", viewport={"width": 1366, "height": height})
    page.keyboard.press("n")
    page.wait_for_timeout(600)
    player = page.locator(".player").bounding_box()
    frame = page.locator("#queue").bounding_box()
    box = page.locator("#queue button[aria-current]").bounding_box()
    assert player is not None
    assert frame is not None
    assert box is not None
    assert frame["y"] <= box["y"] + 1
    assert box["y"] + box["height"] <= min(frame["y"] + frame["height"], player["y"]) + 1  # rounded
    page.context.close()
