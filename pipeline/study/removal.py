"""Removing a source whose content is safe in the vault, so that a crash in between is finished later."""

from __future__ import annotations

import secrets
from pathlib import Path

from pipeline.study import faults
from pipeline.study.files import overwrite, storage_errors, sync_folder
from pipeline.study.settling import Shape, open_for_writing, same_shape

REMOVAL_MARK = ".session-deid-removing-"


def remove_source(path: Path, shape: Shape) -> bool:
    """Remove a source whose content is safe: mark, overwrite, unlink, sync. False when it changed since."""
    with storage_errors(path):
        if not same_shape(path, shape) or open_for_writing(path):
            return False
        marked = path.with_name(f"{REMOVAL_MARK}{secrets.token_hex(6)}")
        path.rename(marked)
        sync_folder(path.parent)
        faults.point("import.marked")
        _finish_removal(marked)
    return True


def _finish_removal(marked: Path) -> None:
    overwrite(marked)
    faults.point("import.overwritten")
    marked.unlink()
    faults.point("import.unlinked")
    sync_folder(marked.parent)


def finish_removals(folder: Path) -> int:
    """Finish removals a crash interrupted in a folder and below; returns how many."""
    if not folder.is_dir():
        return 0
    marks = sorted(folder.glob(f"**/{REMOVAL_MARK}*"))
    with storage_errors(folder):
        for marked in marks:
            _finish_removal(marked)
    return len(marks)
