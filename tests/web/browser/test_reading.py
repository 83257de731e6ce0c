"""Reading and listening in a real browser: the sound, the timeline, what is shown and what is only held up."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pipeline.records import Attribution, LabelMap, Redaction, Roster
from pipeline.verify.heard_well import HeardWell
from pipeline.verify.session import ReviewSession
from pipeline.verify.store import Material, RecordingInfo
from tests.verify.memory import MemoryStore
from tests.verify.sample import sample_sound, sample_store
from tests.web.browsing import open_review, serving, until, until_true, wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_sound_plays_from_the_clicked_word_and_lights_it(page: Page) -> None:
    """Clicking a word seeks to its time; the word being said is lit, and changes."""
    times = page.evaluate(
        """async () => { const { model, word } = await import('/static/model.js'); const line = model.lines.get('u9');
        return [...Array(8).keys()].map((k) => word(line, k)); }"""
    )
    box = page.evaluate(
        """async ([a, b]) => { const t = await import('/static/transcript.js'); t.show('u9');
        await new Promise((r) => setTimeout(r, 600));
        const r = (await import('/static/spots.js')).rangeOf('u9', a, b).getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; }""",
        [times[4]["start"], times[4]["end"]],
    )
    page.mouse.click(*box)
    until(page, "!document.getElementById('sound').paused")
    until(page, "CSS.highlights.has('playing')")
    at = page.evaluate("document.getElementById('sound').currentTime")
    assert times[4]["from"] - 0.05 <= at <= times[4]["from"] + 1.5
    lit = "[...CSS.highlights.get('playing') ?? []].map(String).join()"
    first = page.evaluate(lit)
    until(page, f"CSS.highlights.has('playing') && {lit} !== {json.dumps(first)}")
    page.keyboard.press("Space")
    until(page, "document.getElementById('sound').paused")


def test_speed_back_and_loop(page: Page) -> None:
    """Keys change the speed, go back three seconds, and hold a phrase."""
    page.evaluate("document.getElementById('sound').muted = true")
    page.keyboard.press("+")
    page.keyboard.press("+")
    assert page.evaluate("document.getElementById('sound').playbackRate") == 1.5
    page.evaluate("async () => (await import('/static/player.js')).seek(20)")
    page.keyboard.press("b")
    assert page.evaluate("document.getElementById('sound').currentTime") == pytest.approx(17, abs=0.1)
    page.select_option("#speed", "2")
    page.evaluate(
        """() => { window.seeks = []; const sound = document.getElementById('sound');
        sound.addEventListener('seeking', () => window.seeks.push(sound.currentTime)); }"""
    )
    page.evaluate("async () => (await import('/static/player.js')).toggleLoop([5, 5.6])")
    until(page, "window.seeks.length >= 3")  # to a little before the phrase, again and again
    assert all(4.3 <= at <= 5 for at in page.evaluate("window.seeks"))
    page.keyboard.press("k")
    assert page.get_attribute("#loop", "aria-pressed") == "false"


def test_originals_show_only_while_their_key_is_held(page: Page) -> None:
    """They are nowhere in the page before and after, and cannot be selected or copied while shown."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.keyboard.press("g")
    page.wait_for_timeout(300)
    assert "Helen Ashcroft" not in page.content()
    page.keyboard.down("o")
    until(page, "document.querySelector('[data-line=u0] .chip.revealed')")
    assert "Helen Ashcroft" in page.inner_text("[data-line=u0] .text")
    assert page.evaluate("getComputedStyle(document.querySelector('.chip.revealed')).userSelect") == "none"
    page.evaluate(
        "() => { const r = document.createRange(); r.selectNodeContents(document.querySelector('[data-line=u0] .text'));"
        " getSelection().removeAllRanges(); getSelection().addRange(r); document.execCommand('copy'); }"
    )
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "Helen" not in copied
    assert "[F01]" in copied
    page.keyboard.up("o")
    until(page, "!document.querySelector('.chip.revealed')")
    assert "Helen Ashcroft" not in page.content()


def test_what_was_heard_without_hints_is_on_the_card(browser: Browser) -> None:
    """It may be the name itself: told while the words are held up, and nowhere in the page before and after. Where
    nothing was heard, that is said."""
    store = sample_store()
    material = store.load("session-s1")
    said = list(material.attribution.utterances)
    hidden = [s for s in material.redaction.spans if s.replacement]
    second = next(
        n for n, s in enumerate(material.redaction.spans) if n and s.replacement and " " not in s.text
    )
    names = [(s.utterance, s.start_char) for s in (hidden[0], material.redaction.spans[second])]
    for (index, at), heard in zip(names, ("hell in", ""), strict=True):
        before = len(said[index].text[:at].split())
        words = list(said[index].words)
        words[before] = replace(words[before], without_hint=heard)
        said[index] = replace(said[index], words=tuple(words))
    store.put(
        store.recordings()[0],
        replace(material, attribution=replace(material.attribution, utterances=tuple(said))),
    )
    with serving(store) as served:
        page = open_review(browser, served)
        page.evaluate("async () => (await import('/static/questions.js')).aim('s0', 'mark')")
        assert "Heard without them" in page.inner_text("#card")
        assert "hell in" not in page.content()
        page.keyboard.down("o")
        until(page, "document.querySelector('#card [data-heard].revealed')?.textContent.includes('hell in')")
        page.keyboard.up("o")
        until(page, "!document.querySelector('.chip.revealed')")
        assert "hell in" not in page.content()
        page.evaluate(f"async () => (await import('/static/questions.js')).aim('s{second}', 'mark')")
        assert "nothing was heard here" in page.inner_text("#card")
        page.context.close()


def test_listening_counts_as_reading(page: Page, store: MemoryStore) -> None:
    """A line that was played through is read, and that is kept."""
    page.evaluate("document.getElementById('sound').muted = true")
    page.select_option("#speed", "2")
    page.evaluate("async () => { const p = await import('/static/player.js'); await p.playFrom(59.9); }")
    until(page, "document.getElementById('sound').currentTime > 65")
    page.keyboard.press("Space")
    until_true(page, lambda: "u10" in ReviewSession(store, "session-s1").state.read)


def test_the_timeline_is_a_slider(page: Page) -> None:
    """By keyboard and by mouse it goes where it is told."""
    page.focus("#timeline")
    page.keyboard.press("End")
    assert page.get_attribute("#timeline", "aria-valuenow") == page.get_attribute(
        "#timeline", "aria-valuemax"
    )
    page.keyboard.press("Home")
    page.keyboard.press("PageUp")
    assert page.get_attribute("#timeline", "aria-valuenow") == "60"
    box = page.locator("#timeline").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 20)
    assert abs(int(page.get_attribute("#timeline", "aria-valuenow") or 0) - 147) <= 2


def test_words_heard_faintly_are_underlined_and_found_by_key(browser: Browser) -> None:
    """F goes from one to the next and says how sure the recogniser was; hidden words are passed over."""
    store = sample_store()
    material = store.load("session-s1")
    said = list(material.attribution.utterances)
    for index, number in ((9, 2), (20, 0)):
        words = list(said[index].words)
        words[number] = replace(words[number], probability=0.123)
        said[index] = replace(said[index], words=tuple(words))
    heard = replace(material, attribution=replace(material.attribution, utterances=tuple(said)))
    store.put(store.recordings()[0], heard)
    with serving(store) as served:
        page = open_review(browser, served)
        assert page.evaluate("CSS.highlights.get('faint').size") == 2
        page.keyboard.press("g")
        page.keyboard.press("f")
        wait_for(page, "12 % sure")
        assert page.evaluate("document.activeElement.dataset.line") == "u9"
        page.keyboard.press("f")
        until(page, "document.activeElement.dataset.line === 'u20'")
        page.context.close()


def test_a_recording_without_words_says_so(browser: Browser) -> None:
    """Silence can be opened and verified."""
    store = MemoryStore()
    silence = Material(Attribution(()), Redaction((), (), LabelMap()), Roster(), 60.0)
    store.put(RecordingInfo("r9", "silence", "redacted"), silence)
    with serving(store) as served:
        page = open_review(browser, served, "r9")
        assert "No words were heard" in page.inner_text("#lines")
        page.keyboard.press("y")
        page.wait_for_selector("dialog[open] #accept")
        assert "Nothing was asked" in page.inner_text("dialog")
        page.context.close()


def test_marking_every_line_in_seconds_is_not_reading(page: Page, store: MemoryStore) -> None:
    """J as fast as it can be pressed: the page, the statement and the report say how fast, and that nothing was read."""
    lines = len(ReviewSession(store, "session-s1").state.order)
    page.keyboard.press("g")
    for _ in range(lines):
        page.keyboard.press("j")
    until_true(page, lambda: len(ReviewSession(store, "session-s1").state.read) == lines)
    how = ReviewSession(store, "session-s1").progress.how
    assert how.skimmed > 0.5 * how.words
    until(page, "document.querySelectorAll('.line.skimmed').length > 10")
    assert "All of its words were read" not in page.inner_text("#counts")
    page.keyboard.press("y")
    page.wait_for_selector("dialog[open] #accept")
    statement = page.inner_text("dialog .accept")
    assert "only skimmed: marked as read in" in statement
    assert "words a minute" in statement
    page.keyboard.press("Escape")
    report = page.context.new_page()
    report.goto(page.evaluate("document.getElementById('report').href"))
    assert "only skimmed: marked as read in" in report.inner_text("body")


def test_time_at_a_line_is_kept(page: Page, store: MemoryStore) -> None:
    """Who stays at a line until it can be read has read it, in the time that took."""
    page.keyboard.press("g")
    words = len(ReviewSession(store, "session-s1").state.lines["u0"].tokens)
    page.wait_for_timeout(words * 60_000 / 400 + 400)
    page.keyboard.press("j")
    until_true(page, lambda: "u0" in ReviewSession(store, "session-s1").state.read)
    how = ReviewSession(store, "session-s1").progress.how
    assert (how.by_eye, how.skimmed) == (words, 0)
    assert how.seconds >= words * 60 / 400


def test_a_recording_heard_badly_asks_to_be_listened_through(browser: Browser) -> None:
    """On top, with its figures; a button plays on; verifying says how little was heard; the queue says what it cannot know."""
    store = sample_store()
    well = HeardWell(0.31, 0.05, -39.0, 7.0, listen_to_all=True)
    store.put(store.recordings()[0], replace(store.load("session-s1"), heard=well), sample_sound(60))
    with serving(store) as served:
        page = open_review(browser, served)
        said = page.inner_text("#heard")
        assert "heard badly" in said
        for figure in ("31 %", "-39 dBFS", "7 dB", "0 % of the words listened to"):
            assert figure in said
        assert "cannot know" in page.inner_text("#unknown")
        assert "100 % of the words nobody has read" in page.inner_text("#unknown")
        page.evaluate("document.getElementById('sound').muted = true")
        page.click("#heard button")
        until(page, "!document.getElementById('sound').paused")
        page.keyboard.press("y")
        page.wait_for_selector("dialog[open] #accept")
        assert "Only 0 % of a recording that was heard badly" in page.inner_text("dialog")
        page.context.close()
    with serving(sample_store()) as served:
        page = open_review(browser, served)
        assert page.is_hidden("#heard")
        page.context.close()
