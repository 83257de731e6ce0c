"""Which recordings a run was at work on: one that ends its run twice is set aside, instead of once every night.

A mark in the ledger counts how often work on a recording began and neither ended nor failed. A run that is stopped, or
ends with an error, takes its marks back; one that is killed, for memory most often, cannot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.study.study import Study

PREFIX = "begun "
MOST = 2  # so often a run may end with a recording before it is set aside


class Begun:
    """The marks of one run."""

    def __init__(self, study: Study):
        self._ledger = study.ledger
        self._ours: set[str] = set()

    def may_begin(self, recording: str) -> bool:
        """Whether work on it may begin, which is marked then; False when its run ended so too often."""
        if recording in self._ours:
            return True
        count = self._ledger.read_mark(PREFIX + recording)
        self._ledger.write_mark(PREFIX + recording, 0 if count >= MOST else count + 1)
        if count < MOST:
            self._ours.add(recording)
        return count < MOST

    def ended(self, recording: str) -> None:
        """It ended, well or not."""
        if recording in self._ours:
            self._ours.remove(recording)
            self._ledger.write_mark(PREFIX + recording, 0)

    def forget(self) -> None:
        """The run ends for a reason of its own: what it was at work on did not end it."""
        with self._ledger.transaction():
            for recording in sorted(self._ours):
                self._ledger.write_mark(PREFIX + recording, self._ledger.read_mark(PREFIX + recording) - 1)
        self._ours.clear()


def forget_begun(study: Study, recordings: Iterable[str]) -> None:
    """A person stopped the run: what it was at work on did not end it."""
    with study.ledger.transaction():
        for recording in recordings:
            if count := study.ledger.read_mark(PREFIX + recording):
                study.ledger.write_mark(PREFIX + recording, count - 1)
