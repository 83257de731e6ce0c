"""Makes the pictures of docs/review.md from the sample study: python -m docs.make_screenshots

Needs Chromium (tests/browser_setup.sh). Everybody in the pictures is invented.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.verify.sample import sample_store
from tests.web.browsing import chromium, open_review, serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

IMAGES = Path(__file__).parent / "images"
SETTLE_MS = 900


def press(page: Page, *keys: str) -> None:
    """Keys, one after another, with time for each to take effect."""
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(SETTLE_MS // 2)


def take(page: Page, name: str) -> None:
    """One picture."""
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=IMAGES / f"{name}.png")


def main() -> None:
    """All pictures, in the order of the documentation."""
    IMAGES.mkdir(exist_ok=True)
    with serving(sample_store()) as served, chromium() as browser:
        page = open_review(browser, served)
        press(page, "a", "n", "n")
        page.evaluate("document.getElementById('said').className = 'said'")
        take(page, "review-question")
        page.evaluate(
            """async () => { const { model, shown, word, wordCount } = await import('/static/model.js');
            const t = await import('/static/transcript.js');
            for (const id of model.order) { const line = model.lines.get(id);
              for (let k = 0; k < wordCount(line); k++)
                if (shown(line, word(line, k).start, word(line, k).end).startsWith('sertraline')) return t.setCursor(id, k); } }"""
        )
        press(page, "m")
        take(page, "review-mark")
        press(page, "Escape", "?")
        take(page, "review-keys")
        press(page, "Escape")
        for _ in range(12):
            press(page, "a")
        press(page, "g", *["j"] * 9)
        page.evaluate("document.getElementById('said').className = 'said'")
        press(page, "y")
        take(page, "review-verify")
        page.goto(served.url("/"))
        take(page, "review-list")
        page.context.close()
        dark = open_review(browser, served, "session-s2", color_scheme="dark")
        take(dark, "review-dark")
        dark.context.close()


if __name__ == "__main__":
    main()
