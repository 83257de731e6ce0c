"""What other programs read out of every format is what went in, however hard the text."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from pipeline.export import ExportDocument, ExportOptions, formats, write
from pipeline.export.document import clean, clock, in_order
from tests.export.readers import READERS, Row
from tests.export.strategies import PLAIN, all_options, documents, worded

# Formats in which an utterance without words says so, and those without times to the millisecond.
SAY_INAUDIBLE = set(formats()) - {"csv", "json", "jsonl", "rttm"}
EXAMPLES = {"docx": 12, "rttm": 20}


def expected(document: ExportDocument, kind: str) -> list[Row]:
    """The rows a reader must give back."""
    rows = []
    for u in in_order(document.utterances):
        empty = f"[inaudible {clock(u.start)}]" if kind in SAY_INAUDIBLE else ""
        lasting = u.end if kind in ("csv", "json", "jsonl") else max(u.end, round(u.start + 0.001, 3))
        rows.append((u.participant, u.start, lasting, "" if kind == "rttm" else clean(u.text) or empty))
    return rows


def test_every_format_has_a_reader() -> None:
    """No format goes without a round trip."""
    assert set(READERS) == set(formats())


@pytest.mark.parametrize("kind", list(formats()))
def test_readers_get_back_what_went_in(kind: str) -> None:
    """Codes, times and words of every utterance come back as they were."""

    @settings(max_examples=EXAMPLES.get(kind, 50), deadline=None)
    @given(documents())
    def check(document: ExportDocument) -> None:
        read = READERS[kind](write(document, kind, options=PLAIN))
        want = expected(document, kind)
        if all(start is None for _, start, _, _ in read):
            want = [(code, None, None, text) for code, _, _, text in want]
        key = str if kind in ("textgrid", "eaf", "rttm") else None  # these order by participant
        assert sorted(read, key=key) == sorted(want, key=key) if key else read == want

    check()


@settings(max_examples=60, deadline=None)
@given(worded(), all_options)
def test_every_convention_leaves_every_format_readable(
    document: ExportDocument, options: ExportOptions
) -> None:
    """Whatever is marked, smoothed or replaced, other programs find every utterance, and its speaker."""
    timed = (
        options if options.times is True else replace(options, times=True)
    )  # the txt and md readers go by times
    who = [u.participant for u in in_order(document.utterances)]
    for kind in set(formats()) - {"docx", "rttm", "textgrid", "eaf"}:
        rows = READERS[kind](write(document, kind, options=timed if kind in ("txt", "md") else options))
        assert [code for code, _, _, _ in rows] == who, kind
    for kind in ("textgrid", "eaf"):
        rows = READERS[kind](write(document, kind, options=options))
        assert sorted(code for code, _, _, _ in rows) == sorted(who), kind
