"""Praat TextGrid: an interval tier a participant (long text format, UTF-8)."""

from __future__ import annotations

from pipeline.export.conventions import Sheet
from pipeline.export.options import ExportOptions
from pipeline.export.tiers import Interval, Tier, length_ms, tiers_of


def render(sheet: Sheet, options: ExportOptions) -> bytes:  # noqa: ARG001 - one signature for all formats
    """The transcript as a TextGrid; silence is an empty interval, as Praat wants tiers without gaps."""
    length, tiers = length_ms(sheet), tiers_of(sheet)
    lines = [
        'File type = "ooTextFile"',
        'Object class = "TextGrid"',
        "",
        "xmin = 0",
        f"xmax = {_seconds(length)}",
    ]
    lines += ["tiers? <exists>", f"size = {len(tiers)}", "item []:"]
    for number, tier in enumerate(tiers, start=1):
        lines += _tier_lines(number, tier, length)
    return ("\n".join(lines) + "\n").encode("utf-8")


def _tier_lines(number: int, tier: Tier, length: int) -> list[str]:
    intervals = _without_gaps(tier.intervals, length)
    lines = [f"    item [{number}]:", '        class = "IntervalTier"', f"        name = {_quote(tier.name)}"]
    lines += [
        "        xmin = 0",
        f"        xmax = {_seconds(length)}",
        f"        intervals: size = {len(intervals)}",
    ]
    for at, interval in enumerate(intervals, start=1):
        lines += [
            f"        intervals [{at}]:",
            f"            xmin = {_seconds(interval.start)}",
            f"            xmax = {_seconds(interval.end)}",
            f"            text = {_quote(interval.text)}",
        ]
    return lines


def _without_gaps(intervals: list[Interval], length: int) -> list[Interval]:
    filled: list[Interval] = []
    at = 0
    for interval in intervals:
        if interval.start > at:
            filled.append(Interval(at, interval.start, ""))
        filled.append(interval)
        at = interval.end
    return filled if at >= length else [*filled, Interval(at, length, "")]


def _seconds(ms: int) -> str:
    return f"{ms / 1000:.3f}"


def _quote(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
