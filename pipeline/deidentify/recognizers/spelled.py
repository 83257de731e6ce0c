"""Names spelled out letter by letter: "R, O, double S", "that's N G A T A"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.deidentify.recognizers.base import Hit, SpeechRecognizer, View, each
from pipeline.language.lexicon import is_name, is_plain_word
from pipeline.language.wordlists import rule_words

_LETTER = r"(?:double [a-z]|[a-z])(?: (?:for|as in) [a-z]+(?: ray)?)?"
_RUN = re.compile(rf"(?<![\w'])(?<!with )(?!i [a-z]{2})(?:{_LETTER})(?: {_LETTER}){{2,}}(?![a-z'])")
_JOINED = re.compile(r"[A-Z](?:-[A-Z]){2}")  # as a recogniser writes what is spelt: "B-A-O"
_NEXT_SENTENCE = re.compile(r"[.?!] I$")
_CUE = re.compile(r"\b(?:spel\w+|that's|with (?:a|an)|surname|name|letters?|capital)\b")
_KNOWN = rule_words("spelled", "known")


class SpelledNameRecognizer(SpeechRecognizer):
    """Three letters or more in a row that are no known abbreviation and no number's prefix."""

    ENTITIES = ("PERSON",)

    def find(self, view: View) -> Iterator[Hit]:
        plain = view.dialogue.plain
        for m in each(view, _RUN):
            letters = (
                re.sub(r" (?:for|as in) [a-z]+(?: ray)?", "", m[0]).replace("double ", "").replace(" ", "")
            )
            words = m[0].split()
            if (
                letters in _KNOWN
                or _is_word(letters)
                or set(letters) <= set("ai")
                or words[:2] in (["i", "a"], ["a", "i"])
                or _read_on(plain, m.end())
            ):
                continue
            cued = _CUE.search(plain[max(0, m.start() - 30) : m.start()]) or view.questions.near(
                "name", m.start(), 20
            )
            start, end = view.dialogue.span(*m.span())
            said = _NEXT_SENTENCE.sub("", view.dialogue.text[start:end])
            longer = len(letters) >= 4 or "double" in words or _JOINED.search(said) is not None
            score = 0.9 if cued and longer else 0.7 if longer else 0.6 if cued else 0.35
            yield Hit(start, start + len(said), "PERSON", score)


def _is_word(letters: str) -> bool:
    """An ordinary word, spelt forwards or backwards as in a test of memory."""
    forms = (letters, letters[::-1])
    return len(letters) > 4 and not is_name(letters) and any(map(is_plain_word, forms))


def _read_on(plain: str, end: int) -> bool:
    """Digits follow: an identity number, not a name."""
    return (
        re.match(r" (?:\d|one|two|three|four|five|six|seven|eight|nine|zero|oh)\b", plain[end : end + 8])
        is not None
    )
