"""Places in talk where a name is due: behind a title, an introduction, a greeting, or set off as an address."""

from __future__ import annotations

import re

from pipeline.deidentify.bags import bag
from pipeline.deidentify.dialogue import Token
from pipeline.deidentify.recognizers.base import View

_STRONG = re.compile(
    r"(?:^|\b)(?:dr|doctor|mr|mrs|miss|ms|professor|my name is|my name's|i'?m called|call me|calls me|thanks|thank you|hi|hello|hey|cheers|bye|sorry|poor|kia ora|welcome back"
    r"|questions for|bring|over to|well done|nice one|see you|take care|this is|good on you) $"
)
_WEAK = re.compile(
    r"(?:^|\b)(?:i'm|and|so|now|okay|right|oh|yeah|yes|no|well|before|for|with|gave|what is|it was|asked|told|that's|it's|ask) $"
)
DRUG_DUE = re.compile(
    r"\b(?:tak(?:e|es|en|ing)|took|using|use|used|on|start(?:ed)?|stop(?:ped)?|prescribed?|having|had|tried|try|got|been on|your|some|of|inject\w*|dose of|get)(?: (?:the|your|some|any|my|a|more|this))* $"
)
_MARKERS = bag("so now okay right oh yeah yes well")
_FOLLOWS = bag(
    "what how you you've you're can could what do had did i are has said says sends sits went quickly sit"
)


def in_name_slot(view: View, at: int) -> float:
    """0: no name due here; 1: one may be; 2: one is, the word is set off as one."""
    tokens = view.dialogue.content
    t = tokens[at]
    lead = "".join(x.fold + " " for x in tokens[max(0, at - 4) : at] if x.turn == t.turn)
    following = tokens[at + 1] if at + 1 < len(tokens) and tokens[at + 1].turn == t.turn else None
    closes = following is None or bool(set(following.before) & set(",.?!;"))
    opens = not lead or bool(set(t.before) & set(",.?!;"))
    strong = bool(_STRONG.search(lead))
    if strong and closes:
        return 2.0
    if closes and following and following.fold in _FOLLOWS and opened_by_marker(tokens, at):
        return 2.0
    if opens and closes and (lead or following):
        return 2.0 if _weak_or_none(lead) or (following and following.fold in _FOLLOWS) else 1.5
    if strong or (opens and following and following.fold in _FOLLOWS):
        return 1.0
    if opens and closes:
        return 1.0
    return 1.0 if closes and _WEAK.search(lead) else 0.0


def opened_by_marker(tokens: list[Token], at: int) -> bool:
    """Behind a discourse marker that opens the sentence, as in "Now Keziah, you ..." ("no way, you" is no call)."""
    before = tokens[at - 1] if at else None
    return bool(
        before and before.turn == tokens[at].turn and before.fold in _MARKERS and before.opens_sentence
    )


def _weak_or_none(lead: str) -> bool:
    return not lead or bool(_WEAK.search(lead))
