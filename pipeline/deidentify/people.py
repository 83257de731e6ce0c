"""Which mentions of people are one person: full name, part, pet form, possessive, misspelling, sound-alike.

Every person known (of the roster, or named earlier in the study) holds the forms of the name seen so far;
a mention is compared with each. Nothing here depends on hash order: the same input gives the same people.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.language.cues import DETERMINERS, FEMALE_TITLES, FORMAL_TITLES, MALE_TITLES, NO_NAME_PARTS
from pipeline.language.name_match import CLOSE, NONE, SAME, match_names
from pipeline.language.text import fold
from pipeline.records import Person

Tokens = tuple[str, ...]

_WORD = re.compile(r"[^\W_]+(?:['’ʻ-][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s?$")
_LAST_TITLE = re.compile(r"([^\W\d_]+)\.?\s*$")

# How sure a match is, from 0 to 100. At FIT a mention is that person; RIVAL is how near the next best may
# come before the two cannot be told apart.
FIT, RIVAL = 55, 6
_OFFICES = frozenset(("dr", "doctor", "prof", "professor"))
_SINGLE, _INITIAL, _JOINED, _EXTENDS, _TITLED_PENALTY = 90, 56, 57, 70, 5
_JOINED_ALIKE = 78


@dataclass(frozen=True, slots=True)
class Mention:
    """A person's name as it stands somewhere, folded, without title or possessive."""

    tokens: Tokens = field(repr=False)
    gender: str = ""
    titled: bool = False
    standing: str = ""  # "office" for a doctor or professor, "social" for Mr, Mrs or Miss

    @property
    def is_full(self) -> bool:
        return len(self.tokens) > 1


@dataclass(slots=True)
class Known:
    """One person: label (a code, or "Person 2"), forms of the name, gender as far as titles tell."""

    label: str
    forms: list[Tokens] = field(default_factory=list, repr=False)
    gender: str = ""
    participant: bool = False
    standing: str = ""

    def learn(self, mention: Mention) -> None:
        """Remember a form of the name; participants' forms are the roster's alone."""
        if self.participant:
            return
        if mention.tokens not in self.forms:
            self.forms.append(mention.tokens)
        self.gender = self.gender or mention.gender
        self.standing = self.standing or mention.standing


def parse_mention(text: str, before: str = "") -> Mention:
    """Read a name; a title may lead it or stand right before it (`before` is the text up to the name)."""
    tokens = [fold(_POSSESSIVE.sub("", m[0])) for m in _WORD.finditer(text)]
    leading = []
    while len(tokens) > 1 and tokens[0] in NO_NAME_PARTS:
        leading.append(tokens.pop(0))
    if not leading and (last := _LAST_TITLE.search(before)) and fold(last[1]) in NO_NAME_PARTS:
        leading.append(fold(last[1]))
    titles = [t for t in leading if t in NO_NAME_PARTS - DETERMINERS]
    gender = "m" if MALE_TITLES & set(titles) else "f" if FEMALE_TITLES & set(titles) else ""
    return Mention(_join_letters(tokens), gender, bool(titles), _standing(titles))


def _standing(titles: Iterable[str]) -> str:
    formal = [t for t in titles if t in FORMAL_TITLES]
    return "" if not formal else "office" if formal[0] in _OFFICES else "social"


def _join_letters(tokens: Sequence[str]) -> Tokens:
    """A name spelled out ("r o double s", "n-g-a-t-a") is the word it spells."""
    letters: list[str] = []
    times = 1
    for letter in (part for t in tokens for part in t.split("-")):
        if letter == "double":
            times = 2
            continue
        if len(letter) != 1:
            return tuple(part for t in tokens for part in t.split("-") if part)
        letters.append(letter * times)
        times = 1
    return ("".join(letters),) if len(letters) > 2 else tuple(letters)


def from_roster(people: Iterable[Person]) -> list[Known]:
    """The people of a roster, each with name and nicknames as forms."""
    return [
        Known(
            p.code,
            [m.tokens for text in (p.name, *p.nicknames) if (m := parse_mention(text)).tokens],
            participant=True,
        )
        for p in people
    ]


def fit(mention: Mention, person: Known) -> int:
    """How well a mention fits a person, from 0 to 100; 0 when they cannot be one."""
    if mention.gender and person.gender and mention.gender != person.gender:
        return NONE
    if mention.standing and person.standing and mention.standing != person.standing:
        return NONE  # Dr Ashgrove and her grandmother, old Mrs Ashgrove
    longest = max((len(f) for f in person.forms), default=0)
    return max((_fit_form(mention, form, longest) for form in person.forms), default=NONE)


def _fit_form(mention: Mention, form: Tokens, longest: int) -> int:
    if mention.tokens == form and mention.is_full:
        return SAME
    if len(mention.tokens) == 1:
        found = _fit_single(mention, form)
    elif len(form) == 1:
        found = _fit_extension(mention, form[0]) if longest == 1 else NONE
    else:
        found = _fit_full(mention.tokens, form)
    return max(found, _fit_joined(mention.tokens, form))


def _fit_single(mention: Mention, form: Tokens) -> int:
    """One word against each word of a name; after a title it is rather the last."""
    word = mention.tokens[0]
    best = NONE
    for place, part in enumerate(form):
        like = min(match_names(word, part), _SINGLE)
        if len(word) == 1 and part.startswith(word):
            like = _INITIAL
        if like and mention.titled and len(form) > 1 and place < len(form) - 1:
            like -= _TITLED_PENALTY
        best = max(best, like)
    return best


def _fit_extension(mention: Mention, word: str) -> int:
    """A full name for somebody so far known by one word alone."""
    return _EXTENDS if max(match_names(t, word) for t in mention.tokens) > CLOSE else NONE


def _fit_full(tokens: Tokens, form: Tokens) -> int:
    """Two full names: every word of the shorter has its like in the longer, in whatever order."""
    shorter, longer = (tokens, form) if len(tokens) <= len(form) else (form, tokens)
    free = list(longer)
    worst = SAME
    for word in shorter:
        best = max(free, key=lambda other: _like_in_full(word, other))
        worst = min(worst, _like_in_full(word, best))
        if worst == NONE:
            return NONE
        free.remove(best)
    return worst - 1 if len(free) else worst


def _like_in_full(a: str, b: str) -> int:
    """As `likeness`, and an initial may stand for its name."""
    if 1 in (len(a), len(b)):
        return _INITIAL if a[0] == b[0] else NONE
    return match_names(a, b)


def _fit_joined(tokens: Tokens, form: Tokens) -> int:
    """Words the recogniser cut elsewhere: "whit comb" for Whitcombe, "two poe" for Tupou."""
    from rapidfuzz.fuzz import ratio

    said = "".join(tokens)
    wholes = [*form] if len(tokens) > 1 else []
    wholes += ["".join(form)] if len(tokens) != len(form) else []
    if any(len(t) > 3 and t in form for t in tokens):
        return NONE  # the words are cut alike, so they can be compared one by one
    alike = any(min(len(said), len(w)) >= 5 and ratio(said, w) >= _JOINED_ALIKE for w in wholes)
    return _JOINED if alike else NONE


def best_fits(mention: Mention, people: Sequence[Known]) -> tuple[int, list[Known]]:
    """The best fit and everyone who comes near it, in the order given; (0, []) when nobody fits."""
    scored = [(fit(mention, p), p) for p in people]
    best = max((s for s, _ in scored), default=NONE)
    if best < FIT:
        return NONE, []
    return best, [p for s, p in scored if s >= FIT and s > best - RIVAL]


def sounds_nearest(mention: Mention, people: Sequence[Known], least: int = 50) -> Known | None:
    """The participant a garbled mention comes nearest to, for what was found by the roster's sound."""
    from rapidfuzz.fuzz import ratio

    said = "".join(mention.tokens)
    scored = [
        (max((ratio(said, w) for form in p.forms for w in (*form, "".join(form))), default=0.0), p)
        for p in people
        if p.participant
    ]
    best = max(scored, key=lambda pair: pair[0], default=None)
    return best[1] if best and best[0] >= least else None


def named_among(mention: Mention, people: Sequence[Known]) -> Known | None:
    """The participant whose given name stands in a mention with words that are nobody's names beside it, as a recogniser
    writes what it did not understand ("Zhuhai Ang Priya", "Priya on hold"); a surname behind the name makes it
    somebody else."""
    from pipeline.language import lexicon

    for place, word in enumerate(mention.tokens):
        bearers = [p for p in people if p.participant and any(form[0] == word for form in p.forms)]
        others = len(mention.tokens) > 1
        before = [not lexicon.is_name(t) for t in mention.tokens[:place]]
        ordinary = [lexicon.is_plain_word(t) for t in mention.tokens[place + 1 :]]
        if len(bearers) == 1 and others and all(ordinary) and (any(before) or not before):
            return bearers[0]
    return None


def is_known_name(mention: Mention) -> bool:
    """True when the mention's words are names in their own right, so it may be somebody else."""
    from pipeline.language import lexicon

    return all(lexicon.is_name(t) for t in mention.tokens)
