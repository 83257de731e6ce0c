"""Given names side by side where no commas are written: one person's ("pat joe", "emma jane bear") or several people's
("deb mark did you want in").

What the talk says elsewhere decides first: names that stand side by side again are one person's, names that both stand
alone are two people's. Then names that people bear together are one person's ("anna maria"), a given name that is
nobody's surname begins another person, and so do a pet form of the name before it ("natasha tash": said again, for
short) and a name of the other gender where several are called or listed ("thanks anna peter do you").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.deidentify.dialogue import Dialogue, Token
from pipeline.deidentify.recognizers.base import View
from pipeline.language.cues import TITLES
from pipeline.language.lexicon import (
    apart_by_gender,
    is_compound_given,
    is_given,
    is_name,
    is_plain_word,
    is_surname,
)
from pipeline.language.name_match import pet_forms
from pipeline.language.similarity import word_similarity
from pipeline.language.wordlists import read, rule_words, speech

_SURELY_READ = 0.8  # of a name that no list has
_AT_LEAST, _NEARLY = 0.4, 0.75  # of a name that is mostly read as a given one
_READ = 0.6  # probability from which on a word is read as a given name
_SHORTEST_PET_FORM = 3
_PET_ENDINGS = tuple(rule_words("names_in_a_row", "pet_endings"))
_FEWEST_COMMAS = 0.005  # of all words: fewer are slips of a recogniser that writes none
_FEWEST_WORDS = 400  # at that share two commas; fewer words say nothing about how a recogniser writes
_CALLED_BY = rule_words("names_in_a_row", "called_by")
_SAID_TO = rule_words("names_in_a_row", "said_to")
_INTRODUCING = tuple(speech("rules")["names_in_a_row"]["introducing"])
_RANKS = rule_words("names_in_a_row", "ranks")
_SAID_AGAIN = 0.85  # how alike what was heard and the name behind it sound: "key in cian"
_LONGEST_RUN = 2  # words of one person's given names


def is_pet_form(word: str, of: str) -> bool:
    """A listed pet form of a name, its beginning ("sipho" of Siphosethu), or four letters inside ("tash" of Natasha), or
    its first letters with an ending ("dazza" of Darren)."""
    short, long = sorted((word, of), key=len)
    begins = len(short) >= _SHORTEST_PET_FORM and long.startswith(short)
    cut = begins or (len(short) > _SHORTEST_PET_FORM and short in long)
    if word[2:] in _PET_ENDINGS and word[:2] == of[:2]:
        return True
    return word != of and ((cut and len(long) - len(short) > 1) or word in pet_forms(of))


@dataclass(frozen=True)
class Rows:
    """How a talk's names stand: each alone, and pairs side by side."""

    view: View
    alone: Counter[str]
    pairs: Counter[tuple[str, str]]

    def people(self, group: list[Token]) -> Iterator[list[Token]]:
        """The group, each person's words by themselves."""
        first = 0
        for at in range(1, len(group)):
            if self._begins_another(group, first, at):
                yield group[first:at]
                first = at
        yield group[first:]

    def _begins_another(self, group: Sequence[Token], first: int, at: int) -> bool:
        before, word = bare(group[at - 1]), bare(group[at])
        if is_title(group[at - 1]) or word == before:
            return False
        if _is_said_again(group[first:at], word):
            return True
        if not is_read_as_given(group[at], self.view) or self._is_word(group[at - 1]):
            return False
        told = self._told_elsewhere(before, word)
        if told is False or (told and at - first == 1):
            return bool(told)
        return self._are_two_people(group, first, at)

    def _told_elsewhere(self, before: str, word: str) -> bool | None:
        """Whether they are two people, by the rest of the talk: both stand alone, or they stand together again."""
        if self.pairs[before, word] > 1:
            return False
        return True if self.alone[before] and self.alone[word] else None

    def _are_two_people(self, group: Sequence[Token], first: int, at: int) -> bool:
        """By the names themselves."""
        before, word = bare(group[at - 1]), bare(group[at])
        if is_compound_given(before, word):
            return False
        if apart_by_gender(before, word) and self._are_several(group, at):
            return True
        known = is_given(word) or (self.alone[word] > 0 and self.view.reading(group[at]).given > _SURELY_READ)
        return known and is_name(before) and not is_surname(word) and not self._is_middle(group, first, at)

    def _are_several(self, group: Sequence[Token], at: int) -> bool:
        """The second stands alone elsewhere, as few surnames do; or they are called, or listed with somebody."""
        tokens = self.view.dialogue.content
        first = next(n for n, t in enumerate(tokens) if t.start == group[0].start)
        lead, behind = _beside(tokens, first, -1), _beside(tokens, first + len(group) - 1, 1)
        listed = behind == "and" and not introduces(tokens, first)
        return self.alone[bare(group[at])] > 0 or (lead in _CALLED_BY and behind in _SAID_TO) or listed

    def _is_middle(self, group: Sequence[Token], first: int, at: int) -> bool:
        """Between a given name and a surname: "Mary Ann Zorblatt"."""
        surname_follows = at + 1 < len(group) and self._is_surname_here(group[at + 1])
        return surname_follows and at - first < _LONGEST_RUN

    def _is_word(self, t: Token) -> bool:
        """An ordinary word, and read as one: "sorry neil"."""
        return is_plain_word(bare(t)) and self.view.reading(t).name < _READ

    def _is_surname_here(self, t: Token) -> bool:
        """Read as a surname, of somebody who is not called by it alone."""
        word = bare(t)
        return not is_read_as_given(t, self.view) and not (is_given(word) and self.alone[word])


def introduces(tokens: Sequence[Token], at: int) -> bool:
    """A full name is due here: "i'm", "her name was", "a woman called"."""
    led = " ".join(t.fold for t in tokens[max(0, at - 2) : at] if t.turn == tokens[at].turn)
    return led.endswith(_INTRODUCING)


def is_read_as_given(t: Token, view: View) -> bool:
    """A given name rather than a surname, by the talk classifier or, where it cannot tell, by the lists."""
    reading, word = view.reading(t), bare(t)
    as_surname = reading.name - reading.given
    return reading.given > min(_READ, max(_AT_LEAST, _NEARLY * reading.name)) or (
        is_given(word) and not (is_surname(word) and as_surname > reading.given)
    )


def rows_of(view: View) -> Rows:
    """Counted over a talk."""
    alone: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    tokens = view.dialogue.content
    named = [_may_be_part(t, view) for t in tokens]
    for at, t in enumerate(tokens):
        before, behind = _beside(tokens, at, -1), _beside(tokens, at, 1)
        word = bare(t)
        if behind:
            pairs[word, behind] += 1
        if not (before and named[at - 1]) and not (behind and named[at + 1]):
            alone[word] += 1
    return Rows(view, alone, pairs)


def _may_be_part(t: Token, view: View) -> bool:
    """A name, so that a word beside it does not stand alone; an ordinary word where it is read as one ("hope tshuma")."""
    word = bare(t)
    if word in TITLES or not is_name(word):
        return False
    return not is_plain_word(word) or view.reading(t).name > _READ


def writes_commas(dialogue: Dialogue) -> bool:
    """Whether commas tell who is listed with whom. A short text with capitals may just have had no need of one."""
    if dialogue.is_cased and len(dialogue.tokens) < _FEWEST_WORDS:
        return True
    return sum("," in t.before for t in dialogue.tokens) > _FEWEST_COMMAS * len(dialogue.tokens)


def is_title(t: Token) -> bool:
    """A title, a rank, or what one calls kin and elders."""
    word = bare(t).rstrip("'")
    return word in TITLES or word in _RANKS or (word in read("kin_and_greetings") and not is_given(word))


def bare(t: Token) -> str:
    """Without a possessive."""
    return t.fold.removesuffix("'s")


def _beside(tokens: Sequence[Token], at: int, step: int) -> str:
    """The next word on one side, unless the turn ends or a mark stands between."""
    other = at + step
    if not 0 <= other < len(tokens) or tokens[other].turn != tokens[at].turn:
        return ""
    return "" if tokens[max(at, other)].before.strip(" -") else bare(tokens[other])


def _is_said_again(name: Sequence[Token], word: str) -> bool:
    """The word is a pet form of the name, or sounds like all of it together."""
    heard = "".join(bare(t) for t in name)
    return is_pet_form(word, bare(name[0])) or word_similarity(heard, word) >= _SAID_AGAIN
