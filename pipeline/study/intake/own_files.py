"""What an import must never take: it removes what it sealed, and these would lock or damage a study."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import OwnFileError
from pipeline.study.creating import INBOX
from pipeline.study.intake.sources import SourceFile
from pipeline.study.settings import key_file_of
from pipeline.study.vault.key_files import KEY_FILE_TITLE
from pipeline.study.vault.sealing import MAGIC

if TYPE_CHECKING:
    from pipeline.study.study import Study


def refuse_own_places(study: Study, paths: Iterable[Path]) -> None:
    """Raise OwnFileError for a folder that holds the study, or lies in it and is not its inbox."""
    home = study.folder.resolve()
    for path in paths:
        place = path.resolve()
        if place == home or place in home.parents:
            raise OwnFileError(file=path, what="it holds the study itself")
        if home in place.parents and place != home / INBOX and home / INBOX not in place.parents:
            raise OwnFileError(file=path, what="it is a part of the study")


def refuse_own_file(study: Study, path: Path) -> None:
    """Raise OwnFileError for a key file and for a sealed file, of whatever study."""
    known = key_file_of(study.folder, study.settings)
    with SourceFile(path) as file:
        start = file.read(len(KEY_FILE_TITLE) + len(MAGIC))
    if start.startswith(KEY_FILE_TITLE.encode()) or (known is not None and _same(path, known)):
        raise OwnFileError(file=path, what="it is the key of a study")
    if start.startswith(MAGIC):
        raise OwnFileError(file=path, what="it is a sealed file of a study")


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
