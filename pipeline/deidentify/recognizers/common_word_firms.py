"""Bodies and houses called by ordinary words: a church by what its people are ("from the methodist"), an inn as inns are
("in the white hart"), and where somebody works or is looked after ("I'm with the lantern", "six weeks at the orchard").

Of the last nothing in the word tells it from "the office", so it is only asked about, and not where its meaning
(en_core_web_md's vectors) is near a place of work's, a building's or a part of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipeline.deidentify.recognizers.base import Hit, View, each
from pipeline.language.lexicon import Band, band, is_plain_word
from pipeline.language.wordlists import either, read, rule_words

_SURE, _LIKELY, _ASKED = 0.8, 0.72, 0.5
_NEAR = 0.52  # cosine
_WHY = "may be a place of work or care that is called by an ordinary word"
# "The crisis team" is what its people do.
_GROUP = either(rule_words("common_word_firms", "groups"))
_SLOT = re.compile(
    r"\b(?:(?:i'm|i am|i was|he's|he was|she's|she was|they're|we're)(?: back| now| still| over)? (?:at|with)"
    r"|(?:work|works|worked|working|volunteers?|volunteered|volunteering|job|shifts?|nights)(?: \w+)? (?:at|for|with|in)"
    rf"|(?:weeks?|months?|years?|bed|place|placement) (?:at|in|with)) the (?P<org>[a-z]+)(?= |$)(?! of\b)(?! {_GROUP}\b)",
    re.MULTILINE,
)
_PLACED = r"\b(?:at|from|to|in|near|outside|behind|with|into|by) the "
_CHURCH = re.compile(
    rf"{_PLACED}(?P<org>{either(rule_words('common_word_firms', 'denominations'))})(?= {either(rule_words('common_word_firms', 'behind_churches'))}\b|$)",
    re.MULTILINE,
)
_SIGN, _BEFORE_SIGN, _OWNER, _INN_KIND, _NO_INN = (
    either(rule_words("common_word_firms", name))
    for name in ("of_inns", "before_signs", "inn_heads", "inn_kinds", "before_other_inns")
)
_INN = re.compile(
    rf"{_PLACED}(?P<org>{_BEFORE_SIGN} {_SIGN}|{_SIGN} and {_SIGN}|{_OWNER}'?s'? head|"
    rf"(?!{_NO_INN}\b)[a-z']+ {_INN_KIND}|royal oak|cross keys)(?![a-z'])(?! of\b)"
)
_KINDS = (
    rule_words("entities", "heads") | rule_words("organisations", "common") | rule_words("edges", "kinds")
)
_PLACES_OF_WORK = rule_words("common_word_firms", "places_of_work")
_LISTS = (
    "organisation_words",
    "occupations",
    "medical_words",
    "kin_and_greetings",
    "keep_words",
    "nationalities",
)


def called_by_words(view: View) -> Iterator[Hit]:
    """Churches and inns; and finds that are doubtful, by the place in the sentence and a word that means no place of
    work."""
    for pattern, score in ((_CHURCH, _SURE), (_INN, _LIKELY)):
        for m in each(view, pattern):
            yield view.hit(m, "ORG", score, "org")
    for m in each(view, _SLOT):
        if _may_name_one(m["org"]) and not _means_one(m["org"], view.doc):
            start, end = view.dialogue.span(m.start("org"), m.end("org"))
            yield Hit(start, end, "ORG", _ASKED, reason=_WHY)


def _may_name_one(word: str) -> bool:
    """An ordinary word that is neither said all day nor listed for what it is."""
    if not is_plain_word(word) or band(word) >= Band.CONSTANT or word in _KINDS:
        return False
    return not any(word in read(name) for name in _LISTS)


def _means_one(word: str, doc: Any) -> bool:
    if doc is None:
        return True
    meaning = doc.vocab[word]
    return not meaning.has_vector or any(meaning.similarity(doc.vocab[w]) >= _NEAR for w in _PLACES_OF_WORK)
