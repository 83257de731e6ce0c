"""Study-wide sealed records: the roster, the voices, the labels; each sealed with a key of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.errors import DecisionError
from pipeline.records import LabelMap, from_json, to_json
from pipeline.study.vault.sealed_records import STUDY_OWNER

if TYPE_CHECKING:
    from pipeline.study.study import Study
    from pipeline.study.vault.audit import Detail


class SharedRecord:
    """One sealed record of the whole study, as bytes; every writing is a new version in the audit chain."""

    def __init__(self, study: Study, name: str):
        self._study = study
        self.name = name

    def read(self) -> bytes | None:
        """The content, None when there is none yet."""
        return self._study.read_shared(self.name)

    def write(self, data: bytes, *, event: str = "", audit: Detail | None = None) -> None:
        """Replace the content."""
        self._study.keep_shared(self.name, data, event=event or f"{self.name} changed", audit=audit)

    @property
    def version(self) -> int:
        """How often it was written."""
        row = self._study.rows.artifact(STUDY_OWNER, self.name)
        return row.version if row else 0


class LabelStore(SharedRecord):
    """The study's label map."""

    def load(self) -> LabelMap:
        """The labels given so far."""
        data = self.read()
        return from_json(LabelMap, data) if data else LabelMap()

    def save(self, labels: LabelMap) -> None:
        """Replace the labels."""
        self.write(to_json(labels), event="labels changed", audit={"labels": len(labels.labels)})


def merge_labels(held: LabelMap, reviewed: LabelMap, base: LabelMap) -> LabelMap:
    """The study's labels with those a review gave beyond the ones it began with (those the study forgot since
    do not come back).

    Raises DecisionError when the review gave a new label that another recording took meanwhile: two
    people never share one.
    """
    known = {(kind, text): label for kind, text, label in held.labels}
    seen = {(kind, text) for kind, text, _ in reviewed.labels}
    taken = {label for kind, text, label in held.labels if (kind, text) not in seen}
    taken -= {label for _, _, label in base.labels}
    given = [row for row in reviewed.labels if row not in base.labels]
    for kind, text, label in given:
        if (kind, text) not in known and label in taken:
            raise DecisionError(why=f"{label} was given in another recording meanwhile; choose another label")
    merged = {**known, **{(kind, text): label for kind, text, label in given}}
    return LabelMap(tuple((kind, text, label) for (kind, text), label in merged.items()))
