"""A candidate of several people becomes several candidates: no label may stand for two.

Names lie side by side where they are listed or called one after the other, and a candidate over them all reads as one
name. A pause, an "and", a title, a second full name or another participant's name begins another person.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from pipeline.deidentify.dialogue import Dialogue, Token
from pipeline.deidentify.merge import Candidate
from pipeline.deidentify.names_in_a_row import Rows, bare, is_read_as_given, is_title, rows_of, writes_commas
from pipeline.deidentify.recognizers.base import View
from pipeline.language.cues import NEVER, TITLES
from pipeline.language.lexicon import is_given, is_place, is_plain_word, is_surname
from pipeline.language.text import fold
from pipeline.language.wordlists import rule_words

_PAUSES = frozenset(",;:/?!&…—–")
_AND = frozenset(("and", "or", "&"))
_ABBREVIATED = frozenset(("dr", "mr", "mrs", "ms", "prof", "st", "rev", "sr", "fr", "jr"))
_READ = 0.6  # probability from which on a word is read as a given name, or as a surname
_PARTICLES = rule_words("roster_names", "joiners")
_A_LIST = 3  # given names side by side
_FULL_NAMES = 4  # words of two full names without anything between


def part_people(chosen: Iterable[Candidate], view: View) -> list[Candidate]:
    """The candidates, each person's a candidate of its own."""
    dialogue = view.dialogue
    bearers, rows = _bearers(dialogue), rows_of(view)
    parted: list[Candidate] = []
    for c in chosen:
        tokens = [t for t in dialogue.content if c.start <= t.start < c.end]
        if c.type == "ORG" and (_names_people(tokens, view) or _follows_person(c, tokens, parted, dialogue)):
            c = replace(c, type="PERSON", tier="")
        if c.type == "LOCATION":
            places = _places(tokens)
            parted += [_part(c, g) for g in places] if len(places) > 1 else [c]
        elif c.type != "PERSON" or len(tokens) < 2 or _is_spelled(tokens):
            parted.append(c)
        else:
            parted += _people_of(c, tokens, _groups(tokens, bearers, rows))
    return parted


def _people_of(c: Candidate, tokens: Sequence[Token], groups: Iterable[list[Token]]) -> Iterator[Candidate]:
    """A candidate by groups of its words; one of a single person without a side that names nobody."""
    named = [_untitled(g) for g in groups if not _names_nobody(g)]
    if len(named) > 1:
        yield from (_part(c, g) for g in named)
    else:
        yield _trimmed(c, tokens, named)


def _names_people(tokens: Sequence[Token], view: View) -> bool:
    """ "I was with Mia and Lottie": no firm, for both are given names and nobody's surname, or read as people."""
    ands = [n for n, t in enumerate(tokens) if t.fold in _AND and 0 < n < len(tokens) - 1]
    sides = [t for n, t in enumerate(tokens) if n not in ands]
    if not ands or not all(is_given(bare(t)) for t in sides):
        return False
    read_as = [view.reading(t) for t in sides]
    firms = not all(r.name > r.types.get("ORG", 0.0) for r in read_as)
    return not firms or not all(is_surname(bare(t)) for t in sides)


def _follows_person(
    c: Candidate, tokens: Sequence[Token], before: Sequence[Candidate], dialogue: Dialogue
) -> bool:
    """ "Mia and Lottie": a given name that is nobody's surname, behind a person and "and"."""
    person = before[-1] if before and before[-1].type == "PERSON" else None
    between = fold(dialogue.text[person.end : c.start]).strip() if person else ""
    return (
        between in _AND and len(tokens) == 1 and is_given(bare(tokens[0])) and not is_surname(bare(tokens[0]))
    )


def _places(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    """ "Gugulethu and Mitchells Plain" are two; a place may have an "and" of its own."""
    at = next((n for n, t in enumerate(tokens) if t.fold in _AND), 0)
    whole = " ".join(t.fold for t in tokens)
    sides = [tokens[:at], tokens[at + 1 :]]
    known = [is_place(" ".join(bare(t) for t in side)) for side in sides]
    return sides if at and all(sides) and all(known) and not is_place(whole) else [tokens]


def _is_spelled(tokens: Sequence[Token]) -> bool:
    """A name letter by letter ("O, double B, I"): the pauses between letters part nobody."""
    return sum(len(t.fold) == 1 for t in tokens) > len(tokens) / 2


def _groups(tokens: Sequence[Token], bearers: dict[str, frozenset[int]], rows: Rows) -> list[list[Token]]:
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
    halves = [half for g in groups if g for part in _as_read(g, rows.view) for half in _full_names(part)]
    return [name for g in halves for name in _listed_bare(g, rows)]


def _as_read(group: list[Token], view: View) -> Iterator[list[Token]]:
    """A given name behind a surname is the next person's, as the talk classifier reads the words."""
    first = 0
    for at in range(1, len(group)):
        before, word = view.reading(group[at - 1]), view.reading(group[at])
        joined = not _PARTICLES.isdisjoint(t.fold for t in group[at - 1 : at + 1])
        if before.name - before.given > _READ and word.given > _READ and not joined:
            yield group[first:at]
            first = at
    yield group[first:]


def _untitled(group: list[Token]) -> list[Token]:
    """Without titles and kinship before the name: "Sister Odile", "tannie Sarie"."""
    first = 0
    while first + 1 < len(group) and is_title(group[first]):
        first += 1
    return group[first:]


def _pauses(before: Token, t: Token) -> bool:
    """A pause between two words; the stops of initials and abbreviations are none."""
    marks = set(t.before)
    if marks & _PAUSES:
        return True
    return "." in marks and len(before.fold) > 1 and before.fold not in _ABBREVIATED


def _another_bears(group: Sequence[Token], t: Token, bearers: dict[str, frozenset[int]]) -> bool:
    """The word is of another participant's name than the one before it."""
    mine, theirs = bearers.get(bare(group[-1])), bearers.get(bare(t))
    return bool(mine and theirs and not mine & theirs)


def _full_names(group: list[Token]) -> Iterator[list[Token]]:
    """Given name, surname, given name, surname: two people."""
    given = [is_given(bare(t)) for t in group]
    two = len(given) == _FULL_NAMES and group[1].fold not in _PARTICLES
    if two and (given == [True, False, True, False] or (given[2] and _surname(group[1]))):
        yield from (group[:2], group[2:])
    else:
        yield group


def _surname(t: Token) -> bool:
    return is_surname(bare(t)) and not is_given(bare(t))


def _listed_bare(group: list[Token], rows: Rows) -> Iterator[list[Token]]:
    """Without commas in the talk, given names side by side may be several people's."""
    dialogue = rows.view.dialogue
    particle = any(t.fold in _PARTICLES for t in group[1:-1])  # "maria da silva braga"
    if len(group) < 2 or particle or writes_commas(dialogue):
        yield group
        return
    given = all(is_read_as_given(t, rows.view) for t in group)
    names = all(is_given(bare(t)) or rows.view.reading(t).given > _READ for t in group)
    listed = names and _goes_on_with_another(group, rows.view)
    if listed or (given and len(group) >= _A_LIST):
        yield from ([t] for t in group)
        return
    yield from rows.people(group)


def _goes_on_with_another(group: Sequence[Token], view: View) -> bool:
    """Before "and" and a further given name: "dolly shanthi and rose"."""
    tokens = view.dialogue.content
    at = next(n for n, t in enumerate(tokens) if t.start == group[-1].start)
    behind = tokens[at + 1 : at + 3]
    if len(behind) < 2 or behind[0].fold not in _AND or behind[1].turn != group[-1].turn:
        return False
    return is_given(bare(behind[1])) or view.reading(behind[1]).given > _READ


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
