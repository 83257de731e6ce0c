"""Facts that can single a person out though no name is said: a rare condition, an event in the news, a
relationship to somebody known. Quasi-identifiers: a policy flags them for a person to judge."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from pipeline.deidentify.recognizers.base import Hit, SpeechRecognizer, View, each
from pipeline.language.wordlists import rule_phrases

_of = partial(rule_phrases, "singling_out")
_RARE = re.compile(rf"\b{_of('rare')}\b")
_EVENT = re.compile(
    rf"\b(?:{_of('of_events')} {_of('happened')} (?:all over|all through|on|in|into) the {_of('news')}|{_of('events')})\b"
)
_RELATION = re.compile(
    rf"\b(?:{_of('public', 'public_so')}'s {_of('kin', 'kin_of_some')}"
    rf"|{_of('kin')} of (?:the|a|an) {_of('offices', 'offices_so')}"
    rf"|the only \w+ (?:\w+ )?in (?:the|this) {_of('circles')}|{_of('twins')}"
    rf"|{_of('foremost')} {_of('people')} (?:ever )?in (?:the|new) \w+)\b"
)


class SinglingOutRecognizer(SpeechRecognizer):
    """Rare conditions, news events, telling relationships."""

    ENTITIES = ("CONDITION", "EVENT", "RELATIONSHIP")

    def find(self, view: View) -> Iterator[Hit]:
        for pattern, kind in ((_RARE, "CONDITION"), (_EVENT, "EVENT"), (_RELATION, "RELATIONSHIP")):
            for m in each(view, pattern):
                yield view.hit(m, kind, 0.7)
