"""Phrases of word lists where they stand in a dialogue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.deidentify.dialogue import Token
from pipeline.deidentify.recognizers.base import View
from pipeline.language.text import fold
from pipeline.language.wordlists import read
from pipeline.resources import config_path


@dataclass(frozen=True)
class Figures:
    """Listed people: full names, those of them that many bear, and single words that mean one of them."""

    full: frozenset[tuple[str, ...]]
    unmistakable: frozenset[tuple[str, ...]]
    famous: frozenset[tuple[str, ...]]


@cache
def figures() -> Figures:
    """The names of config/words/public_figures.txt; behind a "!" the last word alone is listed too."""
    full, sure, famous = set(), set(), set()
    for line in config_path("words", "public_figures.txt").read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        words = tuple(fold(line.strip().rstrip("!")).split())
        full.add(words)
        if line.strip().endswith("!"):
            sure |= {words, words[-1:]}
        if line.strip().endswith("!!"):
            famous |= {words, words[-1:]}
    return Figures(frozenset(full | sure), frozenset(sure), frozenset(famous))


def phrases(
    view: View, heads: dict[str, list[tuple[str, ...]]]
) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Every longest listed phrase: the places of its first and last word, and the phrase."""
    tokens, at = view.dialogue.content, 0
    while at < len(tokens):
        found = next((p for p in heads.get(bare(tokens[at]), ()) if _stands(tokens, at, p)), None)
        if found is None:
            found = next((p for p in heads.get(tokens[at].fold, ()) if _stands(tokens, at, p)), None)
        if found:
            yield at, at + len(found) - 1, found
        at += len(found) if found else 1


def _stands(tokens: Sequence[Token], at: int, phrase: tuple[str, ...]) -> bool:
    run = tokens[at : at + len(phrase)]
    if len(run) < len(phrase) or run[-1].turn != run[0].turn:
        return False
    if any(
        set(t.before) & set(".?!;") - ({"."} if len(run[n].fold) < 3 else set())
        for n, t in enumerate(run[1:])
    ):
        return False
    said = [t.fold for t in run]
    return tuple(said) == phrase or (*said[:-1], bare(run[-1])) == phrase


def heads(phrases: Iterable[tuple[str, ...]]) -> dict[str, list[tuple[str, ...]]]:
    """Phrases by their first word, the longest first."""
    by_head: dict[str, list[tuple[str, ...]]] = {}
    for phrase in sorted(phrases, key=lambda p: (-len(p), p)):
        by_head.setdefault(phrase[0], []).append(phrase)
    return by_head


@cache
def list_heads(name: str) -> dict[str, list[tuple[str, ...]]]:
    return heads(tuple(re.split(r"[\s-]+", entry)) for entry in read(name))


def bare(token: Token) -> str:
    return token.fold.removesuffix("'s")
