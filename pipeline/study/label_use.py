"""What of the study's label map other recordings use: a word that one review gives up may be a name elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.deidentify.forgetting import Use, Used, read_use, unused
from pipeline.errors import NotKeptError, SealBrokenError
from pipeline.records import Label, LabelMap
from pipeline.study.review_material import reviewed_redaction
from pipeline.study.vault.states import WITHDRAWN_STATES, Artifact, State

if TYPE_CHECKING:
    from pipeline.study.study import Study
    from pipeline.study.vault.rows import RecordingRow

_REVIEWED = (State.REDACTED, State.IN_REVIEW, State.VERIFIED)
_READ = (Artifact.REDACTION, Artifact.DECISIONS, Artifact.APPROVED)  # what a use is read from


class OtherUses:
    """What every other recording's transcript shows, and the words that were replaced in it. Each is read once, and again
    when it changed; what was read goes with this object."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self._kept: dict[str, tuple[tuple[int, ...], Use]] = {}

    def __repr__(self) -> str:
        return f"OtherUses({len(self._kept)} recordings)"

    def of_all_but(self, recording: str) -> Iterator[Use]:
        """Every other recording's."""
        for row in self._study.recordings():
            if row.id != recording and row.state not in WITHDRAWN_STATES:
                use = self._of(row)
                if use is not None:
                    yield use

    def among(self, recording: str, held: LabelMap, labels: frozenset[Label]) -> frozenset[Label]:
        """Those of some labels that another recording uses; all of them while one of those cannot be read."""
        try:
            gone = unused(replace(held, labels=tuple(labels)), self.of_all_but(recording))
        except (SealBrokenError, NotKeptError):
            return labels
        return frozenset(label for label in labels if label not in gone)

    def forget_destroyed(self) -> None:
        """Keep nothing of a recording whose destruction has begun."""
        for recording in list(self._kept):
            if self._study.rows.recording(recording).state not in _REVIEWED:
                del self._kept[recording]

    def _of(self, row: RecordingRow) -> Use | None:
        versions = tuple(self._version(row.id, kind) for kind in _READ)
        if row.id not in self._kept or self._kept[row.id][0] != versions:
            used = _read(self._study, row)
            if used is None:
                return None
            self._kept[row.id] = (versions, read_use(used))
        return self._kept[row.id][1]

    def _version(self, recording: str, kind: Artifact) -> int:
        row = self._study.rows.artifact(recording, kind.value)
        return row.version if row else 0


def _read(study: Study, row: RecordingRow) -> Used | None:
    if study.has(row.id, Artifact.REDACTION):
        redaction, _ = reviewed_redaction(study, row)
        text = " ".join(said.text for said in redaction.utterances)
        return Used(text, tuple(span.text for span in redaction.spans if span.replacement))
    if study.has(row.id, Artifact.APPROVED):  # labels stand in the record as they are written
        return Used(study.artifact(row.id, Artifact.APPROVED).decode())
    return None
