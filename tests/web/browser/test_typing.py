"""Typing into the lines in a real browser: words, replacements, offers, cutting and joining, undo, by key and by mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipeline.verify.session import ReviewSession
from tests.verify.memory import MemoryStore
from tests.web.browsing import kinds, until, until_still, until_true, wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def shown(page: Page, line: str) -> str:
    """What stands in a line, without what holds the caret's place."""
    return (page.text_content(f"[data-line='{line}'] .text") or "").replace("\u200b", "")


def type_in(page: Page, line: str, at: int) -> None:
    """The caret before a character of a line."""
    page.evaluate("async ([line, at]) => (await import('/static/typing.js')).type(line, at)", [line, at])


def text_of(store: MemoryStore, line: str) -> str:
    return ReviewSession(store, "session-s1").state.lines[line].text


def place_of(page: Page, line: str, start: int, end: int) -> list[float]:
    """The middle of some characters on the screen."""
    page.evaluate("async (line) => (await import('/static/transcript.js')).show(line)", line)
    found: list[float] = until_still(
        page,
        f"""(async () => {{ const r = (await import('/static/spots.js')).rangeOf('{line}', {start}, {end}).getBoundingClientRect();
        return [r.x + r.width / 2, r.y + r.height / 2]; }})()""",
    )
    return found


def test_words_are_typed_at_the_caret_and_kept(page: Page, store: MemoryStore) -> None:
    """A double click chooses the word to type over; the next click puts the caret elsewhere. What was typed is kept in
    a moment without a key, and keys mean letters until Escape."""
    before = text_of(store, "u9")
    word = before.split()[1]
    at = before.index(word)
    page.mouse.dblclick(*place_of(page, "u9", at, at + len(word)))
    page.keyboard.type("brand new")
    until_true(page, lambda: kinds(store) == ["retype"])
    page.keyboard.type("er words")
    page.keyboard.press("Escape")
    until_true(page, lambda: kinds(store) == ["retype", "retype"])
    assert text_of(store, "u9") == before.replace(word, "brand newer words", 1)
    assert shown(page, "u9") == text_of(store, "u9")
    page.keyboard.press("u")
    wait_for(page, "words put right")


def test_a_click_goes_on_typing_in_another_line(page: Page, store: MemoryStore) -> None:
    """What was typed in the first is kept by then."""
    type_in(page, "u9", 0)
    page.keyboard.type("One ")
    page.mouse.click(*place_of(page, "u10", 0, 1))
    until(page, "document.activeElement.closest('[data-line]')?.dataset.line === 'u10'")
    page.keyboard.press("Home")
    page.keyboard.type("Two ")
    page.keyboard.press("Escape")
    until_true(page, lambda: kinds(store) == ["retype", "retype"])
    assert text_of(store, "u9").startswith("One ")
    assert text_of(store, "u10").startswith("Two ")


def test_going_on_while_what_was_typed_is_being_kept(page: Page, store: MemoryStore) -> None:
    """A click on another line, and letters at once, while the first is on its way: all of it where it was meant, and
    the caret does not go back."""
    type_in(page, "u9", 0)
    page.keyboard.type("One ")
    where = place_of(page, "u10", 0, 1)
    page.evaluate(
        "import('/static/typing.js').then((typing) => { typing.calmly(() => new Promise((done) => { setTimeout(done, 400); })); })"
    )
    page.keyboard.type("and ")
    page.mouse.click(*where)
    page.keyboard.type("x")
    until(
        page,
        "document.activeElement.isContentEditable && document.activeElement.closest('[data-line]').dataset.line === 'u10'",
    )
    page.keyboard.press("Escape")
    until_true(page, lambda: text_of(store, "u9").startswith("One and "))
    until_true(page, lambda: "x" in text_of(store, "u10")[:3])
    assert set(kinds(store)) == {"retype"}


def line_with_chips(store: MemoryStore, least: int = 1) -> str:
    state = ReviewSession(store, "session-s1").state
    return next(
        each.id
        for each in state.in_order()
        if sum(m.hides for m in each.marks) >= least and len(each.text) > 40
    )


def test_a_replacement_cannot_be_broken(page: Page, store: MemoryStore) -> None:
    """Typed over with all of the line chosen, deleted beside and over, dragged over, pasted over: it stays."""
    line = line_with_chips(store)
    before = ReviewSession(store, "session-s1").state.lines[line]
    chips = [m.replacement for m in before.marks if m.hides]
    type_in(page, line, 0)
    for keys in (
        ["Control+a", "x"],
        ["Control+a", "Delete"],
        ["End", *["Backspace"] * 90],
        ["Home", *["Delete"] * len(chips)],
    ):
        for key in keys:
            page.keyboard.press(key)
            if key == "Backspace" and page.evaluate(
                "getSelection().anchorOffset < 2 && document.activeElement.firstChild === getSelection().anchorNode"
            ):
                break
        assert page.locator(f"[data-line='{line}'] .chip.hides").all_text_contents() == chips
    page.keyboard.press("Control+a")
    page.evaluate(
        "() => { const d = new DataTransfer(); d.setData('text/plain', 'pasted\\n words');"
        " document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData: d, bubbles: true, cancelable: true })); }"
    )
    page.keyboard.press("Escape")
    until_true(page, lambda: "retype" in kinds(store))
    page.wait_for_timeout(300)
    after = ReviewSession(store, "session-s1").state.lines[line]
    assert [after.words_of(m) for m in after.marks if m.hides] == [
        before.words_of(m) for m in before.marks if m.hides
    ]
    assert shown(page, line).startswith("pasted words")


def test_a_known_name_is_offered_and_one_enter_takes_it(page: Page, store: MemoryStore) -> None:
    """It is a replacement at once; typing goes on behind it."""
    type_in(page, "u9", 0)
    page.keyboard.type("Helen")
    until(page, "!document.getElementById('known').hidden")
    assert "[F01]" in page.inner_text("#known")
    page.keyboard.press("Enter")
    wait_for(page, "Redacted as [F01]")
    page.keyboard.type(" said")
    page.keyboard.press("Escape")
    until(page, "document.querySelector('[data-line=u9] .text').textContent.startsWith('[F01] said')")
    state = ReviewSession(store, "session-s1").state
    (mark,) = [m for m in state.lines["u9"].marks if state.lines["u9"].words_of(m) == "Helen"]
    assert mark.verdict == "accepted"


def test_enter_on_an_ordinary_word_cuts_the_line(page: Page, store: MemoryStore) -> None:
    """A verb that is also somebody's name is offered, but has to be chosen first."""
    from pipeline.records import Person

    material = store.load("session-s1")
    people = (*material.roster.people, Person("P31", "May Example", ()))
    from dataclasses import replace

    store.put(store.recordings()[0], replace(material, roster=replace(material.roster, people=people)))
    store.take_lease("session-s1", "x", "x")
    store.release_lease("session-s1", "x")
    page.reload()
    page.wait_for_selector("body[data-ready]")
    type_in(page, "u9", 0)
    page.keyboard.type("we may")
    page.wait_for_timeout(600)
    assert page.locator("#known [aria-selected=true]").count() == 0
    page.keyboard.press("Enter")
    until_true(page, lambda: kinds(store) == ["retype", "split"])
    assert text_of(store, "u9") == "we may"


def test_enter_cuts_and_backspace_joins(page: Page, store: MemoryStore) -> None:
    """The caret goes on in the second part; undo while typing takes each back."""
    before = text_of(store, "u9")
    count = page.locator("#lines > .line").count()
    type_in(page, "u9", before.index(" ") + 1)
    page.keyboard.press("Enter")
    until(page, f"document.querySelectorAll('#lines > .line').length === {count + 1}")
    until(page, "document.activeElement.closest('[data-line]')?.dataset.line === 'u9.e1'")
    page.keyboard.type("And ")
    page.keyboard.press("Home")
    page.keyboard.press("Backspace")
    until(page, f"document.querySelectorAll('#lines > .line').length === {count}")
    page.keyboard.type("so ")
    page.keyboard.press("Escape")
    until_true(page, lambda: kinds(store) == ["split", "retype", "join", "retype"])
    first, _, rest = before.partition(" ")
    assert text_of(store, "u9") == f"{first} so And {rest}"
    order = page.evaluate("[...document.querySelectorAll('#lines > .line')].map((each) => each.dataset.line)")
    assert order == list(ReviewSession(store, "session-s1").state.order)
    type_in(page, "u9", 0)
    for _ in range(4):
        page.keyboard.press("Control+z")
    until_true(page, lambda: kinds(store)[-4:] == ["undo"] * 4)
    until(
        page,
        f"document.querySelector('[data-line=u9] .text').textContent.replaceAll('\\u200b', '').length === {len(before)}",
    )


def test_backspace_joins_with_another_speakers_line_and_delete_with_the_next(
    page: Page, store: MemoryStore
) -> None:
    state = ReviewSession(store, "session-s1").state
    first, second, third = state.order[9:12]
    type_in(page, second, 0)
    page.keyboard.press("Backspace")
    until_true(page, lambda: second not in ReviewSession(store, "session-s1").state.lines)
    until(page, f"document.activeElement.closest('[data-line]')?.dataset.line === '{first}'")
    page.keyboard.press("End")
    page.keyboard.press("Delete")
    until_true(page, lambda: third not in ReviewSession(store, "session-s1").state.lines)
    joined = ReviewSession(store, "session-s1").state.lines[first]
    assert joined.participant == state.lines[first].participant
    assert joined.text == " ".join(state.lines[name].text for name in (first, second, third))


def test_a_click_on_the_code_gives_the_line_away(page: Page, store: MemoryStore) -> None:
    page.click("[data-line=u9] .code")
    page.wait_for_selector("dialog[open] [role=listbox]")
    page.keyboard.type("P05")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('[data-line=u9] .code').textContent === 'P05'")
    assert kinds(store) == ["move"]


def test_arrows_lead_from_line_to_line(page: Page) -> None:
    type_in(page, "u9", 0)
    page.keyboard.press("ArrowLeft")
    until(page, "document.activeElement.closest('[data-line]')?.dataset.line === 'u8'")
    page.keyboard.press("ArrowRight")
    until(page, "document.activeElement.closest('[data-line]')?.dataset.line === 'u9'")
    page.keyboard.press("ArrowUp")
    until(page, "document.activeElement.closest('[data-line]')?.dataset.line === 'u8'")


def test_the_recognizers_look_through_what_was_typed(page: Page, store: MemoryStore) -> None:
    """A name that the study does not know: hidden a moment later, and asked about."""
    type_in(page, "u9", 0)
    page.keyboard.type("My name is Siobhan Farquharson and ")
    page.keyboard.press("Escape")
    until_true(page, lambda: "look" in [e.decision.kind for e in store.events("session-s1")])
    until(page, "!document.querySelector('[data-line=u9] .text').textContent.includes('Farquharson')")
    assert any(
        m.open and m.found_by == "what was typed"
        for m in ReviewSession(store, "session-s1").state.lines["u9"].marks
    )


class Composing:
    """A keyboard that composes letters, as Chromium hears of it from the system."""

    def __init__(self, page: Page) -> None:
        self.wire = page.context.new_cdp_session(page)

    def so_far(self, *texts: str) -> None:
        """What is composed so far, one after the other; none of it is there any more with an empty text."""
        for text in texts:
            told = {"text": text, "selectionStart": len(text), "selectionEnd": len(text)}
            self.wire.send("Input.imeSetComposition", told)

    def done(self, text: str) -> None:
        """These letters have come of it."""
        self.wire.send("Input.insertText", {"text": text})


@pytest.fixture
def composing(page: Page) -> Composing:
    return Composing(page)


def gap_of(page: Page, line: str, gap: int, at: int | None = None) -> None:
    """The caret into the text behind so many replacements: at its start, its end (-1), or behind some letters."""
    page.evaluate(
        """async ([line, gap, at]) => {
        const { type, typing } = await import('/static/typing.js');
        const { select } = await import('/static/gaps.js');
        if (typing.at?.id !== line) await type(line, 0);
        select(typing.at.element, { gap, at: at < 0 ? typing.at.texts[gap].length : at }); }""",
        [line, gap, at or 0],
    )


def texts_of(page: Page, line: str) -> list[str]:
    """What stands before, between and behind the replacements that are shown."""
    found: list[str] = page.evaluate(
        """async (line) => {
        const { read } = await import('/static/gaps.js');
        return read(document.querySelector(`[data-line='${line}'] .text`)).texts; }""",
        line,
    )
    return found


def kept_texts(store: MemoryStore, line: str) -> list[str]:
    """The same as it is kept."""
    state = ReviewSession(store, "session-s1").state.lines[line]
    texts, at = [], 0
    for mark in sorted((m for m in state.marks if m.hides), key=lambda m: m.start_char):
        texts.append(state.text[at : mark.start_char])
        at = mark.end_char
    return [*texts, state.text[at:]]


def chips_of(page: Page, line: str) -> list[str]:
    return page.locator(f"[data-line='{line}'] .chip.hides").all_text_contents()


def side_by_side(page: Page, store: MemoryStore) -> str:
    """A line where nothing but a space stands between two replacements."""
    page.evaluate(
        """async () => {
        const { decide } = await import('/static/decide.js');
        for (const [a, b] of [[8, 13], [14, 17]]) await decide({ kind: 'redact', places: [{ line: 'u9', start_char: a, end_char: b }], type: 'PERSON', label: '' }); }"""
    )
    until(page, "document.querySelectorAll('[data-line=u9] .chip.hides').length > 1")
    return "u9"


def leave_line(page: Page, store: MemoryStore, line: str) -> list[str]:
    """Typing ends; what is shown is what is kept."""
    chips = chips_of(page, line)
    page.keyboard.press("Escape")
    until(page, "document.querySelector('.line.typing') === null")  # what waited has been typed
    until_true(page, lambda: kept_texts(store, line) == texts_of(page, line))
    page.wait_for_timeout(300)
    assert chips_of(page, line) == chips
    return kept_texts(store, line)


def test_composed_letters_are_one_step(page: Page, store: MemoryStore, composing: Composing) -> None:
    """Among typed ones; a dead key's too. Undo takes them back together."""
    before = text_of(store, "u9")
    type_in(page, "u9", 0)
    composing.so_far("\u304b", "\u304b\u3093", "\u6f22")
    composing.done("\u6f22\u5b57")
    page.keyboard.type(" caf")
    composing.so_far("\u00b4")
    composing.done("\u00e9")
    page.keyboard.type(" x ")
    assert shown(page, "u9") == f"\u6f22\u5b57 caf\u00e9 x {before}"
    until_true(page, lambda: kinds(store) == ["retype"])
    assert text_of(store, "u9") == f"\u6f22\u5b57 caf\u00e9 x {before}"
    composing.so_far("\u304b", "\u6f22")
    composing.done("\u6f22 ")
    page.keyboard.press("Control+z")
    until_true(page, lambda: kinds(store) == ["retype", "retype", "undo"])
    until_true(page, lambda: shown(page, "u9") == f"\u6f22\u5b57 caf\u00e9 x {before}")
    assert text_of(store, "u9") == f"\u6f22\u5b57 caf\u00e9 x {before}"


@pytest.mark.parametrize("where", ["before", "behind"])
def test_letters_composed_beside_a_replacement(
    page: Page, store: MemoryStore, composing: Composing, where: str
) -> None:
    """They are a word of their own, as typed ones are; the caret goes on behind them."""
    line = line_with_chips(store)
    before = kept_texts(store, line)
    chips = chips_of(page, line)
    gap_of(page, line, *((0, -1) if where == "before" else (1, 0)))
    composing.so_far("e", "\u00ea", "\u00eat")
    composing.done("\u00eatre")
    page.wait_for_timeout(50)
    page.keyboard.type("s")
    assert chips_of(page, line) == chips
    after = leave_line(page, store, line)
    words = "\u00eatre"
    if where == "before":
        assert after[0].startswith(before[0] + words)
        assert after[1:] == before[1:]
    else:
        assert after[1].lstrip().startswith(words + "s")
        assert after[1].endswith(before[1])
        assert after[0] == before[0]


def test_letters_composed_between_two_replacements(
    page: Page, store: MemoryStore, composing: Composing
) -> None:
    """Where a space stands between them, and where nothing does; cancelled and done."""
    line = side_by_side(page, store)
    chips = chips_of(page, line)
    gap_of(page, line, 1, -1)
    page.keyboard.press("Backspace")
    composing.so_far("\u304b", "\u304b\u3093", "")
    assert chips_of(page, line) == chips
    composing.so_far("\u304b", "\u304b\u3093")
    composing.done("\u6f22\u5b57")
    assert chips_of(page, line) == chips
    assert "\u6f22\u5b57" in leave_line(page, store, line)[1]


@pytest.mark.parametrize("cancelled", [False, True])
def test_letters_composed_over_what_holds_replacements(
    page: Page, store: MemoryStore, composing: Composing, cancelled: bool
) -> None:
    """All of the line is chosen: its words go, its replacements stay. Cancelled, the words are there again."""
    line = side_by_side(page, store)
    chips = chips_of(page, line)
    type_in(page, line, 0)
    page.keyboard.type("New ")
    before = texts_of(page, line)
    page.keyboard.press("Control+a")
    composing.so_far("\u304b", "\u304b\u3093")
    assert chips_of(page, line) == chips
    if cancelled:
        composing.so_far("")
        page.wait_for_timeout(50)
        assert texts_of(page, line) == before
        assert leave_line(page, store, line) == [before[0].replace("  ", " "), *before[1:]]
    else:
        composing.done("\u6f22\u5b57")
        after = leave_line(page, store, line)
        assert after[0].strip() == "\u6f22\u5b57"
        assert "".join(after[1:]).strip() == ""


def test_composing_is_cancelled(page: Page, store: MemoryStore, composing: Composing) -> None:
    """Nothing comes of it, and what was typed before stays."""
    before = text_of(store, "u9")
    type_in(page, "u9", 0)
    page.keyboard.type("Kept ")
    composing.so_far("\u304b", "\u304b\u3093", "")
    assert shown(page, "u9") == f"Kept {before}"
    page.keyboard.type("on ")
    page.keyboard.press("Escape")
    until_true(page, lambda: kinds(store) == ["retype"])
    assert text_of(store, "u9") == f"Kept on {before}"


def test_nothing_changes_a_line_while_letters_are_composed(
    page: Page, store: MemoryStore, composing: Composing
) -> None:
    """Neither the pause after letters typed before, nor what is being kept, nor what somebody else decides: they wait."""
    before = text_of(store, "u9")
    type_in(page, "u9", 0)
    page.keyboard.type("One ")
    page.evaluate("document.querySelector('[data-line=u9] .text').dataset.mine = 'yes'")
    composing.so_far("\u304b")
    page.wait_for_timeout(1600)
    assert kinds(store) == []
    composing.done("\u6f22 ")
    page.evaluate(
        """async () => { const [{ calmly }, { decide }] = await Promise.all([import('/static/typing.js'), import('/static/decide.js')]);
        calmly(async () => {
            await new Promise((done) => { setTimeout(done, 500); });
            return decide({ kind: 'redact', places: [{ line: 'u9', start_char: 6, end_char: 12 }], type: 'PERSON', label: '' }); }); }"""
    )
    until_true(page, lambda: kinds(store) == ["retype"])
    page.keyboard.type("Two ")
    page.evaluate("document.querySelector('[data-line=u9] .text').dataset.mine = 'yes'")
    composing.so_far("\u304b")
    until_true(page, lambda: kinds(store) == ["retype", "redact"])
    composing.so_far("\u304b\u3093")
    page.wait_for_timeout(200)
    assert page.locator("[data-line=u9] .text[data-mine]").count() == 1
    assert shown(page, "u9") == f"One \u6f22 \u304b\u3093{before}"
    composing.done("\u6587\u5b57")
    until(page, "document.querySelectorAll('[data-line=u9] .chip.hides').length === 1")
    page.keyboard.type("x")
    assert leave_line(page, store, "u9") == ["One \u6f22 Two \u6587\u5b57x ", before[6:]]


def test_letters_composed_while_what_was_typed_is_being_kept(
    page: Page, store: MemoryStore, composing: Composing
) -> None:
    before = text_of(store, "u9")
    type_in(page, "u9", 0)
    page.keyboard.type("One ")
    page.evaluate(
        "import('/static/typing.js').then((typing) => { typing.calmly(() => new Promise((done) => { setTimeout(done, 700); })); })"
    )
    composing.so_far("\u304b", "\u304b\u3093")
    page.wait_for_timeout(200)
    composing.done("\u6f22 ")
    page.keyboard.type("and ")
    page.keyboard.press("Escape")
    until_true(page, lambda: text_of(store, "u9") == f"One \u6f22 and {before}")


def test_composing_ends_with_a_click_elsewhere(page: Page, store: MemoryStore, composing: Composing) -> None:
    """What was composed by then stays where it was, and typing goes on in the other line."""
    before = text_of(store, "u9")
    where = place_of(page, "u10", 0, 1)
    type_in(page, "u9", 0)
    composing.so_far("\u304b", "\u304b\u3093")
    page.mouse.click(*where)
    until(page, "document.activeElement.closest('[data-line]')?.dataset.line === 'u10'")
    page.keyboard.press("Escape")
    until_true(page, lambda: text_of(store, "u9") == f"\u304b\u3093{before}")
    assert shown(page, "u9") == text_of(store, "u9")
