"""What a participant or an archive asks for, by clicks: a name in line 2 goes, and one person leaves the group."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.study.approved import read_approved
from pipeline.study.requests import all_requests
from pipeline.web.access import Door
from pipeline.web.place import Place
from tests.erase.participant.group import LEAVER, make_group
from tests.erase.participant.test_withdrawing import assert_gone, to_destroyed
from tests.web.browsing import PATIENCE_MS, serving_place, watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_by_clicks(tmp_path: Path, browser: Browser) -> None:
    """The word, take out, state; then: withdraws, show what goes, take them out."""
    wrong: list[str] = []
    with (
        make_group(tmp_path, bring=to_destroyed) as study,
        serving_place(Place.of_study(study, reviewer="Sam Example"), Door()) as served,
    ):
        page = browser.new_page()
        page.set_default_timeout(PATIENCE_MS)
        watch(page, wrong)
        page.goto(served.link())
        page.wait_for_selector("body[data-ready]")
        put_right(page, served.url("/read/R0001"))
        approved = read_approved(study, "R0001")
        assert approved is not None
        assert "trombone" not in " ".join(said.text for said in approved.utterances)
        leave(page, served.url("/people"))
        assert [each.participant for each in all_requests(study) if each.done] == [LEAVER]
        assert_gone(study)
        page.close()
    assert wrong == []


def put_right(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("body[data-ready]")
    page.get_by_role("button", name="Put something right").click()
    page.get_by_role("button", name="trombone").click()
    page.get_by_role("button", name="Take out", exact=True).click()
    page.fill("#amend-reason", "the archive found a place")
    page.check("#accept")
    page.click("#confirm")
    page.get_by_text("version 2").or_(page.get_by_text("Version 2:")).first.wait_for()


def leave(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("body[data-ready]")
    page.get_by_role("row", name=LEAVER).get_by_role("button", name="Withdraws").click()
    page.get_by_role("button", name="Show what goes").click()
    page.get_by_text("R0001 (destroyed)").wait_for()
    page.check("#accept")
    page.click("#confirm")
    page.wait_for_selector("#requests-title")
