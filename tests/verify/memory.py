"""A store of reviews in memory: what the product's store does, without a study."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from pipeline.errors import DecisionError, RecordingUnknownError, ReviewLockedError
from pipeline.records import Audio, LabelMap, Redaction
from pipeline.verify.decisions import Event
from pipeline.verify.state import RosterAddition
from pipeline.verify.store import LEASE_SECONDS, REVIEWABLE, Approval, Destruction, Material, RecordingInfo


@dataclass
class _Kept:
    info: RecordingInfo
    material: Material | None = field(repr=False, default=None)
    sound: Audio | None = field(repr=False, default=None)
    events: list[Event] = field(repr=False, default_factory=list)
    labels: LabelMap = field(repr=False, default_factory=LabelMap)
    lease: tuple[str, str, float] | None = None
    report: bytes | None = None
    approved: tuple[Approval, Redaction] | None = field(repr=False, default=None)


class MemoryStore:
    """A store that forgets at exit."""

    def __init__(self, name: str = "In memory", clock: Callable[[], float] = time.monotonic) -> None:
        self.name = name
        self.clock = clock
        self.audits: list[dict[str, str | int]] = []
        self.roster_additions: list[tuple[str, RosterAddition]] = []
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.RLock()

    def put(self, info: RecordingInfo, material: Material | None = None, sound: Audio | None = None) -> None:
        """Add a recording."""
        self._kept[info.id] = _Kept(info, material, sound)

    def _one(self, recording: str) -> _Kept:
        if recording not in self._kept:
            raise RecordingUnknownError(recording=recording)
        return self._kept[recording]

    def recordings(self) -> Sequence[RecordingInfo]:
        return [kept.info for kept in self._kept.values()]

    def load(self, recording: str) -> Material:
        material = self._one(recording).material
        if material is None:
            raise RecordingUnknownError(recording=recording)
        return material

    def events(self, recording: str, after: int = 0) -> Sequence[Event]:
        return tuple(self._one(recording).events[after:])

    def append(
        self,
        recording: str,
        event: Event,
        holder: str,
        before: LabelMap,
        after: LabelMap,
    ) -> None:
        from pipeline.verify.log import audit_facts

        with self._lock:
            kept = self._one(recording)
            if kept.info.state not in ("redacted", "in review"):
                raise DecisionError(why="the transcript is verified and frozen")
            self._check_lease(kept, holder)
            kept.events.append(event)
            kept.labels = after
            self.audits.append(audit_facts(event))
            if kept.info.state == "redacted":
                kept.info = replace(kept.info, state="in review")

    def take_lease(self, recording: str, holder: str, reviewer: str) -> None:
        with self._lock:
            kept = self._one(recording)
            if kept.lease and kept.lease[0] != holder and kept.lease[2] > self.clock():
                raise ReviewLockedError(holder=kept.lease[1])
            kept.lease = (holder, reviewer, self.clock() + LEASE_SECONDS)

    def release_lease(self, recording: str, holder: str) -> None:
        with self._lock:
            kept = self._one(recording)
            if kept.lease and kept.lease[0] == holder:
                kept.lease = None

    def held_by(self, recording: str, holder: str) -> str:
        lease = self._one(recording).lease
        return lease[1] if lease and lease[0] != holder and lease[2] > self.clock() else ""

    def _check_lease(self, kept: _Kept, holder: str) -> None:
        if kept.lease is None or kept.lease[0] != holder:
            raise ReviewLockedError(holder=kept.lease[1] if kept.lease else "nobody")

    def holds(self, recording: str) -> bool:
        if recording not in self._kept:
            raise RecordingUnknownError(recording=recording)
        return self._kept[recording].info.state in REVIEWABLE

    def forget_destroyed(self) -> None:
        """All of this store is memory: what it was given stays."""

    def sound(self, recording: str) -> Audio | None:
        return self._one(recording).sound

    def destruction(self, recording: str) -> Destruction:
        name = self._one(recording).info.name
        return Destruction((f"the sound of {name}", "its raw words", "this review's undo history"), "at once")

    def verify(self, recording: str, approval: Approval, redaction: Redaction, holder: str) -> None:
        with self._lock:
            kept = self._one(recording)
            self._check_lease(kept, holder)
            kept.approved = (approval, redaction)
            kept.info = replace(
                kept.info, state="verified", verified_by=approval.reviewer, verified_at=approval.at
            )

    def kept_report(self, recording: str) -> bytes | None:
        return self._one(recording).report

    def add_to_roster(self, recording: str, additions: Sequence[RosterAddition]) -> None:
        self.roster_additions.extend((recording, each) for each in additions)

    def approval(self, recording: str) -> Approval | None:
        """Who approved the recording, if anybody did."""
        approved = self._one(recording).approved
        return approved[0] if approved else None
