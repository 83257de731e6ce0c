"""Folders and drives as the server sees them. The page names none: it gets a short name for each that was shown to
it, and can ask for nothing else."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.web.bodies import RequestError

MOST_SHOWN = 200
MOST_KEPT = 5000
HOME_FOLDERS = ("Documents", "Desktop", "Downloads")
DRIVES = ("/media/", "/run/media/", "/mnt/", "/Volumes/")


@dataclass(frozen=True, slots=True)
class Shown:
    """A folder shown to the page: its short name, what it is called, and whether it is a drive."""

    id: str
    name: str
    drive: bool = False


class Folders:
    """The folders shown so far, by their short names."""

    def __init__(self) -> None:
        self._paths: dict[str, Path] = {}
        self._ids: dict[Path, str] = {}

    def show(self, path: Path, name: str = "", *, drive: bool = False) -> Shown:
        """Give a folder its short name."""
        if path not in self._ids:
            if len(self._paths) >= MOST_KEPT:
                self._paths.clear()
                self._ids.clear()
            self._ids[path] = secrets.token_hex(8)
            self._paths[self._ids[path]] = path
        return Shown(self._ids[path], name or path.name or str(path), drive)

    def path(self, short: str) -> Path:
        """The folder of a short name; raises RequestError for one that was never given."""
        if short not in self._paths:
            raise RequestError(404, "This folder was not shown. Load the page again.")
        return self._paths[short]

    def roots(self) -> list[Shown]:
        """Where one begins to look: the drives, the home folder and what usually lies in it."""
        home = Path.home()
        usual = [home / name for name in HOME_FOLDERS if (home / name).is_dir()]
        found = [self.show(path, drive=True) for path in drives()]
        return [*found, self.show(home, str(home)), *(self.show(path) for path in usual)]

    def is_drive(self, folder: Path) -> bool:
        """Whether a folder is a drive that can be taken out, or lies on one."""
        return any(drive == folder or drive in folder.parents for drive in drives())

    def inside(self, folder: Path) -> list[Shown]:
        """The folders in a folder; hidden ones and links are left out."""
        return [self.show(path) for path in sorted(_folders(folder))[:MOST_SHOWN]]


def drives() -> list[Path]:
    """Drives and cards that can be taken out, as far as the system tells: where they are mounted."""
    import psutil

    found = []
    for part in psutil.disk_partitions(all=False):
        windows = os.name == "nt" and "fixed" not in part.opts
        if windows or part.mountpoint.startswith(DRIVES):
            found.append(Path(part.mountpoint))
    return sorted(found)


def _folders(folder: Path) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False):
                    yield Path(entry.path)
    except OSError:  # one we may not look into shows nothing
        return
