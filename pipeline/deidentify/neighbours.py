"""Where a word stands among its neighbours: what leads up to it, and the pauses around it."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.deidentify.dialogue import Token
from pipeline.language.cues import ABBREVIATED_TITLES, PRONOUNS

_LEAD_WORDS = 5
_BEHIND_WORDS = 7


class Neighbours:
    """The words of a dialogue by their place; nothing is looked up beyond a word's own turn."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens

    def lead(self, at: int) -> str:
        """The words that lead up to one, each with a space behind it."""
        turn = self.tokens[at].turn
        words = self.tokens[max(0, at - _LEAD_WORDS) : at]
        return "".join(t.fold + " " for t in words if t.turn == turn)

    def behind(self, at: int) -> str:
        """The words behind one, each with a space before it."""
        turn = self.tokens[at].turn
        words = self.tokens[at + 1 : at + 1 + _BEHIND_WORDS]
        return "".join(" " + t.fold for t in words if t.turn == turn)

    def before(self, at: int) -> str:
        """The word before, folded."""
        same = at and self.tokens[at - 1].turn == self.tokens[at].turn
        return self.tokens[at - 1].fold if same else ""

    def following(self, at: int) -> Token | None:
        """The next word of the turn."""
        last = at + 1 == len(self.tokens) or self.tokens[at + 1].turn != self.tokens[at].turn
        return None if last else self.tokens[at + 1]

    def breaks(self, at: int) -> bool:
        """A sentence ends before the word; the stop of "Dr." ends none."""
        pause = set(self.tokens[at].before)
        return bool(pause & set("?!")) or ("." in pause and self.before(at) not in ABBREVIATED_TITLES)

    def adjacent(self, at: int) -> bool:
        """The word follows the one before it with nothing but a space or hyphen between."""
        t = self.tokens[at]
        return t.turn == self.tokens[at - 1].turn and t.before.strip() in ("", "-")

    def pause_behind(self, at: int, marks: str = ",.?!") -> bool:
        """A pause follows, or nothing at all."""
        following = self.following(at)
        return following is None or bool(set(following.before) & set(marks))

    def set_off(self, at: int) -> bool:
        """Between commas or sentence ends, as one addresses somebody."""
        t = self.tokens[at]
        return (t.opens_sentence or "," in t.before) and self.pause_behind(at, ",.?!;")

    def alone_behind(self, at: int) -> bool:
        """No pronoun follows, as in "hi, will you"."""
        following = self.following(at)
        return following is None or following.fold not in PRONOUNS
