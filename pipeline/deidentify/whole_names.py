"""A candidate grows to the whole of what was said: "Wharfedale Medical" to "Wharfedale Medical Group", "London" to
"central London". Part of a name often gives the rest away."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pipeline.deidentify.dialogue import Dialogue, Token
from pipeline.deidentify.merge import Candidate
from pipeline.language.cues import FORMAL_TITLES, NEVER, TITLES
from pipeline.language.lexicon import is_ambiguous, is_given, is_plain_word
from pipeline.language.numbers import MONTHS
from pipeline.language.wordlists import read, rule_words

_NAMES = frozenset({"PERSON", "LOCATION", "ORG", "ADDRESS"})
_MOST_WORDS = 6
_KEPT = ("keep_words", "medical_words", "eponyms")
_PARTS = rule_words("whole_names", "parts")
_SMALL_KINDS = rule_words("whole_names", "small_kinds")
_KINDS = _SMALL_KINDS | rule_words("whole_names", "kinds")
_LEADS_TO_WORD = rule_words("whole_names", "leads_to_word")
_NO_NAMES = rule_words("word_names", "no_names")
_NO_PART = rule_words("whole_names", "no_part") | FORMAL_TITLES | frozenset(MONTHS)


def grow(found: Iterable[Candidate], dialogue: Dialogue) -> Iterator[Candidate]:
    """The candidates, each over all words of its name."""
    tokens = dialogue.content
    starts = [t.start for t in tokens]
    for c in found:
        first, stop = bisect_left(starts, c.start), bisect_left(starts, c.end)
        if first == stop or tokens[first].start != c.start or c.found_by == "RosterRecognizer":
            yield c
            continue
        if c.type in _NAMES and dialogue.is_cased and tokens[first].is_capital:
            first, stop = _over_capitals(tokens, first, stop, c.type)
        if (
            c.type == "LOCATION"
            and stop < len(tokens)
            and _names_kind(tokens[stop - 1], tokens[stop], dialogue)
        ):
            stop += 1
        if first and (
            _leads(tokens[first - 1], tokens[first], c.type) or _is_given_before(tokens, first, c, dialogue)
        ):
            first -= 1
        yield replace(c, start=tokens[first].start, end=max(c.end, _end(tokens[stop - 1], c)))


def _over_capitals(tokens: Sequence[Token], first: int, stop: int, kind: str) -> tuple[int, int]:
    """Over neighbours with a capital and nothing between: one proper name. An ordinary word that opens a
    sentence owes its capital to that; before a person's name an ordinary word is no part of it."""
    most = first + _MOST_WORDS
    while stop < min(len(tokens), most) and _continues(tokens[stop - 1], tokens[stop], kind):
        stop += 1
    while first and stop - first < _MOST_WORDS and _continues(tokens[first - 1], tokens[first], kind):
        if not _belongs_before(tokens[first - 1], tokens[first], kind):
            break
        first -= 1
    return first, stop


def _belongs_before(before: Token, word: Token, kind: str) -> bool:
    if before.fold in NEVER or _is_no_part(before, kind):
        return False
    owed = before.opens_sentence and not is_plain_word(word.fold)
    initial = len(before.fold) == 1
    return initial or not (is_plain_word(before.fold) and (owed or kind == "PERSON"))


def _continues(before: Token, word: Token, kind: str) -> bool:
    if word.turn != before.turn or before.fold.endswith("'s") or _is_no_part(word, kind):
        return False
    return word.before == "-" or (not word.before.strip() and word.is_capital and before.is_capital)


def _is_no_part(word: Token, kind: str) -> bool:
    kept = _KEPT if kind == "ORG" else (*_KEPT, "nationalities")  # "Valley Baptist", a hospital
    return word.fold in _NO_PART or any(word.fold in read(name) for name in kept)


def _leads(before: Token, word: Token, kind: str) -> bool:
    """The part of a town."""
    if before.turn != word.turn or word.before.strip():
        return False
    return kind == "LOCATION" and before.fold in _PARTS


def _is_given_before(tokens: Sequence[Token], first: int, c: Candidate, dialogue: Dialogue) -> bool:
    """ "will oduya", "prince ramokgopa": a given name that is an ordinary word, right before a surname, in talk without
    capitals; not where it is the word ("when will oduya come", "i hope oduya comes", "the bill oduya sent")."""
    before, word = tokens[first - 1], tokens[first]
    if c.type != "PERSON" or dialogue.is_cased or before.turn != word.turn or word.before.strip():
        return False
    if not is_given(before.fold) or not (is_plain_word(before.fold) or is_ambiguous(before.fold)):
        return False
    if is_given(word.fold.removesuffix("'s")) or before.fold in TITLES | frozenset(MONTHS) | _NO_NAMES:
        return False
    lead = tokens[first - 2] if first > 1 and tokens[first - 2].turn == word.turn else None
    return lead is None or lead.fold not in _LEADS_TO_WORD


def _names_kind(last: Token, word: Token, dialogue: Dialogue) -> bool:
    """ "Kharagpur village", "pelican narrows": the kind of place, said right behind its name."""
    if word.turn != last.turn or word.before.strip() or word.fold not in _KINDS or last.fold.endswith("'s"):
        return False
    return word.is_capital or not dialogue.is_cased or word.fold in _SMALL_KINDS


def _end(last: Token, c: Candidate) -> int:
    """Where the name ends; a possessive stays outside."""
    return last.end - 2 if last.fold.endswith("'s") and c.type in ("PERSON", "LOCATION") else last.end
