"""A study as the review (page or terminal) sees it: material, the sealed decision log, leases, approval."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, BinaryIO

from pipeline.errors import DecisionError, RecordingUnknownError, StateError
from pipeline.records import Audio, LabelMap, Redaction, to_json
from pipeline.study import undertaking
from pipeline.study.approving import approve
from pipeline.study.intake.transcripts import transcript_of
from pipeline.study.label_use import OtherUses
from pipeline.study.leases import Leases
from pipeline.study.review_lists import list_recordings
from pipeline.study.review_material import load_material, read_events, read_log
from pipeline.study.shared import merge_labels, unite_in
from pipeline.study.vault.states import Artifact, Part, State
from pipeline.verify.decisions import Event
from pipeline.verify.labelling import check_apart, labels_joined
from pipeline.verify.log import audit_facts, count_events, pack_event
from pipeline.verify.state import RosterAddition
from pipeline.verify.store import Approval, Destruction, Material, RecordingInfo

if TYPE_CHECKING:
    from pipeline.study.study import Study

Decode = Callable[[BinaryIO, str], Audio]
DECIDABLE = (State.REDACTED, State.IN_REVIEW)
REVIEWED = (*DECIDABLE, State.VERIFIED)


class StudyReviewStore:
    """pipeline.verify.store.ReviewStore over a study. `decode` makes sound of a source (for playing)."""

    def __init__(self, study: Study, decode: Decode, clock: Callable[[], float] = time.time):
        self._study = study
        self._decode = decode
        self._leases = Leases(study.ledger, clock)
        self._uses = OtherUses(study)
        self.name = study.settings.name

    # --- lists ---

    def recordings(self) -> Sequence[RecordingInfo]:
        """All recordings, for the list page."""
        return list_recordings(self._study)

    # --- one recording ---

    def load(self, recording: str) -> Material:
        """What the pipeline left; raises RecordingUnknownError or StateError when there is nothing yet."""
        return load_material(self._study, recording)

    def events(self, recording: str, after: int = 0) -> Sequence[Event]:
        """The decision log, in order, without its first so many events."""
        return read_events(self._study, recording, after)

    def append(self, recording: str, event: Event, holder: str, before: LabelMap, after: LabelMap) -> None:
        """Keep one event, with its audit entry and what it changed of the labels, in one transaction.

        Raises ReviewLockedError without the lease and DecisionError when the log went on meanwhile or
        a new label was taken by another recording.
        """
        study = self._study
        with study.ledger.transaction():
            self._check_decidable(recording, "decided on")
            self._leases.check(recording, holder)
            base, log = read_log(study, recording)
            if event.number != count_events(log) + 1:
                raise DecisionError(why="another decision was kept meanwhile; reload the page")
            held = study.labels.load()
            check_apart(held, event.decision)
            merged = self._merge(recording, event, held, before, after)
            study.keep(
                recording,
                Artifact.DECISIONS,
                to_json(base) + b"\n" + log + pack_event(event),
                state=State.IN_REVIEW,
                event="decision",
                audit=audit_facts(event),
                shared={"labels": to_json(merged)} if merged != held else None,
                by=event.by,
            )

    def _merge(
        self, recording: str, event: Event, held: LabelMap, before: LabelMap, after: LabelMap
    ) -> LabelMap:
        """The study's labels after a decision. Which words other recordings use is looked for only where it matters."""
        joined = labels_joined(event.decision)
        merged = merge_labels(
            held,
            before,
            after,
            meant=joined[1:],
            used=lambda labels: self._uses.among(recording, held, labels) if labels else labels,
        )
        return unite_in(merged, *joined) if joined else merged

    # --- the right to decide ---

    def take_lease(self, recording: str, holder: str, reviewer: str) -> None:
        """Take or renew the right to decide for LEASE_SECONDS; raises ReviewLockedError."""
        self._leases.take(recording, holder, reviewer)

    def release_lease(self, recording: str, holder: str) -> None:
        """Give the right to decide back."""
        self._leases.release(recording, holder)

    def held_by(self, recording: str, holder: str) -> str:
        """Who else decides on it at this moment; "" when nobody does."""
        return self._leases.held_by(recording, holder)

    def _check_decidable(self, recording: str, wanted: str) -> None:
        row = self._study.recording(recording)
        if row.state not in DECIDABLE:
            raise StateError(recording=recording, state=row.state.value, wanted=wanted)

    # --- sound, verification ---

    def holds(self, recording: str) -> bool:
        """Whether the ledger still has its sound and words: asked anew at each request, never remembered."""
        row = self._study.rows.recording(recording)
        return row.state in REVIEWED and self._study.rows.has_key(recording, Part.AUDIO.value)

    def forget_destroyed(self) -> None:
        """Keep nothing in memory of a recording whose destruction has begun."""
        self._uses.forget_destroyed()

    def sound(self, recording: str) -> Audio | None:
        """The recording's sound, decoded in memory; None once it is destroyed, or where there was none."""
        text = transcript_of(self._study, recording)
        if text is not None and not text.has_sound:
            return None
        try:
            source = self._study.open_source(recording)
        except RecordingUnknownError:
            return None
        with source:
            return self._decode(source, recording)

    def destruction(self, recording: str) -> Destruction:
        """What will be destroyed after verification, and when; raises RecordingUnknownError."""
        self._study.recording(recording)
        settings = self._study.settings
        what = ["the recording and its key", "its voiceprints"]
        if settings.destroy_raw_transcript:
            what += ["the raw words", "this review's decisions"]
        days = settings.destroy_after_days
        when = "when somebody runs: session-deid destroy"
        if days is not None:
            when = f"{days} days after verification" if days else "as soon as it is verified"
        if keeping := settings.retention.say("sound_not_before"):
            when += f", and not before the day of {keeping}"
        return Destruction(tuple(what), when)

    def verify(self, recording: str, approval: Approval, redaction: Redaction, holder: str) -> None:  # noqa: ARG002
        """Freeze the transcript by digest and keep who approved it; raises what the gate raises.

        With two reviewers the first approval is kept, and the recording stays in review. The gate
        replays the log itself and keeps what that gives: it trusts no page (`redaction` is not used).
        """
        study = self._study
        undertaking.require(study, approval.reviewer)
        with study.ledger.transaction():
            self._check_decidable(recording, "verified")
            self._leases.check(recording, holder)
            state = approve(study, recording, approval)
            self.add_to_roster(recording, state.additions)

    def kept_report(self, recording: str) -> bytes | None:
        """The redaction report (JSON) kept at verification; None before."""
        if not self._study.has(recording, Artifact.REPORT):
            return None
        return self._study.artifact(recording, Artifact.REPORT)

    def add_to_roster(self, recording: str, additions: Sequence[RosterAddition]) -> None:
        """Keep names found in review for the whole study; those kept already change nothing."""
        self._study.recording(recording)
        roster = self._study.roster
        for addition in additions:
            if addition.group:
                roster.add_words(addition.group, (addition.name,))
            else:
                roster.add_name(addition.code, addition.name)
