"""Facts that can single a person out though no name is said: a rare condition, an event in the news, a
relationship to somebody known. Quasi-identifiers: a policy flags them for a person to judge."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.deidentify.recognizers.base import Hit, SpeechRecognizer, View, each

_RARE = re.compile(
    r"\b(?:huntington'?s(?: disease| chorea)?|creutzfeldt[ -]jakob|ehlers[ -]danlos|motor neurone? disease|progeria|locked in syndrome|prader[ -]willi|"
    r"osteogenesis imperfecta|brittle bone(?: disease)?|stevens[ -]johnson(?: syndrome)?|cystic fibrosis|achondroplasia|albinism|albino|conjoined twins?|"
    r"haemophilia|hemophilia|porphyria|wilson's disease|fatal familial insomnia|tay[ -]sachs|narcolepsy|capgras(?: syndrome| delusion)?|foreign accent syndrome|"
    r"xeroderma|epidermolysis bullosa|marfan'?s(?: syndrome)?|duchenne(?:'s)?(?: muscular dystrophy)?|rett syndrome|anencephaly|quadruplets|quintuplets|triplets)\b"
)
_EVENT = re.compile(
    r"\b(?:(?:it|that|he|she|they|who|story|case|crash|accident|fire|picture|photo|face) (?:was|were|is|been|made|got) (?:all over|all through|on|in|into) the (?:news|papers?|telly|tv|headlines|front page)"
    r"|(?:made|hit) the (?:news|headlines|papers)|on the front page|went viral|all over the (?:news|papers)|in the (?:herald|guardian|daily mail|dominion post|stuff))\b"
)
_RELATION = re.compile(
    r"\b(?:(?:mayor|prime minister|minister|bishop|archbishop|mp|member of parliament|senator|judge|famous \w+|celebrity|celebrities|all black|president|chief executive|principal|headmaster)'s "
    r"(?:wife|husband|son|daughter|brother|sister|partner|mother|father|cousin|nephew|niece|ex|widow)"
    r"|(?:wife|husband|son|daughter|brother|sister|partner|mother|father|cousin|nephew|niece|widow) of (?:the|a|an) (?:mayor|prime minister|minister|bishop|mp|senator|judge|celebrity|president|famous \w+)"
    r"|the only \w+ (?:\w+ )?in (?:the|this) (?:town|village|country|region|school|island|street|world|practice)|(?:identical|conjoined) twins?"
    r"|(?:first|only|youngest|oldest) (?:person|woman|man|child|patient) (?:ever )?in (?:the|new) \w+)\b"
)


class SinglingOutRecognizer(SpeechRecognizer):
    """Rare conditions, news events, telling relationships."""

    ENTITIES = ("CONDITION", "EVENT", "RELATIONSHIP")

    def find(self, view: View) -> Iterator[Hit]:
        for pattern, kind in ((_RARE, "CONDITION"), (_EVENT, "EVENT"), (_RELATION, "RELATIONSHIP")):
            for m in each(view, pattern):
                yield view.hit(m, kind, 0.7)
