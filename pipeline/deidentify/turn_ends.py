"""Where a name ends though the find goes on: at the end of a turn, and, in talk without capitals and commas, where people
who say who they are go on to say where from ("ana zorley gorlham")."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.deidentify.dialogue import Dialogue, Token
from pipeline.deidentify.merge import Candidate
from pipeline.language.lexicon import is_given, is_name, is_place, is_plain_word, reads_as_letters
from pipeline.language.wordlists import read, rule_words

_PARTICLES = rule_words("roster_names", "joiners")
_FULL_NAME = 2  # words of a name before a place may follow
_LETTERS = 4  # of an abbreviation
_SITES = frozenset({"LOCATION", "ORG"})
_NAMES = frozenset({"PERSON", "LOCATION", "ORG", "NRP"})


def cut_at_turns(candidate: Candidate, dialogue: Dialogue) -> Iterator[Candidate]:
    """A candidate of a name by the turns it touches, without the turns in which it holds ordinary words alone."""
    pieces = list(dialogue.pieces(candidate.start, candidate.end))
    if candidate.type not in _NAMES or len(pieces) < 2:
        yield candidate
        return
    for turn, start, end in pieces:
        base = dialogue.starts[turn]
        words = [t.fold for t in dialogue.tokens if base + start <= t.start < base + end]
        if any(is_name(word) or not is_plain_word(word) for word in words):
            yield replace(candidate, start=base + start, end=base + end)


def cut_at_sites(c: Candidate, dialogue: Dialogue) -> Iterator[Candidate]:
    """A person's name, and behind it the place or firm that a run of words without capitals goes on with; or a place or
    firm, and behind it a person."""
    if c.type in _SITES:
        yield from _cut_at_kin(c, dialogue)
        return
    if c.type != "PERSON" or dialogue.is_cased:
        yield c
        return
    tokens = dialogue.content
    first, stop = (bisect_left(tokens, at, key=lambda t: t.start) for at in (c.start, c.end))
    for at in range(first + _FULL_NAME, stop):
        letters = reads_as_letters(tokens[at].fold, _LETTERS)
        if letters or (_is_only_a_place(tokens, at) and tokens[at - 1].fold not in _PARTICLES):
            yield replace(c, end=tokens[at - 1].end)
            yield replace(c, start=tokens[at].start, type="ORG" if letters else "LOCATION", tier="")
            return
    yield c


def _cut_at_kin(c: Candidate, dialogue: Dialogue) -> Iterator[Candidate]:
    """ "From zorley auntie mei": the place, and who is called so, without the word for kin between."""
    tokens = dialogue.content
    first, stop = (bisect_left(tokens, at, key=lambda t: t.start) for at in (c.start, c.end))
    kin = next((at for at in range(first + 1, stop) if _calls_somebody(tokens, at)), None)
    if kin is None or (dialogue.is_cased and tokens[kin].is_capital):
        yield c
        return
    yield replace(c, end=tokens[kin - 1].end)
    if kin + 1 < stop:
        yield replace(c, start=tokens[kin + 1].start, type="PERSON", tier="")


def _calls_somebody(tokens: Sequence[Token], at: int) -> bool:
    """A word for kin, and a given name right behind it."""
    following = tokens[at + 1] if at + 1 < len(tokens) and tokens[at + 1].turn == tokens[at].turn else None
    named = following is not None and not following.before.strip() and is_given(following.fold)
    return named and tokens[at].fold in read("kin_and_greetings") and not is_plain_word(tokens[at + 1].fold)


def _is_only_a_place(tokens: Sequence[Token], at: int) -> bool:
    """A listed place that is nobody's name, by itself or with the word behind it."""
    pair = " ".join(t.fold for t in tokens[at : at + 2] if t.turn == tokens[at].turn)
    word = tokens[at].fold
    return not is_name(word) and (is_place(pair) or is_place(word)) and not is_plain_word(word)
