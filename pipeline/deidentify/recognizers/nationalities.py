"""Nationality, ethnicity and religion of people; not of food, languages of courses, or breeds."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.deidentify.recognizers.base import Hit, SpeechRecognizer, View
from pipeline.language.wordlists import read, rule_words

_DOUBTFUL = rule_words("nationalities", "doubtful")
_ABOUT_PEOPLE = rule_words("nationalities", "about_people")
_BEING = rule_words("nationalities", "being")


class NationalityRecognizer(SpeechRecognizer):
    """Nationalities, peoples and religions."""

    ENTITIES = ("NRP",)

    def find(self, view: View) -> Iterator[Hit]:
        tokens, known = view.dialogue.content, read("nationalities")
        for at, t in enumerate(tokens):
            size = next((n for n in (3, 2, 1) if _phrase(tokens, at, n) in known), 0)
            if not size:
                continue
            last = tokens[at + size - 1]
            after = (
                tokens[at + size].fold if at + size < len(tokens) and tokens[at + size].turn == t.turn else ""
            )
            if after in read("food"):
                continue
            before = tokens[at - 1].fold if at and tokens[at - 1].turn == t.turn else ""
            score = _score(t.fold, before, after)
            if view.dialogue.is_cased and not t.is_capital:
                score -= 0.25
            if score > 0.2:
                end = last.end - 2 if last.fold.endswith("'s") else last.end
                yield Hit(t.start, end, "NRP", score)


def _score(word: str, before: str, after: str) -> float:
    person = after in _ABOUT_PEOPLE or before in _BEING
    if person:
        return 0.9
    return 0.45 if word in _DOUBTFUL else 0.75


def _phrase(tokens: list, at: int, size: int) -> str:  # type: ignore[type-arg]
    run = tokens[at : at + size]
    if len(run) < size or run[-1].turn != run[0].turn:
        return ""
    joined = " ".join(t.fold for t in run)
    joined = joined.removesuffix("'s")
    return (
        joined
        if joined in read("nationalities")
        else joined[:-1]
        if joined.endswith("s") and len(joined) > 5
        else joined
    )
