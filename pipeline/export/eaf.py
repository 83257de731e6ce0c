"""ELAN .eaf: a tier a participant, time-aligned annotations (EAF 3.0)."""

from __future__ import annotations

from pipeline.export.conventions import Sheet
from pipeline.export.options import ExportOptions
from pipeline.export.tiers import Tier, tiers_of
from pipeline.export.xml import Element, new_root, sub, to_bytes, when

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_SCHEMA = "http://www.mpi.nl/tools/elan/EAFv3.0.xsd"
_TYPE = "utterance"


def render(sheet: Sheet, options: ExportOptions) -> bytes:  # noqa: ARG001 - one signature for all formats
    """The transcript as an ELAN document without media."""
    facts = {"AUTHOR": sheet.tool, "DATE": when(sheet.verified_at), "FORMAT": "3.0", "VERSION": "3.0"}
    root = new_root(
        "ANNOTATION_DOCUMENT", facts | {f"{{{_XSI}}}noNamespaceSchemaLocation": _SCHEMA}, {"xsi": _XSI}
    )
    header = sub(root, "HEADER", MEDIA_FILE="", TIME_UNITS="milliseconds")
    for name, value in (*sheet.heading, ("Status", "draft" if sheet.draft else "verified")):
        sub(header, "PROPERTY", value, NAME=name)
    tiers = tiers_of(sheet)
    _add_times(sub(root, "TIME_ORDER"), tiers)
    annotation = 0
    for number, tier in enumerate(tiers):
        annotation = _add_tier(root, number, tier, annotation)
    sub(root, "LINGUISTIC_TYPE", GRAPHIC_REFERENCES="false", LINGUISTIC_TYPE_ID=_TYPE, TIME_ALIGNABLE="true")
    return to_bytes(root)


def _add_times(order: Element, tiers: list[Tier]) -> None:
    """A slot for each start and each end. Slots must stand in order of time."""
    slots = [(i.start, f"t{n}a{k}") for n, tier in enumerate(tiers) for k, i in enumerate(tier.intervals)]
    slots += [(i.end, f"t{n}z{k}") for n, tier in enumerate(tiers) for k, i in enumerate(tier.intervals)]
    for ms, slot in sorted(slots):
        sub(order, "TIME_SLOT", TIME_SLOT_ID=slot, TIME_VALUE=str(ms))


def _add_tier(root: Element, number: int, tier: Tier, annotation: int) -> int:
    """Add a tier; returns the number of the last annotation so far."""
    element = sub(root, "TIER", LINGUISTIC_TYPE_REF=_TYPE, PARTICIPANT=tier.participant, TIER_ID=tier.name)
    for k, interval in enumerate(tier.intervals):
        annotation += 1
        slots = {"TIME_SLOT_REF1": f"t{number}a{k}", "TIME_SLOT_REF2": f"t{number}z{k}"}
        aligned = sub(
            sub(element, "ANNOTATION"), "ALIGNABLE_ANNOTATION", ANNOTATION_ID=f"a{annotation}", **slots
        )
        sub(aligned, "ANNOTATION_VALUE", interval.text)
    return annotation
