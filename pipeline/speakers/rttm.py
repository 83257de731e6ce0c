"""RTTM, the NIST text format for who spoke when: one SPEAKER line a turn, fields apart by spaces.

SPEAKER <file> <channel> <start> <duration> <NA> <NA> <speaker> <NA> <NA>
"""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import SettingsError
from pipeline.files import write_atomically
from pipeline.records import Turn


def write(path: Path, name: str, turns: tuple[Turn, ...]) -> None:
    """Write turns as RTTM; `name` is the recording's, spaces in it become underscores."""
    write_atomically(path, to_rttm(name, turns).encode())


def to_rttm(name: str, turns: tuple[Turn, ...]) -> str:
    """RTTM text, in order of the turns given, times to a millisecond."""
    label = "_".join(name.split()) or "recording"
    return "".join(
        f"SPEAKER {label} 1 {t.start:.3f} {t.end - t.start:.3f} <NA> <NA> {t.speaker} <NA> <NA>\n"
        for t in turns
    )


def read(path: Path) -> tuple[Turn, ...]:
    """The turns of an RTTM file of one recording, by start; other kinds of lines are left out.

    Raises SettingsError naming the line that cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(file=path, why=f"it cannot be read ({type(error).__name__})") from None
    turns = [
        _turn(path, number, line.split()) for number, line in enumerate(lines, start=1) if _is_turn(line)
    ]
    return tuple(sorted(turns, key=lambda t: (t.start, t.end, t.speaker)))


def _is_turn(line: str) -> bool:
    return line.startswith("SPEAKER ")


def _turn(path: Path, number: int, fields: list[str]) -> Turn:
    try:
        start, duration, speaker = float(fields[3]), float(fields[4]), fields[7]
        return Turn(start, start + duration, speaker)
    except (IndexError, ValueError):
        raise SettingsError(file=path, why=f"line {number} has no start, length and speaker") from None
