"""Which files an import takes: those named, and in folders those that look like sound."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

SOUND_SUFFIXES = frozenset(
    f".{name}"
    for names in (
        "wav w64 au aif aiff aifc flac caf",
        "mp3 m4a m4b aac ogg oga opus wma amr dss ds2 mka",
        "mp4 3gp webm mkv mov avi wmv mpg mpeg",
    )
    for name in names.split()
)
UNFINISHED_SUFFIXES = frozenset((".part", ".crdownload", ".tmp", ".download", ".filepart"))

Outcome = Literal["sealed", "known", "waits", "left", "failed"]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file.

    `sealed`: a new recording; `known`: it was in the study already; `waits`: still being written;
    `left`: not touched; `failed`: could not be read. `removed`: the source is gone. `why`: of what waits, is
    left or failed the reason; of what is safe in the vault, why the file was not removed as it should be.
    """

    file: Path = field(repr=False)
    outcome: Outcome
    recording: str = ""
    why: str = ""
    removed: bool = False

    @property
    def wants_a_person(self) -> bool:
        """True when it failed, or a plain file stays that should have gone."""
        return self.outcome == "failed" or (
            self.outcome in ("sealed", "known") and bool(self.why) and not self.removed
        )


def gather(paths: Iterable[Path]) -> tuple[list[Path], list[Taken]]:
    """The files to take: those named, and in folders those that look like sound; the rest is left.

    Links inside folders are not followed: what they point at lies elsewhere and was not given to us.
    """
    files: list[Path] = []
    left: list[Taken] = []
    for path in paths:
        if not os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises where we may not look
            files.append(path)
            continue
        for inner in _inside(path, left):
            if why := _why_left(inner):
                left.append(why)
            else:
                files.append(inner)
    return list(dict.fromkeys(files)), left


def _inside(folder: Path, unreadable: list[Taken]) -> Iterator[Path]:
    """The files below a folder, hidden ones left out, in order; folders we may not read are noted."""

    def note(error: OSError) -> None:
        why = f"the folder cannot be read ({(error.strerror or 'the system refused').lower()})"
        unreadable.append(Taken(Path(str(error.filename or folder)), "failed", why=why))

    for place, inner, names in os.walk(folder, onerror=note):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        yield from (Path(place, name) for name in sorted(names) if not name.startswith("."))


def _why_left(path: Path) -> Taken | None:
    """Why a file of a folder is not taken; None when it is."""
    if path.suffix.lower() in UNFINISHED_SUFFIXES:
        return Taken(path, "waits", why="its name says it is unfinished")
    if path.suffix.lower() not in SOUND_SUFFIXES:
        return Taken(path, "left", why="not a sound file")
    if path.is_symlink():
        return Taken(path, "left", why="a link; put the file itself here")
    return None
