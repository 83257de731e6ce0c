"""What the talk has just asked for: the cue lies in one turn ("and your date of birth?"), the answer in
another. Every recognizer of answers asks here whether its kind was called for shortly before."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache

from pipeline.deidentify.dialogue import Dialogue

_WHOSE = r"(?:your|his|her|their|the patient's|mum's|dad's|the)"
CUES = {
    "name": rf"\b{_WHOSE} (?:full |first |last |maiden |middle |whole |own )?(?:sur)?name\b|\bconfirm (?:the )?names?\b"
    r"|\bwho(?:'s| is| am i) (?:speaking|talking|calling)\b|\b(?:should|do|can|may|shall) i call you\b"
    r"|\bsay your name\b|\bwhat(?:'s| is| was) (?:it|he|she) called\b|\bcall(?:s|ed|ing)? (?:him|her|them)self\b"
    r"|\b(?:your |our )?names\b|\blet's go (?:a)?round\b|\bintroduce (?:your|our)sel(?:f|ves)\b|\bname and (?:date|age|address)\b|\bsurname\b|\bfirst name\b|\bfull name\b|\blast name\b"
    r"|\bforgotten your name\b|\bname was\b|\bname please\b",
    "dob": r"\bdate of (?:your )?births?\b|\bd ?o ?b\b|\bbirth ?date\b|\bbirthda(?:y|te)s?\b|\byear of birth\b|\bthe year(?=\n)"
    r"|\bwhen (?:were|was|are) (?:you|he|she|they|your \w+) born\b|\bwas born (?:on|in)?\b|\bwere you born\b"
    r"|\bi was born\b|\bborn on\b",
    "age": r"\bhow old\b|\bwhat age\b|\b(?:your|his|her|their) ages?\b|\band age\b|\bage please\b",
    "address": r"(?<!mail )(?<!web )(?<!to )\baddress\b(?! (?:this|that|the|these|those|it|any|all|some))|\bfirst line\b|\byou live (?:at|on)\b"
    r"|\bwhere(?:'re| are) you (?:at|now|calling from|right now|at the moment)\b|\bwhere (?:you|he|she|they) (?:live|lives|stay|are living|are staying)\b|\bwhere (?:do|does|are|is|did) (?:you|he|she|they) (?:live|living|based|staying|stay)\b(?! with)"
    r"|\bwhereabouts (?:do|does|are|is) (?:you|he|she|they) (?:live|living|based|staying)\b"
    r"|\blive at\b|\bliving at\b",
    "postcode": r"\bpost ?codes?\b|\bzip(?: code)?\b|\beir ?codes?\b|\bpostal code\b",
    "phone": r"\b(?:phone|mobile|contact|telephone|cell|cellphone|home|work|landline|best|callback) (?:phone )?numbers?\b"
    r"|\b(?:your|his|her|my|their) numbers?\b|\bnumber (?:to|we can|i can|you can|for you|in my head)\b|\b(?:call|ring|text|reach) (?:me|you|him|her|us|them) on\b"
    r"|\b(?:same|old|new|other) (?:mobile|cell|phone|landline)\b|\b(?:number|mobile|one) (?:that )?end(?:s|ing)(?: in| with)?\b|\bending\b(?= (?:in )?\w+ \w+)|\bextension\b"
    r"|\bkept ringing\b|\bmy (?:mobile|cell|phone)(?: is|'s)\b",
    "email": r"\be ?mail\b",
    "job": r"\bwhat (?:do|does|did|is it) (?:you|he|she|they) do (?:for (?:a )?(?:living|work|job)|as a job)\b"
    r"|\b(?:your|his|her) (?:job|occupation|profession|line of work|work)\b|\bwhat(?: sort of| kind of)? (?:work|job)\b"
    r"|\bwhat do you do\b|\bcurrently working\b|\bdo you work\b|\bare you working\b|\bworking at the moment\b|\bwork as\b",
    "org": r"\b(?:which|what) (?:school|college|university|uni|hospital|surgery|practice|clinic|company|firm|team|club)\b[^\n]{0,40}"
    r"|\bwho (?:do|does|did) (?:you|he|she) (?:support|work for|play for)\b[^\n]{0,20}|\bwhere (?:do|does|did) (?:you|he|she|they) (?:work|go to school|study)\b[^\n]{0,20}"
    r"|\bname of (?:the|your|his|her|their) (?:school|college|company|practice|clinic|surgery|hospital|firm|team)\b",
    "id": r"\b(?:hospital|patient|record|chart|file|passport|licen[cs]e|account|policy|reference"
    r"|social security|tax(?: file)?|t ?f ?n|i ?r ?d|s ?s ?n|m ?r ?n|national insurance|insurance|membership|member|case|claim|badge"
    r"|employee|student|staff|customer|booking|serial) ?(?:i ?d|numbers?|card|no)\b|\bi ?d number\b|\b(?:medicare|t ?f ?n|i ?r ?d|s ?s ?n|m ?r ?n)\b"
    r"|\bdriv(?:ing|er'?s) licen[cs]e\b|\b(?:number |licen[cs]e |registration |rego )?plates?\b|\brego\b|\bregistration\b|\bn ?h ?[si]\b",
}


@cache
def _cue(kind: str) -> re.Pattern[str]:
    return re.compile(CUES[kind])


class Questions:
    """Where each kind of identifier was asked for or announced in a dialogue."""

    def __init__(self, dialogue: Dialogue) -> None:
        self._plain = dialogue.plain
        self._ends = {kind: [m.end() for m in _cue(kind).finditer(self._plain)] for kind in CUES}

    def words_since(self, kind: str, offset: int, turns: int = 4) -> int | None:
        """Words between the last cue of that kind and an offset of `plain`; None when none is near."""
        ends = self._ends[kind]
        at = bisect_right(ends, offset) - 1
        if at < 0:
            return None
        between = self._plain[ends[at] : offset]
        if between.count("\n") > turns:
            return None
        return len(between.split())

    def near(self, kind: str, offset: int, words: int = 25, turns: int = 4) -> bool:
        """True when that kind was asked for within so many words and turns before the offset."""
        since = self.words_since(kind, offset, turns)
        return since is not None and since <= words
