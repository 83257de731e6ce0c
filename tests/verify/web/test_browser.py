"""The page in a real browser: by keyboard alone, with its sound, and with what it must never do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipeline.records import Attribution, LabelMap, Redaction, Roster
from pipeline.verify.decisions import ConfirmVoice
from pipeline.verify.final import final_redaction
from pipeline.verify.session import ReviewSession
from pipeline.verify.store import Material, MemoryStore, RecordingInfo
from tests.verify.sample import sample_store
from tests.verify.web.browsing import (
    Served,
    chromium,
    open_review,
    serving,
    until,
    until_still,
    until_true,
    watch,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for this file; closed at its end, since its driver keeps an event loop running."""
    with chromium() as opened:
        yield opened


@pytest.fixture
def store() -> MemoryStore:
    """The sample study."""
    return sample_store()


@pytest.fixture
def served(store: MemoryStore) -> Iterator[Served]:
    """The sample study, served."""
    with serving(store) as running:
        yield running


@pytest.fixture
def wrong() -> list[str]:
    """What went wrong in the page."""
    return []


@pytest.fixture
def page(browser: Browser, served: Served, wrong: list[str]) -> Iterator[Page]:
    """A page on the first recording; no script error may happen in any test."""
    opened = open_review(browser, served)
    watch(opened, wrong)
    yield opened
    opened.context.close()
    assert wrong == []


def kinds(store: MemoryStore) -> list[str]:
    """The decisions kept, without what was read."""
    return [e.decision.kind for e in store.events("session-s1") if e.decision.kind != "read"]


def wait_for(page: Page, text: str) -> None:
    """Until the status line says something."""
    until(page, f"document.getElementById('said').textContent.includes({json.dumps(text)})")


def shown(page: Page, line: str) -> str:
    """What stands in a line."""
    return page.inner_text(f"[data-line='{line}'] .text")


def test_from_opening_to_verified_by_keyboard_alone(page: Page, store: MemoryStore) -> None:
    """Every question, a line read, the statement, the name: no mouse anywhere."""
    left = page.evaluate("Number(document.querySelector('#card h2').textContent.match(/of (\\d+)/)[1])")
    for n in range(left):
        page.keyboard.press("r" if n == 3 else "a")
        until(page, f"document.getElementById('counts').textContent.includes('{n + 1} of {left} questions')")
    page.keyboard.press("g")
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


def test_marked_words_are_redacted_in_all_places_and_taken_back(page: Page, store: MemoryStore) -> None:
    """Mark, redact all mentions together, undo."""
    before = page.text_content("#lines") or ""
    count = len(re.findall(r"\bnotes\b", before))
    assert count >= 1
    page.evaluate(
        """async () => { const { model, shown, word, wordCount } = await import('/static/model.js');
        const t = await import('/static/transcript.js');
        for (const id of model.order) { const line = model.lines.get(id);
          for (let k = 0; k < wordCount(line); k++) if (shown(line, word(line, k).start, word(line, k).end).startsWith('notes')) {
            t.setCursor(id, k); return; } } }"""
    )
    page.keyboard.press("m")
    page.wait_for_selector("dialog[open] .mentions li")
    assert page.locator("dialog .mentions input:checked").count() == count
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    wait_for(page, "Redacted")
    assert not re.search(r"\bnotes\b", (page.text_content("#lines") or ""))
    page.keyboard.press("u")
    wait_for(page, "Taken back")
    assert (page.text_content("#lines") or "") == before
    page.keyboard.press("Shift+U")
    wait_for(page, "Done again")
    assert kinds(store) == ["redact", "undo", "redo"]


def test_a_selection_by_mouse_can_be_redacted(page: Page, store: MemoryStore) -> None:
    """Double-clicking a word offers the bar; its button redacts."""
    page.keyboard.press("g")
    box = until_still(
        page,
        """async () => { const t = await import('/static/spots.js'); const r = t.rangeOf('u0', 6, 11).getBoundingClientRect();
        return [r.x + r.width / 2, r.y + r.height / 2]; }""",
    )
    page.mouse.dblclick(*box)
    page.click("#selection-bar [data-act=mark]")
    page.click("dialog .main")
    wait_for(page, "Redacted")
    assert kinds(store) == ["redact"]
    assert "[Person" in shown(page, "u0")


def test_a_misheard_word_is_put_right(page: Page) -> None:
    """E opens the words, Enter keeps the right ones."""
    page.keyboard.press("g")
    page.keyboard.press("e")
    page.wait_for_selector("#right-words")
    page.keyboard.type("Right")
    page.keyboard.press("Enter")
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
    """The first question is a voice; R asks whose it is."""
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
    page.keyboard.press(key)
    page.wait_for_selector("dialog[open] [role=listbox]")
    page.keyboard.type(typed)
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open]", state="hidden")
    until(page, "!document.getElementById('undo').disabled")
    assert kinds(store) == [kind]


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


def test_closing_the_page_loses_nothing(browser: Browser, served: Served, store: MemoryStore) -> None:
    """A decision made the moment before closing is there when the page is opened again."""
    page = open_review(browser, served)
    page.keyboard.press("a")
    until(page, "!document.getElementById('undo').disabled")
    state = page.text_content("#lines")
    page.context.close()
    again = open_review(browser, served)
    assert again.text_content("#lines") == state
    assert kinds(store) == ["confirm-voice"]
    again.keyboard.press("u")
    wait_for(again, "Taken back")
    again.context.close()


def test_a_second_person_reads_along(browser: Browser, served: Served, page: Page) -> None:
    """The second page says who decides, cannot decide, and sees what the first decided."""
    second = open_review(browser, served)
    assert "Sam Example is deciding" in second.inner_text("#banner")
    assert second.is_disabled("#verify")
    second.keyboard.press("a")
    wait_for(second, "only one person decides")
    page.keyboard.press("a")
    until(page, "!document.getElementById('undo').disabled")
    until(second, "document.getElementById('counts').textContent.includes('1 of')", 15)
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
        page.wait_for_selector("text=The session has ended", timeout=90_000)
        assert "Welcome" not in page.content()
        answer = page.goto(served.url("/"))
        assert answer is not None
        assert answer.status == 401
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


def test_what_is_approved_is_what_was_shown(page: Page, store: MemoryStore) -> None:
    """The final record's text is the page's text, line for line."""
    page.keyboard.press("a")
    until(page, "!document.getElementById('undo').disabled")
    final = final_redaction(ReviewSession(store, "session-s1").state)
    assert [u.text for u in final.utterances] == page.locator(".line .text").all_text_contents()


def test_everything_is_reachable_at_200_percent(browser: Browser, served: Served) -> None:
    """Half the width (what 200 % zoom leaves of a small screen): nothing is cut off or needs sideways scrolling."""
    page = open_review(browser, served, viewport={"width": 640, "height": 480})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for name in ("#undo", "#verify", "#help", "#play", "#card .main", "#queue button"):
        page.locator(name).first.scroll_into_view_if_needed()
        assert page.locator(name).first.is_visible()
    page.context.close()


VIEWS: dict[str, list[str]] = {
    "review": [],
    "help": ["?"],
    "mark": ["g", "m"],
    "choose": ["n", "c"],
    "verify": ["y"],
    "dark": [],
    "list": [],
}


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing_serious(browser: Browser, served: Served, view: str) -> None:
    """axe-core over the page, its dialogs, the dark colours and the list."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: run tests/browser_setup.sh")
    scheme = "dark" if view == "dark" else "light"
    context = browser.new_context(
        bypass_csp=True, color_scheme=scheme, viewport={"width": 1360, "height": 860}
    )
    page = context.new_page()
    page.goto(served.link("" if view == "list" else "session-s1"))
    if view != "list":
        page.wait_for_selector("body[data-ready]")
    for key in VIEWS[view]:
        page.keyboard.press(key)
        page.wait_for_timeout(400)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate("axe.run().then((r) => r.violations)")
    serious = [v for v in found if v["impact"] in ("serious", "critical")]
    told = [
        (v["id"], [n["html"][:120] for n in v["nodes"][:3]], v["nodes"][0]["failureSummary"][:300])
        for v in serious
    ]
    context.close()
    assert serious == [], json.dumps(told, indent=1)


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


def test_the_same_words_elsewhere_are_offered(browser: Browser) -> None:
    """Redacting words in one place offers the others; Enter takes them, Escape leaves them."""
    store = sample_store()
    with serving(store) as served:
        page = open_review(browser, served)
        page.evaluate(
            """async () => { const { decide } = await import('/static/decide.js'); const { model } = await import('/static/model.js');
            const line = model.lines.get('u9'); const at = line.t[0].indexOf('you');
            await decide({ kind: 'redact', places: [{ line: 'u9', start_char: at, end_char: at + 3 }], type: 'PERSON', label: '' });
            (await import('/static/questions.js')).aim('m1.0', 'mark', { go: false }); }"""
        )
        assert not page.evaluate("document.getElementById('dialog').open")
        page.keyboard.press("c")
        page.keyboard.type("Organisation")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=The same words stand elsewhere")
        assert page.locator("dialog .mentions input:checked").count() > 1
        page.keyboard.press("Enter")
        wait_for(page, "Redacted")
        assert [e.decision.kind for e in store.events("session-s1")] == ["redact", "change-class", "redact"]
        page.context.close()


def test_a_page_that_read_along_is_up_to_date_when_it_may_decide(browser: Browser, served: Served) -> None:
    """The first decides and leaves at once: the second sees it before it can decide."""
    first = open_review(browser, served)
    second = open_review(browser, served)
    first.keyboard.press("a")
    until(first, "!document.getElementById('undo').disabled")
    first.context.close()
    until(second, "document.getElementById('banner').hidden", 15)
    assert "1 of" in second.inner_text("#counts")
    assert second.is_enabled("#undo")
    second.context.close()


def test_a_server_that_went_away_is_said(browser: Browser, store: MemoryStore) -> None:
    """Nothing can be decided then, and the page says why for as long as it lasts."""
    with serving(store) as served:
        page = open_review(browser, served)
    page.keyboard.press("a")
    until(page, "document.getElementById('banner').textContent.includes('not running any more')", 20)
    assert page.is_disabled("#verify")
    page.context.close()


@pytest.mark.parametrize(("width", "height"), [(680, 430), (1366, 620)])
def test_a_question_is_in_view_on_small_screens(
    browser: Browser, served: Served, width: int, height: int
) -> None:
    """At 200 % zoom and on a small laptop its sentence and its main buttons are on the screen, above the player."""
    page = open_review(browser, served, viewport={"width": width, "height": height})
    page.keyboard.press("n")
    page.wait_for_timeout(600)
    player = page.locator(".player").bounding_box()
    main = page.locator("#card .main").bounding_box()
    assert player is not None
    assert main is not None
    assert main["y"] >= 0
    assert main["y"] + main["height"] <= player["y"]
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
