"""What stands at the edges of a find and tells nobody apart stays: "the" of "the first of August", "surgery" of "Ashgrove
surgery", "joking" of "joking maria". A find that such words cut in two becomes two."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.deidentify.dialogue import Token
from pipeline.deidentify.merge import ROSTER, Candidate
from pipeline.deidentify.recognizers.base import View
from pipeline.language.lexicon import Band, band, is_given, is_name, is_place, is_plain_word, is_surname
from pipeline.language.numbers import MONTHS, is_number
from pipeline.language.wordlists import read, rule_words

_LOOSE = rule_words("edges", "loose")
_KINDS = rule_words("edges", "kinds")
_SMALL_KINDS = rule_words("edges", "small_kinds")
_COUNTED = rule_words("edges", "counted")
_OF_DATES = rule_words("edges", "of_dates")
_BEFORE_CODES = rule_words("edges", "before_codes")
_OF_DATES_ALONE = frozenset({"SpokenDateRecognizer", "TalkRecognizer", "mentions", "whole names"})
_NAMED = 0.7  # by the talk classifier
_MONTHS = frozenset(MONTHS)
_TIMES = rule_words("edges", "times")

Run = Sequence[Token]


@dataclass(frozen=True, slots=True)
class _Find:
    """A find's words, the word behind it in its turn, and what may be told of them."""

    words: Run
    following: Token | None
    view: View
    by_roster: bool
    rules: frozenset[str]

    @property
    def cased(self) -> bool:
        """Whether capitals tell anything."""
        return self.view.dialogue.is_cased

    def is_mere(self, word: Token) -> bool:
        """An English word that no list and no model has as a name, in talk without capitals."""
        if self.cased or self.by_roster or is_name(word.fold) or is_place(word.fold):
            return False
        return band(word.fold) >= Band.UNCOMMON and self.view.reading(word).name < _NAMED


def trim_edges(found: Iterable[Candidate], view: View) -> list[Candidate]:
    """The finds without the words at their edges that identify nobody."""
    return [piece for c in found for piece in _pieces(c, view)]


def _pieces(c: Candidate, view: View) -> Iterator[Candidate]:
    cut, find = _CUTS.get(c.type), _find_of(c, view)
    if cut is None or find is None:
        yield c
        return
    runs = [run for run in cut(find, c.type) if run] or [find.words]
    if len(runs) == 1 and len(runs[0]) == len(find.words):
        yield c
        return
    for run in runs:
        end = c.end if run[-1] is find.words[-1] else _end(run[-1])
        yield replace(c, start=run[0].start, end=end).noting("trim edges")


def _find_of(c: Candidate, view: View) -> _Find | None:
    """A find of several words; None for one word, and for one that begins inside a word."""
    tokens = view.dialogue.content
    first, stop = (bisect_left(tokens, at, key=lambda t: t.start) for at in (c.start, c.end))
    if stop - first < 2 or tokens[first].start != c.start:
        return None
    behind = tokens[stop] if stop < len(tokens) and tokens[stop].turn == tokens[stop - 1].turn else None
    return _Find(
        tokens[first:stop], behind, view, c.found_by == ROSTER, frozenset(e.rule for e in c.evidence)
    )


def _end(last: Token) -> int:
    return last.end - 2 if last.fold.endswith("'s") else last.end


def _cut_name(find: _Find, kind: str) -> Iterator[Run]:
    words = find.words
    for run in _two_places(words) if kind != "PERSON" else (words,):
        first, last = 0, len(run)
        while first < last - 1 and _is_loose_before(run[first:last], kind, find):
            first += 1
        while last > first + 1 and _is_loose_behind(run[first:last], kind, find):
            last -= 1
        yield run[first:last]


def _two_places(words: Run) -> Iterator[Run]:
    """ "Gorley and Zorley Plain": two places, where one of them at least is known and both together are none."""
    for at in range(1, len(words) - 1):
        parts = words[:at], words[at + 1 :]
        if words[at].fold in ("and", "or") and any(map(_is_known, parts)) and not _is_known(words):
            yield from parts
            return
    yield words


def _is_known(words: Run) -> bool:
    return is_place(" ".join(t.fold for t in words))


def _is_loose_before(run: Run, kind: str, find: _Find) -> bool:
    word, following = run[0], run[1]
    if word.fold in _LOOSE:
        return not _is_known(run)  # "The Pas"
    if kind != "PERSON":
        return False
    if _is_kin(word):
        return True
    return find.is_mere(word) and is_given(following.fold) and not is_plain_word(following.fold)


def _is_loose_behind(run: Run, kind: str, find: _Find) -> bool:
    word = run[-1]
    small = not (find.cased and word.is_capital)
    if word.fold in _LOOSE:
        return small and not _are_letters(run[-2:])
    if kind != "PERSON":
        kinds = _KINDS | _SMALL_KINDS if find.cased else _KINDS
        return small and word.fold in kinds and _tells(run[:-1], find.cased)
    if _is_kin(word) or (small and word.fold in _COUNTED and _is_numbered(word, find)):
        return True
    return find.is_mere(word) and _is_full_name(run[:-1])


def _is_numbered(word: Token, find: _Find) -> bool:
    """ "Grade seven": a number or a letter comes behind the find."""
    behind = find.following if word is find.words[-1] else None
    return behind is not None and (is_number(behind.fold) or len(behind.fold) == 1)


def _are_letters(words: Run) -> bool:
    """ "From p a": letters, though one of them be a word too."""
    return all(len(t.fold) == 1 for t in words)


def _is_kin(word: Token) -> bool:
    """A word for kin or a greeting that is nobody's name."""
    listed = word.fold in read("kin_and_greetings") or word.fold in read("keep_words")
    return listed and not is_name(word.fold)


def _is_full_name(run: Run) -> bool:
    return len(run) > 1 and is_given(run[0].fold) and is_surname(run[-1].fold) and not is_given(run[-1].fold)


def _tells(run: Run, cased: bool) -> bool:
    """The words left tell one from others of its kind."""
    return any((cased and t.is_capital) or not is_plain_word(t.fold) for t in run)


def _cut_date(find: _Find, _kind: str) -> Iterator[Run]:
    """Where a month is named, without the words that are no date and without a number left alone beside it; what an
    address was joined to stays as it is."""
    if not any(t.fold in _MONTHS for t in find.words) or find.rules - _OF_DATES_ALONE:
        yield _bounded(find.words, _is_loose)
        return
    for part in _split(find.words, _is_no_date):
        run = _bounded(part, _is_loose)
        following = find.following if run and run[-1] is find.words[-1] else None
        if len(run) > 1 and following is not None and following.fold in _TIMES and _is_small(run[-1]):
            run = run[:-1]  # "the fourth of November, two years ago"
        if run and (len(run) > 1 or run[0].fold in _MONTHS):
            yield run


def _is_no_date(word: Token) -> bool:
    known = is_number(word.fold) or any(word.fold in w for w in (_MONTHS, _OF_DATES, _LOOSE))
    figures = any(c.isdigit() for c in word.fold)
    return not known and not figures and is_plain_word(word.fold) and len(word.fold) > 2


def _is_small(word: Token) -> bool:
    return is_number(word.fold) and not any(c.isdigit() for c in word.fold)


def _cut_code(find: _Find, _kind: str) -> Iterator[Run]:
    """Codes by words between that are none ("... eight oh for my one"); what goes before them is no part."""
    runs = list(_split(find.words, _breaks_code))
    longest = max(map(len, runs), default=0)
    for run in runs:
        if run and (len(run) > 1 or longest < 2):
            yield run


def _breaks_code(word: Token) -> bool:
    return word.fold in _BEFORE_CODES


def _is_loose(word: Token) -> bool:
    return word.fold in _LOOSE


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


_CUTS = {"PERSON": _cut_name, "LOCATION": _cut_name, "ORG": _cut_name, "DATE": _cut_date, "ID": _cut_code}
