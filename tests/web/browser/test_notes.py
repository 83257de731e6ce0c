"""Notes and questions in a real browser, and where one left off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipeline.verify.session import ReviewSession
from tests.verify.memory import MemoryStore
from tests.web.browsing import Served, open_review, until, until_true

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_question_is_asked_and_answered(page: Page, store: MemoryStore) -> None:
    """By key on the line at hand; it stands at its line and in the list, and waits until it is answered."""
    page.keyboard.press("g")
    page.keyboard.press("q")
    page.wait_for_selector("dialog[open] #note-text")
    page.keyboard.type("Whose ward is that?")
    page.check("#note-asks")
    page.click("dialog .main")
    until(page, "document.querySelector('[data-line=u0].noted')")
    assert page.evaluate("document.getElementById('notes').textContent").endswith("(1 ?)")
    page.click("#notes")
    page.wait_for_selector("dialog .notes .waits")
    page.click("dialog .notes .acts button:last-child")
    page.wait_for_selector("dialog #note-text")
    page.keyboard.type("The hospital's own.")
    page.click("dialog .main")
    until_true(page, lambda: ReviewSession(store, "session-s1").progress.waiting == 0)
    page.wait_for_selector("dialog[open]", state="hidden")
    page.click("#notes")
    assert "The hospital's own." in page.inner_text("dialog .reply")


def test_the_page_opens_where_reading_was_left_off(browser: Browser, served: Served) -> None:
    """At the line last read, with the next question at hand; a review that begins opens at its first question."""
    page = open_review(browser, served)
    page.keyboard.press("g")
    for _ in range(6):
        page.keyboard.press("j")
    until_true(page, lambda: "u5" in ReviewSession(served.store, "session-s1").state.read)
    page.context.close()
    again = open_review(browser, served)
    assert again.evaluate("document.querySelector('.line.here').dataset.line") == "u5"
    assert "left off" in again.inner_text("#said")
    assert "Question 1 of" in again.inner_text("#card h2")
    again.context.close()
