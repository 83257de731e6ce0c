"""Files in the inbox that cannot be taken in, as long as they lie there unchanged: told once, then kept for the page.

Their names may name people, so what is kept is sealed with a key of its own that derives from the study's.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.study.creating import LOCKS
from pipeline.study.vault.keys import unwrap_bytes, wrap_bytes

if TYPE_CHECKING:
    from pipeline.study.intake.gathering import Taken
    from pipeline.study.study import Study

FILE_NAME = "inbox.sealed"
MOST_BYTES = 1 << 20
BOUND = b"session-deid inbox 1"


@dataclass(frozen=True, slots=True)
class Trouble:
    """A file, why it could not be taken in, and how it looked then."""

    name: str = field(repr=False)
    why: str = field(repr=False)
    size: int = -1
    changed_ns: int = 0

    @classmethod
    def of(cls, taken: Taken) -> Trouble:
        """What is to be remembered of an outcome that wants a person."""
        size, changed = -1, 0
        with contextlib.suppress(OSError):
            found = taken.file.stat()
            size, changed = found.st_size, found.st_mtime_ns
        return cls(os.fsencode(taken.file.name).decode("utf-8", "replace"), taken.why, size, changed)


def read_troubles(study: Study) -> tuple[Trouble, ...]:
    """The troubles the newest run met; none where nothing is kept, or what is kept does not open."""
    try:
        with _path(study).open("rb") as file:
            plain = unwrap_bytes(study.key.derive("inbox"), file.read(MOST_BYTES), BOUND)
        return tuple(Trouble(**each) for each in json.loads(plain or b"[]"))
    except (OSError, ValueError, TypeError):
        return ()


def keep_troubles(study: Study, troubles: Sequence[Trouble]) -> None:
    """Keep the troubles of a run for the next one and for the page; where that cannot be, they are told again."""
    sealed = wrap_bytes(
        study.key.derive("inbox"), json.dumps([asdict(each) for each in troubles]).encode(), BOUND
    )
    with contextlib.suppress(OSError):
        handle = os.open(_path(study), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(sealed)


def _path(study: Study) -> Path:
    return study.folder / LOCKS / FILE_NAME
