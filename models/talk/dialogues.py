"""Invented dialogues with marked identifiers: a file each, a turn a line, `{kind|text}` where something identifies.

D: And your name?
P: {given|Oriel} {sur|Fennimore}.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DIALOGUES = Path(__file__).parent / "dialogues"
_MARK = re.compile(r"\{(\w+)\|([^{}|]+)\}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a turn; `kind` is empty where it identifies nobody."""

    kind: str
    text: str


Turn = tuple[Piece, ...]
Dialogue = tuple[Turn, ...]


def read_all(folder: Path = DIALOGUES) -> list[Dialogue]:
    """Every dialogue of a folder and the folders in it, in the order of their names."""
    return [read(file) for file in sorted(folder.rglob("*.txt"))]


def read(file: Path) -> Dialogue:
    """One dialogue; who speaks is left out: the classifier does not see it."""
    return read_text(file.read_text(encoding="utf-8"))


def read_text(text: str) -> Dialogue:
    """As `read`, of a file's text."""
    lines = text.splitlines()
    return tuple(tuple(_pieces(line.split(": ", 1)[1])) for line in lines if ": " in line)


def _pieces(text: str) -> Iterator[Piece]:
    at = 0
    for mark in _MARK.finditer(text):
        if mark.start() > at:
            yield Piece("", text[at : mark.start()])
        yield Piece(mark[1], mark[2])
        at = mark.end()
    if at < len(text):
        yield Piece("", text[at:])
