"""The redaction report: complete, and without a single original word."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pipeline.deidentify import redact as deidentifiers
from pipeline.records import Person, Redaction, Roster, Transcription, Utterance, Word
from pipeline.verify import report as reports
from tests.deidentify.fakes import FakeDetector, NoSecondLook

# Words that stand nowhere else: whatever of them shows in a report has leaked.
PLANTED = {
    "Ximenaqq": "PERSON", "Broganqq": "PERSON", "Zelkirkqq": "LOCATION", "qqjanuary": "DATE", "qqphone": "PHONE",
    "Tonganqq": "NRP", "forty six": "AGE",
}  # fmt: skip
ROSTER = Roster((Person("P01", "Ximenaqq Oxleyqq"),))


def words(text: str) -> tuple[Word, ...]:
    return tuple(Word(10 + i, 11 + i, w, 0.3) for i, w in enumerate(text.split()))


@pytest.fixture(scope="module")
def redaction() -> Redaction:
    texts = [
        "Ximenaqq met Broganqq in Zelkirkqq on qqjanuary",
        "a Tonganqq man forty six at qqphone said Broganqq",
    ]
    utterances = [Utterance("P02", 10, 20, t, words(t)) for t in texts]
    engine = deidentifiers.load(detector=FakeDetector(PLANTED), second_look=NoSecondLook())
    return engine.redact(utterances, roster=ROSTER)


def build(redaction: Redaction, **more: object) -> reports.Report:
    moment = datetime(2031, 5, 4, 12, tzinfo=UTC)
    return reports.build("session-9", redaction, versions={"session-deid": "1"}, made_at=moment, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("style", ["label", "surrogate"])
def test_no_planted_word_is_in_the_report(style: str, redaction: Redaction) -> None:
    """Neither HTML nor JSON nor repr holds any original word, nor a surrogate."""
    engine = deidentifiers.load(detector=FakeDetector(PLANTED), second_look=NoSecondLook(), style=style)  # type: ignore[arg-type]
    texts = ["Ximenaqq met Broganqq in Zelkirkqq on qqjanuary", "a Tonganqq man of forty six said Broganqq"]
    result = engine.redact([Utterance("P02", 10, 20, t, words(t)) for t in texts], roster=ROSTER)
    heard = Transcription(60.0, "en", "e", "m", words(" ".join(texts)))
    report = build(result, transcription=heard)
    shown = (reports.to_json(report) + reports.to_html(report) + repr(report)).lower()
    assert "qq" not in shown
    assert "forty six" not in shown
    for span in result.spans:
        if style == "surrogate" and span.replacement and not span.replacement.startswith("["):
            assert not re.search(rf"\b{re.escape(span.replacement.lower())}\b", shown)  # "Ann" is in "cannot"


def test_counts_agree_with_the_spans(redaction: Redaction) -> None:
    """Classes, HIPAA's 18 and statuses add up to what was found."""
    report = build(redaction)
    by_class = {c.kind: (c.replaced, c.generalised, c.left) for c in report.classes}
    assert by_class == {
        "name": (3, 0, 0), "place": (1, 0, 0), "date": (1, 0, 0), "age_over_89": (0, 1, 0), "phone": (1, 0, 0), "nationality": (0, 0, 1),
    }  # fmt: skip
    assert len(report.hipaa) == 18
    assert {h.letter: h.removed for h in report.hipaa if h.removed} == {"A": 3, "B": 1, "C": 2, "D": 1}
    assert sum(report.statuses.values()) == len(redaction.spans)
    assert report.statuses["undecided"] == 1


def test_each_replacement_has_its_time(redaction: Redaction) -> None:
    """The time is the word's own, not the utterance's."""
    first = build(redaction).replacements
    assert [(r.replacement, r.seconds) for r in first[:3]] == [
        ("[P01]", 10),
        ("[Person 1]", 12),
        ("[Place 1]", 14),
    ]
    assert all(r.score == 0.95 and r.found_by == "fake" for r in first)


def test_a_persons_decisions_show(redaction: Redaction) -> None:
    """Accepted and rejected places are counted as such; a rejected one is left in."""
    decided = {0: "accepted", 1: "rejected"}
    report = build(redaction, decided=decided, decided_by="R. Reviewer")
    assert [r.status for r in report.replacements[:3]] == ["accepted", "rejected", "automatic"]
    assert next(c for c in report.classes if c.kind == "name").left == 1
    assert "R. Reviewer" in reports.to_html(report)


def test_residual_risk_is_said(redaction: Redaction) -> None:
    """Open questions, flagged facts and faintly heard words are each noted."""
    heard = Transcription(60.0, "en", "e", "m", words("a b c"))
    notes = " ".join(build(redaction, transcription=heard).notes)
    assert "One place is not decided" in notes
    assert "nationality, ethnicity, religion (1)" in notes
    assert "heard faintly" in notes


def test_json_and_html_say_the_same(redaction: Redaction) -> None:
    """The JSON can be read back, and every number of a replacement is in the page; a name is escaped."""
    report = build(redaction, digests={"source audio": "ab" * 32})
    data = json.loads(reports.to_json(report))
    page = reports.to_html(report)
    assert len(data["replacements"]) == len(redaction.spans)
    assert all(r["replacement"] in page for r in data["replacements"])
    assert "ab" * 32 in page
    assert data["digests"]["transcript"] == reports.transcript_digest(redaction.utterances)
    odd = reports.build("<b>x", redaction, versions={})
    assert "<b>x" not in reports.to_html(odd)


def test_the_page_needs_nothing_from_outside(redaction: Redaction) -> None:
    """No script, no link, no picture: it can be opened and printed anywhere."""
    page = reports.to_html(build(redaction))
    assert not any(mark in page for mark in ("<script", "<link", "<img", "http://", "https://", "url("))
    assert "@media print" in page
    assert "Signature" in page


def test_an_empty_recording_has_a_report() -> None:
    """Nothing found is said to be nothing found."""
    engine = deidentifiers.load(detector=FakeDetector({}), second_look=NoSecondLook())
    report = build(engine.redact([]))
    assert "Nothing was found." in reports.to_html(report)


def test_digest_changes_with_a_word(redaction: Redaction) -> None:
    """The transcript's digest depends on its words."""
    assert reports.transcript_digest(redaction.utterances) != reports.transcript_digest(
        redaction.utterances[:1]
    )


def test_what_was_not_read_is_said(redaction: Redaction) -> None:
    """The share read, and when it was verified, stand in the page; what nobody saw is a residual risk."""
    report = build(redaction, coverage=0.424, verified_at="2031-05-04T14:00:00+02:00")
    page = reports.to_html(report)
    assert "42 % of the words were read or heard in the review" in page
    assert "2031-05-04 12:00 UTC" in page
    assert any("Only 42 %" in note for note in report.notes)
    assert not any("were read or heard" in note for note in build(redaction, coverage=1.0).notes)
    assert "not yet" in reports.to_html(build(redaction))


def test_what_a_person_left_in_is_said(redaction: Redaction) -> None:
    """A telling fact that a reviewer kept is a residual risk, as one the policy left is."""
    kept = tuple(replace(s, action="keep") if s.action == "flag" else s for s in redaction.spans)
    notes = " ".join(build(replace(redaction, spans=kept)).notes)
    assert "Left in by a person's decision: nationality, ethnicity, religion (1)" in notes
