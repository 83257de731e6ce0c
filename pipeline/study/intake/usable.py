"""What cannot be used is refused before it is sealed, and stays where it was."""

from __future__ import annotations

from pathlib import Path

from pipeline.audio.usable import check_usable
from pipeline.readers import FORMATS


def refuse_unusable(path: Path) -> None:
    """Raise the error that fits for a file with no sound in it that could be heard (InputError), or, by its
    ending, a transcript that cannot be read (TranscriptFormatError)."""
    if path.suffix.lower() in FORMATS:
        from pipeline.readers import read

        read(path)
        return
    with path.open("rb") as file:
        check_usable(file, name=path.name)
