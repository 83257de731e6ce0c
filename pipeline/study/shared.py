"""Study-wide sealed records: the roster, the voices, the labels; each sealed with a key of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.deidentify.forgetting import retire
from pipeline.errors import DecisionError
from pipeline.records import LabelMap, from_json, to_json
from pipeline.study.vault.sealed_records import STUDY_OWNER

if TYPE_CHECKING:
    from pipeline.speakers.voices import KnownVoices
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


class VoiceStore(SharedRecord):
    """The voices of a study's people."""

    def load(self) -> KnownVoices:
        """The voices known so far."""
        from pipeline.speakers.voices import KnownVoices

        data = self.read()
        return from_json(KnownVoices, data) if data else KnownVoices()


class LabelStore(SharedRecord):
    """The study's label map."""

    def load(self) -> LabelMap:
        """The labels given so far."""
        data = self.read()
        return from_json(LabelMap, data) if data else LabelMap()

    def save(self, labels: LabelMap) -> None:
        """Replace the labels."""
        self.write(to_json(labels), event="labels changed", audit={"labels": len(labels.labels)})


def merge_labels(held: LabelMap, before: LabelMap, after: LabelMap) -> LabelMap:
    """The study's labels with what a decision changed of those its review knows, and nothing besides: what the
    study forgot since the review began does not come back.

    Numbers that a decision gives up, or whose decision is taken back, stay taken. Raises DecisionError when it
    gave a new label that another recording took meanwhile: two people never share one.
    """
    known = {label.text for label in before.labels} | set(before.retired)
    taken = ({label.text for label in held.labels} | set(held.retired)) - known
    dropped = set(before.labels) - set(after.labels)
    added = [label for label in after.labels if label not in set(before.labels)]
    for label in added:
        if label.text in taken and label not in held.labels:
            why = f"{label.written} was given in another recording meanwhile; reload the page, or choose another label"
            raise DecisionError(why=why)
    labels = tuple(dict.fromkeys((*(x for x in held.labels if x not in dropped), *added)))
    left = {label.text for label in labels}
    given_up = (label.text for label in before.labels if label in dropped and label.text not in left)
    retired = retire(replace(held, retired=(*held.retired, *after.retired)), given_up)
    return replace(held, labels=labels, retired=retired)
