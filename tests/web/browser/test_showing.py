"""The line that is asked about is lit and in sight, however fast somebody goes from question to question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.browsing import until, until_still

if TYPE_CHECKING:
    from playwright.sync_api import Page

QUESTIONS = "document.querySelectorAll('#queue [data-question]').length"
IN_SIGHT = """(() => {
    const box = document.querySelector('.line.asked').getBoundingClientRect();
    const top = document.querySelector('.top').getBoundingClientRect().bottom;
    return box.bottom > top && box.top < innerHeight - 60;
})()"""
PRESS = """([times, apart]) => new Promise((done) => {
    const press = () => {
        if (!times--) { done(); return; }
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'n', bubbles: true }));
        if (apart === null) press(); else if (apart === 'frame') requestAnimationFrame(press); else setTimeout(press, apart);
    };
    press();
})"""


def test_every_question_lights_its_line_and_context_ends_between_words(page: Page) -> None:
    """Wherever the question stands; no sentence of card or queue begins or ends in the middle of a word."""
    known = set(" ".join(page.locator(".line .text").all_text_contents()).split())
    for _ in range(page.evaluate(QUESTIONS)):
        until(page, IN_SIGHT)
        page.keyboard.press("n")
    texts = (
        page.locator("#queue .around").all_inner_texts()
        + page.locator("#card .sentence bdi").all_inner_texts()
    )
    words = {word for text in texts for word in text.split() if word != "…" and "?" not in word}
    spoken = {word for word in words if not word.startswith("Is") and word != "this"}
    assert {word for word in spoken if word not in known} <= {"F01", "P06", "P06?"}


@pytest.mark.parametrize("apart", [None, "frame", 40, 150])
@pytest.mark.parametrize("times", [2, 3])
def test_whoever_presses_on_faster_than_the_page_draws_sees_the_line_of_the_last_question(
    page: Page, times: int, apart: int | str | None
) -> None:
    """A far line is shown once more when the lines around it have their height, a near one by a way: neither takes the page back."""
    for _ in range(page.evaluate(QUESTIONS)):
        page.evaluate(PRESS, [times, apart])
        until_still(page, "scrollY")
        assert page.evaluate(IN_SIGHT), page.evaluate("document.querySelector('.line.asked').dataset.line")


def test_whoever_scrolls_on_is_not_taken_back(page: Page) -> None:
    """The wheel, before the far line was shown for the second time."""
    for _ in range(page.evaluate(QUESTIONS)):
        page.evaluate(PRESS, [1, None])
        page.evaluate("dispatchEvent(new WheelEvent('wheel')); scrollTo({ top: 300, behavior: 'instant' })")
        assert until_still(page, "scrollY") == pytest.approx(300, abs=120)
