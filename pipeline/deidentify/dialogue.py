"""A transcript as recognizers see it: one text over all turns, tokens, and what was asked before.

The joined text holds one line a turn, with the turn's own characters unchanged, so that offsets map
straight back. `plain` is the same talk made easy to match: lower case, no punctuation, no fillers
("um", "uh"), no stutters ("my my"), single spaces, a line a turn; `Dialogue.span` leads from it back
to the joined text, so a filler inside an address is covered with it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pipeline.language.cues import FILLERS
from pipeline.language.text import fold
from pipeline.language.wordlists import rule_words
from pipeline.records import Roster, Utterance, Word

_TOKEN = re.compile(r"[^\W_]+(?:['’ʻ][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Token:
    """One word of the joined text. `before` is what stands between it and the word before it."""

    text: str = field(repr=False)
    fold: str = field(repr=False)
    start: int
    end: int
    turn: int
    before: str = field(default="", repr=False)

    @property
    def is_capital(self) -> bool:
        return self.text[0].isupper()

    @property
    def opens_sentence(self) -> bool:
        """First of a turn, or behind a full stop: there a capital says nothing."""
        return not self.before or any(c in ".?!…" for c in self.before)


@dataclass(frozen=True)
class Dialogue:
    """The turns of a transcript, joined. Immutable; derived views are computed once, on demand."""

    turns: tuple[str, ...] = field(repr=False)
    speakers: tuple[str, ...]
    roster: Roster | None = field(default=None, repr=False)
    heard: tuple[tuple[Word, ...], ...] = field(default=(), repr=False)

    @cached_property
    def text(self) -> str:
        """All turns, a line each; a line break inside a turn counts as a space."""
        return "\n".join(re.sub(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]", " ", t) for t in self.turns)

    @cached_property
    def starts(self) -> list[int]:
        """Where each turn begins in the joined text."""
        at, found = 0, []
        for turn in self.turns:
            found.append(at)
            at += len(turn) + 1
        return found

    @cached_property
    def tokens(self) -> list[Token]:
        """Every word, fillers too, in order."""
        found: list[Token] = []
        for number, (start, turn) in enumerate(zip(self.starts, self.text.split("\n"), strict=False)):
            last = 0
            for m in _TOKEN.finditer(turn):
                low = fold(m[0])
                # A dash or quotation mark before a turn's first word says nothing of it.
                before = turn[last : m.start()] if last else ""
                found.append(Token(m[0], low, start + m.start(), start + m.end(), number, before))
                last = m.end()
        return found

    @cached_property
    def content(self) -> list[Token]:
        """Tokens that say something: no fillers, no word said twice in a row."""
        found: list[Token] = []
        for t in self.tokens:
            same = found and found[-1].turn == t.turn and found[-1].fold == t.fold
            # "EH twenty three" is a postcode, "eh" a filler
            filler = t.fold in FILLERS and not (len(t.text) == 2 and t.text.isupper())
            if filler or (same and t.fold in _STUTTERED):
                continue
            found.append(t)
        return found

    @cached_property
    def is_cased(self) -> bool:
        """Whether capitals mean anything here: some words inside sentences have one."""
        inner = [t for t in self.tokens if not t.opens_sentence]
        return sum(t.is_capital for t in inner) > 0.01 * len(inner)

    @cached_property
    def _plain(self) -> tuple[str, list[int], list[Token]]:
        pieces: list[str] = []
        offsets: list[int] = []
        at, turn = 0, -1
        tokens = self.content
        for t in tokens:
            gap = ("\n" * (t.turn - turn)) if t.turn != turn else " "
            turn = t.turn
            pieces += (gap, t.fold)
            offsets.append(at + len(gap))
            at += len(gap) + len(t.fold)
        return "".join(pieces), offsets, tokens

    @property
    def plain(self) -> str:
        """Folded content words; turn n stands on line n + 1."""
        return self._plain[0]

    def token_at(self, offset: int) -> int:
        """Index into `content` of the word that holds or precedes this offset of `plain`."""
        return max(0, bisect_right(self._plain[1], offset) - 1)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Joined-text offsets of the words that plain[start:end] touches."""
        tokens = self._plain[2]
        return tokens[self.token_at(start)].start, tokens[self.token_at(end - 1)].end

    def turn_at(self, offset: int) -> int:
        """Which turn an offset of the joined text lies in."""
        return bisect_right(self.starts, offset) - 1

    def pieces(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """(turn, start, end) within each turn that joined offsets start..end touch."""
        for turn in range(self.turn_at(start), self.turn_at(max(start, end - 1)) + 1):
            base, size = self.starts[turn], len(self.turns[turn])
            lo, hi = max(0, start - base), min(size, end - base)
            if lo < hi:
                yield turn, lo, hi

    @cached_property
    def _heard_at(self) -> dict[int, Word]:
        """The recogniser's word behind each token, by where the token starts; empty for a transcript of words alone."""
        found: dict[int, Word] = {}
        for start, turn, words in zip(self.starts, self.turns, self.heard, strict=False):
            at = 0
            for word in words:
                place = turn.find(word.text, at)
                if place < 0:
                    break
                at = place + len(word.text)
                found |= dict.fromkeys(range(start + place, start + at), word)
        return found

    def heard_as(self, token: Token) -> Word | None:
        """What the recogniser gave for a token; None where there was no recogniser."""
        return self._heard_at.get(token.start)

    def is_only_hinted(self, start: int, end: int) -> bool:
        """True where a word of joined text [start, end) is a name that only the recogniser's hints explain."""
        heard = (self._heard_at.get(at) for at in range(start, end))
        return any(w is not None and w.without_hint is not None for w in heard)

    def lines(self) -> list[str]:
        """`plain` by turn."""
        found = self.plain.split("\n")[1:]
        return found + [""] * (len(self.turns) - len(found))


_STUTTERED = rule_words("dialogue", "stuttered")


def build(utterances: Sequence[Utterance], roster: Roster | None = None) -> Dialogue:
    """A dialogue of a transcript's utterances, with what was heard where a recogniser wrote it."""
    return Dialogue(
        tuple(u.text for u in utterances),
        tuple(u.participant for u in utterances),
        roster,
        tuple(u.words for u in utterances),
    )


def name_heard(utterance: Utterance, start: int, end: int) -> str:
    """The name that explains the sound of characters start to end of an utterance; empty for nearly all."""
    dialogue = build([utterance])
    words = (dialogue.heard_as(t) for t in dialogue.tokens if start <= t.start < end)
    return next((w.alternative for w in words if w and w.alternative), "")


def from_text(text: str) -> Dialogue:
    """A dialogue of plain text, a turn a line, speakers alternating: what a bare Presidio call gives."""
    turns = tuple(text.split("\n"))
    return Dialogue(turns, tuple(f"S{1 + n % 2}" for n in range(len(turns))))
