"""Without single keys, and with a finger alone: everything a key does has a button."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipeline.verify.session import ReviewSession
from tests.verify.memory import MemoryStore
from tests.web.browsing import Served, kinds, open_review, until, until_still, until_true, wait_for, watch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def by_finger(browser: Browser, served: Served, wrong: list[str]) -> Iterator[Page]:
    """A page on a screen that is touched."""
    page = open_review(browser, served, viewport={"width": 1100, "height": 800}, has_touch=True)
    watch(page, wrong)
    yield page
    page.context.close()
    assert wrong == []


def place_of(page: Page, line: str, start: int, end: int) -> tuple[float, float]:
    page.evaluate("async (line) => (await import('/static/transcript.js')).show(line)", line)
    x, y = until_still(
        page,
        f"""(async () => {{ const r = (await import('/static/spots.js')).rangeOf('{line}', {start}, {end}).getBoundingClientRect();
        return [r.x + r.width / 2, r.y + r.height / 2]; }})()""",
    )
    return x, y


def test_the_words_behind_a_chip_are_seen_while_a_button_is_held(page: Page) -> None:
    """By the mouse, and by the space bar on it with single keys off; nowhere in the page before and after."""
    page.keyboard.press("g")
    page.keyboard.press("?")
    page.locator("dialog input[type=checkbox]").uncheck()
    page.keyboard.press("Escape")
    assert "Helen Ashcroft" not in page.content()
    button = page.locator(".transcript-head .hold")
    button.hover()
    page.mouse.down()
    until(page, "document.querySelector('[data-line=u0] .chip.revealed')")
    assert "Helen Ashcroft" in (page.text_content("[data-line=u0] .text") or "")
    page.mouse.up()
    until(page, "!document.querySelector('.chip.revealed')")
    button.focus()
    page.keyboard.down("Space")
    until(page, "document.querySelector('[data-line=u0] .chip.revealed')")
    page.keyboard.up("Space")
    until(page, "!document.querySelector('.chip.revealed')")
    assert "Helen Ashcroft" not in page.content()


def test_reading_on_and_faint_words_have_buttons(page: Page) -> None:
    page.keyboard.press("g")
    page.click("#read-on")
    until(page, "document.querySelector('.line.here').dataset.line === 'u1'")
    page.click("#go-faint")
    wait_for(page, "faintly")


def test_with_single_keys_off_a_click_is_enough_to_type(page: Page, store: MemoryStore) -> None:
    page.keyboard.press("?")
    page.locator("dialog input[type=checkbox]").uncheck()
    page.keyboard.press("Escape")
    page.mouse.click(*place_of(page, "u9", 0, 1))
    until(
        page,
        "document.activeElement.closest('[data-line]')?.dataset.line === 'u9' && document.activeElement.isContentEditable",
    )
    page.keyboard.press("Home")
    page.keyboard.type("Um, ")
    page.keyboard.press("Escape")
    until_true(page, lambda: ReviewSession(store, "session-s1").state.lines["u9"].text.startswith("Um, "))


def test_a_tap_marks_a_word_and_the_bar_says_what_can_be_done(by_finger: Page, store: MemoryStore) -> None:
    """Redact, type, give away, hear; a tap on the code gives the line away; a chip opens its card."""
    page = by_finger
    page.touchscreen.tap(*place_of(page, "u9", 0, 3))
    until(page, "!document.getElementById('selection-bar').hidden")
    assert page.evaluate("document.getElementById('sound').paused")
    page.tap("#selection-bar [data-act=hear]")
    until(page, "!document.getElementById('sound').paused")
    page.evaluate("document.getElementById('sound').pause()")
    page.touchscreen.tap(*place_of(page, "u9", 0, 3))
    page.tap("#selection-bar [data-act=correct]")
    until(page, "document.activeElement.isContentEditable")
    page.keyboard.type("Typed")
    page.tap("#reading")
    until_true(page, lambda: kinds(store) == ["retype"])
    page.tap("[data-line=u9] .code")
    page.wait_for_selector("dialog[open] [role=option]")
    page.tap("dialog [role=option]:not([aria-disabled])")
    until_true(page, lambda: kinds(store) == ["retype", "move"])
    page.tap("[data-line=u0] .chip.hides")
    until(page, "document.querySelector('#card .chip')")


def test_a_finger_held_on_the_button_shows_the_words(by_finger: Page) -> None:
    """As the browser tells of a finger: pointer events of the kind "touch"."""
    page = by_finger
    page.keyboard.press("g")
    page.evaluate("scrollTo(0, 0)")
    box = page.locator(".transcript-head .hold").bounding_box()
    assert box is not None
    at = {"x": box["x"] + 10, "y": box["y"] + 5}
    finger = page.context.new_cdp_session(page)
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at]})
    until(page, "document.querySelector('[data-line=u0] .chip.revealed')")
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    until(page, "!document.querySelector('.chip.revealed')")
