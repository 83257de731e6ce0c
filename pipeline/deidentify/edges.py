"""What stands at the edges of a find and tells nobody apart stays: "the" of "the first of August", "surgery" of "Ashgrove
surgery", "joking" of "joking maria". A find that such words cut in two becomes two."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipeline.deidentify.dialogue import Token
from pipeline.deidentify.edge_find import LOOSE, Find, Run
from pipeline.deidentify.merge import ROSTER, Candidate
from pipeline.deidentify.number_edges import cut_address, cut_code, cut_date
from pipeline.deidentify.recognizers.base import View
from pipeline.language.lexicon import is_given, is_name, is_place, is_plain_word, is_surname
from pipeline.language.numbers import is_number
from pipeline.language.wordlists import read, rule_words

_KINDS = rule_words("edges", "kinds")
_SMALL_KINDS = rule_words("edges", "small_kinds")
_COUNTED = rule_words("edges", "counted")
_SUBJECTS = rule_words("edges", "subjects")
_PAUSES = frozenset(".,;?!")
_PART_OF_NAME = 0.5  # by the talk classifier


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


def _find_of(c: Candidate, view: View) -> Find | None:
    """A find of several words; None for one word, and for one that begins inside a word."""
    tokens = view.dialogue.content
    first, stop = (bisect_left(tokens, at, key=lambda t: t.start) for at in (c.start, c.end))
    if stop - first < 2 or tokens[first].start != c.start:
        return None
    behind = tokens[stop] if stop < len(tokens) and tokens[stop].turn == tokens[stop - 1].turn else None
    return Find(tokens[first:stop], behind, view, c.found_by == ROSTER, frozenset(e.rule for e in c.evidence))


def _end(last: Token) -> int:
    return last.end - 2 if last.fold.endswith("'s") else last.end


def _cut_name(find: Find, kind: str) -> Iterator[Run]:
    words = find.words
    for run in _two_places(find) if kind != "PERSON" else (words,):
        first, last = 0, len(run)
        while first < last - 1 and _is_loose_before(run[first:last], kind, find):
            first += 1
        while last > first + 1 and _is_loose_behind(run[first:last], kind, find):
            last -= 1
        yield _without_subject(run[first:last], find) if kind == "ORG" else run[first:last]


def _two_places(find: Find) -> Iterator[Run]:
    """ "Gorley and Zorley Plain": two places, where one of them at least is known or the classifier takes them for two,
    and both together are none."""
    words = find.words
    for at in range(1, len(words) - 1):
        parts = words[:at], words[at + 1 :]
        if words[at].fold not in ("and", "or") or _is_known(words):
            continue
        if any(map(_is_known, parts)) or _reads_as_two(find, at):
            yield from parts
            return
    yield words


def _reads_as_two(find: Find, at: int) -> bool:
    """The word between is no part of a name, those beside it are."""
    before, between, after = ([*_as_site(find, word)] for word in find.words[at - 1 : at + 2])
    return max(between) < _PART_OF_NAME <= min(sum(before), sum(after))


def _as_site(find: Find, word: Token) -> Iterator[float]:
    types = find.view.reading(word).types
    return (types.get(kind, 0.0) for kind in ("LOCATION", "ORG", "ADDRESS"))


def _is_known(words: Run) -> bool:
    return is_place(" ".join(t.fold for t in words))


def _is_loose_before(run: Run, kind: str, find: Find) -> bool:
    word, following = run[0], run[1]
    if word.fold in LOOSE:
        return not _is_known(run)  # "The Pas"
    if kind != "PERSON":
        return False
    if _is_kin(word):
        return True
    return find.is_mere(word) and is_given(following.fold) and not is_plain_word(following.fold)


def _is_loose_behind(run: Run, kind: str, find: Find) -> bool:
    word = run[-1]
    small = not (find.cased and word.is_capital)
    if word.fold in LOOSE:
        return small and not _are_letters(run[-2:])
    if kind != "PERSON":
        kinds = _KINDS | _SMALL_KINDS if find.cased else _KINDS
        return small and word.fold in kinds and _tells(run[:-1], find.cased)
    if _is_kin(word) or (small and word.fold in _COUNTED and _is_numbered(word, find)):
        return True
    return find.is_mere(word) and _is_full_name(run[:-1], is_verb=_is_inflected(word.fold))


def _without_subject(run: Run, find: Find) -> Run:
    """ "Zorley law", "at ZQU. Nursing": what is read there, written small or behind a pause; not "College of Nursing"."""
    for size in (2, 1):
        name, subject = run[:-size], run[-size:]
        if (
            not name
            or "_".join(t.fold for t in subject) not in _SUBJECTS
            or name[-1].fold in ("of", "and", "for")
        ):
            continue
        small = not (find.cased and subject[0].is_capital) or bool(set(subject[0].before) & _PAUSES)
        letters = any(len(t.fold) == 1 for t in name)  # "the u of l"
        if small and (letters or _tells(name, find.cased)):
            return name
    return run


def _is_numbered(word: Token, find: Find) -> bool:
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


def _is_full_name(run: Run, *, is_verb: bool) -> bool:
    """A given name and a surname; one that is a given name too only where a verb follows ("Amos Turner digs"): behind
    "bridget mary" a surname is due, if a misheard one."""
    given_and_surname = len(run) > 1 and is_given(run[0].fold) and is_surname(run[-1].fold)
    return given_and_surname and (is_verb or not is_given(run[-1].fold))


def _is_inflected(word: str) -> bool:
    """ "Pours", "coughed", "digging": of an ordinary word."""
    stems = {word.removesuffix(end) for end in ("s", "es", "ed", "d", "ing") if word.endswith(end)}
    return any(is_plain_word(stem) or is_plain_word(stem + "e") for stem in stems)


def _tells(run: Run, cased: bool) -> bool:
    """The words left tell one from others of its kind."""
    return any((cased and t.is_capital) or not is_plain_word(t.fold) for t in run)


_CUTS = {
    "PERSON": _cut_name,
    "LOCATION": _cut_name,
    "ORG": _cut_name,
    "DATE": cut_date,
    "ID": cut_code,
    "ADDRESS": cut_address,
}
