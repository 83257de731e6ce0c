"""Places in talk where a name is due: behind a title, an introduction, a greeting, or set off as an address."""

from __future__ import annotations

import re

from pipeline.deidentify.dialogue import Token
from pipeline.deidentify.recognizers.base import View
from pipeline.language.cues import MARKERS, NAME_DUE, NAME_MAY_BE_DUE
from pipeline.language.lexicon import is_ambiguous, is_plain_word
from pipeline.language.wordlists import wordset

DRUG_DUE = re.compile(
    r"\b(?:tak(?:e|es|en|ing)|took|using|use|used|on|start(?:ed)?|stop(?:ped)?|prescribed?|having|had|tried|try|got|been on|your|some|of|inject\w*|dose of|get)(?: (?:the|your|some|any|my|a|more|this))* $"
)
_PRONOUNS = wordset("you you've you're i")
_FOLLOWS = wordset(
    "what how you you've you're can could what do had did i are has said says sends sits went quickly sit"
)


def in_name_slot(view: View, at: int) -> float:
    """0: no name due here; 1: one may be; 2: one is, the word is set off as one."""
    tokens = view.dialogue.content
    t = tokens[at]
    lead = "".join(x.fold + " " for x in tokens[max(0, at - 4) : at] if x.turn == t.turn)
    following = tokens[at + 1] if at + 1 < len(tokens) and tokens[at + 1].turn == t.turn else None
    closed = closes(tokens, at)
    if following and not closed and _asks(t, following):
        return 0.0
    opens = not lead or bool(set(t.before) & set(",.?!;"))
    strong = bool(NAME_DUE.search(lead))
    if strong and closed:
        return 2.0
    if closed and following and following.fold in _FOLLOWS and opened_by_marker(tokens, at):
        return 2.0
    if opens and closed and (lead or following):
        return 2.0 if _weak_or_none(lead) or (following and following.fold in _FOLLOWS) else 1.5
    if strong or (opens and following and following.fold in _FOLLOWS):
        return 1.0
    if opens and closed:
        return 1.0
    return 1.0 if closed and NAME_MAY_BE_DUE.search(lead) else 0.0


def closes(tokens: list[Token], at: int) -> bool:
    """The last word before a mark or the turn's end."""
    following = tokens[at + 1] if at + 1 < len(tokens) and tokens[at + 1].turn == tokens[at].turn else None
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
