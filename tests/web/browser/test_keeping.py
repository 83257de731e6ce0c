"""What the page must never do, and what it keeps: other sites, other readers, closing, idling, a lost server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipeline.verify.decisions import Accept
from pipeline.verify.session import ReviewSession
from pipeline.web.view import show_review
from tests.verify.memory import MemoryStore
from tests.web.browsing import Served, kinds, open_review, serving, until, wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_policy_stops_what_is_not_ours(page: Page, wrong: list[str]) -> None:
    """No inline script, no outside request, no frame, no form: asked of the browser itself."""
    refused = page.evaluate(
        """async () => {
          const seen = [];
          addEventListener('securitypolicyviolation', (e) => seen.push(e.effectiveDirective));
          const script = document.createElement('script');
          try { script.textContent = 'window.broken = 1'; document.head.append(script); } catch (e) { seen.push('types'); }
          await fetch('https://example.invalid/').catch(() => 0);
          const image = new Image(); image.src = 'https://example.invalid/a.png';
          const frame = document.createElement('iframe'); frame.src = '/'; document.body.append(frame);
          await new Promise((r) => setTimeout(r, 500));
          frame.remove();
          return [window.broken, [...new Set(seen)]];
        }"""
    )
    assert refused[0] is None
    assert {"connect-src", "img-src"} <= set(refused[1])
    assert {"types", "script-src-elem", "require-trusted-types-for"} & set(refused[1])
    assert {"frame-src", "frame-ancestors"} & set(refused[1])
    wrong.clear()  # the refusals are console errors by design


def test_another_site_cannot_frame_or_read_us(browser: Browser, served: Served, page: Page) -> None:
    """A page from elsewhere gets neither our frame nor our data, cookie or not."""
    other = page.context.new_page()
    other.route(
        "http://evil.example/",
        lambda route: route.fulfill(body="<h1>elsewhere</h1>", content_type="text/html"),
    )
    other.goto("http://evil.example/")
    got = other.evaluate(
        """async (url) => { try { const a = await fetch(url, { credentials: 'include' }); return a.status; } catch (e) { return 'refused'; } }""",
        served.url("/api/recordings/session-s1"),
    )
    assert got == "refused"
    other.evaluate(
        "url => { const f = document.createElement('iframe'); f.src = url; document.body.append(f); }",
        served.url("/"),
    )
    other.wait_for_timeout(500)
    assert not any("Recordings" in f.content() for f in other.frames[1:] if f.url.startswith("http://127"))
    other.close()


def test_what_was_decided_while_the_page_opened_is_in_it(
    browser: Browser, served: Served, store: MemoryStore
) -> None:
    """The review is asked for before the scripts are there: what somebody else decides meanwhile is not missed."""
    review = ReviewSession(store, "session-s1")
    before = show_review(review)
    store.take_lease("session-s1", "they", "Kim Example")
    marks = tuple(m.id for line in review.state.in_order() for m in line.marks if m.open)
    review.decide(Accept(marks), "Kim Example", "they")
    store.release_lease("session-s1", "they")
    page = browser.new_context(viewport={"width": 1360, "height": 860}).new_page()
    asked: list[str] = []

    def answer(route: Route) -> None:
        """The first answer is of the time before; what is asked for again comes from the server."""
        asked.append(route.request.url)
        if len(asked) == 1:
            route.fulfill(json=before)
        else:
            route.continue_()

    page.route("**/api/recordings/session-s1", answer)
    page.goto(served.link("session-s1"))
    page.wait_for_selector("body[data-ready]")
    assert page.locator("#lines .chip.open").count() == 0
    assert len(asked) == 2
    page.context.close()


def test_closing_the_page_loses_nothing(browser: Browser, served: Served, store: MemoryStore) -> None:
    """A decision made the moment before closing is there when the page is opened again."""
    page = open_review(browser, served)
    page.keyboard.press("a")
    until(page, "!document.getElementById('undo').disabled")
    state = page.text_content("#lines")
    page.context.close()
    again = open_review(browser, served)
    assert again.text_content("#lines") == state
    assert kinds(store) == ["accept"]
    again.keyboard.press("u")
    wait_for(again, "Taken back")
    again.context.close()


def test_a_second_person_reads_along(browser: Browser, served: Served, page: Page) -> None:
    """The second page says who decides, cannot decide, and sees what the first decided."""
    second = open_review(browser, served)
    assert "Sam Example is deciding" in second.inner_text("#banner")
    assert second.is_disabled("#verify")
    second.keyboard.press("a")
    wait_for(second, "Sam Example is deciding")
    page.keyboard.press("a")
    until(page, "!document.getElementById('undo').disabled")
    until(second, "document.getElementById('counts').textContent.includes('1 of')")
    second.context.close()


def test_the_screen_blanks_and_comes_back(page: Page) -> None:
    """H hides everything, from screen readers too; H again shows it."""
    page.keyboard.press("h")
    assert page.is_visible("#curtain")
    assert page.evaluate("document.querySelector('main').inert")
    assert page.title() == "session-deid"
    page.keyboard.press("a")
    page.keyboard.press("h")
    assert page.is_hidden("#curtain")
    assert page.is_disabled("#undo")


def test_an_idle_page_ends_and_shows_nothing(browser: Browser, store: MemoryStore) -> None:
    """After idle time no word is left in the page, and the server wants a new link."""
    with serving(store, idle_seconds=8) as served:  # long enough to load in, on a slow machine
        page = open_review(browser, served)
        page.wait_for_selector("text=The session has ended")
        assert "Welcome" not in page.content()
        answer = page.goto(served.url("/"))
        assert answer is not None
        assert answer.status == 401
        page.context.close()


def test_a_page_that_read_along_is_up_to_date_when_it_may_decide(browser: Browser, served: Served) -> None:
    """The first decides and leaves at once: the second sees it before it can decide."""
    first = open_review(browser, served)
    second = open_review(browser, served)
    first.keyboard.press("a")
    until(first, "!document.getElementById('undo').disabled")
    first.context.close()
    until(second, "document.getElementById('banner').hidden")
    assert "1 of" in second.inner_text("#counts")
    assert second.is_enabled("#undo")
    second.context.close()


def test_a_server_that_went_away_is_said(browser: Browser, store: MemoryStore) -> None:
    """Nothing can be decided then, and the page says why for as long as it lasts."""
    with serving(store) as served:
        page = open_review(browser, served)
    page.keyboard.press("a")
    until(page, "document.getElementById('banner').textContent.includes('not running any more')")
    assert page.is_disabled("#verify")
    page.context.close()
