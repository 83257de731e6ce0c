"""What must stay: candidates that are drugs, diseases, eponyms, everyday things, modal verbs, times and doses."""

from __future__ import annotations

import re

from pipeline.deidentify.dialogue import Dialogue, fold
from pipeline.deidentify.merge import Candidate
from pipeline.deidentify.numbers import MONTHS
from pipeline.deidentify.words import read

_SURE_ANYWAY = 0.93
_NUMERIC = frozenset({"DATE", "PHONE", "ID", "ADDRESS", "AGE"})
_UNIT_AFTER = re.compile(
    r"[ ,]*(?:milligrams?|mgs?|mils?|mls?|micrograms?|mcg|grams?|kilos?|kgs?|units?|tablets?|capsules?|puffs?|drops?|times|hours?|hourly|minutes?|mins?|"
    r"seconds?|percent|per cent|%|o'?clock|a\.?m\b|p\.?m\b|in the (?:morning|afternoon|evening)|at night|degrees|over (?:\d|\w+ty)|out of|beats|per minute|a day|a week|"
    r"feet|foot|inch(?:es)?|cent\w*|metres?|meters?|miles?|kilometres?|stone|pounds?|quid|dollars?|bucks|euros?)\b",
    re.IGNORECASE,
)
_CLOCK_BEFORE = re.compile(r"\b(?:half past|quarter (?:past|to)|past|at about|around about|section|type|stage|grade|chapter|page|level|blood pressure|pulse|temperature|sats|heart rate|score|peak flow)(?: (?:is|was|of|about))? ?$", re.IGNORECASE)
_MONTH_ALONE = frozenset(MONTHS)


def keeps(candidate: Candidate, dialogue: Dialogue) -> bool:
    """True when a candidate is one of the things that identify nobody."""
    if candidate.score >= _SURE_ANYWAY and candidate.found_by == "RosterRecognizer":
        return False
    text = fold(dialogue.text[candidate.start : candidate.end]).strip(" .,")
    if text in read("medical_words") or text in read("eponyms"):
        return True
    if text in read("keep_words") and candidate.score < _SURE_ANYWAY:
        return True
    if candidate.type in _NUMERIC and _is_measure(candidate, dialogue.text):
        return True
    return candidate.type in ("DATE", "PERSON", "LOCATION") and text in _MONTH_ALONE and text not in ("april", "may", "june")


def _is_measure(candidate: Candidate, text: str) -> bool:
    """A dose, a clock time, a vital sign: by the unit behind or the word before."""
    if candidate.type == "AGE":
        return False
    if candidate.type == "DATE" and any(m in fold(text[candidate.start : candidate.end]) for m in MONTHS):
        return False
    after, before = text[candidate.end : candidate.end + 24], text[max(0, candidate.start - 24) : candidate.start]
    return bool(_UNIT_AFTER.match(after) or _CLOCK_BEFORE.search(before))
