"""What stands at the edges of a date, an address or a number and is no part of it: "the" of "the first of August", the
word for a kind of number before it ("MRN", "address"). Two dates or addresses said in one breath are two finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipeline.deidentify.dialogue import Token
from pipeline.deidentify.edge_find import LOOSE, Find, Run
from pipeline.language.lexicon import is_plain_word
from pipeline.language.numbers import MONTHS, is_number
from pipeline.language.wordlists import rule_words

_OF_DATES = rule_words("edges", "of_dates")
_BEFORE_CODES = rule_words("edges", "before_codes")
_BEFORE_ADDRESSES = rule_words("edges", "before_addresses")
_BEFORE_HOUSES = frozenset({"number", "no"})
_KINDS_OF_NUMBER = rule_words("edges", "kinds_of_number")
_OF_DATES_ALONE = frozenset({"SpokenDateRecognizer", "TalkRecognizer", "mentions", "whole names"})
_MONTHS = frozenset(MONTHS)
_TIMES = rule_words("edges", "times")
_FIGURES = 3
_NAMING = 3  # letters from which on a kind of number is no part of a code
_SPELT = 5  # letters of the longest kind of number


def cut_date(find: Find, _kind: str) -> Iterator[Run]:
    """Where a month is named, without the words that are no date and without a number left alone beside it; what an
    address was joined to stays as it is."""
    if not any(t.fold in _MONTHS for t in find.words) or find.rules - _OF_DATES_ALONE:
        yield _bounded(find.words, _is_loose)
        return
    for part in (p for one in _dates(find.words) for p in _split(one, _is_no_date)):
        run = _bounded(part, _is_loose)
        if len(run) > 1 and _counts_on(run[-1], find):
            run = run[:-1]
        if run and (len(run) > 1 or run[0].fold in _MONTHS):
            yield run


def _counts_on(last: Token, find: Find) -> bool:
    """ "Two" of "the fourth of November, two years ago"."""
    following = find.following if last is find.words[-1] else None
    return following is not None and following.fold in _TIMES and _is_small(last)


def _dates(words: Run) -> Iterator[Run]:
    """ "Term two the ninth of October", "the third of May and the first of June": two."""
    for at in range(1, len(words) - 1):
        before, after = words[:at], words[at + 1 :]
        both = words[at].fold == "and" and any(t.fold in _MONTHS for t in before)
        begins = words[at].fold == "the" and before[-1].fold not in LOOSE | _MONTHS and len(before) > 1
        if (both or begins) and any(t.fold in _MONTHS for t in after):
            yield before
            yield from _dates(after)
            return
    yield words


def _is_no_date(word: Token) -> bool:
    known = is_number(word.fold) or any(word.fold in w for w in (_MONTHS, _OF_DATES, LOOSE))
    figures = any(c.isdigit() for c in word.fold)
    return not known and not figures and is_plain_word(word.fold) and len(word.fold) > 2


def _is_small(word: Token) -> bool:
    return is_number(word.fold) and not any(c.isdigit() for c in word.fold)


def cut_code(find: Find, _kind: str) -> Iterator[Run]:
    """Codes by words between that are none ("... eight oh for my one"); what goes before them is no part, nor is what
    they are called ("MRN", "T F N")."""
    runs = [_without_kind(run) for run in _split(find.words, _breaks_code)]
    longest = max(map(len, runs), default=0)
    for run in runs:
        if run and (len(run) > 1 or longest < 2 or _is_long(run[0])):
            yield run


def _is_long(word: Token) -> bool:
    """Figures enough to be a number of its own."""
    return sum(c.isdigit() for c in word.text) >= _FIGURES


def _without_kind(run: Run) -> Run:
    """Without the kind of number at its beginning, in one word or spelt."""
    for size in range(min(_SPELT, len(run)), 0, -1):
        said = [t.fold for t in run[:size]]
        if (size == 1 or all(len(w) == 1 for w in said)) and "".join(said) in _KINDS_OF_NUMBER:
            return run[size:]
    return run


def cut_address(find: Find, _kind: str) -> Iterator[Run]:
    """ "Address, forty two Zorley Street", "the address, number one": the street and the number alone."""
    for run in _split(find.words, lambda word: word.fold in _BEFORE_ADDRESSES):
        first = next((at for at, word in enumerate(run) if not _leads_in(word)), len(run))
        yield run[first:]  # "12 A": behind a number "a" tells something


def _leads_in(word: Token) -> bool:
    return _is_loose(word) or word.fold in _BEFORE_HOUSES


def _breaks_code(word: Token) -> bool:
    named = len(word.fold) >= _NAMING and word.fold in _KINDS_OF_NUMBER
    return named or word.fold in _BEFORE_CODES


def _is_loose(word: Token) -> bool:
    return word.fold in LOOSE


def _split(words: Run, cuts: Callable[[Token], bool]) -> Iterator[Run]:
    first = 0
    for at, word in enumerate(words):
        if cuts(word):
            yield words[first:at]
            first = at + 1
    yield words[first:]


def _bounded(run: Run, loose: Callable[[Token], bool]) -> Run:
    first, last = 0, len(run)
    while first < last and loose(run[first]):
        first += 1
    while last > first and loose(run[last - 1]):
        last -= 1
    return run[first:last]
