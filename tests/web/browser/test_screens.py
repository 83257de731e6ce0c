"""The page on every screen: zoomed, small, dark, and as assistive programs see it (axe-core)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.browsing import Served, open_review

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]
AXE = Path(__file__).parent.parent / "node_modules" / "axe-core" / "axe.min.js"


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
}


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing_serious(browser: Browser, served: Served, view: str) -> None:
    """axe-core over the page, its dialogs and the dark colours."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: run tests/browser_setup.sh")
    scheme = "dark" if view == "dark" else "light"
    context = browser.new_context(
        bypass_csp=True, color_scheme=scheme, viewport={"width": 1360, "height": 860}
    )
    page = context.new_page()
    page.goto(served.link("session-s1"))
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


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1280, 720), (1024, 640)])
def test_questions_and_both_buttons_are_in_view(
    browser: Browser, served: Served, width: int, height: int
) -> None:
    """On the screens teams have: to redact and to keep, and on the two larger ones the next questions as well."""
    page = open_review(browser, served, viewport={"width": width, "height": height})
    page.keyboard.press("n")
    page.wait_for_timeout(600)
    player = page.locator(".player").bounding_box()
    assert player is not None
    seen = ["#card .acts button >> nth=0", "#card .acts button >> nth=1"]
    seen += ["#queue button >> nth=0"] if height >= 720 else []
    for what in seen:
        box = page.locator(what).bounding_box()
        assert box is not None, what
        assert box["y"] >= 0, what
        assert box["y"] + box["height"] <= player["y"], what
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.context.close()
