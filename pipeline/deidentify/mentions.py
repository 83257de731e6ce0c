"""One candidate protects all mentions: what was found surely as a person, place or organisation is looked for
again everywhere in the transcript, whole or in part, with care for names that are ordinary words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipeline.deidentify.dialogue import Dialogue
from pipeline.deidentify.merge import Candidate
from pipeline.deidentify.name_slots import in_name_slot
from pipeline.deidentify.number_echoes import echoes
from pipeline.deidentify.recognizers.base import View
from pipeline.deidentify.word_names import DOUBTFUL, LIKELY, NO_NAME, SURE, heard_with_doubt, stands
from pipeline.language.cues import FORMAL_TITLES, NEVER
from pipeline.language.lexicon import Band, band, is_ambiguous, is_given, is_mere_word, is_name, is_plain_word
from pipeline.language.numbers import is_number
from pipeline.language.similarity import word_similarity
from pipeline.language.wordlists import read, rule_words

_SURE = 0.7
_LIKELY = 0.55  # of a full name
_LESS_SURE = {LIKELY: 0.75, DOUBTFUL: 0.6, NO_NAME: 0.0}
_READ_AS_NAME = 0.35  # by the talk classifier, of a word that is somebody's name here
_SHORTEST, _SHORTEST_END = 3, 4  # letters of a short form that is a name's beginning, or its end
_SHORTEST_PART = 4  # letters of a place's first word by which alone it is called
_JOINERS = rule_words("mentions", "joiners") | FORMAL_TITLES
_BEFORE_FAMILIES = rule_words("mentions", "before_families")
_TELLING_KINDS = rule_words("mentions", "telling_kinds")


def spread(found: Iterable[Candidate], view: View) -> Iterator[Candidate]:
    """Further mentions of what was found, as candidates of the same type with a slightly lower score."""
    found = list(found)
    sure = [c for c in found if c.score >= _SURE]
    full = [c for c in found if _LIKELY <= c.score < _SURE and _is_full_name(c, view.dialogue)]
    yield from _again_persons(view, _person_words([*sure, *full], view.dialogue))
    yield from _again_phrases(view, _whole_names(sure, view.dialogue) | _street_words(sure, view.dialogue))
    yield from echoes(view, sure)


def _is_full_name(c: Candidate, dialogue: Dialogue) -> bool:
    """ "Sky Zorley": several words, one of them a known name and the others at least no ordinary words."""
    words = [_bare(w) for w in _words(dialogue, c)]
    may_be = all(len(w) >= _SHORTEST and (is_name(w) or not is_plain_word(w)) for w in words)
    return c.type == "PERSON" and len(words) > 1 and may_be and any(is_name(w) for w in words)


def _person_words(sure: list[Candidate], dialogue: Dialogue) -> dict[str, float]:
    """Every word of every person's name, with the best score it was found with."""
    best: dict[str, float] = {}
    for c in sure:
        for part in (_bare(w) for w in _words(dialogue, c) if c.type == "PERSON"):
            guessed = c.reason and is_mere_word(part)
            kin = part in read("kin_and_greetings") and (is_plain_word(part) or not is_given(part))
            if len(part) > 1 and part not in _JOINERS | NEVER and not guessed and not kin:
                best[part] = max(best.get(part, 0.0), c.score)
    return best


def _whole_names(sure: list[Candidate], dialogue: Dialogue) -> dict[tuple[str, ...], Candidate]:
    """Names of places and organisations, word by word."""
    named = [(tuple(_bare(w) for w in _words(dialogue, c)), c) for c in sure if c.type in ("LOCATION", "ORG")]
    return {
        parts: c for parts, c in reversed(named) if len(parts) > 1 or (parts and not is_plain_word(parts[0]))
    }


def _street_words(sure: list[Candidate], dialogue: Dialogue) -> dict[tuple[str, ...], Candidate]:
    """The telling words of addresses, each by itself: "Tirangi" of "eighteen Tirangi Crescent"."""
    telling: dict[tuple[str, ...], Candidate] = {}
    for c in (c for c in sure if c.type == "ADDRESS"):
        for part in map(_bare, _words(dialogue, c)):
            if len(part) > 3 and not is_plain_word(part) and not is_number(part) and not is_name(part):
                telling[(part,)] = replace(c, type="LOCATION", tier="direct")
    return telling


def _again_persons(view: View, persons: dict[str, float]) -> Iterator[Candidate]:
    for at, t in enumerate(view.dialogue.content):
        word = _bare(t.fold)
        score, reason = persons.get(word, 0.0), ""
        if score:
            score, reason = _once_more(view, at, word, score)
        elif family := _family(view, at, persons):
            score = family
        elif persons:
            score, reason = _altered(view, at, word, persons)
        if score:
            end = t.end - 2 if t.fold.endswith("'s") else t.end
            yield Candidate(t.start, end, "PERSON", score * 0.97, "mentions", "", reason)


def _family(view: View, at: int, persons: dict[str, float]) -> float:
    """ "The Zorleys": a surname found elsewhere, of all who bear it; 0 for another word."""
    tokens = view.dialogue.content
    word, before = tokens[at].fold, tokens[at - 1] if at else None
    if before is None or before.turn != tokens[at].turn or before.fold not in _BEFORE_FAMILIES:
        return 0.0
    small = view.dialogue.is_cased and not tokens[at].is_capital
    one = next((word.removesuffix(end) for end in ("s", "es") if word.removesuffix(end) in persons), word)
    if small or one == word or is_plain_word(word) or is_plain_word(one) or len(one) <= _SHORTEST:
        return 0.0
    return persons[one]


def _once_more(view: View, at: int, word: str, score: float) -> tuple[float, str]:
    """The same word again; a name that is an ordinary word too must stand like a name."""
    t = view.dialogue.content[at]
    if not (is_plain_word(word) or is_ambiguous(word)):
        named = not view.dialogue.is_cased or t.is_capital or band(word) < Band.COMMON
        return (score, "") if named else (0.0, "")
    sure = stands(view, at, word)
    if sure < LIKELY and not view.dialogue.is_cased and view.reading(t).name > _READ_AS_NAME:
        sure = LIKELY
    return (score, "") if sure == SURE else (_LESS_SURE[sure], "somebody's name that is an ordinary word too")


def _altered(view: View, at: int, word: str, persons: dict[str, float]) -> tuple[float, str]:
    """A short form of a name ("Tev" for Tevita, "Beth" for Elizabeth), or another spelling of it in a name's place."""
    capital = view.dialogue.is_cased and view.dialogue.content[at].is_capital
    if longer := [s for p, s in persons.items() if _shortens(word, p)]:
        return _short_form(view, at, word, 0.95 * max(longer)), "a part of a name found elsewhere"
    if len(word) > 3 and _could_be_misheard(word, capital):
        near = max(
            ((word_similarity(word, p), s) for p, s in persons.items() if len(p) > 3), default=(0.0, 0.0)
        )
        if near[0] >= 0.88 and in_name_slot(view, at) >= 1:
            return near[1] * 0.9, "sounds like a name found elsewhere"
    return 0.0, ""


def _short_form(view: View, at: int, word: str, score: float) -> float:
    """With a capital surely a name; an ordinary word, or one written small, where it stands like a name."""
    token = view.dialogue.content[at]
    capital = view.dialogue.is_cased and token.is_capital
    if capital and not is_plain_word(word):
        return score
    named = (capital and not token.opens_sentence) or heard_with_doubt(view, at)
    return _LESS_SURE[min(stands(view, at, word), LIKELY) if named else NO_NAME]


def _shortens(word: str, name: str) -> bool:
    least = _SHORTEST if name.startswith(word) else _SHORTEST_END
    ends = name.startswith(word) or name.endswith(word)
    return ends and least <= len(word) <= len(name) - 2 and word not in NEVER


def _could_be_misheard(word: str, capital: bool) -> bool:
    if (
        word in read("medical_words")
        or word in read("keep_words")
        or word in read("eponyms")
        or word in read("places")
    ):
        return False
    return not is_plain_word(word) and (capital or is_name(word) or band(word) < Band.UNCOMMON)


def _again_phrases(view: View, phrases: dict[tuple[str, ...], Candidate]) -> Iterator[Candidate]:
    tokens = view.dialogue.content
    cased = view.dialogue.is_cased
    heads: dict[str, list[tuple[str, ...]]] = {}
    for parts in phrases:
        heads.setdefault(parts[0], []).append(parts)
    for at, t in enumerate(tokens):
        for parts in heads.get(_bare(t.fold), ()):
            c = phrases[parts]
            run = tokens[at : at + len(parts)]
            whole = tuple(_bare(x.fold) for x in run) == parts and run[-1].turn == t.turn
            ends = run[-1].end if whole else t.end
            if not whole and not _telling_part(parts, t.is_capital or not cased):
                continue
            if len(parts) == 1 and cased and not t.is_capital:
                continue
            yield Candidate(t.start, ends, c.type, c.score * (0.97 if whole else 0.9), "mentions", c.tier)


def _telling_part(parts: tuple[str, ...], capital: bool) -> bool:
    """ "Rimu" for Rimu ward, "Middlemore" for Middlemore Hospital: the first word when it is no ordinary one; a person's
    name only before the kinds of place that are called so."""
    if not capital or len(parts) != 2 or is_plain_word(parts[0]):
        return False
    return parts[1] in _TELLING_KINDS or (len(parts[0]) >= _SHORTEST_PART and not is_name(parts[0]))


def _words(dialogue: Dialogue, c: Candidate) -> list[str]:
    return [t.fold for t in dialogue.content if c.start <= t.start and t.start < c.end]


def _bare(word: str) -> str:
    return word[:-2] if word.endswith("'s") else word
