"""The class of what was found: its type's, save that a place may turn out to be a country."""

from __future__ import annotations

from pipeline import identifiers
from pipeline.identifiers import CLASSES, IdentifierClass
from pipeline.records import Span


def class_of(type_: str, tier: str = "direct", text: str = "") -> IdentifierClass:
    """The class of words found as a type; a place that is the name of a country is a country."""
    found = identifiers.class_of(type_, tier)
    return CLASSES["country"] if found.key == "place" and text and _is_country(text) else found


def class_of_span(span: Span) -> IdentifierClass:
    """The class of a found span."""
    return class_of(span.type, span.tier, span.text)


def _is_country(text: str) -> bool:
    from pipeline.language import wordlists
    from pipeline.language.text import fold

    return fold(text).removeprefix("the ").strip() in wordlists.read("countries")
