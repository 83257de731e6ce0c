"""The names a study's people go by, and finding them in recognised words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.language.cues import FORMAL_TITLES
from pipeline.language.lexicon import Band, band
from pipeline.language.similarity import sound_similarity, sounds_of
from pipeline.language.text import letters
from pipeline.records import Person, Utterance, Word

_TITLES = FORMAL_TITLES | {"sir"}
_SHORT_SOUNDS = 3
# How alike a misheard name must sound, in a place where a name is due.
_LIKE, _LIKE_SHORT = 0.70, 0.85
_CLEARLY_LIKER = 0.08
_SOUNDS_ALIKE = 0.5
LONGEST_NAME_WORDS = 4


@dataclass(frozen=True, slots=True)
class Token:
    """A recognised word made comparable: lower case, letters only. `norm` is without a possessive's s."""

    norm: str = field(repr=False)
    spoken: str = field(repr=False)
    raw: str = field(repr=False)
    word: Word = field(repr=False)
    possessive: bool
    closes: bool  # a mark ends the phrase here
    asks: bool


@dataclass(frozen=True, slots=True)
class Form:
    """One way of saying a person's name."""

    code: str
    tokens: tuple[str, ...] = field(repr=False)
    joined: str = field(repr=False)
    full: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A name found in words [first, last] of an utterance. `likeness` is 1 when spelt as in the roster."""

    code: str
    first: int
    last: int
    likeness: float
    full: bool

    @property
    def exact(self) -> bool:
        return self.likeness >= 1.0

    @property
    def certainty(self) -> float:
        """1 for a name spelt right, less the less alike it sounds; two names together are safer than one."""
        if self.exact:
            return 1.0
        return self.likeness if self.full else max(0.0, 2 * self.likeness - 1)


@dataclass(frozen=True, slots=True)
class NameBook:
    """All forms of the roster's names that belong to one person alone."""

    forms: tuple[Form, ...] = field(repr=False)

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(f.code for f in self.forms))

    def names_of(self, code: str) -> frozenset[str]:
        """Every part of a person's names."""
        return frozenset(name for form in self.forms if form.code == code for name in form.tokens)

    def spelt(self, tokens: Sequence[Token]) -> list[Hit]:
        """Every name spelt as in the roster or nearly so (a rare word that sounds the same), longest first."""
        hits: list[Hit] = []
        position = 0
        while position < len(tokens):
            hit = self._spelt_at(tokens, position)
            if hit:
                hits.append(hit)
            position = hit.last + 1 if hit else position + 1
        return hits

    def _spelt_at(self, tokens: Sequence[Token], position: int) -> Hit | None:
        for form in sorted(self.forms, key=lambda f: -len(f.tokens)):
            window = tokens[position : position + len(form.tokens)]
            if tuple(t.norm for t in window) == form.tokens and not _is_plain_word(window):
                return Hit(form.code, position, position + len(window) - 1, 1.0, form.full)
        norm = tokens[position].norm
        if len(norm) >= 4 and not is_common(norm) and tokens[position].raw[:1].isupper():
            best = self._likest(norm)
            if best and best[1] >= 0.9:
                return Hit(best[0].code, position, position, min(best[1], 0.99), best[0].full)
        return None

    def sounding(self, tokens: Sequence[Token]) -> list[Hit]:
        """Everyday words that sound exactly like one person's short name ("way", "row"); half as sure."""
        hits = []
        for position, token in enumerate(tokens):
            if is_common(token.norm) and not self._is_form([token]):
                codes = {
                    f.code
                    for f in self.forms
                    if len(f.tokens) == 1 and sounds_of(f.joined) == sounds_of(token.norm)
                }
                if len(codes) == 1:
                    hits.append(Hit(codes.pop(), position, position, _SOUNDS_ALIKE, False))
        return hits

    def heard(self, tokens: Sequence[Token], position: int, *, full_only: bool = False) -> Hit | None:
        """The name heard in a place where a name is due: one to four words from `position`, misheard or not."""
        best: Hit | None = None
        for length in range(1, min(LONGEST_NAME_WORDS, len(tokens) - position) + 1):
            window = tokens[position : position + length]
            if any(t.closes for t in window[:-1]) and length > 2:
                break
            if length == 1 and (
                _is_plain_word(window) or (is_common(window[0].norm) and not self._is_form(window))
            ):
                continue
            everyday = length > 1 and all(is_common(t.norm) for t in window)
            hit = self._heard_in(window, position, full_only=full_only or everyday)
            if hit and (best is None or hit.certainty >= best.certainty):
                best = hit
        return best

    def _heard_in(self, window: Sequence[Token], position: int, *, full_only: bool) -> Hit | None:
        found = self._likest("".join(t.norm for t in window), full_only=full_only)
        spelt = next((f for f in self.forms if f.tokens == tuple(t.norm for t in window)), None)
        if found is None or (spelt and full_only and not spelt.full):
            return None
        form, score = (spelt, 1.0) if spelt else (found[0], min(found[1], 0.99))
        return Hit(form.code, position, position + len(window) - 1, score, form.full)

    def _is_form(self, window: Sequence[Token]) -> bool:
        return any(tuple(t.norm for t in window) == f.tokens for f in self.forms)

    def _likest(self, sounds: str, *, full_only: bool = False) -> tuple[Form, float] | None:
        ranked = sorted(
            ((sound_similarity(sounds, f.joined), f) for f in self.forms if f.full or not full_only),
            key=lambda pair: (-pair[0], pair[1].code, pair[1].joined),
        )
        if not ranked:
            return None
        score, form = ranked[0]
        bar = _LIKE_SHORT if len(sounds_of(form.joined)) <= _SHORT_SOUNDS else _LIKE
        rival = next((s for s, f in ranked if f.code != form.code), 0.0)
        return (form, score) if score >= bar and score - rival >= _CLEARLY_LIKER else None


def build_namebook(people: Iterable[Person]) -> NameBook:
    """Full names, first names, surnames and nicknames, these also with the surname; a form two people share is left out."""
    forms: dict[tuple[str, ...], dict[str, bool]] = {}
    for person in people:
        for tokens in _forms_of(person):
            forms.setdefault(tokens, {})[person.code] = len(tokens) > 1
    return NameBook(
        tuple(
            Form(code, tokens, "".join(tokens), full)
            for tokens, owners in forms.items()
            if len(owners) == 1
            for code, full in owners.items()
        )
    )


def _forms_of(person: Person) -> Iterator[tuple[str, ...]]:
    name, *nicknames = (
        tuple(t for t in map(letters, name.split()) if t and t not in _TITLES)
        for name in (person.name, *person.nicknames)
    )
    yield from (form for form in (name, *nicknames) if form)
    if len(name) > 1:
        yield from (name[:1], name[-1:])
        yield from ((*nickname, name[-1]) for nickname in nicknames if len(nickname) == 1)


def tokens_of(utterance: Utterance) -> tuple[Token, ...]:
    """An utterance's words as tokens; marks such as "[inaudible]" and "(2.4 s)" are left out."""
    return tuple(_token(w) for w in utterance.words if letters(w.text) and w.text[:1] not in "[(")


def _token(word: Word) -> Token:
    plain = word.text.replace("’", "'").rstrip(".,?!;:…-\"')")
    possessive = bool(re.search(r"'s$", plain, re.IGNORECASE))
    closing = word.text.rstrip("\"'”’)")[-1:]
    norm = letters(plain[:-2] if possessive else plain)
    return Token(
        norm,
        letters(plain),
        word.text.lstrip("\"'“‘(-"),
        word,
        possessive,
        closing in ".,?!;:…" and closing != "",
        closing == "?",
    )


def is_common(norm: str) -> bool:
    """True for an everyday English word ("sorry", "way", "may")."""
    return band(norm) >= Band.EVERYDAY


def _is_plain_word(window: Sequence[Token]) -> bool:
    """True where a lone everyday word is written like one: a name such as Will or Grace wants its capital."""
    return len(window) == 1 and is_common(window[0].norm) and not window[0].raw[:1].isupper()
