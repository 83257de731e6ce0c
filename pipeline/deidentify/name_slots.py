"""Places in talk where a name is due: behind a title, an introduction, a greeting, or set off as an address."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from pipeline.deidentify.dialogue import Token
from pipeline.deidentify.recognizers.base import View
from pipeline.language.cues import MARKERS, NAME_DUE, NAME_MAY_BE_DUE
from pipeline.language.lexicon import is_ambiguous, is_plain_word
from pipeline.language.wordlists import rule_phrases, rule_words

DRUG_DUE = re.compile(
    rf"\b{rule_phrases('name_slots', 'taken', 'taken_so')}(?: {rule_phrases('name_slots', 'before_drugs')})* $"
)
_PRONOUNS = rule_words("name_slots", "pronouns")
_FOLLOWS = rule_words("name_slots", "follows")


def in_name_slot(view: View, at: int) -> float:
    """0: no name due here; 1: one may be; 2: one is, the word is set off as one."""
    tokens = view.dialogue.content
    t, following = tokens[at], _following(tokens, at)
    lead = "".join(x.fold + " " for x in tokens[max(0, at - 4) : at] if x.turn == t.turn)
    closed = closes(tokens, at)
    slot = _Slot(
        lead,
        closed=closed,
        opens=not lead or bool(set(t.before) & set(",.?!;")),
        goes_on=following is not None,
        answered=following is not None and following.fold in _FOLLOWS,
        asks=following is not None and not closed and _asks(t, following),
        marked=opened_by_marker(tokens, at),
    )
    return next((weight for holds, weight in _DUE if holds(slot)), 0.0)


@dataclass(frozen=True, slots=True)
class _Slot:
    """A place in a turn: the words that lead up to it, whether a mark or the turn's end closes it or a mark opens it,
    and whether somebody is then spoken to ("answered")."""

    lead: str = field(repr=False)
    closed: bool
    opens: bool
    goes_on: bool
    answered: bool
    asks: bool
    marked: bool

    @property
    def due(self) -> bool:
        """The words before lead up to a name."""
        return bool(NAME_DUE.search(self.lead))

    @property
    def alone(self) -> bool:
        """Between marks, but not a turn of its own."""
        return self.opens and self.closed and (bool(self.lead) or self.goes_on)


# The first that holds says how surely a name is due.
_DUE: tuple[tuple[Callable[[_Slot], bool], float], ...] = (
    (lambda s: s.asks, 0.0),
    (lambda s: s.due and s.closed, 2.0),
    (lambda s: s.closed and s.answered and s.marked, 2.0),
    (lambda s: s.alone and (_weak_or_none(s.lead) or s.answered), 2.0),
    (lambda s: s.alone, 1.5),
    (lambda s: s.due, 1.0),
    (lambda s: s.opens and (s.answered or s.closed), 1.0),
    (lambda s: s.closed and bool(NAME_MAY_BE_DUE.search(s.lead)), 1.0),
)


def _following(tokens: list[Token], at: int) -> Token | None:
    same = at + 1 < len(tokens) and tokens[at + 1].turn == tokens[at].turn
    return tokens[at + 1] if same else None


def closes(tokens: list[Token], at: int) -> bool:
    """The last word before a mark or the turn's end."""
    following = _following(tokens, at)
    return following is None or bool(set(following.before) & set(",.?!;"))


def _asks(word: Token, following: Token) -> bool:
    """ "Will you stay?", "May I?", "Hope you are well": an ordinary word right before a pronoun calls nobody."""
    ordinary = is_plain_word(word.fold) or is_ambiguous(word.fold)
    return ordinary and following.fold in _PRONOUNS


def opened_by_marker(tokens: list[Token], at: int) -> bool:
    """Behind a discourse marker that opens the sentence, as in "Now Keziah, you ..." ("no way, you" is no call)."""
    before = tokens[at - 1] if at else None
    return bool(
        before and before.turn == tokens[at].turn and before.fold in MARKERS and before.opens_sentence
    )


def _weak_or_none(lead: str) -> bool:
    return not lead or bool(NAME_MAY_BE_DUE.search(lead))
