"""A find of several people becomes several finds: no label may stand for two.

Names lie side by side where they are listed or called one after the other, and a find over them all reads as one
name. A pause, an "and", a title, a second full name or another participant's name begins another person.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from pipeline.deidentify.dialogue import Dialogue, Token
from pipeline.deidentify.merge import Candidate
from pipeline.deidentify.recognizers.base import View
from pipeline.language.cues import NEVER, TITLES
from pipeline.language.lexicon import is_given, is_plain_word, is_surname
from pipeline.language.text import fold
from pipeline.language.wordlists import read, rule_words

_PAUSES = frozenset(",;:/?!&…—–")
_AND = frozenset(("and", "or", "&"))
_ABBREVIATED = frozenset(("dr", "mr", "mrs", "ms", "prof", "st", "rev", "sr", "fr", "jr"))
_RANKS = rule_words("people_apart", "ranks")
_READ = 0.6  # probability from which on a word is read as a given name, or as a surname
_A_LIST = 3  # given names side by side
_FULL_NAMES = 4  # words of two full names without anything between


def part_people(chosen: Iterable[Candidate], view: View) -> list[Candidate]:
    """The candidates, each person's a find of its own."""
    dialogue = view.dialogue
    bearers = _bearers(dialogue)
    parted: list[Candidate] = []
    for c in chosen:
        tokens = [t for t in dialogue.content if c.start <= t.start < c.end]
        if c.type != "PERSON" or len(tokens) < 2 or _is_spelled(tokens):
            parted.append(c)
            continue
        groups = [_untitled(g) for g in _groups(tokens, bearers, view) if not _names_nobody(g)]
        parted += [_part(c, g) for g in groups] if len(groups) > 1 else [_trimmed(c, tokens, groups)]
    return parted


def _is_spelled(tokens: Sequence[Token]) -> bool:
    """A name letter by letter ("O, double B, I"): the pauses between letters part nobody."""
    return sum(len(t.fold) == 1 for t in tokens) > len(tokens) / 2


def _groups(tokens: Sequence[Token], bearers: dict[str, frozenset[int]], view: View) -> list[list[Token]]:
    groups: list[list[Token]] = [[]]
    for n, t in enumerate(tokens):
        if t.fold in _AND and n:
            groups.append([])
            continue
        if groups[-1] and (
            _pauses(groups[-1][-1], t) or t.fold in TITLES or _another_bears(groups[-1], t, bearers)
        ):
            groups.append([])
        groups[-1].append(t)
    halves = [half for g in groups if g for part in _as_read(g, view) for half in _full_names(part)]
    return [name for g in halves for name in _listed_bare(g, view)]


def _as_read(group: list[Token], view: View) -> Iterator[list[Token]]:
    """A given name behind a surname is the next person's, as the talk classifier reads the words."""
    first = 0
    for at in range(1, len(group)):
        before, word = view.reading(group[at - 1]), view.reading(group[at])
        if before.name - before.given > _READ and word.given > _READ:
            yield group[first:at]
            first = at
    yield group[first:]


def _untitled(group: list[Token]) -> list[Token]:
    """Without titles and kinship before the name: "Sister Odile", "tannie Sarie"."""
    first = 0
    while first + 1 < len(group) and _is_title(group[first]):
        first += 1
    return group[first:]


def _is_title(t: Token) -> bool:
    word = _bare(t).rstrip("'")
    return word in TITLES or word in _RANKS or (word in read("kin_and_greetings") and not is_given(word))


def _pauses(before: Token, t: Token) -> bool:
    """A pause between two words; the stops of initials and abbreviations are none."""
    marks = set(t.before)
    if marks & _PAUSES:
        return True
    return "." in marks and len(before.fold) > 1 and before.fold not in _ABBREVIATED


def _another_bears(group: Sequence[Token], t: Token, bearers: dict[str, frozenset[int]]) -> bool:
    """The word is of another participant's name than the one before it."""
    mine, theirs = bearers.get(_bare(group[-1])), bearers.get(_bare(t))
    return bool(mine and theirs and not mine & theirs)


def _full_names(group: list[Token]) -> Iterator[list[Token]]:
    """Given name, surname, given name, surname: two people."""
    given = [is_given(_bare(t)) for t in group]
    if given == [True, False, True, False] or (len(given) == _FULL_NAMES and given[2] and _surname(group[1])):
        yield from (group[:2], group[2:])
    else:
        yield group


def _surname(t: Token) -> bool:
    return is_surname(_bare(t)) and not is_given(_bare(t))


def _listed_bare(group: list[Token], view: View) -> Iterator[list[Token]]:
    """Without commas in the talk: three given names side by side are a list, and so are two before "and" and a third."""
    dialogue = view.dialogue
    if len(group) < 2 or _writes_commas(dialogue) or not all(_is_given_here(t, view) for t in group):
        yield group
    elif len(group) >= _A_LIST or _and_a_third(group[-1], view):
        yield from ([t] for t in group)
    else:
        yield group


def _is_given_here(t: Token, view: View) -> bool:
    return is_given(_bare(t)) or view.reading(t).given > _READ


def _and_a_third(last: Token, view: View) -> bool:
    """ "and" and a given name follow, in the same turn."""
    tokens = view.dialogue.content
    at = next(n for n, t in enumerate(tokens) if t.start == last.start)
    behind = tokens[at + 1 : at + 3]
    if len(behind) < 2 or behind[0].fold not in _AND or behind[1].turn != last.turn:
        return False
    return _is_given_here(behind[1], view)


def _writes_commas(dialogue: Dialogue) -> bool:
    return any("," in t.before for t in dialogue.tokens)


def _bearers(dialogue: Dialogue) -> dict[str, frozenset[int]]:
    """Each word of the participants' names, and the numbers of those who bear it."""
    found: dict[str, set[int]] = {}
    for number, person in enumerate(dialogue.roster.people if dialogue.roster else ()):
        for name in (person.name, *person.nicknames):
            for word in fold(name).replace("-", " ").split():
                found.setdefault(word, set()).add(number)
    return {word: frozenset(who) for word, who in found.items()}


def _names_nobody(group: Collection[Token]) -> bool:
    """Words of the grammar alone, which a pause had joined to a name."""
    return all(
        t.fold in NEVER or (is_plain_word(t.fold) and not t.is_capital and len(t.fold) < 3) for t in group
    )


def _part(c: Candidate, group: Sequence[Token]) -> Candidate:
    last = group[-1]
    end = last.end - (2 if last.fold.endswith("'s") else 0)
    return replace(
        c, start=group[0].start, end=min(max(end, group[0].start + 1), c.end) if last.end >= c.end else end
    )


def _trimmed(c: Candidate, tokens: Sequence[Token], groups: Sequence[Sequence[Token]]) -> Candidate:
    """As it was, without a side that names nobody."""
    if not groups or len(groups[0]) == len(tokens):
        return c
    return _part(c, groups[0])


def _bare(t: Token) -> str:
    return t.fold.removesuffix("'s")
