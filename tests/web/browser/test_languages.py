"""The review in the other languages of the catalogue: nothing English is left, and everything still fits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from pipeline.web.texts import catalogue, languages
from tests.web.browsing import Served, open_review, until, watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
# What a person reads of the page itself: the transcript's own words, labels and key names are no texts of ours.
SEEN = """() => {
  const own = 'bdi, .text, .around, .code, .kind, kbd, code, mark, datalist, #curtain, option, .quiet.number, [lang=en]';
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walk.nextNode()) if (!walk.currentNode.parentElement.closest(own)) found.push(walk.currentNode.data.trim());
  for (const each of document.querySelectorAll('[aria-label], [title]'))
    if (!each.closest(own)) found.push(each.getAttribute('aria-label') ?? '', each.title ?? '');
  return found.filter(Boolean);
}"""

MARK = """async () => { const { model } = await import('/static/model.js');
  (await import('/static/questions.js')).aim([...model.marks.keys()][0], 'mark'); }"""


def english(language: str) -> list[re.Pattern[str]]:
    """Every English text of the catalogue that the language says otherwise, as it would stand in the page."""
    own = catalogue(language)
    texts = [
        text.removesuffix(".") for key, text in catalogue("en").items() if own[key] != text and " " in text
    ]
    return [
        re.compile(re.sub(r"\\\{\w+\\\}", ".+", re.escape(text)) + r"\.?")
        for text in texts
        if len(re.sub(r"\{\w+\}", "", text)) > 8
    ]


def check(page: Page, language: str) -> None:
    """Nothing on the page is an English text of ours."""
    patterns = english(language)
    left = [text for text in page.evaluate(SEEN) if any(p.fullmatch(text) for p in patterns)]
    assert left == []


@pytest.mark.parametrize(("language", "written"), [("en", "12,345"), ("de", "12.345"), ("fr", "12\u202f345")])
def test_numbers_are_written_as_the_language_does(
    browser: Browser, served: Served, language: str, written: str
) -> None:
    """By the page as by the server, whose statement stands beside."""
    page = open_review(browser, served, locale=language)
    said = page.evaluate(
        "import('/static/how-read.js').then(({ sayReading }) => sayReading({ by_eye: 12345, seconds: 2000 }))"
    )
    assert written in said
    page.context.close()


@pytest.mark.parametrize("language", [code for code in languages() if code != "en"])
def test_the_review_speaks_the_language(
    browser: Browser, served: Served, wrong: list[str], language: str
) -> None:
    """The page, its list of keys, choosing, redacting, deciding, verifying: read as whoever reads it would."""
    page = open_review(browser, served, locale=language, viewport={"width": 1280, "height": 720})
    watch(page, wrong)
    texts = catalogue(language)
    assert page.evaluate("document.documentElement.lang") == language
    check(page, language)
    assert page.inner_text("#verify").startswith(texts["review.verify"])
    fits = "document.documentElement.scrollWidth <= innerWidth"
    assert page.evaluate(fits)
    for button in ("#verify", "#card .acts .main", "#card .acts:not(.more) button:nth-child(2)"):
        box = page.locator(button).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 720
        assert box["x"] + box["width"] <= 1280
    page.evaluate(MARK)
    check(page, language)
    for key in ("?", "c", "l", "t", "w", "y"):
        page.keyboard.press(key)
        page.wait_for_selector("dialog#dialog[open]")
        check(page, language)
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog#dialog:not([open])", state="attached")
    page.keyboard.press("a")
    until(page, "document.getElementById('said').textContent.length > 0")
    check(page, language)
    assert page.evaluate(fits)
    page.context.close()
    assert wrong == []
