"""How many pages a report takes, as a browser prints it: a summary on one, the places after it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pipeline.records import Redaction
from pipeline.verify import report as reports
from pipeline.verify.report_groups import group_places
from tests.redacting import redact_finds
from tests.verify.sample import sample_material
from tests.web.browsing import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def session(times: int = 1) -> Redaction:
    """A sample session of five minutes, said so many times over with other people each time."""
    material = sample_material()
    utterances, spans = [], []
    for turn in range(times):
        first = len(utterances)
        utterances += [
            replace(u, start=u.start + 300 * turn, end=u.end + 300 * turn, words=())
            for u in material.attribution.utterances
        ]
        spans += [replace(s, utterance=s.utterance + first, replacement="") for s in material.redaction.spans]
    return redact_finds(utterances, tuple(spans), roster=material.roster)


def build(redaction: Redaction) -> reports.Report:
    decided = {n: "accepted" for n, span in enumerate(redaction.spans) if span.uncertain}
    return reports.build(
        "Session 1",
        redaction,
        id="R0001",
        versions={"session-deid": "1"},
        decided=decided,
        decided_by="Rev Iewer",
    )  # type: ignore[arg-type]


def test_every_place_is_in_one_group() -> None:
    """None is lost by putting them in rows, and each row says one thing of all its places."""
    report = build(session(3))
    groups = group_places(report.replacements)
    numbers = [place.number for group in groups for place in group.places]
    assert sorted(numbers) == [place.number for place in report.replacements]
    for group in groups:
        assert {(p.kind, p.replacement or "left in", p.status) for p in group.places} == {
            (group.kind, group.reads, group.status)
        }
    page = reports.to_html(report)
    assert all(reports.clock(place.seconds) in page for place in report.replacements)
    assert "Recognizer" not in page


def test_it_is_named_by_the_recording() -> None:
    """In its title, which is the file's name where a browser saves it, and in its heading."""
    page = reports.to_html(build(session()))
    assert "<title>Session 1: redaction report</title>" in page
    assert "<h1>Session 1: redaction report</h1>" in page
    assert "Recording R0001" in page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for this file."""
    with chromium() as opened:
        yield opened


def printed(browser: Browser, report: reports.Report) -> int:
    """Pages of the PDF that Chromium prints."""
    page = browser.new_page()
    page.set_content(reports.to_html(report))
    widths = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert widths[0] <= widths[1]  # no column is cut off
    pdf = page.pdf(prefer_css_page_size=True)
    page.close()
    return len(re.findall(rb"/Type\s*/Page[^s]", pdf))


@pytest.mark.browser
@pytest.mark.slow
def test_pages(browser: Browser) -> None:
    """Five minutes of talk take two pages; an hour, of twelve times as many places, no more than six."""
    assert printed(browser, build(session())) <= 2
    hour = build(session(12))
    assert len(hour.replacements) > 250
    assert printed(browser, hour) <= 6
    assert printed(browser, replace(hour, replacements=())) == 2  # the summary takes one, whatever was found
