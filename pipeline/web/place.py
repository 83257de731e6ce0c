"""The study a server serves: locked until somebody opens it, and locked again when nobody is there.

Locked, the server holds neither the study's key nor anything it opened; what a run in a process of its own does goes on.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from pipeline.web.bodies import RequestError
from pipeline.web.desk import Desk
from pipeline.web.folders import Folders
from pipeline.web.known import remember

if TYPE_CHECKING:
    from pipeline.records import Audio
    from pipeline.study.study import Study
    from pipeline.study.vault.keys import KeySource
    from pipeline.study.vault.study_key import Ring
    from pipeline.verify.store import ReviewStore
    from pipeline.web.installer import Installer

LOCKED = 423


class Place:
    """What is open. `may_unlock`: the page itself may open the study, so it may be locked without ending the server."""

    def __init__(self, folder: Path | None = None, *, reviewer: str, may_unlock: bool = False) -> None:
        self.folder = folder
        self.reviewer = reviewer
        self.may_unlock = may_unlock
        self.folders = Folders()
        self.installer: Installer | None = None  # where models can be installed from the page
        self.kept: dict[str, Any] = {}  # what other rooms of the page keep while the study is open
        self._guard = threading.RLock()
        self._busy = 0
        self._study: Study | None = None
        self._desk: Desk | None = None

    @classmethod
    def of_store(cls, store: ReviewStore, *, reviewer: str) -> Place:
        """A place where there is only something to review."""
        place = cls(reviewer=reviewer)
        place._desk = Desk(store, reviewer)
        return place

    @classmethod
    def of_study(cls, study: Study, *, reviewer: str, may_unlock: bool = False) -> Place:
        """A place with a study that is open already."""
        place = cls(study.folder, reviewer=reviewer, may_unlock=may_unlock)
        place._enter(study)
        return place

    @property
    def locked(self) -> bool:
        """True while no study is open."""
        return self._desk is None

    @property
    def desk(self) -> Desk:
        """The reviews; raises RequestError while the study is locked."""
        if self._desk is None:
            raise RequestError(LOCKED, "The study is locked.")
        return self._desk

    @property
    def study(self) -> Study:
        """The open study; raises RequestError while it is locked."""
        if self._study is None:
            raise RequestError(LOCKED, "The study is locked.")
        return self._study

    @property
    def open_study(self) -> Study | None:
        """The study that is open, None while it is locked and where there is none."""
        return self._study

    def opens(self, ring: Ring | None) -> bool:
        """Whether the study that is open was opened with a key of this ring; true where there is no study to ask."""
        return ring is None or self._study is None or self._study.key.opens(ring)

    @property
    def name(self) -> str:
        """What stands at the head of the page; of a locked study only its folder's name."""
        if self._desk is not None:
            return self._desk.store.name
        return self.folder.name if self.folder else "session-deid"

    def unlock(self, source: KeySource) -> None:
        """Open the study; raises what Study.open raises, WrongKeyError among it."""
        from pipeline.study.study import Study

        if self.folder is None:
            raise RequestError(409, "There is no study yet.")
        with self._guard:
            if self.locked:
                self._enter(Study.open(self.folder, source))
        remember(self.folder)

    def enter(self, study: Study) -> None:
        """Serve a study that was just made."""
        with self._guard:
            self.folder = study.folder
            self._enter(study)
        remember(study.folder)

    def close(self) -> None:
        """The server ends: give everything back."""
        self.forget()
        if self.may_unlock and self._study is not None:
            self._study.close()
            self._study = self._desk = None

    def _enter(self, study: Study) -> None:
        from pipeline.study.review_store import StudyReviewStore

        self._study = study
        self._desk = Desk(StudyReviewStore(study, _decode), self.reviewer)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """While a request is answered the study stays open."""
        with self._guard:
            self._busy += 1
        try:
            yield
        finally:
            with self._guard:
                self._busy -= 1

    def lock(self) -> bool:
        """Forget the key and everything that was opened; False while something is still at work with it."""
        with self._guard:
            if self._busy:
                return False
            self.forget()
            if self.may_unlock and self._study is not None:
                self._study.close()
                self._study = self._desk = None
            return True

    def forget_destroyed(self) -> None:
        """Forget the reviews and sounds of recordings that are being destroyed, whether a page asks or not."""
        with self._guard:
            if self._desk is not None:
                self._desk.forget_destroyed()

    def forget(self) -> None:
        """Forget open reviews and sounds, and whatever else was kept."""
        with self._guard:
            if self._desk is not None:
                self._desk.clear()
            self.kept.clear()


def _decode(source: BinaryIO, name: str) -> Audio:
    from pipeline.audio.decode import decode

    return decode(source, name=name)
