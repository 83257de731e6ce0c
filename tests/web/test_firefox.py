"""The page in Firefox: what a person does most, and what the policy stops."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from pipeline.verify.session import ReviewSession
from tests.verify.memory import MemoryStore
from tests.web.browsing import PATIENCE_SECONDS, Served, kinds, serving
from tests.web.firefox import Firefox, firefox

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def browser() -> Iterator[Firefox]:
    """One Firefox for this file."""
    with firefox() as opened:
        yield opened


@pytest.fixture
def page(browser: Firefox, store: MemoryStore) -> Iterator[Firefox]:
    """A page on the first recording."""
    with serving(store) as served:
        open_review(browser, served)
        yield browser
        browser.goto("about:blank")


def open_review(browser: Firefox, served: Served) -> None:
    browser.goto(served.link("session-s1"))
    browser.until("document.body?.dataset.ready")


def test_from_opening_to_verified_by_keyboard(page: Firefox, store: MemoryStore) -> None:
    """Questions decided, one taken back and done again, a line marked as read at once, the statement accepted."""
    left = page.run("return document.querySelector('#card h2').textContent.match(/of (\\d+)/)[1] * 1")
    for n in range(left):
        page.press("a")
        page.until(f"document.getElementById('counts').textContent.includes('{n + 1} of {left} questions')")
    page.press("u")
    page.until("document.getElementById('said').textContent.includes('Taken back')")
    page.press("Shift+U")
    page.until("document.getElementById('said').textContent.includes('Done again')")
    page.press("g", "j", "y")
    page.until("document.querySelector('dialog[open] #accept')")
    page.press("Space", "Tab", "Tab", "Enter")
    page.until("document.body.dataset.ready && !document.getElementById('banner').hidden")
    approval = store.approval("session-s1")
    assert approval is not None
    assert approval.how is not None
    assert approval.how.skimmed > 0  # marked as soon as it was gone to: skimmed, so nothing counts as read
    assert approval.coverage == 0
    assert "Verified by" in page.run("return document.getElementById('banner').textContent")


def test_sound_plays_from_a_clicked_word_and_lights_it(page: Firefox, store: MemoryStore) -> None:
    """The word's time is sought, the word being said is lit, Space pauses."""
    assert page.run("return Boolean(CSS.highlights)")
    sound = "document.getElementById('sound')"
    page.until(f"{sound}.readyState > 0 && !{sound}.seeking")  # it goes to the question first
    page.run(
        """const sound = document.getElementById('sound');
        sound.addEventListener('seeking', () => { sound.dataset.sought ??= sound.currentTime; });"""
    )
    x, y = page.place(
        """document.querySelector('[data-line=u9]').scrollIntoView({ block: 'center' });
        const text = document.querySelector('[data-line=u9] .text');
        const range = document.createRange(); const from = text.firstChild.data.indexOf(' ', 12) + 1;
        range.setStart(text.firstChild, from); range.setEnd(text.firstChild, from + 2);
        const box = range.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2];"""
    )
    page.click(x, y)
    page.until("!document.getElementById('sound').paused && CSS.highlights.has('playing')")
    line = store.load("session-s1").attribution.utterances[9]
    assert line.start < float(page.run("return document.getElementById('sound').dataset.sought")) < line.end
    page.press("Space")
    page.until("document.getElementById('sound').paused")


def test_marked_words_are_redacted_with_all_their_mentions(page: Firefox, store: MemoryStore) -> None:
    """M offers the mentions, Enter redacts them."""
    page.press("g", "m")
    page.until("document.querySelectorAll('dialog[open] .mentions li').length > 1")
    page.press("Tab", "Enter")
    page.until("document.getElementById('said').textContent.startsWith('Redacted')")
    assert [e.decision.kind for e in store.events("session-s1")] == ["redact"]


def test_words_are_typed_into_a_line_around_its_replacements(page: Firefox, store: MemoryStore) -> None:
    """Typed over the word at the cursor, over a replacement and all, cut, joined and taken back."""
    before = ReviewSession(store, "session-s1").state.lines["u0"]
    chips = [m.replacement for m in before.marks if m.hides]
    page.press("g", "e", *"Right")
    page.press("Escape")
    page.until("document.querySelector('[data-line=u0] .text').textContent.startsWith('Right')")
    first = "document.querySelector('#lines > .line .text')"
    page.press("e", "ArrowRight", "Enter")
    page.until("document.querySelectorAll('#lines > .line')[1].dataset.line.startsWith('u0.e')")
    page.until("document.activeElement.closest('[data-line]')?.dataset.line.startsWith('u0.e')")
    page.press("Backspace")
    page.until("document.querySelectorAll('#lines > .line')[1].dataset.line === 'u1'")
    page.press(*"so ")
    page.run("getSelection().selectAllChildren(document.activeElement)")
    page.press("x")
    page.until(f"{first}.textContent.startsWith('x')")
    assert (
        page.run(f"return [...{first}.querySelectorAll('.chip.hides')].map((each) => each.textContent)")
        == chips
    )
    page.press("Escape")
    kept = ["retype", "split", "join", "retype"]
    end = time.monotonic() + PATIENCE_SECONDS
    while kinds(store) != kept:
        assert time.monotonic() < end, kinds(store)
        time.sleep(0.1)
    after = ReviewSession(store, "session-s1").state.lines["u0"]
    assert [after.words_of(m) for m in after.marks if m.hides] == [
        before.words_of(m) for m in before.marks if m.hides
    ]


def test_the_original_shows_while_its_key_is_held(page: Firefox) -> None:
    """It is not in the page before, nor after."""
    page.press("g")
    assert "Helen Ashcroft" not in page.run("return document.body.textContent")
    page.hold("o")
    page.until("document.querySelector('[data-line=u0] .chip.revealed')")
    assert "Helen Ashcroft" in page.run("return document.body.textContent")
    page.let_go("o")
    page.until("!document.querySelector('.chip.revealed')")
    assert "Helen Ashcroft" not in page.run("return document.body.textContent")


def test_the_policy_stops_what_is_not_ours(page: Firefox) -> None:
    """No inline script, no outside request, no outside picture, no frame."""
    ran, refused = page.wait(
        """const done = arguments[arguments.length - 1]; const seen = new Set();
        addEventListener('securitypolicyviolation', (e) => seen.add(e.effectiveDirective));
        const script = document.createElement('script');
        try { script.textContent = 'window.broken = 1'; document.head.append(script); } catch { seen.add('script-src-elem'); }
        fetch('https://example.invalid/').catch(() => 0);
        const image = new Image(); image.src = 'https://example.invalid/a.png';
        const frame = document.createElement('iframe'); frame.src = '/'; document.body.append(frame);
        setTimeout(() => done([Boolean(window.broken), [...seen]]), 800);"""
    )
    assert not ran
    assert {"connect-src", "img-src"} <= set(refused)
    assert {"script-src-elem", "require-trusted-types-for"} & set(refused)
    assert {"frame-src", "frame-ancestors"} & set(refused)
