"""The whole week in Firefox without a mouse: every control is reached with Tab and worked with Enter or Space."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.study.study import Study
from pipeline.study.vault.keys import Passphrase
from pipeline.study.vault.states import State
from tests.study.conftest import PASSPHRASE, make_sound, tmp_path  # noqa: F401 - a fixture
from tests.web.browsing import PATIENCE_SECONDS
from tests.web.firefox import Firefox, firefox
from tests.web.test_firefox_week import downloaded, here, opened, ready

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MOST_TABS = 150
WAY = """const [on, to] = [document.activeElement, document.querySelector(arguments[0])];
if (on === to) return '';
return on && to && on.compareDocumentPosition(to) === Node.DOCUMENT_POSITION_PRECEDING ? 'Shift+Tab' : 'Tab';"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Firefox]:
    """One Firefox for this file."""
    with firefox() as started:
        yield started


def focused(browser: Firefox, what: str) -> bool:
    """Whether the focus is on a control."""
    return bool(browser.run("return document.activeElement?.matches(arguments[0]) ?? false", what))


def reach(browser: Firefox, what: str) -> None:
    """Go to a control with Tab alone, or with Shift and Tab where it lies before, as one goes who sees the page: past the
    page's end lie the browser's own controls. Fails when it cannot be reached so."""
    here(browser, what)
    for _ in range(MOST_TABS):
        key = browser.run(WAY, what)
        if not key:
            return
        browser.press(key)
    on = browser.run("return document.activeElement?.outerHTML.slice(0, 200)")
    raise AssertionError(f"Tab does not reach {what}, but {on}")


def press(browser: Firefox, what: str) -> None:
    """Work a control: Space for a box, Enter for all else."""
    reach(browser, what)
    browser.press("Space" if focused(browser, "input[type=checkbox], input[type=radio]") else "Enter")


def fill(browser: Firefox, what: str, text: str) -> None:
    """Type into a field."""
    reach(browser, what)
    browser.press(*text)


def shows(browser: Firefox, what: str, text: str) -> None:
    """Until a place of the page says something."""
    browser.until(f"document.querySelector({json.dumps(what)})?.textContent.includes({json.dumps(text)})")


def set_up(browser: Firefox) -> None:
    """A new study in its five steps, with two people of the roster typed one after another."""
    ready(browser, "setup")
    press(browser, "#new-study")
    fill(browser, "#study-name", "Balint group")
    press(browser, "#go-on")
    fill(browser, "#passphrase-first", PASSPHRASE)
    fill(browser, "#passphrase-second", PASSPHRASE)
    browser.press("Enter")
    shows(browser, ".steps [aria-current]", "Recovery sheet")
    press(browser, "#go-on")
    for code, name in (("P01", "Tess Quorn"), ("P02", "Abel Fenwick")):
        fill(browser, "#person-name", name)
        browser.press("Enter")
        here(browser, f"#person-{code}")
    press(browser, "#go-on")
    here(browser, "#set-policy")
    press(browser, "#go-on")
    ready(browser, "take-in")


def take_in(browser: Firefox, sound: Path) -> None:
    """A file chosen and sealed. The system's own window for choosing is outside of the page: it is kept shut, and the
    file given as that window gives it."""
    reach(browser, "#pick-button")
    browser.run(
        "document.getElementById('pick').addEventListener('click', (event) => { event.preventDefault(); window.asked = true; }, { once: true })"
    )
    browser.press("Enter")
    browser.until("window.asked")
    found = browser.send("WebDriver:FindElement", {"using": "css selector", "value": "#pick"})
    browser.send("WebDriver:ElementSendKeys", {"id": next(iter(found.values())), "text": str(sound)})
    shows(browser, "#files", "Sealed as R0001")


def review(browser: Firefox) -> None:
    """Every question by the first button of its card, then verified."""
    press(browser, "#R0001 .acts .first")
    browser.until("location.pathname.startsWith('/recordings/') && document.body.dataset.ready")
    end = time.monotonic() + PATIENCE_SECONDS
    while browser.run("return document.querySelector('#queue [data-question]') !== null"):
        asked = browser.run("return document.getElementById('counts').textContent")
        press(browser, "#card .main")
        browser.until(f"document.getElementById('counts').textContent !== {json.dumps(asked)}")
        assert time.monotonic() < end
    press(browser, "#verify")
    press(browser, "#accept")
    if browser.run("return document.querySelector('#accept-open') !== null"):
        press(browser, "#accept-open")
    press(browser, "dialog .dialog-foot .main")
    shows(browser, "#state", "Verified")
    press(browser, ".back")
    ready(browser, "week")


def destroy(browser: Firefox) -> None:
    """The sound, from the recording's card."""
    shows(browser, "#R0001 .state", "Verified")
    press(browser, "#R0001 .acts .first")
    press(browser, "#accept")
    press(browser, "#confirm")
    here(browser, "#group-finished")


def give_out(browser: Firefox) -> bytes:
    """The transcript as a Word file."""
    press(browser, "nav a[href='/out']")
    ready(browser, "out")
    press(browser, "#go")
    shows(browser, "#said", "in your downloads")
    return downloaded(browser).read_bytes()


def test_from_nothing_to_destroyed_and_given_out(browser: Firefox, tmp_path: Path) -> None:  # noqa: F811
    """Five steps, taking in, working, reviewing, destroying, giving out, checking the record, locking, opening again.
    The focus is never put anywhere by a script."""
    sound = tmp_path / "elsewhere" / "week one.wav"
    make_sound(sound, bytes(n % 251 for n in range(300_000)))
    with opened(tmp_path) as link:
        browser.goto(link)
        set_up(browser)
        take_in(browser, sound)
        press(browser, "#start")
        ready(browser, "week")
        shows(browser, "#R0001 .state", "Ready for review")
        review(browser)
        destroy(browser)
        assert give_out(browser)[:2] == b"PK"
        press(browser, "nav a[href='/evidence']")
        ready(browser, "evidence")
        press(browser, "#check")
        shows(browser, "#record", "It is whole")
        press(browser, "#end")
        ready(browser, "unlock")
        browser.press(*PASSPHRASE, "Enter")  # where it is typed has the focus already
        ready(browser, "week")
        browser.goto("about:blank")
    with Study.open(tmp_path / "Balint group", Passphrase(PASSPHRASE)) as study:
        assert study.recording("R0001").state is State.DESTROYED
        assert [entry.recording for entry in study.audit.events("exported")] == ["R0001"]
        assert [person.name for person in study.roster.load().people] == ["Tess Quorn", "Abel Fenwick"]
