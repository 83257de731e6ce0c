"""Listeners' noises: said while another goes on speaking, they take no turn."""

from __future__ import annotations

import re

# Continuers and assessments of the conversation-analysis literature (Schegloff 1982; Goodwin 1986).
_ONE_WORD = frozenset(
    "mm mmm mhm hm hmm uhhuh mmhm mmhmm yeah yep yup yes yea no nah okay ok right sure true wow oh ooh aw ah aha exactly"
    " totally definitely absolutely really gosh nice cool great indeed same hah ha haha eh".split()
)
_LONGEST_WORDS = 3


def is_backchannel(text: str) -> bool:
    """True for one to three words all of which are listeners' noises ("mm", "yeah", "oh wow")."""
    words = [re.sub(r"[^a-z]", "", word) for word in text.lower().split()]
    words = [word for word in words if word]
    return 0 < len(words) <= _LONGEST_WORDS and all(word in _ONE_WORD for word in words)
