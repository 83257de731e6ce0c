"""Every page around the review: nothing moves under a hand, the focus stays, nothing breaks, and it prints."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from pipeline.erase.destroy import destroy
from pipeline.study.study import Study
from pipeline.study.vault.states import State
from pipeline.web.access import Door
from pipeline.web.place import Place
from tests.study.conftest import CHEAP, PASSPHRASE, make_sound, take
from tests.web.browsing import PATIENCE_SECONDS, Served, seen, serving_place, until, watch
from tests.web.house import bring_in, verify

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAGES = ["/", "/people", "/take-in", "/out", "/evidence", "/settings", "/ending", "/read/R0001", "/setup"]
FOCUSED = "(e => [e.closest('.card-row')?.id, e.textContent])(document.activeElement)"


def full_study(folder: Path) -> Study:
    """Recordings at every turn of their way."""
    study = Study.create(folder / "study", passphrase=PASSPHRASE, name="Balint group, spring", cost=CHEAP)
    study.roster.add("Tess Quorn", ("Tessie",))
    study.roster.add_words("sites", ("Oakfield",))
    bring_in(study, "session 1")
    verify(study, "R0001")
    destroy(study, "R0001", by="Sam Example")
    bring_in(study, "session 2")
    verify(study, "R0002")
    bring_in(study, "session 3")
    bring_in(study, "session 4", broken=True)
    sound = study.folder / "inbox" / "session 5.wav"
    make_sound(sound)
    take(study, sound)
    return study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Study]:
    """One study for this file."""
    memory = Path("/dev/shm")
    base = memory if os.access(memory, os.W_OK) else None
    folder = tmp_path_factory.mktemp("pages") if base is None else base / f"pages-{os.getpid()}"
    folder.mkdir(exist_ok=True)
    with patch("pipeline.study.intake.importing.refuse_unusable"):  # its recordings are random bytes
        study = full_study(folder)
    yield study
    study.close()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def served(study: Study) -> Iterator[Served]:
    """Its pages."""
    place = Place.of_study(study, reviewer="Sam Example", may_unlock=True)
    with serving_place(place, Door(lasting=True)) as running:
        yield running
    place.close()


def let_in(browser: Browser, served: Served, **how: Any) -> Page:
    """A page that was let in."""
    page: Page = browser.new_context(**{"viewport": {"width": 1366, "height": 768}, **how}).new_page()
    page.goto(served.link())
    page.wait_for_selector("body[data-ready]")
    return page


def go(page: Page, served: Served, path: str) -> None:
    """To one of the pages."""
    page.goto(served.url(path))
    page.wait_for_selector("body[data-ready]")
    page.wait_for_timeout(150)


def take_one_more(study: Study, name: str) -> None:
    """A week that has changed without a hand in the page."""
    sound = study.folder / "inbox" / f"{name}.wav"
    make_sound(sound)
    with patch("pipeline.study.intake.importing.refuse_unusable"):
        take(study, sound)


def test_nothing_moves_away_under_a_hand_about_to_press(
    browser: Browser, served: Served, study: Study
) -> None:
    """What changes by itself is shown once the pointer has left the button, or has come to rest."""
    page = let_in(browser, served)
    box = page.locator("#R0003 .acts .first").bounding_box()
    assert box is not None
    asked: list[str] = []
    page.on("response", lambda answer: asked.append(answer.url) if answer.url.endswith("/api/week") else None)
    take_one_more(study, "session 6")
    looked = len(asked)
    end = time.monotonic() + PATIENCE_SECONDS
    while len(asked) == looked:  # the pointer comes nearer and nearer to the middle of the button
        assert time.monotonic() < end
        page.mouse.move(box["x"] + box["width"] / 2 + time.monotonic() % 1, box["y"] + box["height"] / 2)
        page.wait_for_timeout(100)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_timeout(300)
    assert "session 6" not in page.inner_text("main")
    page.mouse.move(5, 5)
    page.wait_for_selector("main >> text=session 6")
    page.context.close()


def tab_to(page: Page, what: str) -> Locator:
    """To a control with Tab alone."""
    control = page.locator(what)
    for _ in range(120):
        if seen(control, "(element) => element === document.activeElement"):
            return control
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {what}")


def test_the_focus_stays_on_its_control_while_the_week_is_painted_anew(
    browser: Browser, served: Served, study: Study
) -> None:
    """A person who works by keyboard is on one action of a card; the week changes by itself, and they are there still."""
    page = let_in(browser, served)
    second = tab_to(page, "#R0003 .acts > * >> nth=1")
    before = page.evaluate(FOCUSED)
    assert before == ["R0003", second.inner_text()]
    second.evaluate("(element) => { window.before = element; }")
    take_one_more(study, "session 7")
    page.wait_for_selector("main >> text=session 7")
    assert not page.evaluate("window.before.isConnected")  # it was painted anew
    assert page.evaluate(FOCUSED) == before
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(FOCUSED) == ["R0003", page.locator("#R0003 .acts > *").first.inner_text()]
    page.context.close()


def test_the_focus_goes_to_what_is_nearest_once_its_control_is_gone(browser: Browser, served: Served) -> None:
    """An action that no longer stands on the card, then a card that is gone: its first action, then the next step."""
    page = let_in(browser, served)
    week = page.evaluate("fetch('/api/week').then((answer) => answer.json())")
    card = next(each for each in week["cards"] if each["id"] == "R0003")
    page.route("**/api/week", lambda route: route.fulfill(json=week))
    tab_to(page, "#R0003 .acts > * >> nth=1")
    card["actions"] = card["actions"][:1]
    until(page, "document.querySelectorAll('#R0003 .acts > *').length === 1")
    assert page.evaluate(FOCUSED) == ["R0003", page.locator("#R0003 .acts > *").inner_text()]
    week["cards"].remove(card)
    until(page, "!document.getElementById('R0003')")
    assert page.evaluate("document.activeElement.id") == "next"
    page.unroute_all(behavior="wait")
    page.context.close()


def test_the_focus_is_on_its_button_again_once_a_question_is_closed(
    browser: Browser, served: Served, study: Study
) -> None:
    """Asked, thought better of, and on from there; also when the week was painted anew under the question."""
    page = let_in(browser, served)
    for name in ("", "session 8"):
        button = tab_to(page, "#R0003 >> text=Withdraw …")
        before = page.evaluate(FOCUSED)
        button.press("Enter")
        page.wait_for_selector("dialog[open]")
        if name:
            take_one_more(study, name)
            page.wait_for_selector(f"main >> text={name}")
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog", state="hidden")
        until(page, f"document.activeElement.textContent === {json.dumps(before[1])}")
        assert page.evaluate(FOCUSED) == before
    page.context.close()


def tops(page: Page, what: str) -> list[int]:
    """How far down each of these stands, in whole pixels."""
    found: list[int] = page.locator(what).evaluate_all(
        "(all) => all.map((each) => Math.round(each.getBoundingClientRect().top))"
    )
    return found


def test_no_button_moves_when_it_is_told_how_far_a_review_is(browser: Browser, served: Served) -> None:
    """How far each is comes later than the rest, since it must be unsealed: its place is kept free."""
    page: Page = browser.new_context(viewport={"width": 1366, "height": 768}, locale="en-GB").new_page()
    waiting: list[Route] = []
    page.route("**/progress", lambda route: waiting.append(route))
    page.goto(served.link())
    page.wait_for_selector("body[data-ready]")
    where = tops(page, ".card-row .acts .first")
    while not waiting:
        page.wait_for_timeout(20)
    page.unroute("**/progress")  # what waits goes on
    page.wait_for_selector("[data-measure='R0003'] >> text=read")
    assert tops(page, ".card-row .acts .first") == where
    page.context.close()


def test_a_look_that_failed_is_made_again(browser: Browser, served: Served) -> None:
    """A server that was busy at the first look, or just after something was done: the week is shown all the same."""
    page: Page = browser.new_context(locale="en-GB").new_page()
    busy = "The study is in use just now."
    for look in (
        lambda: page.goto(served.link()),
        lambda: page.evaluate("document.dispatchEvent(new Event('changed'))"),
    ):
        page.route("**/api/week", lambda route: route.fulfill(status=503, json={"error": busy}))
        look()
        page.wait_for_selector(f"main >> text={busy}")
        page.unroute("**/api/week")
        page.wait_for_selector("#R0003")
    page.context.close()


def test_no_page_breaks_a_rule_of_its_own(browser: Browser, served: Served) -> None:
    """No script error and no refusal by the policy, in each language; no name of anybody in a title or an address."""
    for locale in ("en-GB", "de-DE", "fr-FR"):
        wrong: list[str] = []
        page = let_in(browser, served, locale=locale)
        watch(page, wrong)
        for path in PAGES:
            go(page, served, path)
            assert "Quorn" not in page.title() + page.url
            missing = page.evaluate(
                "[...document.querySelectorAll('main *')].filter((e) => !e.children.length && e.localName !== 'option' && e.localName !== 'code' && /^[a-z-]+\\.[a-z.-]+$/.test(e.textContent)).map((e) => e.textContent)"
            )
            assert missing == [], (locale, path)
        page.context.close()
        assert wrong == []


def test_the_recovery_sheet_is_printed_alone(browser: Browser, served: Served) -> None:
    """On paper there is the sheet and nothing else of the page."""
    page = let_in(browser, served)
    go(page, served, "/settings")
    page.click("text=Make a recovery sheet")
    page.wait_for_selector("#recovery-sheet")
    page.emulate_media(media="print")
    assert page.is_visible(".code-sheet")
    assert not page.is_visible("header.bar")
    assert not page.is_visible("#set-policy")
    page.context.close()


@pytest.mark.parametrize(
    "path", ["/read/R0001", "/recordings/R0001/certificate", "/recordings/R0002/report", "/evidence"]
)
def test_what_a_board_reads_can_be_had_as_pdf(browser: Browser, served: Served, path: str) -> None:
    """Transcript, certificate, report and evidence, through the browser's own printing; nothing of the page's frame."""
    page = let_in(browser, served)
    page.goto(served.url(path))
    page.wait_for_load_state("networkidle")
    page.emulate_media(media="print")
    assert not page.is_visible("header.bar")
    data = page.pdf()
    assert data.startswith(b"%PDF")
    assert len(data) > 5000
    page.context.close()


def test_a_roster_is_dropped_like_a_recording(browser: Browser, served: Served) -> None:
    """A CSV file among what is picked or dropped goes into the roster, and the page says that the file still holds names."""
    page = let_in(browser, served)
    go(page, served, "/take-in")
    table = "code,name,nicknames,role\nP01,Tess Quorn,Tessie,participant\nP02,Abel Fenwick,,participant\n"
    page.set_input_files("#pick", {"name": "people.csv", "mimeType": "text/csv", "buffer": table.encode()})
    page.wait_for_selector("text=2 people in the roster")
    assert "still holds these names" in page.inner_text("#files")
    page.context.close()


def test_the_focus_stays_where_people_and_voices_are_put_right(browser: Browser, served: Served) -> None:
    """The list is painted anew after each change: one is on the same button of the same person, and a form that was
    unfolded stays so, so that the next name can be typed at once."""
    page = let_in(browser, served, locale="en-GB")
    go(page, served, "/people")
    tab_to(page, "#person-P01 [data-act=name]").press("Enter")
    page.wait_for_selector("#new-name")
    tab_to(page, "#new-name").press("End")
    page.keyboard.type("e")
    tab_to(page, "#confirm").press("Enter")
    page.wait_for_selector("#person-P01 >> text=Tess Quorne")
    until(page, "document.activeElement.matches('#person-P01 [data-act=name]')")
    voice = tab_to(page, ".voice [data-act=right] >> nth=0")
    row = page.evaluate("document.activeElement.closest('.voice').id")
    voice.press("Enter")
    page.wait_for_selector(f"#{row} [data-act=right]", state="detached")
    until(page, f"document.activeElement.closest('.voice')?.id === '{row}'")
    tab_to(page, "#person-form > summary").press("Enter")
    for name in ("Otis Marlow", "Iris Mallory"):
        tab_to(page, "#person-name").type(name)
        page.keyboard.press("Enter")
        page.wait_for_selector(f"#roster-title ~ * >> text={name}")
        until(page, "document.activeElement.id === 'person-name' && !document.activeElement.value")
    page.context.close()


@pytest.mark.parametrize(
    ("path", "form", "field", "words", "go_on", "there", "then"),
    [
        ("/evidence", "#holds", "#hold-reason", "a complaint", "#place-hold", "#holds li", "#holds summary"),
        ("/people", "#surroundings-form", "#words", "Ashgrove", "#add-words", ".tags >> text=Ashgrove", "#add-words"),
    ],
    ids=["a hold", "words of the surroundings"],
)  # fmt: skip
def test_the_focus_is_kept_where_something_is_added(
    browser: Browser, served: Served, path: str, form: str, field: str, words: str, go_on: str, there: str, then: str
) -> None:  # fmt: skip
    """Unfolded, filled in and added by keyboard: the focus is on the button, or on the heading of a form that folds."""
    page = let_in(browser, served, locale="en-GB")
    go(page, served, path)
    tab_to(page, f"{form} summary").press("Enter")
    tab_to(page, field).type(words)
    tab_to(page, go_on).press("Enter")
    page.wait_for_selector(there)
    until(page, f"document.activeElement.matches('{then}')")
    page.context.close()


def test_a_recording_heard_badly_is_heard_again_after_a_question(
    browser: Browser, served: Served, study: Study
) -> None:
    """Left at the first question it stays as it is; said yes to, the machine has it."""
    page = let_in(browser, served, locale="en-GB")
    wrong: list[str] = []
    watch(page, wrong)
    page.click("#R0003 [data-act=hear-again]")
    page.keyboard.press("Escape")
    assert study.recording("R0003").state is State.REDACTED
    page.click("#R0003 [data-act=hear-again]")
    page.click("#confirm")
    page.wait_for_selector("section[aria-labelledby=group-machine] #R0003")
    until(page, "document.getElementById('said').textContent.includes('hears it again')")
    assert study.recording("R0003").state is State.ATTRIBUTED
    assert wrong == []
    page.context.close()
