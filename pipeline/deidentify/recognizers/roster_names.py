"""The study's own names: everybody on the roster, staff and sites, in full, in part, as nicknames, misspelt,
and, where a name is due, as other words that sound alike ("way" for Wei, "row" for Ro)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.deidentify import entities
from pipeline.deidentify.dialogue import Token
from pipeline.deidentify.entities import parse_entity
from pipeline.deidentify.name_slots import closes, in_name_slot
from pipeline.deidentify.recognizers.base import Hit, SpeechRecognizer, View
from pipeline.deidentify.word_names import CALENDAR, DOUBTFUL, LIKELY, SURE, stands
from pipeline.identifiers import CLASSES, type_of
from pipeline.language.cues import FORMAL_TITLES, NEVER
from pipeline.language.lexicon import Band, band, is_ambiguous, is_plain_word
from pipeline.language.similarity import word_similarity
from pipeline.language.text import fold
from pipeline.language.wordlists import read, rule_phrases, rule_words
from pipeline.records import Roster

_JOINERS = rule_words("roster_names", "joiners")
_INTRODUCES = re.compile(rf"\b{rule_phrases('roster_names', 'introduces')} $")
_PLACED = rule_words("roster_names", "placed")
_KINDS_OF_SITE = rule_words("roster_names", "kinds_of_site")
_TELLING, _ALIKE = 4, 0.75  # letters of a telling word; how alike another must sound
_READ_AS_NAME = 0.35  # by the talk classifier, of a participant's name that is a word too
_GO_ON = rule_words("roster_names", "go_on")
_TOO = "a participant's name that is an ordinary word too"
_LABELLED = "everyday words that mean somebody or something in this study"
_ORDINARY = {SURE: (0.97, ""), LIKELY: (0.75, _TOO), DOUBTFUL: (0.6, _TOO)}


@dataclass(frozen=True)
class Known:
    """What the roster gives, folded: whole phrases, and single words of people's names."""

    phrases: dict[tuple[str, ...], str]
    words: frozenset[str]
    nicknames: frozenset[str]


def known(roster: Roster) -> Known:
    """All forms of all names of a roster."""
    phrases: dict[tuple[str, ...], str] = {}
    words: set[str] = set()
    nicks: set[str] = set()
    for person in roster.people:
        for name in (person.name, *person.nicknames):
            _add(phrases, words, name)
        nicks |= {fold(n) for n in person.nicknames}
    for name in roster.staff:
        _add(phrases, words, name)
    for kind, names in (("LOCATION", roster.sites), ("ORG", roster.other)):
        for name in names:
            if parts := parse_entity(name).tokens:
                phrases.setdefault(parts, kind)
    for kind, name in roster.known:
        if kind == "PERSON":
            _add(phrases, words, name)
        elif parts := parse_entity(name).tokens:
            phrases.setdefault(parts, kind)
    return Known(phrases, frozenset(words - FORMAL_TITLES), frozenset(nicks))


def _add(phrases: dict[tuple[str, ...], str], words: set[str], name: str) -> None:
    parts = tuple(fold(name).replace("-", " ").replace(".", " ").split())
    if parts:
        phrases[parts] = "PERSON"
        words |= {part for part in parts if len(part) > 1 and part not in _JOINERS}


class RosterRecognizer(SpeechRecognizer):
    """Finds the roster's names in any form; silent without a roster."""

    ENTITIES = tuple(dict.fromkeys(type_of(kind) for kind in CLASSES))

    def find(self, view: View) -> Iterator[Hit]:
        if view.dialogue.roster is None:
            return
        names = known(view.dialogue.roster)
        yield from _phrases([(t, _bare(t.fold)) for t in view.dialogue.content], _of_people(names))
        spelt = [
            (t, entities.spell(_bare(t.fold))) for t in view.dialogue.content if t.fold not in entities.EMPTY
        ]
        yield from _phrases(spelt, _of_things(names))
        yield from _sound_alikes(view, names)
        for at, t in enumerate(view.dialogue.content):
            score, reason = _word_score(view, at, _bare(t.fold), names)
            if score:
                end = t.end - 2 if t.fold.endswith("'s") else t.end
                yield Hit(t.start, end, "PERSON", score, reason=reason)


def _sound_alikes(view: View, names: Known) -> Iterator[Hit]:
    """Other words that sound like the telling word of a site, where one is due: "on Remu" for Rimu ward."""
    telling = [
        (word, kind)
        for parts, kind in names.phrases.items()
        for word in parts
        if kind in ("LOCATION", "ORG") and _tells(word)
    ]
    tokens = view.dialogue.content
    for at, t in enumerate(tokens) if telling else ():
        word = _bare(t.fold)
        if len(word) < _TELLING or is_plain_word(word) or word in names.words or not _site_due(view, at):
            continue
        best, kind = max((word_similarity(word, site), kind) for site, kind in telling)
        if _ALIKE <= best < 1:
            yield Hit(t.start, t.end, kind, 0.62, reason="sounds like a site of the study")


def _tells(word: str) -> bool:
    """A word of a site's name by which it is known: neither an ordinary word nor a kind of place."""
    return len(word) >= _TELLING and not is_plain_word(word) and word not in read("organisation_words")


def _site_due(view: View, at: int) -> bool:
    """Behind "on", "in", "at the", or before the word for a kind of place."""
    tokens = view.dialogue.content
    lead = view.before(tokens[at].start, 2).split()
    placed = bool(lead) and (
        lead[-1] in _PLACED or (lead[-1] == "the" and len(lead) > 1 and lead[-2] in _PLACED)
    )
    following = tokens[at + 1] if at + 1 < len(tokens) and tokens[at + 1].turn == tokens[at].turn else None
    return placed or (following is not None and following.fold in read("organisation_words") | _KINDS_OF_SITE)


Phrases = dict[str, list[tuple[tuple[str, ...], str]]]  # by their first word, with their type


def _of_people(names: Known) -> Phrases:
    """Full names; their single words are weighed one by one."""
    return _by_first_word((p, kind) for p, kind in names.phrases.items() if kind == "PERSON" and len(p) > 1)


def _of_things(names: Known) -> Phrases:
    return _by_first_word((p, kind) for p, kind in names.phrases.items() if kind != "PERSON")


def _by_first_word(phrases: Iterable[tuple[tuple[str, ...], str]]) -> Phrases:
    found: Phrases = {}
    for parts, kind in phrases:
        found.setdefault(parts[0], []).append((parts, kind))
    return found


def _phrases(said: Sequence[tuple[Token, str]], wanted: Phrases) -> Iterator[Hit]:
    """Where the phrases are said: `said` are the words of the dialogue, each as it is compared."""
    for at, (first, word) in enumerate(said):
        for parts, kind in wanted.get(word, ()):
            run = said[at : at + len(parts)]
            last = run[-1][0]
            if tuple(w for _, w in run) != parts or last.turn != first.turn:
                continue
            end = last.end - (2 if last.fold.endswith("'s") else 0)
            ordinary = kind != "PERSON" and all(is_plain_word(p) for p in parts)
            score, reason = (0.6, _LABELLED) if ordinary else (1.0 if kind == "PERSON" else 0.99, "")
            yield Hit(first.start, end, kind, score, reason=reason)


def _word_score(view: View, at: int, word: str, names: Known) -> tuple[float, str]:
    """How surely a word is one of the roster's names, and why when it is not certain."""
    t = view.dialogue.content[at]
    cased = view.dialogue.is_cased
    slot = in_name_slot(view, at)
    if word in names.words:
        ordinary = is_plain_word(word) or is_ambiguous(word) or (len(word) <= 3 and band(word) >= Band.COMMON)
        if not ordinary:
            return 0.99, ""
        if _is_introduced(view, at):
            return _ORDINARY[SURE]
        if not cased and word not in CALENDAR and view.reading(t).name > _READ_AS_NAME:
            return _ORDINARY[LIKELY]
        return _ORDINARY.get(stands(view, at, word), (0.4, _TOO) if cased and t.is_capital else (0.0, ""))
    if word in read("medical_words") or word in read("eponyms") or word in read("keep_words"):
        return 0.0, ""
    return _misheard(word, t, cased, slot, names)


def _is_introduced(view: View, at: int) -> bool:
    """ "I am Joy": behind an introduction, and the phrase ends there or somebody else is spoken of next."""
    tokens = view.dialogue.content
    if not _INTRODUCES.search(view.before(tokens[at].start)) or set(tokens[at].before) & set(".?!"):
        return False
    following = tokens[at + 1] if at + 1 < len(tokens) and tokens[at + 1].turn == tokens[at].turn else None
    return closes(tokens, at) or (following is not None and following.fold in _GO_ON)


def _is_ordinary(word: str) -> bool:
    return is_plain_word(word) or band(word) >= Band.FREQUENT


def _misheard(word: str, t: Token, cased: bool, slot: float, names: Known) -> tuple[float, str]:
    """Another spelling, or another word that sounds alike, in the place of a name."""
    best = 0.0 if word in NEVER else max((word_similarity(word, name) for name in names.words), default=0.0)
    capital = cased and t.is_capital and not t.opens_sentence
    score = _likeness_score(best, slot, ordinary=_is_ordinary(word), capital=capital, cased=cased)
    return (score, "sounds like a participant's name") if score else (0.0, "")


def _likeness_score(best: float, slot: float, *, ordinary: bool, capital: bool, cased: bool) -> float:
    """By how alike it sounds: an ordinary word needs a capital or a place where a name is due."""
    if best >= 0.85 and not ordinary and (capital or slot >= 1 or not cased):
        return 0.9
    if best >= 0.75 and slot >= 1 and (capital or not ordinary):
        return 0.8
    return 0.75 if best >= 0.9 and slot >= 2 else 0.0


def _bare(word: str) -> str:
    return word[:-2] if word.endswith("'s") else word
