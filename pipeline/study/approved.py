"""What is left when the recording is gone: the approved transcript, and who approved it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.records import Diarization, Redaction, Utterance, from_json
from pipeline.study.vault.states import Artifact
from pipeline.verify.gate import shared_account
from pipeline.verify.store import Approval

if TYPE_CHECKING:
    from pipeline.study.study import Study


SAME_ACCOUNT = (
    "Both approvals were given from one account of the computer ({account}): whether two people gave them, the software "
    "cannot tell."
)


WITHDREW, AMENDED = "participant withdrew", "amended"


@dataclass(frozen=True, slots=True)
class Change:
    """How an approved transcript was changed without being approved anew: only by taking out or generalising.

    `before` and `after` are its digests; `statement` is what the person `by` accepted.
    """

    kind: str
    at: str
    by: str
    before: str
    after: str
    statement: str = field(default="", repr=False)

    def __str__(self) -> str:
        return f"{self.kind} on {self.at[:10]}"


@dataclass(frozen=True, slots=True)
class Approved:
    """The de-identified transcript as it was approved (no spans, no labels' originals).

    `digest` is SHA-256 over codes, times and texts (verify.final): what each approval names, or what the `changes` made
    since led to.
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
    changes: tuple[Change, ...] = ()
    diarizer: str = ""

    @property
    def version(self) -> int:
        """1 as it was approved first, one more for each change since."""
        return 1 + len(self.changes)

    def standing(self) -> tuple[Approval, ...]:
        """The approvals that this very transcript follows from, by changes that each name the one before."""
        digests = {self.digest}
        for change in reversed(self.changes):
            if change.after in digests:
                digests.add(change.before)
        return tuple(each for each in self.approvals if each.digest in digests)

    def edition(self) -> str:
        """For exports: which version it is and what made it so; empty for the first."""
        return f"version {self.version}, {self.changes[-1]}" if self.changes else ""


def read_approved(study: Study, recording_id: str) -> Approved | None:
    """The approved transcript of a recording, None when nobody has approved it."""
    if not study.has(recording_id, Artifact.APPROVED):
        return None
    return from_json(Approved, study.artifact(recording_id, Artifact.APPROVED))


def diarizer_of(study: Study, recording_id: str) -> str:
    """The models that told a recording's voices apart; empty where nothing is left of that."""
    if not study.has(recording_id, Artifact.DIARIZATION):
        return ""
    return from_json(Diarization, study.artifact(recording_id, Artifact.DIARIZATION)).model


def make_approved(
    recording: str,
    redaction: Redaction,
    approvals: tuple[Approval, ...],
    duration: float,
    *,
    language: str,
    engine: str,
    model: str,
    diarizer: str,
    changes: tuple[Change, ...] = (),
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
        language,
        engine,
        model,
        changes,
        diarizer,
    )


def shared_by(approvals: Sequence[Approval]) -> str:
    """The account of the computer that two names approved from, empty when there is none."""
    return shared_account((each.reviewer, each.account) for each in approvals)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an approved transcript: its number, its digest, and what made it, in words."""

    number: int
    digest: str
    made: str


def versions_of(approved: Approved) -> tuple[Version, ...]:
    """Every version there was, the newest last; of the earlier ones nothing but their digests is left."""
    first = approved.changes[0].before if approved.changes else approved.digest
    by = ", ".join(dict.fromkeys(each.reviewer for each in approved.approvals))
    made = f"approved by {by} on {approved.approvals[-1].at[:10]}" if approved.approvals else "not approved"
    later = (Version(n, each.after, f"{each}, by {each.by}") for n, each in enumerate(approved.changes, 2))
    return (Version(1, first, made), *later)
