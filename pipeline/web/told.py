"""What the server says, in the language of whoever asked: errors, reasons, statements.

The rooms below the page speak English, to the terminal, the ledger and the audit chain alike. The catalogue holds
each of their sentences (`said.` with the English sentence) and each error (`error.` with its class); facts stand in
braces in both. A sentence that is kept as text, such as why a recording was set aside, is known again by its form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextvars import ContextVar
from functools import cache
from operator import ne
from typing import TYPE_CHECKING

from pipeline.web.texts import FIRST, catalogue

if TYPE_CHECKING:
    from pipeline.errors import SessionDeidError

ERROR, SAID = "error.", "said."
_HOLE = re.compile(r"\{(\w+)\}")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+")
_SENTENCES = re.compile(r"(?<=[.!?]) (?=[^a-z\s])")
_asked_in: ContextVar[str] = ContextVar("language", default=FIRST)
# What this request was told already: a transcript gives the same reasons again and again. It ends with the request,
# since what a sentence is about may be words that nothing else may keep.
_told: ContextVar[dict[str, str] | None] = ContextVar("told", default=None)


def speak(language: str) -> None:
    """Answer this request in that language."""
    _asked_in.set(language)
    _told.set({})


def told(text: str) -> str:
    """An English sentence of ours in the language of the request; what the catalogue does not know stays as it is."""
    known = _told.get()
    if known is None:
        return _tell(_asked_in.get(), text)
    if text not in known:
        known[text] = _tell(_asked_in.get(), text)
    return known[text]


def told_error(error: SessionDeidError) -> str:
    """An error in the words of the page: what happened, and what to do about it there."""
    language = _asked_in.get()
    text = catalogue(language).get(ERROR + type(error).__name__)
    return str(error) if text is None else _fill(language, text, error.facts)


def _tell(language: str, text: str) -> str:
    texts = catalogue(language)
    if (own := texts.get(SAID + text)) is not None:
        return own
    for start, pattern, key in _forms():
        if text.startswith(start) and (found := pattern.fullmatch(text)) is not None:
            if key.startswith(SAID) and (reasons := _tell_reasons(language, text)) is not None:
                return reasons
            return _fill(language, texts[key], found.groupdict())
    return _tell_parts(language, text)


def _tell_reasons(language: str, text: str) -> str | None:
    """Reasons in a row, each by itself, where all of them are known: "a: must be 1 or more; b: must be 0 or less" has
    the form of one sentence too, with a fact that holds the other."""
    reasons = text.split("; ")
    if len(reasons) == 1:
        return None
    own = [_tell(language, reason) for reason in reasons]
    return "; ".join(own) if all(map(ne, reasons, own)) else None


def _tell_parts(language: str, text: str) -> str:
    """Several sentences, or reasons in a row, each by itself; a reason that was made a sentence."""
    sentences = _SENTENCES.split(text)
    if len(sentences) > 1:
        return " ".join(_tell(language, sentence) for sentence in sentences)
    if text.endswith(".") and text[:1].isupper():
        plain = text[:1].lower() + text[1:-1]
        own = _tell(language, plain)
        return f"{own[:1].upper()}{own[1:]}." if own != plain else text
    reasons = text.split("; ")
    return "; ".join(_tell(language, reason) for reason in reasons) if len(reasons) > 1 else text


def _fill(language: str, text: str, facts: dict[str, str]) -> str:
    """A text with its facts; those that are sentences of ours are told too."""
    return _HOLE.sub(lambda hole: _tell_fact(language, facts.get(hole[1], "")), text)


def _tell_fact(language: str, fact: str) -> str:
    if _GROUPED.fullmatch(fact):  # "9,000" would be nine in German
        return fact.replace(",", catalogue(language)["number.group"])
    return _tell(language, fact) if " " in fact or SAID + fact in catalogue(FIRST) else fact


@cache
def _forms() -> tuple[tuple[str, re.Pattern[str], str], ...]:
    """Every English sentence with facts in it, the longest first: what it begins with, and the whole as a pattern;
    those of the errors among them."""
    forms = [
        *_error_forms(),
        *((key.removeprefix(SAID), key) for key in catalogue(FIRST) if key.startswith(SAID)),
    ]
    holed = [(english, key) for english, key in forms if _HOLE.search(english) or key.startswith(ERROR)]
    return tuple(
        (_HOLE.split(english)[0], _pattern(english), key)
        for english, key in sorted(holed, key=lambda form: -len(_HOLE.sub("", form[0])))
    )


def _error_forms() -> Iterator[tuple[str, str]]:
    from pipeline import errors

    for key in catalogue(FIRST):
        if key.startswith(ERROR):
            kind = getattr(errors, key.removeprefix(ERROR))
            for remedy in dict.fromkeys((kind.remedy, kind.study_remedy)) if kind.problem else ():
                if remedy or not kind.remedy:
                    yield " ".join(part for part in (kind.problem, remedy) if part), key


def _pattern(english: str) -> re.Pattern[str]:
    parts = _HOLE.split(english)  # text, name, text, name ...
    seen: set[str] = set()
    made = ""
    for n, part in enumerate(parts):
        if n % 2 == 0:
            made += re.escape(part)
        else:
            made += f"(?P={part})" if part in seen else f"(?P<{part}>.+?)"
            seen.add(part)
    return re.compile(made, re.DOTALL)
