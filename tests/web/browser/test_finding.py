"""Find and replace in a real browser: words and labels, here and in other recordings, heard, ticked, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipeline.verify.final import redacted_text
from pipeline.verify.session import ReviewSession
from tests.web.browsing import kinds, until, until_true, wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.verify.memory import MemoryStore

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def text_of(store: MemoryStore, recording: str) -> str:
    state = ReviewSession(store, recording).state
    return "\n".join(redacted_text(line) for line in state.in_order())


def test_a_word_all_through_is_one_step_by_keyboard_alone(page: Page, store: MemoryStore) -> None:
    """/, the word, Enter, the other word, Enter; U takes all of it back."""
    before = text_of(store, "session-s1")
    count = before.split().count("the")
    assert count > 1
    page.keyboard.press("/")
    page.wait_for_selector("dialog[open] #find-words")
    page.keyboard.type("the")
    until(page, "document.querySelectorAll('#found li').length > 1")
    places = page.locator("#found li").count()
    page.keyboard.press("Enter")
    page.keyboard.type("zhe")
    page.keyboard.press("Enter")
    wait_for(page, f"Replaced in {places} places")
    assert kinds(store) == ["replace"]
    after = text_of(store, "session-s1")
    assert after.lower().replace("zhe", "the") == before.lower()
    assert page.locator(".line .text").all_text_contents() == after.split("\n")
    page.keyboard.press("u")
    wait_for(page, "Taken back")
    assert text_of(store, "session-s1") == before


def test_how_many_places_are_found_is_told_and_not_each_of_them(page: Page) -> None:
    """To whoever hears the page: hundreds of places would be read out for minutes."""
    page.keyboard.press("/")
    page.fill("#find-words", "the")
    until(page, "document.querySelectorAll('#found li').length > 1")
    places = page.locator("#found li").count()
    live = page.locator("dialog [role=status], dialog [aria-live]")
    assert str(places) in live.inner_text()
    assert page.locator("#found li").first.inner_text() not in live.inner_text()
    page.fill("#find-words", "xyzzyq")
    until(page, "document.querySelectorAll('#found li').length === 0")
    until(page, "document.getElementById('found-many').textContent.includes('Nothing')")


def test_a_place_that_is_unticked_stays_and_every_place_can_be_heard(page: Page, store: MemoryStore) -> None:
    page.keyboard.press("/")
    page.keyboard.type("the")
    until(page, "document.querySelectorAll('#found li').length > 1")
    places = page.locator("#found li").count()
    page.click("#found li:nth-child(2) >> text=Hear")
    until(page, "!document.getElementById('sound').paused")
    page.uncheck("#found li:nth-child(1) input")
    assert page.inner_text("#find-go") == f"Take the words out in {places - 1} places"
    page.fill("#find-text", "zhe")
    assert page.inner_text("#find-go") == f"Replace {places - 1} places"
    page.click("#find-go")
    wait_for(page, "Replaced")
    (event,) = [e for e in store.events("session-s1") if e.decision.kind == "replace"]
    assert len(event.decision.places) == places - 1  # type: ignore[union-attr]


def test_other_recordings_of_the_study_get_their_own_step_and_all_is_taken_back_at_once(
    page: Page, store: MemoryStore
) -> None:
    before = text_of(store, "session-s2")
    page.keyboard.press("/")
    page.keyboard.type("the")
    page.check("#find-study")
    until(page, "document.querySelectorAll('#found section').length === 2")
    page.click("[data-found=session-s2] li >> text=Hear >> nth=0")
    page.fill("#find-text", "zhe")
    page.click("#find-go")
    page.wait_for_selector("dialog[open] .each-done")
    assert page.locator("dialog .each-done li").all_text_contents() == ["session-s1", "session-s2"]
    assert text_of(store, "session-s2") != before
    page.click("#take-back")
    wait_for(page, "Taken back in 2 recordings")
    assert text_of(store, "session-s2") == before
    assert [e.decision.kind for e in store.events("session-s2")] == ["replace", "undo"]


def test_what_another_reviewer_holds_is_shown_and_not_touched(page: Page, store: MemoryStore) -> None:
    store.take_lease("session-s2", "another page", "Robin Example")
    before = text_of(store, "session-s2")
    page.keyboard.press("/")
    page.keyboard.type("the")
    page.check("#find-study")
    page.wait_for_selector("[data-found=session-s2] >> text=Robin Example is deciding on it")
    assert page.is_disabled("[data-found=session-s2] li input >> nth=0")
    page.fill("#find-text", "zhe")
    page.click("#find-go")
    until_true(page, lambda: kinds(store) == ["replace"])
    assert text_of(store, "session-s2") == before


def test_a_name_put_in_is_hidden_and_asked_about(page: Page, store: MemoryStore) -> None:
    page.keyboard.press("/")
    page.keyboard.type("the")
    until(page, "document.querySelectorAll('#found li').length > 1")
    page.fill("#find-text", "Helen")
    page.click("#find-go")
    wait_for(page, "Replaced")
    assert "Helen" not in (page.text_content("#lines") or "")
    assert "Helen" not in text_of(store, "session-s1")


def test_a_label_is_found_and_given_another(page: Page) -> None:
    label = page.evaluate("document.querySelector('.chip.hides').textContent")
    page.keyboard.press("/")
    page.check("#find-label")
    page.fill("#find-words", label)
    until(page, "document.querySelectorAll('#found li').length > 0")
    places = page.locator("#found li").count()
    page.fill("#find-text", "Registrar")
    page.click("#find-go")
    wait_for(page, "Replaced")
    assert page.locator(".chip", has_text="[Registrar]").count() >= places


# --- labels ------------------------------------------------------------------------------------------


def test_a_label_is_renamed_in_every_open_recording_by_keyboard(page: Page, store: MemoryStore) -> None:
    """I, Rename, the new text, Enter; what was done where is told, with a way back."""
    label = "[Person 1]"
    assert all(label in text_of(store, name) for name in ("session-s1", "session-s2"))
    page.keyboard.press("i")
    page.wait_for_selector("dialog[open] .labels")
    page.click(f"[data-label='{label}'] >> text=Rename")
    page.wait_for_selector("dialog[open] #label-to")
    page.keyboard.type("Registrar")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open] .each-done")
    for name in ("session-s1", "session-s2"):
        assert label not in text_of(store, name)
        assert "[Registrar]" in text_of(store, name)
    assert page.locator(".line .chip", has_text=label).count() == 0
    page.click("#take-back")
    wait_for(page, "Taken back in 2 recordings")
    assert label in text_of(store, "session-s1")


def test_a_label_that_holds_a_name_is_refused_and_nothing_changes(
    page: Page, store: MemoryStore, wrong: list[str]
) -> None:
    before = text_of(store, "session-s1")
    page.keyboard.press("i")
    page.click("[data-label='[Person 1]'] >> text=Rename")
    page.fill("#label-to", "Helen's boss")
    page.click("#label-go")
    wait_for(page, "holds a name")
    assert text_of(store, "session-s1") == before
    wrong.clear()  # the browser logs the refusal as an error


def test_where_a_label_stands_is_shown(page: Page) -> None:
    page.keyboard.press("i")
    page.click("[data-label='[Person 1]'] >> text=Where")
    page.wait_for_selector("dialog[open] #find-words")
    until(page, "document.querySelectorAll('#found section').length === 2")
    assert page.input_value("#find-words") == "[Person 1]"


def test_same_as_holds_for_the_study_and_goes_to_the_code(page: Page, store: MemoryStore) -> None:
    """Said of a participant's code, it is the other label that is given up."""
    page.keyboard.press("i")
    page.click("[data-label='[P02]'] >> text=Same as")
    page.wait_for_selector("dialog[open] [role=listbox]")
    page.keyboard.type("[Person 1]")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open] >> text=All [Person 1] are now [P02]")
    assert "[Person 1]" not in text_of(store, "session-s1") + text_of(store, "session-s2")


def test_a_mention_can_get_a_label_in_ones_own_words(page: Page, store: MemoryStore) -> None:
    page.evaluate(
        """async () => { const { model } = await import('/static/model.js'); const q = await import('/static/questions.js');
        for (const [id, mark] of model.marks) if (mark.piece.t === '[Person 1]') { q.aim(id, 'mark'); return; } }"""
    )
    page.keyboard.press("l")
    page.keyboard.type("Ward sister")
    page.keyboard.press("Enter")
    until_true(page, lambda: kinds(store) == ["change-label"])
    assert "[Ward sister]" in text_of(store, "session-s1")


# --- what was done -----------------------------------------------------------------------------------


def test_steps_are_listed_gone_to_and_taken_back(page: Page, store: MemoryStore) -> None:
    """D lists them without words until these are asked for; the older one takes the younger along."""
    before = text_of(store, "session-s1")
    page.evaluate(
        """async () => { const { decide } = await import('/static/decide.js'); const { model } = await import('/static/model.js');
        for (const id of ['u9', 'u4']) { const at = model.lines.get(id).w;
          await decide({ kind: 'correct', place: { line: id, start_char: at[0], end_char: at[1] }, text: 'Certainly' }); } }"""
    )
    page.keyboard.press("d")
    page.wait_for_selector("dialog[open] .done li")
    assert page.locator("dialog .done li").count() == 2
    assert "Certainly" not in page.inner_text("dialog")
    page.check("#done-words")
    page.wait_for_selector("dialog[open] ins >> text=Certainly")
    page.click("dialog .done li:nth-child(2) >> text=Go to it")
    until(page, "document.activeElement.dataset.line === 'u9'")
    page.keyboard.press("d")
    page.click("#before-line")
    page.wait_for_selector("dialog[open] .before-after .after >> text=Certainly")
    page.click("dialog .dialog-foot >> text=What was done")
    page.click("dialog .done li:nth-child(2) >> text=Take back 2 steps")
    wait_for(page, "Taken back: 2 steps")
    assert text_of(store, "session-s1") == before
    assert kinds(store) == ["correct", "correct", "undo", "undo"]


def test_undo_says_what_and_where_and_goes_there(page: Page) -> None:
    page.evaluate(
        """async () => { const { decide } = await import('/static/decide.js'); const { model } = await import('/static/model.js');
        const at = model.lines.get('u9').w;
        await decide({ kind: 'correct', place: { line: 'u9', start_char: at[0], end_char: at[1] }, text: 'Certainly' });
        (await import('/static/transcript.js')).setCursor('u0'); }"""
    )
    page.keyboard.press("u")
    wait_for(page, "Taken back: words put right (0:0")
    until(page, "document.querySelector('.line.here').dataset.line === 'u9'")
