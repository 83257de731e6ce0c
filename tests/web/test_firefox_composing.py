"""Letters composed in Firefox (an input method, a dead key): kept as one step, and no replacement is broken.

Its own input methods' way in is used, so its events come in its own order: once the letters are done, `compositionend` and
one more `input` outside the composition, where Chromium has none.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from pipeline.verify.decisions import Place, Redact
from pipeline.verify.session import ReviewSession
from tests.verify.memory import MemoryStore
from tests.web.browser.test_typing import kept_texts, text_of
from tests.web.browsing import PATIENCE_SECONDS, kinds, serving
from tests.web.firefox import Firefox, firefox

pytestmark = [pytest.mark.browser, pytest.mark.slow]
KANA, KANJI = ("\u304b", "\u304b\u3093"), "\u6f22\u5b57"
EVENTS = ("compositionstart", "compositionupdate", "compositionend", "beforeinput", "input")


@pytest.fixture(scope="module")
def browser() -> Iterator[Firefox]:
    """One Firefox for this file."""
    with firefox() as opened:
        yield opened


@pytest.fixture
def page(browser: Firefox, store: MemoryStore, request: pytest.FixtureRequest) -> Iterator[Firefox]:
    """A page on the first recording, with what the test needs in it."""
    if "side_by_side" in request.fixturenames:
        request.getfixturevalue("side_by_side")
    with serving(store) as served:
        browser.goto(served.link("session-s1"))
        browser.until("document.body?.dataset.ready")
        yield browser
        browser.goto("about:blank")


@pytest.fixture
def side_by_side(store: MemoryStore) -> str:
    """Before the page is opened: a line with two replacements and a space between them."""
    store.take_lease("session-s1", "test", "Sam Example")
    session = ReviewSession(store, "session-s1")
    for start, end in ((8, 13), (14, 17)):
        session.decide(Redact((Place("u9", start, end),), "PERSON"), "Sam Example", "test")
    store.release_lease("session-s1", "test")
    return "u9"


def type_in(page: Firefox, line: str, gap: int = 0, at: int = 0) -> None:
    """Clicked, E pressed, and the caret put into the text behind so many replacements (at -1: at its end)."""
    page.run(
        "document.querySelector(`[data-line=${arguments[0]}]`).scrollIntoView({ block: 'center' })", line
    )
    page.click(*page.place(LETTER, line))
    page.press("e")
    page.until(
        f"document.activeElement.isContentEditable && document.activeElement.closest('[data-line={line}]')"
    )
    page.run(CARET, gap, at)


LETTER = """const range = document.createRange();
const { firstChild } = document.querySelector(`[data-line='${arguments[0]}'] .text`);
range.setStart(firstChild, 1); range.setEnd(firstChild, 2);
const box = range.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2];"""
CARET = """const [gap, at] = arguments; let left = gap;
for (const node of document.activeElement.childNodes) {
  if (node.nodeType !== Node.TEXT_NODE) left -= 1;
  else if (!left) { getSelection().collapse(node, at < 0 ? node.data.length : at); return; }
}"""
SHOWN = """const texts = [''];
for (const node of document.querySelector(`[data-line='${arguments[0]}'] .text`).childNodes) {
  if (node.classList?.contains('hides')) texts.push('');
  else texts[texts.length - 1] += node.textContent.replaceAll('\\u200b', '');
} return texts;"""


def shown(page: Firefox, line: str) -> list[str]:
    """What stands before, between and behind the replacements that are shown."""
    texts: list[str] = page.run(SHOWN, line)
    return texts


def chips(page: Firefox, line: str) -> list[str]:
    found: list[str] = page.run(
        "return [...document.querySelectorAll(`[data-line='${arguments[0]}'] .chip.hides`)].map((e) => e.textContent)",
        line,
    )
    return found


def until(true: Callable[[], bool], what: Callable[[], object]) -> None:
    """Wait until something holds; else tell what is there instead."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < end, what()
        time.sleep(0.05)


def leave_line(page: Firefox, store: MemoryStore, line: str) -> list[str]:
    """Typing ends; what is shown is what is kept, and no replacement has gone."""
    before = chips(page, line)
    page.press("Escape")
    page.until("document.querySelector('.line.typing') === null")  # what waited has been typed
    until(
        lambda: kept_texts(store, line) == shown(page, line),
        lambda: (kept_texts(store, line), shown(page, line)),
    )
    time.sleep(0.3)
    assert chips(page, line) == before
    return kept_texts(store, line)


def test_firefox_tells_of_its_composing_as_it_does_at_a_keyboard(page: Firefox) -> None:
    """What the others stand on: the events are Firefox's own, trusted and in its order."""
    type_in(page, "u9")
    page.run(
        """window.heard = []; for (const name of arguments[0]) document.addEventListener(name, (e) => {
        if (e.isTrusted) heard.push(e.isComposing ? `${name} composing` : name); }, true);""",
        EVENTS,
    )
    page.compose(KANA[0])
    page.composed(KANJI)
    page.until("heard.at(-1) === 'input'")
    update = ["compositionupdate", "beforeinput composing", "input composing"]
    assert page.run("return heard") == ["compositionstart", *update, *update, "compositionend", "input"]


def test_composed_letters_are_one_step(page: Firefox, store: MemoryStore) -> None:
    """Among typed ones; a dead key's too. Undo takes them back together."""
    before = text_of(store, "u9")
    type_in(page, "u9")
    page.compose(*KANA)
    page.composed(KANJI)
    page.press(*" caf")
    page.compose("\u00b4")
    page.composed("\u00e9")
    page.press(*" x ")
    made = f"{KANJI} caf\u00e9 x {before}"
    until(lambda: text_of(store, "u9") == made, lambda: text_of(store, "u9"))
    assert "".join(shown(page, "u9")) == made
    page.compose(*KANA)
    page.composed(f"{KANJI} ")
    assert leave_line(page, store, "u9") == [f"{KANJI} caf\u00e9 x {KANJI} {before}"]
    page.press("u")
    until(lambda: kinds(store)[-1] == "undo", lambda: kinds(store))
    assert text_of(store, "u9") == made


@pytest.mark.parametrize(("gap", "at"), [(0, -1), (1, 0)], ids=["before", "behind"])
def test_letters_composed_beside_a_replacement(
    page: Firefox, store: MemoryStore, side_by_side: str, gap: int, at: int
) -> None:
    """They are a word of their own, as typed ones are; the caret goes on behind them."""
    line = side_by_side
    before, there = kept_texts(store, line), chips(page, line)
    type_in(page, line, gap, at)
    page.compose("e", "\u00ea", "\u00eat")
    page.composed("\u00eatre")
    time.sleep(0.1)
    page.press("s")
    assert chips(page, line) == there
    after = leave_line(page, store, line)
    assert after[gap].replace(before[gap].strip(), "").strip() in ("\u00eatres", "s\u00eatre")
    assert [each for n, each in enumerate(after) if n != gap] == [e for n, e in enumerate(before) if n != gap]


def test_letters_composed_between_two_replacements(
    page: Firefox, store: MemoryStore, side_by_side: str
) -> None:
    """Where nothing stands between them any more; cancelled and done."""
    line = side_by_side
    there = chips(page, line)
    type_in(page, line, 1, -1)
    page.press("Backspace")
    page.compose(*KANA, "")
    assert chips(page, line) == there
    page.compose(*KANA)
    page.composed(KANJI)
    assert chips(page, line) == there
    assert KANJI in leave_line(page, store, line)[1]


@pytest.mark.parametrize("cancelled", [False, True])
def test_letters_composed_over_what_holds_replacements(
    page: Firefox, store: MemoryStore, side_by_side: str, cancelled: bool
) -> None:
    """All of the line is chosen: its words go, its replacements stay. Cancelled, the words are there again."""
    line = side_by_side
    there = chips(page, line)
    type_in(page, line)
    page.press(*"New ")
    before = shown(page, line)
    page.run("getSelection().selectAllChildren(document.activeElement)")
    page.compose(*KANA)
    assert chips(page, line) == there
    if cancelled:
        page.compose("")
        until(lambda: shown(page, line) == before, lambda: shown(page, line))
        assert leave_line(page, store, line) == [before[0].replace("  ", " "), *before[1:]]
    else:
        page.composed(KANJI)
        first, *others = leave_line(page, store, line)
        assert (first.strip(), "".join(others).strip()) == (KANJI, "")


def test_composing_is_cancelled(page: Firefox, store: MemoryStore) -> None:
    """Nothing comes of it, and what was typed before stays."""
    before = text_of(store, "u9")
    type_in(page, "u9")
    page.press(*"Kept ")
    page.compose(*KANA, "")
    until(lambda: shown(page, "u9") == [f"Kept {before}"], lambda: shown(page, "u9"))
    page.press(*"on ")
    assert leave_line(page, store, "u9") == [f"Kept on {before}"]


def test_nothing_is_kept_of_letters_that_are_still_composed(page: Firefox, store: MemoryStore) -> None:
    """The pause after which typed letters are kept waits until they are done."""
    before = text_of(store, "u9")
    type_in(page, "u9")
    page.press(*"One ")
    page.compose(*KANA)
    time.sleep(1.6)
    assert text_of(store, "u9").removeprefix("One ") == before
    assert shown(page, "u9") == [f"One {KANA[-1]}{before}"]
    page.composed(f"{KANJI} ")
    until(lambda: text_of(store, "u9") == f"One {KANJI} {before}", lambda: text_of(store, "u9"))


def test_composing_ends_with_a_click_elsewhere(page: Firefox, store: MemoryStore) -> None:
    """What was composed by then stays where it was, and typing goes on in the other line."""
    before = text_of(store, "u9")
    type_in(page, "u9")
    page.compose(*KANA)
    page.click(*page.place(LETTER, "u10"))
    page.until("document.activeElement.closest('[data-line]')?.dataset.line === 'u10'")
    page.press("Escape")
    made = f"{KANA[-1]}{before}"
    until(lambda: text_of(store, "u9") == made, lambda: text_of(store, "u9"))
    assert shown(page, "u9") == [made]
