"""The picture of the recording: near and far, many voices, what is unread, faint and open."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pipeline.records import Utterance
from tests.verify.memory import MemoryStore
from tests.verify.sample import sample_store
from tests.web.browsing import open_review, serving, until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LENGTH = "(await import('/static/zoom.js')).shownLength()"
FROM = "(await import('/static/zoom.js')).shownFrom()"
ROWS = "(await import('/static/lanes.js')).lanes().map((row) => row.codes.length)"


def ask(page: Page, expression: str) -> object:
    return page.evaluate(f"async () => {expression}")


def with_voices(count: int) -> MemoryStore:
    """The sample session with as many voices, the first ones saying most."""
    store = sample_store()
    material = store.load("session-s1")
    said = material.attribution.utterances
    codes = [f"S{n + 1}" for n in range(count)]

    def of(n: int, each: Utterance) -> Utterance:
        return replace(each, participant=codes[n % count if n < count else n % 4])

    utterances = tuple(of(n, each) for n, each in enumerate(said))
    store.put(
        store.recordings()[0],
        replace(material, attribution=replace(material.attribution, utterances=utterances)),
    )
    return store


def test_it_can_be_seen_near_and_moved(page: Page) -> None:
    """By buttons, keys and wheel; a click goes to what is seen there; the sound's place stays in view."""
    whole = ask(page, LENGTH)
    page.click("#picture-nearer")
    page.click("#picture-nearer")
    assert ask(page, LENGTH) == pytest.approx(float(str(whole)) / 4)
    box = page.locator("#timeline").bounding_box()
    assert box is not None
    start = float(str(ask(page, FROM)))
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 20)
    at = int(page.get_attribute("#timeline", "aria-valuenow") or 0)
    assert at == pytest.approx(start + float(str(whole)) / 8, abs=2)
    page.keyboard.press("End")
    assert float(str(ask(page, FROM))) > start  # followed
    page.mouse.move(box["x"] + 30, box["y"] + 20)
    before = float(str(ask(page, FROM)))
    page.keyboard.down("Shift")
    page.mouse.wheel(0, -200)
    page.keyboard.up("Shift")
    page.wait_for_timeout(200)
    assert float(str(ask(page, FROM))) < before
    page.focus("#timeline")
    page.keyboard.press("0")
    assert ask(page, LENGTH) == whole
    assert page.is_disabled("#picture-whole")


def test_seventeen_voices_stay_readable(browser: Browser) -> None:
    """Those who say little share a row until they are opened; every voice is in one row, and the picture stays low."""
    with serving(with_voices(17)) as served:
        page = open_review(browser, served)
        rows = ask(page, ROWS)
        assert isinstance(rows, list)
        assert len(rows) == 8
        height = page.locator("#timeline").bounding_box()
        assert height is not None
        assert height["height"] <= 160
        assert "voices" in page.inner_text("#people")
        page.click("#picture-all")
        opened = ask(page, ROWS)
        assert isinstance(opened, list)
        assert len(opened) >= 17
        assert sum(opened) == sum(rows)
        assert page.get_attribute("#picture-all", "aria-expanded") == "true"
        page.context.close()


def test_in_a_low_window_it_is_folded(browser: Browser) -> None:
    """One row for all, to leave room for question and transcript; a button opens it."""
    with serving(sample_store()) as served:
        page = open_review(browser, served, viewport={"width": 1280, "height": 600})
        rows = ask(page, ROWS)
        assert isinstance(rows, list)
        assert len(rows) == 1
        page.click("#picture-fold")
        rows = ask(page, ROWS)
        assert isinstance(rows, list)
        assert len(rows) > 1
        page.context.close()


def test_what_is_unread_faint_and_open_is_seen_at_a_glance(browser: Browser) -> None:
    """Each has a strip of its own under the voices, named beside it."""
    store = sample_store()
    material = store.load("session-s1")
    said = list(material.attribution.utterances)
    words = list(said[9].words)
    words[2] = replace(words[2], probability=0.1)
    said[9] = replace(said[9], words=tuple(words))
    store.put(
        store.recordings()[0],
        replace(material, attribution=replace(material.attribution, utterances=tuple(said))),
    )
    drawn = """(strip, at) => { const c = document.getElementById('timeline'); const r = devicePixelRatio;
        const x = Math.round(at * c.clientWidth * r); const y = Math.round((c.clientHeight - 11 * (3 - strip) + 2) * r);
        return [...c.getContext('2d').getImageData(Math.max(0, x - 3), y, 7, 4).data].filter((_, n) => n % 4 === 3).some(Boolean); }"""
    with serving(store) as served:
        page = open_review(browser, served)
        until(page, "document.getElementById('timeline').height > 20")
        page.evaluate("async () => (await import('/static/timeline.js')).goTo(200)")
        names = page.inner_text("#people")
        assert all(name in names for name in ("read", "faint", "open"))

        def seen(strip: int, at: float) -> bool:
            return bool(page.evaluate(f"([s, a]) => ({drawn})(s, a)", [strip, at]))

        duration = material.duration
        faint, first = words[2].start / duration, said[0]
        middle = (first.start + first.end) / 2 / duration
        assert seen(1, faint)
        assert not seen(1, middle)
        assert not seen(0, middle)
        times = page.evaluate(
            "async () => (await import('/static/model.js')).model.questions.map((q) => q.start)"
        )
        assert all(seen(2, at / duration) for at in times[:2])
        page.keyboard.press("g")
        page.wait_for_timeout(6000)
        page.keyboard.press("j")
        until(page, f"({drawn})(0, {middle})")
        page.context.close()
