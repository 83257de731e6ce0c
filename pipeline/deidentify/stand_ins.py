"""What is constant in a study besides labels: the dates' shift, and realistic surrogates.

A surrogate is a person's, place's or body's second identity: chosen once, kept in the study's label map,
of the same gender and origin where the name tells them, and never a name of the roster or of anybody
spoken of. Participants keep their codes.
"""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Iterable, Sequence
from functools import cache

from pipeline.deidentify import entities
from pipeline.deidentify.label_book import NAME
from pipeline.deidentify.labels import Labeller
from pipeline.deidentify.people import parse_mention
from pipeline.language.lexicon import genders_of
from pipeline.language.text import fold
from pipeline.records import Roster, Span, Surrogate
from pipeline.resources import config_path

_MOST_WEEKS = 52
_PERSON_LABEL = re.compile(r"Person \d+")
_WORD = re.compile(r"[^\W\d_]+")
_MIXED = ("f", "m")
_STREETS = ("Road", "Street", "Lane", "Avenue", "Terrace")


class StandIns:
    """Surrogates for one transcript, on top of those the study has given so far."""

    def __init__(
        self, style: str, labeller: Labeller, roster: Roster | None = None, said: Sequence[str] = ()
    ) -> None:
        self._style = style
        self._labeller = labeller
        self._said = said
        people = roster.people if roster else ()
        self._roster_words = {
            fold(w) for p in people for n in (p.name, *p.nicknames) for w in _WORD.findall(n)
        }

    def days(self) -> int:
        """The study's shift of dates: whole weeks, so that weekdays stay, never zero; made at first use."""
        if not self._labeller.date_shift:
            weeks = (1 + secrets.randbelow(_MOST_WEEKS)) * secrets.choice((-1, 1))
            self._labeller.keep_date_shift(7 * weeks)
        return self._labeller.date_shift

    def for_span(self, span: Span, key: str, label: str) -> str:
        """The surrogate of a span, or "" where it gets a label: a participant, a doubt, a class without one."""
        if self._style != "surrogate" or span.action != "remove":
            return ""
        if key == NAME:
            return self._for_person(span.text, label) if _PERSON_LABEL.fullmatch(label) else ""
        if key in ("place", "organisation", "country"):
            return self._for_entity(span.text, label) if " or " not in label else ""
        if key in _MAKERS:
            return self._for_number(span.text, key)
        return ""

    def _for_person(self, text: str, label: str) -> str:
        """The stand-in's first, last or full name, as the mention gives one or the other."""
        given, surname = self._person(text, label)
        mention = parse_mention(text)
        if mention.is_full:
            return f"{given} {surname}"
        return surname if self._is_surname(mention.tokens[0], mention.titled, label) else given

    def _is_surname(self, word: str, titled: bool, label: str) -> bool:
        forms = [known.words.split() for known in self._labeller.names_of(label)]
        full = [form for form in forms if len(form) > 1]
        if full:
            return any(form[-1] == word for form in full) and not any(form[0] == word for form in full)
        return titled

    def _person(self, text: str, label: str) -> tuple[str, str]:
        kept = self._kept(label)
        if kept is None:
            known = self._labeller.names_of(label)
            said = [w for name in known for w in name.words.split()] or [fold(text)]
            gender = next((name.gender for name in known if name.gender), "") or _gender_of(said)
            origin = _origin_of(said)
            given = self._unused(_names(origin, gender or secrets.choice(_MIXED)))
            kept = f"{given} {self._unused(_names(origin, 's'), given)}"
            self._labeller.keep_surrogate(Surrogate(label, kept))
        first, _, last = kept.partition(" ")
        return first, last

    def _for_entity(self, text: str, label: str) -> str:
        """An invented name before the real kind of place: Tanekaha ward becomes Ashmere ward."""
        kept = self._kept(label)
        if kept is None:
            kept = self._unused(_names("place", "p"))
            self._labeller.keep_surrogate(Surrogate(label, kept))
        kinds = [w for w in _WORD.findall(text) if fold(w) in entities.HEADS]
        return " ".join([kept, *kinds])

    def _for_number(self, text: str, key: str) -> str:
        """A number or address made up once for each one that was said."""
        said = " ".join(fold(text).split())
        kept = self._kept(said, key)
        if kept is None:
            kept = _MAKERS[key]()
            self._labeller.keep_surrogate(Surrogate(said, kept, key))
        return kept

    def _kept(self, original: str, kind: str = "") -> str | None:
        """The stand-in given before."""
        given = self._labeller.surrogates
        return next((s.text for s in given if s.original == original and s.kind == kind), None)

    def _unused(self, names: Sequence[str], but: str = "") -> str:
        """A name nobody here bears: not of the roster, not spoken of, not given to anybody yet."""
        taken = self._roster_words | {fold(but)}
        taken |= {fold(w) for text in self._said for w in _WORD.findall(text)}
        taken |= self._labeller.name_words()
        taken |= {
            fold(w) for given in self._labeller.surrogates if not given.kind for w in given.text.split()
        }
        free = [n for n in names if fold(n) not in taken]
        return secrets.choice(free) if free else _invent(taken)


def _invent(taken: Iterable[str]) -> str:
    """A pronounceable word of our own, when a list is used up."""
    used = set(taken)
    while True:
        word = "".join(secrets.choice("bdfgklmnprst") + secrets.choice("aeio") for _ in range(3)).title()
        if fold(word) not in used:
            return word


@cache
def _lists() -> dict[tuple[str, str], tuple[str, ...]]:
    """(origin, kind) to names, of both files."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for name in ("surrogates", "surrogates_own"):
        for line in config_path("words", f"{name}.txt").read_text(encoding="utf-8").splitlines():
            if not line.startswith("#") and line.count("\t") == 2:
                origin, kind, names = line.split("\t")
                found[origin, kind] = tuple(names.split())
    return found


def _names(origin: str, kind: str) -> tuple[str, ...]:
    return _lists()[origin, kind]


@cache
def _index() -> dict[str, tuple[tuple[str, str], ...]]:
    """A folded name to where it is listed."""
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for place, names in _lists().items():
        for name in names:
            found[fold(name)] = (*found.get(fold(name), ()), place)
    return found


def _origin_of(said: Iterable[str]) -> str:
    """The origin most of the words are listed under; British, the commonest here, when none is."""
    counts: dict[str, int] = {}
    for word in said:
        for origin in dict.fromkeys(o for o, kind in _index().get(word, ()) if kind != "p"):
            counts[origin] = counts.get(origin, 0) + 1
    return max(counts, key=lambda o: (counts[o], o == "british", o)) if counts else "british"


def _gender_of(said: Iterable[str]) -> str:
    """f or m when the given name is borne by one only, else ""."""
    for word in said:
        listed = {kind for _, kind in _index().get(word, ()) if kind in _MIXED}
        genders = set(listed or genders_of(word))
        if len(genders) == 1:
            return genders.pop()
    return ""


def _digits(count: int) -> str:
    return "".join(secrets.choice(string.digits) for _ in range(count))


# Numbers that are nobody's: 555 0100 to 0199 are kept for fiction, example.org for examples (RFC 2606).
_MAKERS = {
    "phone": lambda: f"555 01{_digits(2)}",
    "fax": lambda: f"555 01{_digits(2)}",
    "email": lambda: f"person{_digits(3)}@example.org",
    "url": lambda: f"www.example.org/{_digits(4)}",
    "handle": lambda: f"user{_digits(4)}",
    "address": lambda: (
        f"{1 + secrets.randbelow(200)} {secrets.choice(_names('place', 'p'))} {secrets.choice(_STREETS)}"
    ),
}
