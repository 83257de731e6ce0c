"""The places of a redaction report for its printed appendix: those of one kind and fate in a row, so that an hour fits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.deidentify.explain import words_for
from pipeline.identifiers import CLASSES
from pipeline.verify.report_counts import HipaaCount, Replacement


@dataclass(frozen=True, slots=True)
class PlaceGroup:
    """Places of one class that read the same now and were decided alike; `why` is what they were found by, in words."""

    kind: str
    reads: str
    status: str
    reason: str
    why: str
    places: tuple[Replacement, ...]


def group_places(places: Iterable[Replacement]) -> tuple[PlaceGroup, ...]:
    """The groups in the classes' order, within each by what they read now; places by time."""
    groups: dict[tuple[str, str, str, str, str], list[Replacement]] = {}
    for place in places:
        reads = place.replacement or "left in"
        groups.setdefault((place.kind, reads, place.status, place.reason, place.found_by), []).append(place)
    order = {key: number for number, key in enumerate(CLASSES)}
    return tuple(
        PlaceGroup(*key[:4], words_for(key[4]), tuple(sorted(found, key=lambda p: p.seconds)))
        for key, found in sorted(groups.items(), key=lambda item: (order[item[0][0]], _natural(item[0])))
    )


def _natural(key: tuple[str, ...]) -> tuple[str, int, tuple[str, ...]]:
    """[Person 2] before [Person 10]."""
    reads = key[1]
    number = "".join(c for c in reads if c.isdigit())
    return reads.rstrip("]0123456789 "), int(number or 0), key


def reasons(groups: Sequence[PlaceGroup]) -> tuple[str, ...]:
    """What the places were found by, each once; the printed groups name them by number."""
    return tuple(dict.fromkeys(group.why for group in groups))


def found_identifiers(hipaa: Sequence[HipaaCount]) -> tuple[HipaaCount, ...]:
    """Those of HIPAA's 18 that were found; the others are said to be none in a line."""
    return tuple(row for row in hipaa if row.removed or row.left)
