"""How likely each word of a dialogue is a person's name: evidence summed as log odds.

Models alone are not enough in talk: spaCy leans on capitals, Rampart on written sentences. What counts
is their opinion together with the word itself (a name somewhere? an ordinary word as well?) and its slot
(behind a title, an introduction, a greeting; between commas; the answer to "your name?").
"""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import cached_property

from pipeline.deidentify.bags import bag
from pipeline.deidentify.dialogue import Token
from pipeline.deidentify.name_slots import DRUG_DUE
from pipeline.deidentify.numbers import MONTHS, is_number
from pipeline.deidentify.recognizers.base import View
from pipeline.deidentify.words import is_ambiguous, is_given, is_name, is_plain_word, is_surname, read, zipf

TITLES = bag(
    "dr doctor mr mister mrs missus miss ms prof professor sir dame nurse sister father pastor reverend "
    "rev judge sergeant constable officer auntie aunty aunt uncle nana nanny koro papa matua whaea"
)
_STRONG_TITLES = bag("dr doctor mr mister mrs missus ms prof professor reverend rev constable")
_INTRODUCES = re.compile(
    r"(?:\b(?:name(?:'s| is| was)|names|called|named|known as|call me|calls me|call (?:him|her|them)|goes by|go by|went by|spelt|nickname(?:'s| is)|surname(?:'s| is)|name of|"
    r"this is (?:doctor|dr)|i'?m (?:doctor|dr)|speaking to|speaking with|talking to|is it|is that|that'll be|say hi to|say hello to|introduce(?: you to)?|"
    r"my (?:name|surname) is (?:dr|doctor))) $"
)
_MAY_INTRODUCE = re.compile(
    r"(?:^|\b)(?:i'?m|i am|this is|it's|its|that's|here's|we have|met|meet|(?:her|his|my|our|their|the|an?) (?:\w+ )?(?:wife|husband|partner|son|daughter|brother|sister|"
    r"mum|mom|mother|dad|father|friend|mate|boyfriend|girlfriend|boss|manager|colleague|cousin|nephew|niece|grandson|granddaughter|baby|ex|flatmate|neighbour|"
    r"surgeon|registrar|nurse|consultant|gp|midwife|teacher|carer|supervisor|patient|man|woman|lady|guy|kid|boy|girl)) $"
)
_GREETS = re.compile(
    r"(?:^|\b)(?:hi|hello|hey|hiya|thanks|thank you|cheers|morning|afternoon|evening|bye|goodbye|welcome|welcome back|dear|sorry|oh|poor|kia ora|night|ask|tell|told|asked|for|with|and|about|from) $"
)
_SALUTES = re.compile(
    r"(?:^|\b)(?:hi|hello|hey|hiya|thanks|thank you|cheers|good morning|good afternoon|good evening|bye|goodbye|welcome|welcome back|dear|poor|kia ora|take care|over to you|well done|nice one|see you|and you|what about you|what do you think|go on|okay|so) $"
)
_HAILS = re.compile(r"(?:^|\b)(?:hi|hello|hey|thanks|thank you|cheers|bye|hello it's|hi it's) $")
_ARTICLES = bag("the a an")
_BEFORE_NOUNS = _ARTICLES | bag("some any of my your very to i you we they it in")
_VERB_NEXT = bag(
    "is was has had said says told goes went asked tells asks thinks thought wants wanted comes came "
    "you're you you've can will would could do does did"
)
_PRONOUNS = bag(
    "i you he she it we they me him her us them my your his its our their mine yours who what which that "
    "this these those there here"
)
NEVER = bag(
    "i i'm i've i'd i'll it's that's a an the and or but if so no yes yeah okay ok yep nope hi hello hey "
    "bye thanks please sorry well oh ah um uh right sure great good fine not just like really very all "
    "any some my your his her our their of to in on at by for with from as is are was were be been being "
    "do does did have has had can could would should must might shall you he she it we they me him us "
    "them what who where when why how which this that these those then than there here now up down out "
    "off over back again once yesterday today tomorrow mum mom dad mother father gp god jesus christ lord "
    "dr doctor mr mister mrs missus ms prof professor"
) | frozenset(MONTHS) - {"april", "may", "june", "august", "jan", "jun", "mar"}


class NameEvidence:
    """Weighs every content word of one view."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.tokens = view.dialogue.content
        self.cased = view.dialogue.is_cased
        by_start = {t.start: o for t, o in zip(view.dialogue.tokens, view.opinions, strict=False)}
        self.opinions = [by_start.get(t.start) for t in self.tokens]
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
                and self._adjacent(at + 1)
                and self._given_like(at)
            ):
                odds[at] = max(odds[at] + 1.8, 0.5)
        return [1 / (1 + math.exp(-max(-30.0, min(30.0, o)))) for o in odds]

    def _odds(self, at: int, before: float) -> float:
        t = self.tokens[at]
        word = bare(t.fold)
        if word in NEVER or is_number(word) or not word or (len(word) == 1 and not self._initial(at)):
            return -9.0
        return (
            -4.2 + self._models(at) + self._word(t, word) + self._slot(at, word) + self._company(at, before)
        )

    def _models(self, at: int) -> float:
        opinion, label = self.opinions[at], self.labels.get(self.tokens[at].start, "")
        total = 3.6 * opinion.name - 0.8 * opinion.place if opinion else 0.0
        total += {"PERSON": 1.6, "": 0.0, "GPE": -0.5, "NORP": -2.0, "DATE": -1.0, "ORG": 0.1}.get(
            label, -0.3
        )
        return total

    def _word(self, t: Token, word: str) -> float:
        listed = is_name(word)
        total = 1.7 * is_given(word) + 0.8 * is_surname(word)
        common = zipf(word)
        if is_plain_word(word) or (is_ambiguous(word) and common > 3.5):
            sure_capital = self.cased and t.is_capital and not t.opens_sentence
            total -= 1.0 if sure_capital and listed else 0.8 + 0.9 * max(0.0, common - 3.6)
        elif not listed and common < 2.5:
            total += 0.5 if common > 1.5 else 1.1
        if word in read("medical_words") or word in read("eponyms"):
            total -= 2.0 if listed else 3.5
        if word in read("keep_words"):
            total -= 2.5
        if word in read("nationalities") or word in read("countries") or word in read("regions"):
            total -= 3.5
        elif word in read("places") and not is_given(word):
            total -= 1.5
        if self.cased:
            total += self._case(t, word)
        return total

    def _case(self, t: Token, word: str) -> float:
        if not t.is_capital:
            # Behind a hyphen a recogniser writes names small ("an ex-..."): there a small letter tells nothing.
            return 0.0 if t.before == "-" and is_given(word) and not is_plain_word(word) else -3.2
        if t.opens_sentence:
            return 0.2 if is_plain_word(word) else 0.8
        return 2.2

    def _slot(self, at: int, word: str) -> float:
        """What the words and commas around say."""
        plain = (is_plain_word(word) or is_ambiguous(word)) and not self._seen_as_person(at)
        total = self._led_up_to(at, word, plain) + self._set_off(at, plain)
        if self._takes(at):
            total -= 2.0 if not is_name(word) else 0.5
        if self._answers_name(at):
            total += 1.8 if not plain else 0.6
        following = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        if following and following.fold in _VERB_NEXT and self._adjacent(at + 1):
            total += 0.3
        if self._before(at) in _BEFORE_NOUNS:
            total -= 0.4 if self.tokens[at].is_capital and self._before(at) not in _ARTICLES else 1.0
        return total

    def _led_up_to(self, at: int, word: str, plain: bool) -> float:
        """A title, an introduction or a greeting before the word."""
        lead, previous = self._lead(at), self._before(at)
        if previous in TITLES and not self._breaks(at):
            small = plain and not self.tokens[at].is_capital
            return (3.8 if previous in _STRONG_TITLES else 2.0) - 1.5 * small
        if _INTRODUCES.search(lead):
            return 1.2 if plain else 2.6
        if _MAY_INTRODUCE.search(lead):
            return 1.4 if not plain else 0.9 if self._vocative_end(at) else 0.2
        if not self.cased and is_given(word) and _HAILS.search(lead) and self._alone_behind(at):
            return 3.0
        if _SALUTES.search(lead):
            return 0.3 if plain else 1.3
        return 0.3 if _GREETS.search(lead) else 0.0

    def _set_off(self, at: int, plain: bool) -> float:
        """Between pauses, as one addresses somebody; and a possessive."""
        t = self.tokens[at]
        total = 0.2 if t.fold.endswith("'s") and not plain else 0.0
        if self._vocative(at):
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
        if before > 0 and self._adjacent(at):
            capital = self.tokens[at].is_capital or not self.cased
            total += (2.0 if capital and not is_plain_word(word) else 0.4) if capital else -0.5
        elif (
            self.cased
            and self.tokens[at].is_capital
            and at
            and self._adjacent(at)
            and self._given_like(at - 1)
            and not is_plain_word(word)
        ):
            total += 1.5 * self.tokens[at - 1].is_capital
        if self.cased and self._inner_capitals[bare(word)] >= 2 and not is_plain_word(bare(word)):
            total += 0.5
        return total

    @cached_property
    def _inner_capitals(self) -> Counter[str]:
        """How often each word has a capital inside a sentence."""
        return Counter(bare(t.fold) for t in self.tokens if t.is_capital and not t.opens_sentence)

    def _lead(self, at: int) -> str:
        first = max(0, at - 5)
        turn = self.tokens[at].turn
        return "".join(t.fold + " " for t in self.tokens[first:at] if t.turn == turn)

    def _before(self, at: int) -> str:
        same = at and self.tokens[at - 1].turn == self.tokens[at].turn
        return self.tokens[at - 1].fold if same else ""

    def _breaks(self, at: int) -> bool:
        return bool(set(self.tokens[at].before) & set("?!")) or (
            "." in self.tokens[at].before and self._before(at) not in ("dr", "mr", "mrs", "ms", "prof")
        )

    def _adjacent(self, at: int) -> bool:
        """The word follows the one before it with nothing but a space or hyphen between."""
        return self.tokens[at].turn == self.tokens[at - 1].turn and self.tokens[at].before.strip() in (
            "",
            "-",
        )

    def _vocative(self, at: int) -> bool:
        """Set off by commas or sentence ends on both sides."""
        t = self.tokens[at]
        following = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        closes = following is None or following.turn != t.turn or bool(set(following.before) & set(",.?!;"))
        opens = t.opens_sentence or "," in t.before
        return closes and opens

    def _vocative_end(self, at: int) -> bool:
        """A pause follows."""
        following = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        return (
            following is None
            or following.turn != self.tokens[at].turn
            or bool(set(following.before) & set(",.?!"))
        )

    def _alone_behind(self, at: int) -> bool:
        """No pronoun follows, as in "hi, will you"."""
        following = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        return following is None or following.turn != self.tokens[at].turn or following.fold not in _PRONOUNS

    def _takes(self, at: int) -> bool:
        """Behind "taking", "on the", "prescribe": a drug is due, not a person."""
        t = self.tokens[at]
        return not t.fold.endswith("'s") and bool(DRUG_DUE.search(self._lead(at)))

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
        following = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        return (
            self.cased
            and t.is_capital
            and t.fold not in ("i", "a", "o")
            and bool(
                following
                and following.turn == t.turn
                and following.is_capital
                and len(following.text) > 2
                and following.before.strip() in ("", ".")
                and self._before(at) in TITLES
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
