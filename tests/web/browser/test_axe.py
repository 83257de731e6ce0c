"""What assistive programs would stumble over, on every page and in every dialog (axe-core): in each language of the
page, light and dark."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from playwright.sync_api import Error as PlaywrightError

from pipeline.erase.destroy import destroy
from pipeline.erase.participant.asking import PersonClaim, find_loss
from pipeline.erase.participant.withdrawing import withdraw_participant
from pipeline.study.holds import place_hold
from pipeline.study.study import Study
from pipeline.study.undertaking import accept
from pipeline.web.access import Door
from pipeline.web.place import Place
from pipeline.web.texts import catalogue, languages
from tests.erase.participant.group import LEAVER, make_group
from tests.study.conftest import CHEAP, PASSPHRASE, make_sound, take
from tests.verify.sample import sample_store
from tests.web.browsing import PATIENCE_MS, Served, serving_place
from tests.web.house import bring_in, verify

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
AXE = Path(__file__).parent.parent / "node_modules" / "axe-core" / "axe.min.js"
BY_LIGHT = "axe.run({ resultTypes: ['violations'] }).then((r) => r.violations)"
BY_DARK = "axe.run({ runOnly: ['color-contrast'], resultTypes: ['violations'] }).then((r) => r.violations)"

# A view is an address, and what is done there: "key K" presses it, "FIELD: TEXT" types, "see WHAT" waits, all else is
# clicked. {key} is the text of the catalogue. A view that begins with "then" goes on from the one before.
Views = dict[str, tuple[str, ...]]
OPEN = "see dialog[open]"
WEEK: Views = {
    "week": ("/",),
    "destroy": ("/", "#R0002 [data-act=destroy]", OPEN),
    "withdraw": ("/", "#R0005 [data-act=withdraw]", OPEN),
    "blanked": ("/", "#blank-now", "see #unblank"),
    "take in": ("/take-in",),
    "taking in": ("/take-in", "table", "see #files .good"),
    "from the inbox": ("/take-in", "#source-title ~ .acts button >> nth=0", "see #source :is(li, p)"),
    "people": ("/people", "#person-form summary", "#table-form summary", "#surroundings-form summary"),
    "who is it": ("/people", ".voice [data-act=say] >> nth=0", OPEN),
    "merge voices": ("/people", ".voice [data-act=merge] >> nth=0", OPEN),
    "split a voice": ("/people", ".voice [data-act=split] >> nth=0", OPEN),
    "forget a voice": ("/people", ".voice [data-act=forget] >> nth=0", OPEN),
    "correct a name": ("/people", "#person-P01 [data-act=name]", OPEN),
    "consent": ("/people", "#person-P01 [data-act=consent]", OPEN),
    "out": ("/out", "summary"),
    "out: as a table": ("/out", "choose #format csv"),
    "evidence": ("/evidence", "#check", "see #record :is(.good, .problem)"),
    "evidence: certificates": ("/evidence", "#certificates + .acts button", "see #certificates ul"),
    "evidence: hold": ("/evidence", "#holds summary"),
    "evidence: lift": ("/evidence", "#holds li button", OPEN),
    "settings": ("/settings", "form summary", "#ways-title ~ details summary", "see #models li"),
    "settings: refused": ("/settings", "#passphrase-title ~ form [type=submit]"),
    "recovery sheet": ("/settings", "#recovery-title ~ .acts button", OPEN),
    "read": ("/read/R0001", "#corrections-title ~ details summary"),
    "take out": ("/read/R0001", "text={amend.begin}", ".said-line .word >> nth=2", OPEN),
    "then take out: stated": ("#confirm", "see #amend-reason"),
    "then take out: waits": ("dialog .dialog-foot button >> nth=0", "see #amend-pending .main"),
    "merge labels": ("/read/R0001", "text={amend.merge}", OPEN),
    "ending: not yet": ("/ending",),
    "certificate": ("/recordings/R0001/certificate",),
    "report": ("/recordings/R0002/report",),
    "verified": ("/recordings/R0002",),
    "reopen": ("/recordings/R0002", "#reopen", OPEN),
    "review, sealed": ("/recordings/R0003",),
    "refused": ("/recordings/R0099",),
    "another study": ("/setup",),
}
LEFT: Views = {
    "week of one left": ("/",),
    "take in, one left": ("/take-in",),
    "requests": ("/people", "see #requests-title"),
    "leave: which": ("/people", "#person-P01 [data-act=leave]", OPEN),
    "then leave: stated": ("#confirm", "see #leave-name"),
    "they were told": ("/people", "text={leave.told}", OPEN),
    "participant's certificate": (f"/participants/{LEAVER}/certificate",),
    "undertaking": ("/undertaking",),
    "ending": ("/ending",),
    "ending: close": ("/ending", "text={ending.close-people}", OPEN),
}
NOTHING: Views = {
    "welcome": ("/",),
    "another folder": ("/", "text={setup.other}", OPEN, "see .folders button"),
    "set-up 1": ("/", "#new-study", "see #study-name"),
    "then set-up 1: folder": ("text={setup.change}", OPEN, "see .folders button"),
    "then set-up 2": ("key Escape", "#study-name: Balint group", "#go-on", "see #passphrase-first"),
    "then set-up 2: wrong": ("#passphrase-first: four seven", "#passphrase-second: five", "#go-on", "see .problem"),
    "then set-up 3": ("#passphrase-second: four seven", "#go-on", "text={recovery.show}", "see #recovery-sheet"),
    "then set-up 4": ("#go-on", "see #person-name", "#table-form summary", "#surroundings-form summary"),
    "then set-up 5": ("#go-on", "see #set-policy"),
}  # fmt: skip
LOCKED: Views = {
    "unlock": ("/", "see #passphrase"),
    "unlock: wrong": ("/", "#passphrase: something else", "key Enter", "see .problem:not(:empty)"),
}
REVIEW: Views = {
    "review": ("/recordings/session-s1",),
    "keys": ("/recordings/session-s1", "key ?", OPEN),
    "choose a class": ("/recordings/session-s1", "key n", "key c", OPEN),
    "choose a label": ("/recordings/session-s1", "key n", "key l", OPEN),
    "same as": ("/recordings/session-s1", "key n", "key s", OPEN),
    "to the roster": ("/recordings/session-s1", "key n", "key t", OPEN),
    "redact words": ("/recordings/session-s1", "key g", "key m", OPEN),
    "give words": ("/recordings/session-s1", "key g", "key v", OPEN),
    "merge speakers": ("/recordings/session-s1", "key w", OPEN),
    "note": ("/recordings/session-s1", "key g", "key q", OPEN),
    "notes": ("/recordings/session-s1", "#notes", OPEN),
    "typing": ("/recordings/session-s1", "key g", "key e", "see [contenteditable]"),
    "find": ("/recordings/session-s1", "key /", OPEN, "#find-words: the", "see dialog .mentions li"),
    "labels": ("/recordings/session-s1", "key i", OPEN),
    "then rename a label": ("dialog li button >> nth=0", "see dialog input[type=text]"),
    "decided": ("/recordings/session-s1", "key a", "see #said.shown"),
    "then done": ("key d", OPEN, "see dialog li"),
    "then before and after": ("#before-all", "see dialog .before-after"),
    "verify": ("/recordings/session-s1", "key y", OPEN),
    "no sound": ("/recordings/session-s2", "#play"),
}  # fmt: skip
VIEWS = {"nothing": NOTHING, "week": WEEK, "left": LEFT, "locked": LOCKED, "review": REVIEW}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Place]]:
    """What is looked at: a study at every turn, one that somebody left and that has come to its end, and one locked."""
    with ExitStack() as stack:
        week = stack.enter_context(study_of_a_week(tmp_path_factory.mktemp("week")))
        left = stack.enter_context(study_of_one_left(tmp_path_factory.mktemp("left")))
        shut = tmp_path_factory.mktemp("shut") / "study"
        Study.create(shut, passphrase=PASSPHRASE, cost=CHEAP).close()
        yield {
            "week": Place.of_study(week, reviewer="Sam Example", may_unlock=True),
            "left": Place.of_study(left, reviewer="Sam Example", may_unlock=True),
            "locked": Place(shut, reviewer="Sam Example", may_unlock=True),
            "review": Place.of_store(sample_store(), reviewer="Sam Example"),
        }


@contextmanager
def study_of_a_week(folder: Path) -> Iterator[Study]:
    """Recordings destroyed, verified, to review, failed and waiting; one in the inbox; a hold."""
    with (
        patch("pipeline.study.intake.importing.refuse_unusable"),  # some are random bytes
        make_group(folder, recordings=3) as study,
    ):
        verify(study, "R0001")
        destroy(study, "R0001", by="Sam Example")
        verify(study, "R0002")
        bring_in(study, "broken", broken=True)
        make_sound(study.folder / "inbox" / "session 5.wav")
        take(study, study.folder / "inbox" / "session 5.wav")
        make_sound(study.folder / "inbox" / "session 6.wav")
        place_hold(study, "R0003", reason="a complaint", by="Sam Example", account="tester")
        yield study


@contextmanager
def study_of_one_left(folder: Path) -> Iterator[Study]:
    """Somebody withdrew, everything is destroyed, and an undertaking is asked for."""
    asked = "Whoever hears this study keeps it to themselves.\n\nThis holds when the study has ended, too."
    with make_group(folder, recordings=1, undertaking=asked) as study:
        accept(study, "Sam Example")
        verify(study, "R0001")
        destroy(study, "R0001", by="Sam Example")
        seen = find_loss(study, LEAVER, (), asked="2021-05-04")
        withdraw_participant(study, PersonClaim("Sam Example", seen, "2021-05-04", ""), by="Sam Example")
        yield study


def do(page: Page, step: str, texts: Mapping[str, str]) -> None:
    """One step of a view."""
    said = re.sub(r"\{([a-z.-]+)\}", lambda found: texts[found[1]], step)
    if said == "table":
        people = b"name\nAbel Fenwick\n"
        page.set_input_files("#pick", {"name": "people.csv", "mimeType": "text/csv", "buffer": people})
    elif said.startswith("key "):
        page.keyboard.press(said.removeprefix("key "))
    elif said.startswith("see "):
        page.wait_for_selector(said.removeprefix("see "))
    elif said.startswith("choose "):
        _, field, value = said.split(" ")
        page.select_option(field, value)
    elif typed := re.fullmatch(r"(#[a-z-]+): (.+)", said):
        page.fill(*typed.groups())
    else:
        page.click(said)


def violations(page: Page, ask: str) -> list[Any]:
    """What axe-core calls serious or critical."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(ask)
    return [
        (v["id"], [n["html"][:160] for n in v["nodes"][:3]], v["nodes"][0]["failureSummary"][:240])
        for v in found
        if v["impact"] in ("serious", "critical")
    ]


def look_at(browser: Browser, served: Served, views: Views, language: str) -> dict[str, list[Any]]:
    """Goes through the views; what is wrong in each, light and dark."""
    told: dict[str, list[Any]] = {}
    texts = catalogue(language)
    context = browser.new_context(
        bypass_csp=True, locale=language, viewport={"width": 1366, "height": 768}, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS / 3)
    page.goto(served.link())
    page.wait_for_load_state("networkidle")
    for name, (first, *steps) in views.items():
        if name.startswith("then "):
            steps = [first, *steps]
        else:
            page.goto(served.url(first))
            page.wait_for_load_state("networkidle")
        try:
            for step in steps:
                do(page, step, texts)
        except PlaywrightError as error:
            told[name] = [f"cannot do {step}: {error.message[:200]}"]
            continue
        page.wait_for_timeout(200)
        page.emulate_media(color_scheme="light")
        told[name] = violations(page, BY_LIGHT)
        page.emulate_media(color_scheme="dark")
        told[f"{name}, dark"] = violations(page, BY_DARK)
    context.close()
    return told


@pytest.mark.parametrize("language", languages())
def test_nothing_serious_is_found(
    browser: Browser, house: dict[str, Place], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    """Every page and every dialog that a click or key opens."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: run tests/browser_setup.sh")
    monkeypatch.setenv("HOME", str(tmp_path))  # a new study is made there
    told = {}
    for name, place in {"nothing": Place(None, reviewer="Sam Example", may_unlock=True), **house}.items():
        with serving_place(
            place, Door(lasting=True)
        ) as served:  # one after another: left alone, each locks itself
            told |= look_at(browser, served, VIEWS[name], language)
    wrong = {name: found for name, found in told.items() if found}
    assert wrong == {}, json.dumps(wrong, indent=1, ensure_ascii=False)
