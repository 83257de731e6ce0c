"""The pages around the review in Firefox: opened, dropped on, worked, reviewed, ended, given out, locked."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.batch.run import run_study
from pipeline.study.study import Study
from pipeline.study.vault.keys import Passphrase
from pipeline.study.vault.states import State
from pipeline.web.access import Door
from pipeline.web.place import Place
from tests.batch.fakes import FakeStages, with_stages
from tests.study.conftest import CHEAP, PASSPHRASE, tmp_path  # noqa: F401 - a fixture
from tests.web.browsing import PATIENCE_SECONDS, serving_place
from tests.web.firefox import Firefox, firefox
from tests.web.house import verify
from tests.web.quick import environment

pytestmark = [pytest.mark.browser, pytest.mark.slow]
DROP = """const bytes = new Uint8Array(3000000).map((_, n) => (n * 7 + 13) % 251);
const given = new DataTransfer(); given.items.add(new File([bytes], 'week one.wav'));
document.dispatchEvent(new DragEvent('drop', { dataTransfer: given, bubbles: true, cancelable: true }));"""
MIDDLE = """const found = document.querySelector(arguments[0]); found.scrollIntoView({ block: 'center' });
const box = found.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2];"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Firefox]:
    """One Firefox for this file."""
    with firefox() as opened:
        yield opened


def type_into(browser: Firefox, field: str, text: str) -> None:
    """Text, as a person types it."""
    browser.run(f"document.querySelector('{field}').focus()")
    browser.press(*text)


def ready(browser: Firefox, page: str) -> None:
    """Until a page stands."""
    browser.until(f"document.body && document.body.dataset.page === '{page}' && document.body.dataset.ready")


def click(browser: Firefox, what: str) -> None:
    """A click in the middle of a control, scrolled to; as a person does, only once the page stands and the pointer is
    seen to lie on it. (Firefox shows no page before its styles are there, but scripts see it without them.)"""
    browser.until("document.readyState === 'complete' && document.body.dataset.ready")
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        x, y = browser.place(MIDDLE, what)
        browser.move(x, y)
        if browser.run("return document.querySelector(arguments[0])?.matches(':hover') ?? false", what):
            break
        assert time.monotonic() < end, f"something lies over {what}"
    browser.click(x, y)


def fill(browser: Firefox, what: str, text: str) -> None:
    """Text typed into a field that was clicked."""
    click(browser, what)
    browser.press(*text)


def here(browser: Firefox, what: str) -> None:
    """Until a control stands on the page."""
    browser.until(f"document.querySelector({what!r})")


@contextmanager
def opened(home: Path) -> Iterator[str]:
    """`session-deid open` as somebody without a study starts it; its link. The engines of all it starts are quick."""
    command = [sys.executable, "-m", "pipeline", "open", "--no-browser", "--reviewer", "Sam Example"]
    process = subprocess.Popen(
        command,
        cwd=home,
        env={**environment(workers=2, slow_seconds=1.0), "HOME": str(home)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_from_nothing_to_destroyed_and_given_out(browser: Firefox, tmp_path: Path) -> None:  # noqa: F811
    """The whole week by mouse over a real server: five steps, taking in, working, reviewing, destroying, giving out,
    checking the record, locking. Nothing is done behind the page."""
    with opened(tmp_path) as link:
        browser.goto(link)
        ready(browser, "setup")
        click(browser, "#new-study")
        here(browser, "#study-name")
        fill(browser, "#study-name", "Balint group")
        click(browser, "#go-on")
        here(browser, "#passphrase-first")
        fill(browser, "#passphrase-first", PASSPHRASE)
        fill(browser, "#passphrase-second", PASSPHRASE)
        click(browser, "#go-on")
        browser.until("document.body.innerText.includes('Show the sheet')")
        click(browser, "#go-on")
        here(browser, "#person-name")
        click(browser, "#go-on")
        here(browser, "#set-policy")
        click(browser, "#go-on")
        ready(browser, "take-in")
        browser.run(DROP)
        browser.until("document.getElementById('files').textContent.includes('Sealed as R0001')")
        click(browser, "#start")
        ready(browser, "week")
        browser.until(
            "/transcribing|finding speakers|getting ready/.test(document.querySelector('.run').textContent)"
        )
        browser.until("document.querySelector('#R0001 .state').textContent.includes('Ready for review')")
        click(browser, "#R0001 .acts .first")
        browser.until("location.pathname.startsWith('/recordings/') && document.body?.dataset.ready")
        decide_all(browser)
        click(browser, "#verify")
        here(browser, "#accept")
        click(browser, "#accept")
        if browser.run("return document.querySelector('#accept-open') !== null"):
            click(browser, "#accept-open")
        click(browser, "dialog .dialog-foot .main")
        browser.until("document.getElementById('state')?.textContent.includes('Verified')")
        click(browser, ".back")
        ready(browser, "week")
        browser.until("document.querySelector('#R0001 .state').textContent.includes('Verified')")
        click(browser, "#R0001 .acts .first")
        browser.until("document.querySelector('dialog[open] #accept')")
        click(browser, "#accept")
        click(browser, "#confirm")
        browser.until("document.getElementById('group-finished')")
        click(browser, "nav a[href='/out']")
        ready(browser, "out")
        click(browser, "#go")
        browser.until("document.getElementById('said').textContent.includes('in your downloads')")
        given = downloaded(browser)
        assert given.read_bytes()[:2] == b"PK"
        click(browser, "nav a[href='/evidence']")
        ready(browser, "evidence")
        click(browser, "#check")
        browser.until("document.getElementById('record').textContent.includes('It is whole')")
        click(browser, "#end")
        ready(browser, "unlock")
        browser.goto("about:blank")
    with Study.open(tmp_path / "Balint group", Passphrase(PASSPHRASE)) as study:
        assert study.recording("R0001").state is State.DESTROYED
        assert [entry.recording for entry in study.audit.events("exported")] == ["R0001"]


def decide_all(browser: Firefox) -> None:
    """Every question, by its first button, until none is open."""
    end = time.monotonic() + PATIENCE_SECONDS
    while browser.run("return document.querySelector('#queue [data-question]') !== null"):
        asked = browser.run("return document.getElementById('counts').textContent")
        click(browser, "#card .main")
        browser.until(f"document.getElementById('counts').textContent !== {json.dumps(asked)}")
        assert time.monotonic() < end


def downloaded(browser: Firefox) -> Path:
    """The one file in the downloads, whole."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not (
        found := [
            path for path in browser.downloads.glob("*") if path.suffix != ".part" and path.stat().st_size
        ]
    ):
        assert time.monotonic() < end
        time.sleep(0.1)
    return found[0]


def test_a_week(browser: Firefox, tmp_path: Path) -> None:  # noqa: F811
    """From the passphrase to locked again. The engines are quick ones; the page, the study and the seal are real."""
    folder = tmp_path / "study"
    Study.create(folder, passphrase=PASSPHRASE, name="Balint group", cost=CHEAP).close()
    place = Place(folder, reviewer="Sam Example", may_unlock=True)
    with serving_place(place, Door(lasting=True)) as served:
        browser.goto(served.link())
        ready(browser, "unlock")
        type_into(browser, "#passphrase", PASSPHRASE)
        browser.press("Enter")
        ready(browser, "week")
        browser.goto(served.url("/take-in"))
        ready(browser, "take-in")
        browser.run(DROP)
        browser.until("document.getElementById('files').textContent.includes('Sealed as R0001')")
        assert place.study.recording("R0001").size == 3_000_000
        run_study(place.study, with_stages(FakeStages), lambda _: None, sleep=lambda _: None)
        browser.goto(served.url("/"))
        ready(browser, "week")
        browser.until("document.querySelector('#R0001 .state').textContent.includes('Ready for review')")
        verify(place.study, "R0001")
        browser.goto(served.url("/"))
        ready(browser, "week")
        click(browser, "#next")
        browser.until("document.querySelector('dialog[open] #accept')")
        click(browser, "#accept")
        click(browser, "#confirm")
        browser.until("document.getElementById('group-finished')")
        assert place.study.recording("R0001").state is State.DESTROYED
        for page in ("people", "out", "evidence", "settings", "ending"):
            browser.goto(served.url(f"/{page}"))
            ready(browser, page)
        browser.goto(served.url("/out"))
        ready(browser, "out")
        browser.until("document.getElementById('preview').textContent.includes('[Person 1]')")
        browser.goto(served.url("/evidence"))
        ready(browser, "evidence")
        click(browser, "#check")
        browser.until("document.getElementById('record').textContent.includes('It is whole')")
        click(browser, "#end")
        ready(browser, "unlock")
        assert place.locked
        browser.goto("about:blank")
    place.close()
