"""The sample study, served, and a page on it in one Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.verify.memory import MemoryStore
from tests.web.browsing import Served, chromium, open_review, serving, watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for this file; closed at its end, since its driver keeps an event loop running."""
    with chromium() as opened:
        yield opened


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
