"""Every plain file of a recording that the study was ever handed: on which disk it lay, and whether it was removed.

A certificate of destruction says what became of each. A file is known again by a keyed hash of its place and times,
which gives nothing of its name back; one that is handed in every night and stays is noted once.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.study.intake.settling import Shape
    from pipeline.study.study import Study
    from pipeline.study.vault.audit import Entry

SEEN, REMOVED, LEFT = "source seen", "source removed", "source left"
Fate = Literal["removed", "left", "unknown"]
FATES: dict[str, Fate] = {SEEN: "unknown", REMOVED: "removed", LEFT: "left"}


@dataclass(frozen=True, slots=True)
class Sighting:
    """A file as the audit chain knows it again; `here` when it lay on a file system of the study."""

    file: str
    here: bool

    @classmethod
    def of(cls, study: Study, path: Path, shape: Shape) -> Sighting:
        """The sighting of a file that is there."""
        here = lies_here(study, path.stat().st_dev)
        where = f"{path.resolve()}|{shape.mtime_ns}|{shape.inode if here else 0}".encode(
            "utf-8", "surrogateescape"
        )
        digest = hashlib.blake2b(where, key=study.key.derive("sources"), digest_size=8)
        return cls(digest.hexdigest(), here)

    def note(self, study: Study, recording: str, event: str) -> None:
        """Note what became of it, unless that is the last thing noted of it."""
        facts = {"file": self.file, "from_this_disk": self.here}
        known = [e.event for e in study.audit.entries(recording) if e.facts().get("file") == self.file]
        if known[-1:] != [event] and not (event == SEEN and known[-1:] == [LEFT]):
            with study.ledger.transaction():
                study.audit.append(event, recording, facts)


def lies_here(study: Study, device: int) -> bool:
    """Whether a device is one the study's folder or its vault lies on."""
    return device in (study.folder.stat().st_dev, study.vault.folder.stat().st_dev)


def count_files(entries: Iterable[Entry], *, first_here: bool | None) -> Counter[tuple[bool | None, Fate]]:
    """How many files there were of a recording, by whether they lay here and by what became of them.

    `first_here` is where those lay that an earlier version noted without saying; None when that is not known.
    """
    last: dict[str, tuple[bool | None, Fate]] = {}
    for entry in entries:
        if entry.event in FATES:
            facts = entry.facts()
            here = bool(facts["from_this_disk"]) if "from_this_disk" in facts else first_here
            last[str(facts.get("file", f"entry {entry.seq}"))] = (here, FATES[entry.event])
    return Counter(last.values())
