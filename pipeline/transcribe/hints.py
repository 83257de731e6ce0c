"""Names, sites and study words that make the recogniser listen for them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import FileMissingError, FileUnreadableError, SettingsError

HINT_LIMIT = 60  # Whisper reads at most 224 tokens of prompt; a rare name takes three or four
SHORTEST_HINT = 3  # letters
NAME_COLUMNS = ("name", "nicknames")


def as_prompt(hints: Sequence[str]) -> str:
    """The hints as the text Whisper believes was just said; empty when there are none.

    A sentence each: measured against a list with commas, as many names are heard and fewer windows
    end early (docs/benchmarks/transcribe.md). Hints under three letters fit too many sounds.
    """
    unique = dict.fromkeys(hint.strip(" .") for hint in hints if len(hint.strip(" .")) >= SHORTEST_HINT)
    return " ".join(f"{hint}." for hint in list(unique)[:HINT_LIMIT])


def read_hints(path: Path) -> tuple[str, ...]:
    """Hints from a file: a roster (CSV with the column `name`) or a word or phrase a line.

    Raises FileMissingError, FileUnreadableError, or SettingsError when it is not text.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise FileMissingError(file=path.name) from None
    except OSError as error:
        raise FileUnreadableError(file=path.name, why=error.strerror or "input/output error") from None
    except UnicodeDecodeError:
        raise SettingsError(file=path.name, why="hints must be a text file in UTF-8") from None
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if lines and "name" in lines[0].lower().split(","):
        return _names(text)
    return tuple(dict.fromkeys(lines))


def _names(roster: str) -> tuple[str, ...]:
    rows = csv.DictReader(io.StringIO(roster))
    found = [
        part.strip()
        for row in rows
        for key, cell in row.items()
        if key and key.strip().lower() in NAME_COLUMNS and cell
        for part in cell.split(";")
    ]
    return tuple(dict.fromkeys(name for name in found if name))
