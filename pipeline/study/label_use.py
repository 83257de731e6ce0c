"""What of the study's label map other recordings use: a word that one review gives up may be a name elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.deidentify.forgetting import Used, unused
from pipeline.errors import NotKeptError, SealBrokenError
from pipeline.records import Label, LabelMap
from pipeline.study.vault.states import WITHDRAWN_STATES, Artifact

if TYPE_CHECKING:
    from pipeline.study.study import Study


def uses_elsewhere(study: Study, recording: str) -> Iterator[Used]:
    """What every other recording's transcript shows, and the words that were replaced in it."""
    from pipeline.study.exporting import reviewed_redaction

    for row in study.recordings():
        if row.id == recording or row.state in WITHDRAWN_STATES:
            continue
        if study.has(row.id, Artifact.REDACTION):
            redaction, _ = reviewed_redaction(study, row)
            text = " ".join(said.text for said in redaction.utterances)
            yield Used(text, tuple(span.text for span in redaction.spans if span.replacement))
        elif study.has(row.id, Artifact.APPROVED):  # labels stand in the record as they are written
            yield Used(study.artifact(row.id, Artifact.APPROVED).decode())


def used_elsewhere(
    study: Study, recording: str, held: LabelMap, labels: frozenset[Label]
) -> frozenset[Label]:
    """Those of some labels that another recording uses; all of them while one of those cannot be read."""
    try:
        gone = unused(replace(held, labels=tuple(labels)), uses_elsewhere(study, recording))
    except (SealBrokenError, NotKeptError):
        return labels
    return frozenset(label for label in labels if label not in gone)
