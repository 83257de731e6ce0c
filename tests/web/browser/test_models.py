"""Models in a real browser: a new user without any installs what is missing while the study is set up."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.web.access import Door
from pipeline.web.installer import Installer
from pipeline.web.place import Place
from tests.web.browser.test_axe import AXE, BY_LIGHT, violations
from tests.web.browser.test_pages import go, let_in
from tests.web.browsing import Served, serving_place, until, until_true, watch
from tests.web.publisher import Publisher, publishing

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
BASE = "whisper-base"
DATA = {BASE: os.urandom(8 << 20)}


@pytest.fixture
def publisher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    """One recogniser to install."""
    with publishing(tmp_path, monkeypatch, DATA) as made:
        yield made


@pytest.fixture
def served(publisher: Publisher) -> Iterator[Served]:
    """The page of a computer with no study and no models."""
    place = Place(None, reviewer="Sam Example", may_unlock=True)
    with Installer() as place.installer, serving_place(place, Door(lasting=True)) as running:
        yield running


def text_of(page: Page) -> str:
    """What the panel says."""
    return page.inner_text("#models")


def test_missing_models_are_installed_while_the_study_is_set_up(
    browser: Browser, served: Served, publisher: Publisher, wrong: list[str]
) -> None:
    """One button; progress with what is left, on every step; at the end nothing more to see."""
    publisher.seconds = 0.05
    page = let_in(browser, served, bypass_csp=AXE.is_file())
    watch(page, wrong)
    page.wait_for_selector("#install-missing")
    assert "Models are missing." in text_of(page)
    assert BASE in text_of(page)
    if AXE.is_file():
        assert violations(page, BY_LIGHT) == []
    page.click("#install-missing")
    until(page, "document.querySelector('#models progress')?.value > 0.1")
    until(page, "/left/.test(document.querySelector('#models').innerText)")
    if AXE.is_file():
        assert violations(page, BY_LIGHT) == []
    page.click("#new-study")
    page.wait_for_selector("#study-name")
    until(page, "document.querySelector('#models progress') !== null")
    until(page, "/Installed, and checked/.test(document.querySelector('#models').innerText)")
    page.context.close()
    assert wrong == []


def test_without_a_network_the_page_says_what_to_do(
    browser: Browser, served: Served, publisher: Publisher, tmp_path: Path
) -> None:
    """In words, with what is kept and the other way to bring models here."""
    manifest = tmp_path / "manifest.toml"
    manifest.write_text(manifest.read_text().replace(publisher.address, "http://127.0.0.1:9"))
    page = let_in(browser, served)
    page.click("#install-missing")
    until_true(page, lambda: "There is no network" in text_of(page))
    assert "copy the folder of the models" in text_of(page)
    assert str(tmp_path / "store") in text_of(page)
    assert page.is_visible("#install-missing")
    page.context.close()


def test_stopped_and_gone_on_with(browser: Browser, served: Served, publisher: Publisher) -> None:
    """Stop says what is kept; the same button goes on from there."""
    publisher.seconds = 0.05
    page = let_in(browser, served)
    page.click("#install-missing")
    until(page, "document.querySelector('#models progress')?.value > 0.2")
    page.focus("#models >> text=Stop")
    reached = page.evaluate("document.querySelector('#models progress').value")
    until(page, f"document.querySelector('#models progress').value > {reached}")
    assert page.evaluate("document.activeElement.textContent") == "Stop"  # though the panel was painted anew
    page.keyboard.press("Enter")
    until_true(page, lambda: "What has arrived is kept" in text_of(page))
    publisher.seconds = 0.0
    page.click("#install-missing")
    until_true(page, lambda: "Installed, and checked" in text_of(page))
    go(page, served, "/setup")
    until_true(page, lambda: "missing" not in text_of(page))
    page.context.close()
