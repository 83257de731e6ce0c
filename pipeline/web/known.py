"""The studies opened on this computer, newest first: where they lie, so that the page opens without naming one.

A small file in this account's configuration folder, mode 0600; it holds paths and nothing else.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from pipeline.study.vault.key_book import FILE_NAME as KEYS

FILE_NAME = "studies.json"
MOST = 20
MOST_BYTES = 1 << 16


def _file() -> Path:
    import platformdirs

    return Path(platformdirs.user_config_dir("session-deid", appauthor=False)) / FILE_NAME


def known_studies() -> list[Path]:
    """The folders that are still studies."""
    with contextlib.suppress(OSError, ValueError, TypeError):
        with _file().open("rb") as file:
            found = json.loads(file.read(MOST_BYTES))
        return [path for path in map(Path, found) if (path / KEYS).is_file()]
    return []


def remember(folder: Path) -> None:
    """Note that a study was opened; where that cannot be noted, nothing is."""
    from pipeline.errors import OutputError
    from pipeline.files import write_atomically

    here = folder.absolute()
    paths = [here, *(path for path in known_studies() if path != here)][:MOST]
    with contextlib.suppress(OSError, OutputError):
        _file().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(_file(), json.dumps([str(path) for path in paths]).encode())
