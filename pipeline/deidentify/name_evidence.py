"""How likely each word of a dialogue is a person's name: evidence summed as log odds.

Models alone are not enough in talk: spaCy leans on capitals, and a classifier knows what it was taught. What counts
is their opinion together with the word itself (a name somewhere? an ordinary word as well?) and its slot
(behind a title, an introduction, a greeting; between commas; the answer to "your name?").
"""

from __future__ import annotations

import math
from collections import Counter
from functools import cached_property

from pipeline.deidentify.dialogue import Token
from pipeline.deidentify.name_slots import DRUG_DUE
from pipeline.deidentify.neighbours import Neighbours
from pipeline.deidentify.recognizers.base import View
from pipeline.deidentify.word_evidence import word_weight
from pipeline.language.cues import (
    ARTICLES,
    BEFORE_NOUNS,
    DOSED,
    EPONYMOUS,
    GREETS,
    HAILS,
    INTRODUCES,
    MAY_INTRODUCE,
    NEVER,
    SALUTES,
    STRONG_TITLES,
    TITLES,
    VERB_NEXT,
)
from pipeline.language.lexicon import (
    is_ambiguous,
    is_given,
    is_name,
    is_plain_word,
    is_surname,
)
from pipeline.language.numbers import is_number
from pipeline.language.wordlists import read


class NameEvidence:
    """Weighs every content word of one view."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.tokens = view.dialogue.content
        self.near = Neighbours(self.tokens)
        self.cased = view.dialogue.is_cased
        by_start = {t.start: r for t, r in zip(view.dialogue.tokens, view.readings, strict=False)}
        self.readings = [by_start.get(t.start) for t in self.tokens]
        self.labels = _labels(view)

    def scores(self) -> list[float]:
        """A probability for each content word; one look back lets a name support the name after it."""
        odds: list[float] = []
        for at in range(len(self.tokens)):
            odds.append(self._odds(at, odds[-1] if odds else -9.0))
        for at in range(len(self.tokens) - 2, -1, -1):
            reach = (
                -5.5
                if self.cased and self.tokens[at].is_capital and is_given(bare(self.tokens[at].fold))
                else -2.5
            )
            if (
                reach < odds[at] < 0
                and odds[at + 1] > 1.0
                and self.near.adjacent(at + 1)
                and self._given_like(at)
            ):
                odds[at] = max(odds[at] + 1.8, 0.5)
        return [1 / (1 + math.exp(-max(-30.0, min(30.0, o)))) for o in odds]

    def _odds(self, at: int, before: float) -> float:
        t = self.tokens[at]
        word = bare(t.fold)
        if (
            word in NEVER
            or not word
            or any(c.isdigit() for c in word)
            or is_number(word)
            or (len(word) == 1 and not self._initial(at))
        ):
            return -9.0
        return (
            -4.2 + self._models(at) + self._word(t, word) + self._slot(at, word) + self._company(at, before)
        )

    def _models(self, at: int) -> float:
        reading, label = self.readings[at], self.labels.get(self.tokens[at].start, "")
        total = 3.6 * reading.name - 0.8 * reading.place if reading else 0.0
        total += {"PERSON": 1.6, "": 0.0, "GPE": -0.5, "NORP": -2.0, "DATE": -1.0, "ORG": 0.1}.get(
            label, -0.3
        )
        return total

    def _word(self, t: Token, word: str) -> float:
        return 4.5 if self._is_family(t, word) else word_weight(t, word, self.cased)

    def _is_family(self, t: Token, word: str) -> bool:
        """ "The Friesens": a surname in the plural."""
        at = self._places[t.start]
        return (
            self.cased
            and t.is_capital
            and word.endswith("s")
            and not is_plain_word(word)
            and self.near.before(at) == "the"
            and is_surname(word[:-1])
            and not any(word in read(name) for name in ("nationalities", "keep_words", "brands_and_works"))
        )

    @cached_property
    def _places(self) -> dict[int, int]:
        return {t.start: at for at, t in enumerate(self.tokens)}

    def _slot(self, at: int, word: str) -> float:
        """What the words and commas around say."""
        plain = (is_plain_word(word) or is_ambiguous(word)) and not self._seen_as_person(at)
        total = self._led_up_to(at, word, plain) + self._set_off(at, plain)
        total -= self._is_thing(at, word)
        if self._answers_name(at):
            total += 1.8 if not plain else 0.6
        following = self.near.following(at)
        if following and following.fold in VERB_NEXT and self.near.adjacent(at + 1):
            total += 0.3
        if self.near.before(at) in BEFORE_NOUNS:
            total -= 0.4 if self.tokens[at].is_capital and self.near.before(at) not in ARTICLES else 1.0
        return total

    def _is_thing(self, at: int, word: str) -> float:
        """How much the place speaks for a drug or a disease."""
        named, behind = is_name(word), self.near.behind(at)
        taken = (0.5 if named else 2.0) if self._takes(at) else 0.0
        dosed = 3.0 if not named and DOSED.match(behind) else 0.0
        return taken + dosed + (3.0 if EPONYMOUS.match(behind) else 0.0)

    def _led_up_to(self, at: int, word: str, plain: bool) -> float:
        """A title, an introduction or a greeting before the word."""
        lead, previous = self.near.lead(at), self.near.before(at)
        if previous in TITLES and not self.near.breaks(at):
            small = plain and not self.tokens[at].is_capital
            return (3.8 if previous in STRONG_TITLES else 2.0) - 1.5 * small
        if not plain and self._is_behind_kin(at, word):
            return 2.0
        return self._introduced(at, word, lead, plain)

    def _is_behind_kin(self, at: int, word: str) -> bool:
        """ "Auntie Mei", "hi Mei"."""
        kin, previous = read("kin_and_greetings"), self.near.before(at)
        if previous not in kin or previous in NEVER or self.near.breaks(at):
            return False
        return word not in kin and (self.tokens[at].is_capital or not self.cased)

    def _introduced(self, at: int, word: str, lead: str, plain: bool) -> float:
        if INTRODUCES.search(lead):
            return 1.2 if plain else 2.6
        if MAY_INTRODUCE.search(lead):
            return 1.4 if not plain else 0.9 if self.near.pause_behind(at) else 0.2
        if not self.cased and is_given(word) and HAILS.search(lead) and self.near.alone_behind(at):
            return 3.0
        if SALUTES.search(lead):
            return 0.3 if plain else 1.3
        return 0.3 if GREETS.search(lead) else 0.0

    def _set_off(self, at: int, plain: bool) -> float:
        """Between pauses, as one addresses somebody; and a possessive."""
        t = self.tokens[at]
        total = 0.2 if t.fold.endswith("'s") and not plain else 0.0
        if self.near.set_off(at):
            sure = self.cased and t.is_capital and not t.opens_sentence and not plain
            total += 0.2 if plain else 2.5 if sure else 1.5
        return total

    def _seen_as_person(self, at: int) -> bool:
        """A capital inside a sentence that spaCy reads as a person: an ordinary word only by accident."""
        t = self.tokens[at]
        return self.cased and t.is_capital and not t.opens_sentence and self.labels.get(t.start) == "PERSON"

    def _company(self, at: int, before: float) -> float:
        """Support from a name just before, and from the same word elsewhere."""
        total = 0.0
        word = self.tokens[at].fold
        capital = self.tokens[at].is_capital or not self.cased
        if before > 0 and self.near.adjacent(at):
            total += (0.4 if is_plain_word(word) else 2.0) if capital else -0.5
        elif self.cased and capital and not is_plain_word(word) and self._is_behind_given(at):
            total += 1.5 * self.tokens[at - 1].is_capital
        if self.cased and self._inner_capitals[bare(word)] >= 2 and not is_plain_word(bare(word)):
            total += 0.5
        return total

    def _is_behind_given(self, at: int) -> bool:
        return bool(at) and self.near.adjacent(at) and self._given_like(at - 1)

    @cached_property
    def _inner_capitals(self) -> Counter[str]:
        """How often each word has a capital inside a sentence."""
        return Counter(bare(t.fold) for t in self.tokens if t.is_capital and not t.opens_sentence)

    def _takes(self, at: int) -> bool:
        """Behind "taking", "on the", "prescribe": a drug is due, not a person."""
        t = self.tokens[at]
        return not t.fold.endswith("'s") and bool(DRUG_DUE.search(self.near.lead(at)))

    def _answers_name(self, at: int) -> bool:
        start = self._plain_offsets[at]
        since = self.view.questions.words_since("name", start, turns=3)
        return since is not None and since <= 9

    @cached_property
    def _plain_offsets(self) -> list[int]:
        return self.view.dialogue._plain[1]

    def _given_like(self, at: int) -> bool:
        word = bare(self.tokens[at].fold)
        return is_given(word) or (
            self.cased and self.tokens[at].is_capital and not self.tokens[at].opens_sentence
        )

    def _initial(self, at: int) -> bool:
        """A single capital letter beside a capitalised word: "J. Smith", "Mary J Blige"."""
        t = self.tokens[at]
        following = self.near.following(at)
        return (
            self.cased
            and t.is_capital
            and t.fold not in ("i", "a", "o")
            and bool(
                following
                and following.is_capital
                and len(following.text) > 2
                and following.before.strip() in ("", ".")
                and self.near.before(at) in TITLES
            )
        )


def bare(word: str) -> str:
    """Without a possessive."""
    return word[:-2] if word.endswith("'s") else word.rstrip("'")


def _labels(view: View) -> dict[int, str]:
    """spaCy's label for each content word, by where it starts."""
    if view.doc is None:
        return {}
    covered = {}
    entities = sorted((e.start_char, e.end_char, e.label_) for e in view.doc.ents)
    at = 0
    for t in view.dialogue.content:
        while at < len(entities) and entities[at][1] <= t.start:
            at += 1
        if at < len(entities) and entities[at][0] < t.end:
            covered[t.start] = entities[at][2]
    return covered
