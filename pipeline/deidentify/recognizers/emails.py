"""E-mail addresses, handles and web addresses, said aloud or written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.deidentify.recognizers.base import Hit, SpeechRecognizer, View, each
from pipeline.language.numbers import PIECE
from pipeline.language.wordlists import rule_phrases

_PIECE = r"[a-z0-9'-]+"
_JOIN = r"(?: (?:dot|underscore|dash|hyphen|slash|plus|full stop) )"
_TOP = rule_phrases("emails", "domains")
_SPELLED_TOP = r"[a-z] [a-z](?![\w'])"
_HOST = rf"{_PIECE}(?: dot {_PIECE}){{0,3}} dot {_TOP}(?: dot (?:{_TOP}|{_SPELLED_TOP}))?\b"
_ASIDE = r"(?: (?:all )?(?:lower ?case|lower case|one word|together|no spaces|no dots))*"
_SPOKEN_MAIL = re.compile(
    rf"\b(?:(?:{_PIECE}{_JOIN})+|(?:[a-z0-9] ){{2,}}|)(?:{_PIECE}{_JOIN})*{_PIECE}(?: {PIECE}){{0,4}}{_ASIDE} at {_HOST}"
)
_HOSTS = rule_phrases("emails", "hosts")
_KNOWN_MAIL = re.compile(rf"\b(?:{_PIECE} ){{1,2}}?at {_HOSTS}(?: dot {_TOP}(?: dot {_TOP})?)?\b")
_HANDLE = re.compile(rf"\bat {_PIECE}(?: (?:underscore|dot|dash|hyphen) {_PIECE})+(?: {PIECE})*\b")
_UNDERSCORED = re.compile(rf"\b{_PIECE}(?: underscore {_PIECE})+(?: {PIECE})*\b")
_NAMED_HANDLE = re.compile(
    rf"\b(?:instagram|insta|twitter|facebook|snapchat|snap|tiktok|discord|handle|username|user name|gamertag|skype)"
    rf"(?: (?:handle|name|account))?(?: is|'s| was)(?: (?:just|called|at))*(?: it's)? (?P<handle>(?!(?:a|the|my|really|so|not|just|very|that|this|down|full|where|what|how|on)\b){_PIECE}(?:{_JOIN}{_PIECE})*(?: {PIECE})*)\b"
)
_SPOKEN_URL = re.compile(
    rf"\b(?:(?:w w w|www|triple w|double u double u double u) (?:dot )?{_HOST}|{_HOST})(?: (?:slash|forward slash) {_PIECE})*"
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"']+[^\s<>\"'.,;:!?)]")
_BARE_URL = re.compile(
    r"(?<![\w@.])[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|co\.nz|co\.uk|org\.nz|org\.uk|ac\.nz|ac\.uk|com\.au|edu|gov|io)\b(?:/[^\s]*)?"
)
_AT_HANDLE = re.compile(r"(?<![\w@.])@[A-Za-z_][\w.]{2,}")
_NEVER_FIRST = re.compile(rf"^(?:{rule_phrases('emails', 'never_first')}\s)+")


class SpokenContactRecognizer(SpeechRecognizer):
    """E-mail (EMAIL), social media handles (ID) and web addresses (URL)."""

    ENTITIES = ("EMAIL", "URL", "ID")

    def find(self, view: View) -> Iterator[Hit]:
        for pattern in (_SPOKEN_MAIL, _KNOWN_MAIL):
            for m in each(view, pattern):
                yield _trimmed(view, m, "EMAIL", 0.97)
        for pattern, score in ((_HANDLE, 0.9), (_UNDERSCORED, 0.85)):
            for m in each(view, pattern):
                yield view.hit(m, "ID", score)
        for m in each(view, _NAMED_HANDLE):
            yield view.hit(m, "ID", 0.7, "handle")
        for m in each(view, _SPOKEN_URL):
            yield view.hit(m, "URL", 0.85)
        for written, kind in ((_MAIL, "EMAIL"), (_URL, "URL"), (_BARE_URL, "URL"), (_AT_HANDLE, "ID")):
            for m in written.finditer(view.dialogue.text):
                yield Hit(m.start(), m.end(), kind, 0.98)


def _trimmed(view: View, match: re.Match[str], kind: str, score: float) -> Hit:
    """The address without the small words that led up to it ("it's", "my email is")."""
    lead = _NEVER_FIRST.match(match[0])
    start, end = view.dialogue.span(match.start() + (lead.end() if lead else 0), match.end())
    return Hit(start, end, kind, score)
