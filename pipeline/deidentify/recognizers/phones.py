"""Telephone numbers said aloud: "oh two one, double five four, oh nine three", or written in figures."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.deidentify.recognizers.base import Hit, SpeechRecognizer, View, each
from pipeline.language.numbers import PIECE, counts_up, digits_of

_RUN = re.compile(rf"\b(?:plus )?{PIECE}(?:\n?[ \n](?:and |then |space |dash )?{PIECE})*\b")
_MIN_DIGITS = 7
_MIN_ASKED = 4
_MIN_ENDING = 3  # right behind "ending", "extension"
_LINES_ALLOWED = 2


class SpokenPhoneRecognizer(SpeechRecognizer):
    """Runs of seven digits or more; fewer when a number was asked for."""

    ENTITIES = ("PHONE",)

    def find(self, view: View) -> Iterator[Hit]:
        for m in each(view, _RUN):
            close = view.questions.near("phone", m.start(), words=5, turns=1)
            # made-up numbers count up too ("one two three four"), right after the question they are meant
            if m[0].count("\n") > _LINES_ALLOWED or (counts_up(m[0]) and not close):
                continue
            digits = digits_of(m[0].replace("\n", " "))
            asked = view.questions.near("phone", m.start(), words=20, turns=6)
            if len(digits) >= _MIN_DIGITS and _is_read_out(m[0]):
                yield view.hit(m, "PHONE", 0.9 if asked or digits.startswith("0") else 0.7)
            elif asked and "hundred" not in m[0] and len(digits) >= _fewest_asked(view, m, close):
                yield view.hit(m, "PHONE", 0.75)


def _fewest_asked(view: View, match: re.Match[str], close: bool) -> int:
    """How many figures an answer has at least."""
    at_once = view.questions.near("phone", match.start(), words=2, turns=0)
    return _MIN_ENDING if at_once or (close and _ends_there(view, match)) else _MIN_ASKED


def _ends_there(view: View, match: re.Match[str]) -> bool:
    """A pause or the end of the turn follows."""
    _, end = view.dialogue.span(match.start(), match.end())
    return view.dialogue.text[end : end + 1] in ("", "\n", ",", ".", "?", "!")


def _is_read_out(said: str) -> bool:
    """Figure by figure, not "two hundred and fifty thousand" or "twenty, thirty, forty, fifty"."""
    words = said.split()
    single = sum(len(digits_of(w)) == 1 for w in words) + sum(len(w) for w in words if w.isdigit())
    return single >= 0.5 * len(words) and not ("thousand" in words and len(words) < 6)
