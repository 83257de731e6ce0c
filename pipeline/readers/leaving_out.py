"""What readers of formatted files leave out, and what they refuse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import TranscriptFormatError


class UnknownTextError(Exception):
    """Text in an element that is not known; the message is the element's name, never its text."""


@contextmanager
def refusing_unknown_text(path: Path, remedy: str) -> Iterator[None]:
    """Raise TranscriptFormatError where a part of the file holds text in a form that is not read."""
    try:
        yield
    except UnknownTextError as unknown:
        why = f"it holds text in a form that is not read ({unknown}); {remedy}"
        raise TranscriptFormatError(file=path, why=why) from None


def left_out(taken: Mapping[str, int]) -> tuple[str, ...]:
    """Notes on what was taken out of a file, by its kind."""
    return tuple(f"left out: {count} {what}" for what, count in sorted(taken.items()) if count)
