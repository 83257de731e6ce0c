"""The pages around the review in Firefox: opened, dropped on, worked, reviewed, ended, given out, locked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.batch.run import run_study
from pipeline.study.study import Study
from pipeline.study.vault.states import State
from pipeline.web.access import Door
from pipeline.web.place import Place
from tests.batch.fakes import FakeStages, with_stages
from tests.study.conftest import CHEAP, PASSPHRASE, tmp_path  # noqa: F401 - a fixture
from tests.web.browsing import serving_place
from tests.web.firefox import Firefox, firefox
from tests.web.house import verify

pytestmark = [pytest.mark.browser, pytest.mark.slow]
DROP = """const bytes = new Uint8Array(3000000).map((_, n) => (n * 7 + 13) % 251);
const given = new DataTransfer(); given.items.add(new File([bytes], 'week one.wav'));
document.dispatchEvent(new DragEvent('drop', { dataTransfer: given, bubbles: true, cancelable: true }));"""


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
    browser.until(
        f"document.body && document.body.dataset.page === '{page}' && document.body.dataset.ready", 60
    )


def click(browser: Firefox, what: str) -> None:
    """A click in the middle of a control, scrolled to."""
    x, y = browser.run(
        f"""const found = document.querySelector("{what}"); found.scrollIntoView({{ block: 'center' }});
        const box = found.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2];"""
    )
    browser.click(x, y)


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
        browser.until("document.getElementById('files').textContent.includes('Sealed as R0001')", 60)
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
        browser.until("document.getElementById('group-finished')", 60)
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
        browser.until("document.getElementById('record').textContent.includes('It is whole')", 60)
        click(browser, "#end")
        ready(browser, "unlock")
        assert place.locked
        browser.goto("about:blank")
    place.close()
