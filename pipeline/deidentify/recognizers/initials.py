"""People who are called by letters: "J.R. Haldane", "A.K.'s mother", "Dr. O.", "JB rang", "they call him T.J."."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from pipeline.deidentify.recognizers.base import Hit, SpeechRecognizer, View
from pipeline.language.lexicon import is_plain_word
from pipeline.language.wordlists import read, rule_phrases, rule_words

_of = partial(rule_phrases, "initials")
_DOTTED = r"(?:[A-Z]\.){1,2}[A-Z]\."
_SURNAME = r"(?:(?:van|de|von|der|du|la|le|O'|Mc|Mac) ?)*[A-Z][\w'’-]+"
_BEFORE_SURNAME = re.compile(rf"(?<![\w.])(?P<name>(?:[A-Z]\.[ ]?){{1,3}}[ ]?{_SURNAME})")
_ALONE = re.compile(rf"(?<![\w.])(?P<name>{_DOTTED})")
_PLACE = re.compile(r"\b(?:in|from|near|outside|around) (?P<name>[A-Z]\.[A-Z]\.)(?!\w)")
_TITLED = re.compile(
    r"\b(?:Dr|Mr|Mrs|Ms|Miss|Prof|Professor|Doctor|Sister|Nurse)\.? (?P<name>[A-Z](?:\.[A-Z]\.?)?)(?![\w'’])"
)
_TWO_CAPITALS = re.compile(
    rf"(?<![\w.&/-])(?P<name>[A-Z]{{2}})(?=(?:['’]s {_of('has')}|(?: {_of('does', 'does_so')}\b)))"
)
_CALLED = re.compile(
    r"\b(?:call(?:s|ed)? (?:me|him|her|them)|known as|goes by|called) (?P<name>[A-Z]{2}|[A-Z]\.[A-Z]\.?)(?![\w'’])"
)
_ABBREVIATIONS = rule_words("initials", "abbreviations")


class InitialsRecognizer(SpeechRecognizer):
    """Initials that stand for somebody, alone or before a surname."""

    ENTITIES = ("PERSON", "LOCATION")

    def find(self, view: View) -> Iterator[Hit]:
        if not view.dialogue.is_cased:
            return
        text = view.dialogue.text
        for m in _BEFORE_SURNAME.finditer(text):
            if not _is_abbreviation(m["name"].rsplit(".", 1)[0]) and not _is_no_surname(m["name"]):
                yield Hit(m.start("name"), m.end("name"), "PERSON", 0.9)
        for m in _PLACE.finditer(text):
            if not _is_abbreviation(m["name"]):
                yield Hit(m.start("name"), m.end("name"), "LOCATION", 0.65)
        for pattern, score in ((_ALONE, 0.6), (_TITLED, 0.85), (_TWO_CAPITALS, 0.7), (_CALLED, 0.8)):
            for m in pattern.finditer(text):
                if pattern in (_TITLED, _CALLED) or not _is_abbreviation(m["name"]):
                    yield Hit(m.start("name"), m.end("name"), "PERSON", _surer(score, text[m.end("name") :]))


def _surer(score: float, behind: str) -> float:
    """A possessive makes a person of letters: "A.K.'s mother"."""
    return max(score, 0.8) if behind[:2] in ("'s", "’s") else score


def _is_abbreviation(text: str) -> bool:
    letters = re.sub(r"[^a-z]", "", text.lower())
    return letters in _ABBREVIATIONS or any(
        letters in read(name) for name in ("keep_words", "medical_words", "tests")
    )


def _is_no_surname(name: str) -> bool:
    """Letters, and behind them an ordinary word that opens the next sentence: "at 5 P.M. The"."""
    return is_plain_word(re.split(r"[ .]", name)[-1].lower())
