"""Styles of a Word document: those that Word brings keep their names, all others are counted.

A style may be called after a speaker; then it says who speaks, and is called by their code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.readers.docx_clean import STYLE_TAGS
from pipeline.readers.docx_rules import W, rules

VAL = f"{W}val"
_ID = f"{W}styleId"


def style_names(root: Any | None) -> dict[str, str]:
    """The names of styles that do not come with Word, by their ids."""
    found = {}
    for style in root.iter(f"{W}style") if root is not None else ():
        name = style.find(f"{W}name")
        said = name.get(VAL, "") if name is not None else ""
        if said not in rules().styles and said.casefold() not in {s.casefold() for s in rules().styles}:
            found[style.get(_ID, "")] = said
    return found


def rename_styles(roots: list[Any], own: Mapping[str, str], shown: Mapping[str, str]) -> None:
    """Give styles new ids, and new names to those that do not come with Word: `shown` for a speaker's name,
    else a number."""
    ids: dict[str, str] = {}
    for root in roots:
        for style in root.iter(f"{W}style"):
            old = style.get(_ID, "")
            new = ids.setdefault(old, f"S{len(ids) + 1}")
            style.set(_ID, new)
            if old in own and (name := style.find(f"{W}name")) is not None:
                code = shown.get(own[old], "").strip("[]")
                name.set(VAL, code if code and code != own[old] else f"Style {new[1:]}")
    for root in roots:
        for element in root.iter(*(STYLE_TAGS - {f"{W}name"})):
            element.set(VAL, ids.get(element.get(VAL, ""), "S1"))
