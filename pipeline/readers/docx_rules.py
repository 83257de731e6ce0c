"""What of a Word document may stay (config/readers/docx.toml)."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache

from pipeline.resources import config_path

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_NUMBER = r"[-+]?[\d.,:]+(?:pt|in|cm|mm|px|pc|em|%|emu)?"
# What an attribute may hold: figures, colours, words of the format (they begin with a small letter), ids that are
# counted, languages, addresses of the format's own schemas. Names of people are none of these.
_SAFE = re.compile(
    rf"|{_NUMBER}(?:[ ,;]{_NUMBER})*|#?[0-9A-Fa-f]{{2,16}}|[a-z][A-Za-z0-9]*(?: [a-z][A-Za-z0-9]*)*|rId\d+|[a-z]{{2,3}}(?:-[A-Za-z0-9]{{2,8}})+"
    r"|https?://(?:schemas\.(?:openxmlformats|microsoft)\.(?:org|com)|purl\.oclc\.org/ooxml)/[\w./#-]*"
    r"|\{[0-9A-Fa-f-]{36}\}|[A-Z]|S\d+|T|B|L|R|CC|OFF|ON",
)
_FONT = re.compile(r"[\w @.+-]{1,60}")
_WORDS_OF_LEVELS = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Rules:
    """The lists of config/readers/docx.toml as sets."""

    relations: frozenset[str]
    elements: frozenset[str]
    unwrapped: frozenset[str]
    dropped: frozenset[str]
    namespaces: frozenset[str]
    emptied: frozenset[str]
    fonts: frozenset[str]
    styles: frozenset[str]


@cache
def rules() -> Rules:
    """The rules, read once."""
    with config_path("readers", "docx.toml").open("rb") as file:
        table = tomllib.load(file)
    styles = frozenset(s.strip() for s in table["styles"].split("|") if s.strip())
    return Rules(
        frozenset(table["relations"]),
        frozenset(f"{W}{name}" for name in table["elements"].split()),
        frozenset(f"{W}{name}" for name in table["unwrapped"].split()),
        frozenset(f"{W}{name}" for name in table["dropped"].split()),
        frozenset(table["namespaces"]),
        frozenset(table["emptied"]),
        frozenset(table["fonts"]),
        styles,
    )


def is_safe(name: str, value: str) -> bool:
    """Whether an attribute (its local name) may keep its value."""
    if name in rules().fonts:
        return bool(_FONT.fullmatch(value))
    return bool(_SAFE.fullmatch(value))


def level_text(value: str) -> str:
    """The text of a list's level ("%1.", a bullet) without words: a list may number speakers by name."""
    return _WORDS_OF_LEVELS.sub("", value)
