"""Clean wording: fillers, cut-off words and repetitions taken out by rule, never a word put in.

The rules know no meaning, so they are careful: replacements, marks and numbers are never touched,
words that are said twice on purpose ("very very") stay, and an utterance that would be left empty
("Mm.") stays as it was said. The word lists are data: config/conventions/.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.export.styles import read_list
from pipeline.export.tokens import Token

_ENDS = ".?!…"
_PUNCTUATION = ".,;:?!…\"'“”‘’()"
_LONGEST_REPEAT = 3


@dataclass(frozen=True, slots=True)
class Smoother:
    """Smooths tokens. `fillers` are taken out; `doubles` may stand twice."""

    fillers: frozenset[str]
    doubles: frozenset[str]

    @classmethod
    def load(cls) -> Smoother:
        """The rules with the word lists of config/conventions."""
        return cls(frozenset(read_list("fillers.txt")), frozenset(read_list("doubles.txt")))

    def smooth(self, tokens: Sequence[Token]) -> list[Token]:
        """Take out fillers, then cut-off words, then repetitions."""
        kept = self._drop(tokens, self._is_filler)
        kept = self._drop(kept, _is_cut_off)
        kept = self._drop_repeats(kept)
        return kept if any(not t.mark for t in kept) else list(tokens)

    def _is_filler(self, token: Token) -> bool:
        return not token.fixed and _bare(token) in self.fillers

    def _drop(self, tokens: Sequence[Token], unwanted: object) -> list[Token]:
        """Drop tokens; a sentence keeps its full stop and its capital letter."""
        assert callable(unwanted)
        kept: list[Token] = []
        capital = False
        for token in tokens:
            if unwanted(token):
                capital = capital or (token.text[:1].isupper() and _starts_sentence(kept))
                _hand_over_stop(kept, token)
                continue
            if capital and not token.mark:
                token, capital = _capitalise(token), False
            kept.append(token)
        return kept

    def _drop_repeats(self, tokens: list[Token]) -> list[Token]:
        """Of words said twice or more in a row (up to three words long), keep the last."""
        kept: list[Token] = []
        for token in tokens:
            kept.append(token)
            for size in range(_LONGEST_REPEAT, 0, -1):
                first, second = kept[-2 * size : -size], kept[-size:]
                if len(first) == size and self._repeats(first, second):
                    opener = second[0] if not _is_capital(first[0]) else _capitalise(second[0])
                    kept[-2 * size :] = [opener, *second[1:]]
                    break
        return kept

    def _repeats(self, first: list[Token], second: list[Token]) -> bool:
        words = [_bare(t) for t in first]
        if words != [_bare(t) for t in second] or not all(words):
            return False
        if any(t.fixed or any(c.isdigit() for c in t.text) for t in first + second):
            return False
        if any(t.text[-1] in _ENDS for t in first) or any(len(w) == 1 and w not in "ai" for w in words):
            return False
        return len(words) > 1 or words[0] not in self.doubles


def _bare(token: Token) -> str:
    return token.text.strip(_PUNCTUATION).casefold()


def _is_cut_off(token: Token) -> bool:
    """A word broken off, as "hosp-"; a dash that stands alone is none."""
    text = token.text.rstrip(",.")
    return not token.fixed and len(text) > 1 and text.endswith("-") and text[-2].isalpha()


def _is_capital(token: Token) -> bool:
    return token.text[:1].isupper()


def _capitalise(token: Token) -> Token:
    return token if token.fixed else replace(token, text=token.text[:1].upper() + token.text[1:])


def _starts_sentence(kept: Sequence[Token]) -> bool:
    words = [t for t in kept if not t.mark]
    return not words or words[-1].text[-1] in _ENDS


def _hand_over_stop(kept: list[Token], dropped: Token) -> None:
    """ "I think, um." ends "I think."; of "like to, uh, talk" both commas go, which were the filler's."""
    stop = dropped.text[-1]
    if stop == "," and kept and not kept[-1].fixed and kept[-1].text.endswith(","):
        kept[-1] = replace(kept[-1], text=kept[-1].text[:-1])
    elif stop in _ENDS and kept and not kept[-1].fixed and kept[-1].text[-1] not in _ENDS:
        kept[-1] = replace(kept[-1], text=kept[-1].text.rstrip(",;:") + stop)
