"""What is left when the recording is gone: the approved transcript, and who approved it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.records import Redaction, Utterance, from_json
from pipeline.study.vault.states import Artifact
from pipeline.verify.gate import shared_account
from pipeline.verify.store import Approval

if TYPE_CHECKING:
    from pipeline.study.study import Study


SAME_ACCOUNT = (
    "Both approvals were given from one account of the computer ({account}): whether two people gave them, the software "
    "cannot tell."
)


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


def shared_by(approvals: Sequence[Approval]) -> str:
    """The account of the computer that two names approved from, empty when there is none."""
    return shared_account((each.reviewer, each.account) for each in approvals)
