"""Deciding in a real browser: by keyboard alone, by mouse, from the first question to the approval."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from pipeline.verify.decisions import ConfirmVoice
from pipeline.verify.final import final_redaction
from pipeline.verify.session import ReviewSession
from pipeline.verify.store import RecordingInfo
from tests.verify.conftest import small_material
from tests.verify.memory import MemoryStore
from tests.verify.sample import sample_sound
from tests.web.browsing import kinds, open_review, serving, until, until_still, until_true, wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def shown(page: Page, line: str) -> str:
    """What stands in a line."""
    return page.text_content(f"[data-line='{line}'] .text") or ""


def test_from_opening_to_verified_by_keyboard_alone(page: Page, store: MemoryStore) -> None:
    """Every question, a line read, the statement, the name: no mouse anywhere."""
    left = page.evaluate("Number(document.querySelector('#card h2').textContent.match(/of (\\d+)/)[1])")
    for n in range(left):
        page.keyboard.press("r" if n == 3 else "a")
        until(page, f"document.getElementById('counts').textContent.includes('{n + 1} of {left} questions')")
    page.keyboard.press("g")
    page.wait_for_timeout(6000)  # the time to read a line of 37 words
    page.keyboard.press("j")
    page.keyboard.press("j")
    until(page, "document.getElementById('counts').textContent.match(/[1-9]\\d* % read/)")
    page.keyboard.press("y")
    page.wait_for_selector("dialog[open] #accept")
    assert page.evaluate("document.activeElement.id") == "accept"
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "reviewer"
    page.keyboard.press("Control+a")
    page.keyboard.type("Robin Example")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.wait_for_selector("body[data-ready]")
    approval = store.approval("session-s1")
    assert approval is not None
    assert approval.reviewer == "Robin Example"
    assert approval.coverage > 0
    assert "Verified by Robin Example" in page.inner_text("#banner")
    assert kinds(store).count("reject") == 1


def test_marked_words_are_redacted_in_all_places_and_taken_back(page: Page, store: MemoryStore) -> None:
    """Mark, redact all mentions together, undo. Those of an ordinary word are ticked by a person."""
    before = page.text_content("#lines") or ""
    count = len(re.findall(r"\bbirds\b", before))
    assert count > 1
    page.evaluate(
        """async () => { const { model, shown, word, wordCount } = await import('/static/model.js');
        const t = await import('/static/transcript.js');
        for (const id of model.order) { const line = model.lines.get(id);
          for (let k = 0; k < wordCount(line); k++) if (shown(line, word(line, k).start, word(line, k).end).startsWith('birds')) {
            t.setCursor(id, k); return; } } }"""
    )
    page.keyboard.press("m")
    page.wait_for_selector("dialog[open] .mentions li")
    assert page.locator("dialog .mentions input:checked").count() == 1
    page.click("dialog >> text=Tick all")
    assert page.locator("dialog .mentions input:checked").count() == count
    page.click("dialog .main")
    wait_for(page, "Redacted")
    assert not re.search(r"\bbirds\b", (page.text_content("#lines") or ""))
    page.keyboard.press("u")
    wait_for(page, "Taken back: redacted")
    assert (page.text_content("#lines") or "") == before
    page.keyboard.press("Shift+U")
    wait_for(page, "Done again")
    assert kinds(store) == ["redact", "undo", "redo"]


def test_a_selection_by_mouse_can_be_redacted(page: Page, store: MemoryStore) -> None:
    """Words that are drawn over offer the bar; its button redacts."""
    page.keyboard.press("g")
    left, right, middle = until_still(
        page,
        """async () => { const t = await import('/static/spots.js'); const r = t.rangeOf('u0', 6, 11).getBoundingClientRect();
        return [r.x + 1, r.right - 1, r.y + r.height / 2]; }""",
    )
    page.mouse.move(left, middle)
    page.mouse.down()
    page.mouse.move(right, middle, steps=4)
    page.mouse.up()
    page.click("#selection-bar [data-act=mark]")
    page.click("dialog .main")
    wait_for(page, "Redacted")
    assert kinds(store) == ["redact"]
    assert "[Person" in shown(page, "u0")


def test_a_misheard_word_is_put_right(page: Page) -> None:
    """E chooses the word to type over it, Escape ends typing."""
    page.keyboard.press("g")
    page.keyboard.press("e")
    page.keyboard.type("Right")
    page.keyboard.press("Escape")
    until(page, "document.querySelector('[data-line=u0] .text').textContent.startsWith('Right')")


def test_a_line_and_a_border_go_to_another_participant(page: Page) -> None:
    """V gives the line; with words marked, only those."""
    page.keyboard.press("g")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("v")
    page.keyboard.type("P05")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('[data-line=u1] .code').textContent === 'P05'")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("v")
    page.keyboard.type("P06")
    page.keyboard.press("Enter")
    until(page, "document.querySelector(\"[data-line='u1.1'] .code\")?.textContent === 'P06'")


def test_a_voice_that_is_somebody_else_is_given_to_them(page: Page, store: MemoryStore) -> None:
    """The last question is a voice; R asks whose it is."""
    page.keyboard.press("Shift+N")
    page.keyboard.press("r")
    page.wait_for_selector("dialog[open] [role=listbox]")
    page.keyboard.type("P01")
    page.keyboard.press("Enter")
    wait_for(page, "The voice is P01")
    assert kinds(store) == ["name-voice"]
    assert page.locator(".line .code", has_text="P06").count() == 0


@pytest.mark.parametrize(
    ("key", "typed", "kind"),
    [
        ("c", "Organisation", "change-class"),
        ("l", "Next free", "change-label"),
        ("s", "[P02]", "same-as"),
        ("t", "Staff", "add-to-roster"),
    ],
)
def test_other_decisions_by_key(page: Page, store: MemoryStore, key: str, typed: str, kind: str) -> None:
    """Class, label, same as, roster: each by its key and a word typed."""
    page.keyboard.press("Shift+N")
    page.keyboard.press("Shift+N")  # before the voice
    page.keyboard.press(key)
    page.wait_for_selector("dialog[open] [role=listbox]")
    page.keyboard.type(typed)
    page.keyboard.press("Enter")
    if kind == "same-as":  # the other recording has the label too: what was done in which is told
        page.wait_for_selector("dialog[open] .each-done")
        page.keyboard.press("Escape")
    page.wait_for_selector("dialog[open]", state="hidden")
    until(page, "!document.getElementById('undo').disabled")
    assert kinds(store) == [kind]


def test_what_is_approved_is_what_was_shown(page: Page, store: MemoryStore) -> None:
    """The final record's text is the page's text, line for line."""
    page.keyboard.press("a")
    until(page, "!document.getElementById('undo').disabled")
    final = final_redaction(ReviewSession(store, "session-s1").state)
    assert [u.text for u in final.utterances] == page.locator(".line .text").all_text_contents()


def test_verifying_with_much_unread_is_asked_back(page: Page, store: MemoryStore) -> None:
    """The dialog says how much nobody read, the statement too, and leads back to the first unread line."""
    page.keyboard.press("y")
    page.wait_for_selector("dialog[open] .notice")
    assert "100 % of the words were neither read nor heard" in page.inner_text("dialog .notice")
    assert "0 % of its words were read or heard" in page.inner_text("dialog .accept")
    page.click("dialog .notice button")
    until(page, "!document.getElementById('dialog').open")
    until(page, "document.activeElement.dataset.line === 'u0'")
    assert store.approval("session-s1") is None


def test_what_still_stands_in_the_open_is_heard_and_needs_a_second_yes(browser: Browser) -> None:
    """Each place is listed with its reason, to hear and to go to; without the second tick nothing is verified."""
    store = MemoryStore("A study")
    material = small_material()
    store.put(RecordingInfo("r1", "week one", "redacted", 15.0, 1.0), material, sample_sound(15))
    with serving(store) as served:
        page = open_review(browser, served, "r1")
        while open_now := page.locator("#queue [data-question]").count():
            page.keyboard.press("a")
            until(page, f"document.querySelectorAll('#queue [data-question]').length < {open_now}")
        until(page, "document.getElementById('counts').textContent.includes('3 of 3')")
        page.keyboard.press("y")
        page.wait_for_selector("dialog[open] .still-open")
        assert page.locator("dialog .still-open mark").all_text_contents() == ["Quorn", "Tess"]
        page.click("dialog .still-open >> text=Go to it >> nth=1")
        until(page, "document.activeElement.dataset.line === 'u3'")
        assert not page.is_hidden("#selection-bar")
        page.keyboard.press("y")
        page.wait_for_selector("dialog[open] .still-open")
        page.click("dialog .still-open >> text=Hear >> nth=0")
        until(page, "!document.getElementById('sound').paused")
        page.check("#accept")
        assert page.is_disabled("dialog .dialog-foot .main")
        page.check("#accept-open")
        page.click("dialog .dialog-foot .main")
        until_true(page, lambda: store.approval("r1") is not None)
        approval = store.approval("r1")
        assert approval is not None
        assert approval.over == 2
        page.wait_for_selector("#banner:not([hidden]) >> text=Verified by")
        page.wait_for_selector("body[data-ready]")
        page.keyboard.press("u")
        wait_for(page, "Verified by")
        page.context.close()


def test_a_roster_name_that_is_typed_never_stands_in_the_open(page: Page, store: MemoryStore) -> None:
    """Typed with `E`, it is hidden and asked about at once; A is the one key it takes."""
    page.evaluate(
        """async () => { const t = await import('/static/transcript.js'); t.setCursor('u9', 0); t.setMarked(null); }"""
    )
    page.keyboard.press("e")
    page.keyboard.type("Helen")
    page.keyboard.press("Escape")
    wait_for(page, "a name of the roster")
    assert "Helen" not in page.inner_text("[data-line=u9] .text")
    page.keyboard.press("a")
    wait_for(page, "Redacted")
    assert kinds(store)[:2] == ["retype", "accept"]


def offered_elsewhere(page: Page, word: str) -> None:
    """A word redacted in one place, then given another class: where it stands besides is offered."""
    page.evaluate(
        """async (word) => { const { decide } = await import('/static/decide.js'); const { model, shown } = await import('/static/model.js');
        const [id, at] = [...model.lines.values()].map((line) => [line.id, shown(line, 0, 9999).indexOf(word)]).find(([id, at]) => at >= 0 && typeof model.lines.get(id).t[0] === 'string' && model.lines.get(id).t[0].includes(word));
        await decide({ kind: 'redact', places: [{ line: id, start_char: at, end_char: at + word.length }], type: 'PERSON', label: '' });
        (await import('/static/questions.js')).aim('m1.0', 'mark', { go: false }); }""",
        word,
    )
    assert not page.evaluate("document.getElementById('dialog').open")
    page.keyboard.press("c")
    page.keyboard.type("Organisation")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=The same words stand elsewhere")


def test_the_same_words_elsewhere_are_offered(page: Page, store: MemoryStore) -> None:
    """Redacting words in one place offers the others; Enter takes them."""
    offered_elsewhere(page, "sertraline")
    assert page.locator("dialog .mentions input:checked").count() >= 1
    page.keyboard.press("Enter")
    wait_for(page, "Redacted")
    assert kinds(store) == ["redact", "change-class", "redact"]


def test_an_ordinary_word_elsewhere_is_not_taken_by_enter(page: Page, store: MemoryStore) -> None:
    """Nothing is ticked beforehand, and Enter on the offer takes nothing out of the talk."""
    offered_elsewhere(page, "you")
    assert page.locator("dialog .mentions input").count() > 1
    assert page.locator("dialog .mentions input:checked").count() == 0
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog[open]", state="hidden")
    assert kinds(store) == ["redact", "change-class"]


def test_a_decision_that_came_too_late_is_refused_and_the_page_catches_up(
    page: Page, store: MemoryStore, wrong: list[str]
) -> None:
    """Somebody else took over while this computer slept: the page says who, and shows what they decided."""
    store._kept["session-s1"].lease = ("other", "Robin Example", float("inf"))
    other = ReviewSession(store, "session-s1")
    other.decide(
        ConfirmVoice(next(v.speaker for v in other.state.voices if v.open)), "Robin Example", "other"
    )
    page.keyboard.press("a")
    until(page, "document.getElementById('banner').textContent.includes('Robin Example is deciding')")
    assert "1 of" in page.inner_text("#counts")
    assert page.is_disabled("#verify")
    assert kinds(store) == ["confirm-voice"]
    wrong.clear()  # the browser logs the refusal as an error


def test_the_same_question_is_asked_once_with_its_places(page: Page, store: MemoryStore) -> None:
    """Each place can be heard and unticked; what is ticked is decided together, the rest stays a question."""
    several = "document.querySelectorAll('.places li').length"
    for _ in range(20):
        if page.evaluate(several):
            break
        page.keyboard.press("n")
    places = page.evaluate(several)
    assert places >= 2
    of = "Number(document.querySelector('#card h2').textContent.match(/of (\\d+)/)[1])"
    before = page.evaluate(of)
    assert before == page.evaluate("document.querySelectorAll('#queue [data-question]').length")
    page.locator(".places input").last.uncheck()
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("a")
    until_true(page, lambda: bool(kinds(store)))
    (event,) = [e for e in store.events("session-s1") if e.decision.kind == "accept"]
    assert len(event.decision.marks) == places - 1
    assert page.evaluate(of) == before  # one place of it is still open
