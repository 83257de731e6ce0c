"""Bytes of a text file to characters, and what had to be guessed."""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import TranscriptFormatError

_MARKS = (
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_LONE = "\N{REPLACEMENT CHARACTER}"
_NULLS = 0.3  # of every other byte: UTF-16 without a mark, in Latin script


def decode(data: bytes, path: Path) -> tuple[str, tuple[str, ...]]:
    """The text with \\n line ends, and what a person should know of the reading.

    UTF-8 (a few bad bytes become U+FFFD), UTF-16, UTF-32, else the Windows code page old tools write.
    Raises TranscriptFormatError for what is no text.
    """
    text, notes = _decode(data, path)
    if "\0" in text:
        raise TranscriptFormatError(file=path, why="it is not text")
    return text.replace("\r\n", "\n").replace("\r", "\n"), notes


def _decode(data: bytes, path: Path) -> tuple[str, tuple[str, ...]]:
    encoding = next((e for mark, e in _MARKS if data.startswith(mark)), None) or _unmarked_wide(data)
    if encoding:
        try:
            return data.decode(encoding), ()
        except UnicodeDecodeError:
            raise TranscriptFormatError(file=path, why=f"it is damaged ({encoding.upper()})") from None
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        return _not_quite(data)


def _unmarked_wide(data: bytes) -> str | None:
    half = max(1, len(data) // 2)
    if data[1::2].count(0) > _NULLS * half:
        return "utf-16-le"
    return "utf-16-be" if data[0::2].count(0) > _NULLS * half else None


def _not_quite(data: bytes) -> tuple[str, tuple[str, ...]]:
    """UTF-8 with damage, where more is whole than is damaged; else Windows-1252."""
    text = data.decode("utf-8-sig", errors="replace")
    bad = text.count(_LONE) - data.count(_LONE.encode())
    whole = sum(1 for c in text if ord(c) > 127) - text.count(_LONE)
    if whole > bad:
        places = "1 byte is" if bad == 1 else f"{bad} bytes are"
        return text, (
            f"{places} no valid UTF-8 and stand as {_LONE}: compare those places with the original",
        )
    old = data.decode("cp1252", errors="replace")
    note = "it is no UTF-8, so it was read as Windows-1252: check the letters with accents"
    return old, (note,)
