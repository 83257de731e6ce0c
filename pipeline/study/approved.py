"""What is left when the recording is gone: the approved transcript, and who approved it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.records import Redaction, Utterance, from_json
from pipeline.study.vault.states import Artifact
from pipeline.verify.store import Approval

if TYPE_CHECKING:
    from pipeline.study.study import Study


@dataclass(frozen=True, slots=True)
class Approved:
    """The de-identified transcript as it was approved (no spans, no labels' originals).

    `digest` is what each approval names: SHA-256 over codes, times and texts (verify.final).
    """

    recording: str
    digest: str
    duration: float
    utterances: tuple[Utterance, ...] = field(repr=False)
    approvals: tuple[Approval, ...] = ()
    policy: str = ""
    sensitivity: str = ""
    language: str = ""
    engine: str = ""
    model: str = ""


def read_approved(study: Study, recording_id: str) -> Approved | None:
    """The approved transcript of a recording, None when nobody has approved it."""
    if not study.has(recording_id, Artifact.APPROVED):
        return None
    return from_json(Approved, study.artifact(recording_id, Artifact.APPROVED))


def make_approved(
    recording: str, redaction: Redaction, approvals: tuple[Approval, ...], duration: float, **about: str
) -> Approved:
    """The record to keep, of what was approved last."""
    return Approved(
        recording,
        approvals[-1].digest,
        duration,
        redaction.utterances,
        approvals,
        redaction.policy,
        redaction.sensitivity,
        **about,
    )
