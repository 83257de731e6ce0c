"""Tests and scales that everybody knows, where one is taken or given by its letters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from pipeline.deidentify.dialogue import Token
from pipeline.deidentify.known_phrases import list_heads, phrases
from pipeline.deidentify.recognizers.base import View
from pipeline.language.lexicon import is_given
from pipeline.language.wordlists import rule_words

IsPersonal = Callable[[int], bool]
_OF_PLACE = rule_words("common_knowledge", "of_place") | {"in"}
_SCALES = rule_words("common_knowledge", "scales")
_TAKES = rule_words("common_knowledge", "takes")


def named_tests(view: View, is_personal: IsPersonal) -> Iterator[tuple[int, int]]:
    """Tests and scales, by the first and last word's place among the content words, and their first word again in the turn that names one: "the Edinburgh scale ... Edinburgh"."""
    tokens = view.dialogue.content
    taken = list(_taken_tests(view, is_personal))
    yield from taken
    named = {(tokens[first].fold, tokens[first].turn) for first, last in taken if _is_scale(tokens, last)}
    for at, t in enumerate(tokens):
        if (t.fold, t.turn) in named and view.before(t.start, 1).strip() not in _OF_PLACE:
            yield at, at


def _is_scale(tokens: Sequence[Token], last: int) -> bool:
    return tokens[last].fold in _SCALES or _word_behind(tokens, last) in _SCALES


def _word_behind(tokens: Sequence[Token], last: int) -> str:
    following = tokens[last + 1] if last + 1 < len(tokens) else None
    return following.fold if following is not None and following.turn == tokens[last].turn else ""


def _taken_tests(view: View, is_personal: IsPersonal) -> Iterator[tuple[int, int]]:
    """In capitals, or where a test is taken ("the Beck", "an Edinburgh scale")."""
    tokens = view.dialogue.content
    for first, last, _phrase in phrases(view, list_heads("tests")):
        before = view.before(tokens[first].start, 1).strip()
        lettered = any(c.isupper() for c in tokens[first].text[1:])
        taken = _word_behind(tokens, last) in _SCALES or (
            before in _TAKES and not is_given(tokens[first].fold)
        )
        if (lettered or taken) and not is_personal(first):
            yield first, last
