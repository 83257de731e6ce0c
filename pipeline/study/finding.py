"""Which study is meant, and who is at work."""

from __future__ import annotations

import getpass
from pathlib import Path

from pipeline.errors import StudyMissingError
from pipeline.study.vault.key_book import FILE_NAME


def user() -> str:
    """The name of the person at this computer's account, for the audit chain."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # Windows without USERNAME has no other way to ask
        return "unknown"


def find_study(start: Path) -> Path:
    """The study folder one stands in, looking upward; raises StudyMissingError."""
    for folder in (start, *start.absolute().parents):
        if (folder / FILE_NAME).is_file():
            return folder
    raise StudyMissingError(folder=start)
