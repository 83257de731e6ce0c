"""Who is deciding on which recording at this moment: one person at a time, until the time given runs out."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.errors import ReviewLockedError
from pipeline.study.vault.ledger import Ledger
from pipeline.verify.store import LEASE_SECONDS


class Leases:
    """The leases of a study, kept in its ledger. `clock` gives seconds since 1970."""

    def __init__(self, ledger: Ledger, clock: Callable[[], float]):
        self._ledger = ledger
        self._clock = clock

    def take(self, recording: str, holder: str, reviewer: str) -> None:
        """Take or renew the right to decide for LEASE_SECONDS; raises ReviewLockedError."""
        with self._ledger.transaction():
            held = self._held(recording)
            if held and held[0] != holder:
                raise ReviewLockedError(holder=held[1])
            until = self._clock() + LEASE_SECONDS
            self._ledger.query(
                "INSERT OR REPLACE INTO leases VALUES (?,?,?,?)", recording, holder, reviewer, until
            )

    def release(self, recording: str, holder: str) -> None:
        """Give the right to decide back."""
        with self._ledger.transaction():
            self._ledger.query("DELETE FROM leases WHERE recording = ? AND holder = ?", recording, holder)

    def check(self, recording: str, holder: str) -> None:
        """Raise ReviewLockedError unless the holder has the right to decide."""
        held = self._held(recording)
        if held is None or held[0] != holder:
            raise ReviewLockedError(holder=held[1] if held else "nobody")

    def check_free(self, recording: str) -> None:
        """Raise ReviewLockedError while anybody has the right to decide."""
        if held := self._held(recording):
            raise ReviewLockedError(holder=held[1])

    def held_by(self, recording: str, holder: str) -> str:
        """Who else has the right to decide; "" when nobody has."""
        held = self._held(recording)
        return held[1] if held and held[0] != holder else ""

    def _held(self, recording: str) -> tuple[str, str] | None:
        """Holder and reviewer of a lease that runs. One that ends too late was given before the clock was
        set back, and no longer counts."""
        rows = self._ledger.query("SELECT holder, reviewer, until FROM leases WHERE recording = ?", recording)
        left = rows[0]["until"] - self._clock() if rows else 0.0
        return (rows[0]["holder"], rows[0]["reviewer"]) if 0 < left <= LEASE_SECONDS else None
