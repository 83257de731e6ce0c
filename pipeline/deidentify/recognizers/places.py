"""Places down to suburb and ward: known towns, countries and regions (quasi), what follows "I live in",
wards and units, and what spaCy and our classifier of talk take for a place."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

from pipeline.deidentify.dialogue import Token
from pipeline.deidentify.name_slots import DRUG_DUE
from pipeline.deidentify.recognizers.base import Hit, SpeechRecognizer, View
from pipeline.deidentify.recognizers.place_scores import (
    OF_PLACE,
    POSSIBLE,
    SURELY_OF_PLACE,
    has_cue,
    is_well_known,
    known_score,
)
from pipeline.language.cues import DOSED
from pipeline.language.lexicon import Band, band, is_plain_word
from pipeline.language.text import fold
from pipeline.language.wordlists import read, rule_words

_PAUSES = re.compile(r"[\s,.?!]+")
_SITE = rule_words("places", "of_site")
_NOT_WARD = rule_words("places", "not_ward")
_HAMLETS = rule_words("places", "hamlets")
_NUMBERED = re.compile(
    r"\bward (?:[a-z]\b|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|\d+[a-z]?)(?: (?:one|two|three|four|five|six|seven|eight|nine|[a-z]|north|south|east|west))?)(?![a-z'])"
)


@cache
def _gazetteer() -> dict[str, str]:
    """Folded name to tier; names of several words with single spaces."""
    known = dict.fromkeys(read("towns") | read("places"), "direct")
    known |= dict.fromkeys(read("countries") | read("regions"), "quasi")
    return known


@cache
def _longest() -> int:
    return max(len(name.split()) for name in _gazetteer())


class PlaceRecognizer(SpeechRecognizer):
    """Towns, suburbs, wards, regions and countries."""

    ENTITIES = ("LOCATION",)

    def find(self, view: View) -> Iterator[Hit]:
        yield from self._known(view)
        yield from self._wards(view)
        yield from _hamlets(view)
        yield from self._models(view)
        yield from self._cued(view)
        yield from self._behind_prepositions(view)

    def _known(self, view: View) -> Iterator[Hit]:
        tokens, at = view.dialogue.content, 0
        while at < len(tokens):
            size = next((n for n in range(_longest(), 0, -1) if _phrase(tokens, at, n) in _gazetteer()), 0)
            if size:
                name = _phrase(tokens, at, size)
                score = known_score(view, at, size, name)
                if score:
                    yield Hit(
                        tokens[at].start, tokens[at + size - 1].end, "LOCATION", score, _gazetteer()[name]
                    )
            at += max(1, size)

    def _wards(self, view: View) -> Iterator[Hit]:
        tokens = view.dialogue.content
        for at, t in enumerate(tokens):
            if t.fold == "house" and not (t.is_capital and view.dialogue.is_cased):
                continue
            if t.fold in _SITE and at and tokens[at - 1].turn == t.turn:
                first = at
                while first and at - first < 3 and _names_ward(tokens[first - 1], tokens[first], view):
                    first -= 1
                if first < at:
                    yield Hit(tokens[first].start, t.end, "LOCATION", 0.8)
        for m in _NUMBERED.finditer(view.dialogue.plain):
            yield view.hit(m, "LOCATION", 0.8)

    def _models(self, view: View) -> Iterator[Hit]:
        if view.doc is None:
            return
        for entity in view.doc.ents:
            if entity.label_ in ("GPE", "LOC", "FAC") and _fit(entity.text) and _may_be_place(view, entity):
                yield _of_entity(view, entity)
        for t, reading in zip(view.dialogue.tokens, view.readings, strict=False):
            if _reads_as_place(t, reading.place, view.dialogue.is_cased):
                cue = has_cue(view, t.start)
                yield Hit(t.start, t.end, "LOCATION", 0.35 + 0.2 * reading.place + 0.25 * cue)

    def _cued(self, view: View) -> Iterator[Hit]:
        """A capitalised or rare word where a place is due: "grew up in X"."""
        tokens, cased = view.dialogue.content, view.dialogue.is_cased
        for at, t in enumerate(tokens):
            if _is_proper(t, cased) and has_cue(view, t.start):
                stop = at
                while (
                    stop + 1 < len(tokens) and stop - at < 2 and _continues(tokens[stop + 1], t.turn, cased)
                ):
                    stop += 1
                yield Hit(t.start, tokens[stop].end, "LOCATION", 0.62 if cased else 0.55)

    def _behind_prepositions(self, view: View) -> Iterator[Hit]:
        """A proper word right behind a preposition of place: "In Abeokuta." "They'll see you in Witbank." """
        tokens = view.dialogue.content
        if not view.dialogue.is_cased:
            return
        for before, t in pairwise(tokens):
            led = before.fold in OF_PLACE and before.turn == t.turn and not t.before.strip(" ,")
            if led and _is_proper(t, True) and not t.text.isupper() and not _is_drug_due(view, t):
                yield Hit(t.start, t.end, "LOCATION", 0.58 if before.fold in SURELY_OF_PLACE else 0.56)


def _hamlets(view: View) -> Iterator[Hit]:
    """ "Brahmin tola", "gandhi nagar": words that mean a quarter or hamlet, with the word that tells which."""
    tokens = view.dialogue.content
    for which, t in pairwise(tokens):
        if t.fold not in _HAMLETS or which.turn != t.turn or t.before.strip(" -"):
            continue
        if band(which.fold) < Band.CONSTANT and which.fold not in _NOT_WARD:
            yield Hit(which.start, t.end, "LOCATION", 0.75)


def _may_be_place(view: View, entity: Any) -> bool:
    """What spaCy takes for a place, but for ordinary words with no telling capital and for what is taken as a drug is."""
    words = fold(entity.text).split()
    if not _is_rare(words):
        tokens = view.dialogue.content
        at = bisect_left(tokens, entity.start_char, key=lambda x: x.start)
        opens = at < len(tokens) and tokens[at].opens_sentence
        if not view.dialogue.is_cased or opens or len(words) == 1:
            return False
    return not DRUG_DUE.search(view.before(entity.start_char)) or " ".join(words) in _gazetteer()


def _of_entity(view: View, entity: Any) -> Hit:
    words = fold(entity.text).split()
    cue, possible = has_cue(view, entity.start_char), _is_possible(view, entity)
    score = 0.42 + 0.1 * _is_rare(words) + 0.2 * cue + 0.15 * possible
    tier = _gazetteer().get(" ".join(words), "")
    return Hit(entity.start_char, entity.end_char, "LOCATION", min(0.9, score), tier)


def _is_rare(words: Sequence[str]) -> bool:
    return all(not is_plain_word(w) for w in words)


def _reads_as_place(t: Token, place: float, cased: bool) -> bool:
    """An unusual word that the talk classifier takes for a place, with a capital where there are any."""
    if place <= 0.5 or is_plain_word(t.fold) or band(t.fold) >= Band.EVERYDAY:
        return False
    alone = t.opens_sentence and place > 0.8 and band(t.fold) < Band.FREQUENT
    return not cased or (t.is_capital and (not t.opens_sentence or alone))


def _is_possible(view: View, entity: Any) -> bool:
    """The talk classifier thinks of a place or an address as well, or a list has it."""
    said = [t for t in view.dialogue.content if entity.start_char <= t.start < entity.end_char]
    read_ = [view.reading(t) for t in said]
    listed = fold(entity.text) in _gazetteer() and is_well_known(fold(entity.text))
    return listed or any(
        r.place + r.types.get("ADDRESS", 0.0) + r.types.get("ORG", 0.0) > POSSIBLE for r in read_
    )


def _phrase(tokens: list[Token], at: int, size: int) -> str:
    run = tokens[at : at + size]
    if len(run) < size or run[-1].turn != run[0].turn or any(set(t.before) & set(".?!") for t in run[1:]):
        return ""
    joined = " ".join(t.fold for t in run)
    return joined[:-2] if joined.endswith("'s") and joined not in _gazetteer() else joined


def _is_drug_due(view: View, t: Token) -> bool:
    """ "Changed from X to Y, fifty milligrams": what is taken is no place."""
    behind = view.dialogue.text[t.end : t.end + 60].split("\n")[0]
    return bool(DRUG_DUE.search(view.before(t.start)) or DOSED.match(_PAUSES.sub(" ", fold(behind))))


def _names_ward(word: Token, following: Token, view: View) -> bool:
    if word.turn != following.turn or set(following.before) & set(",.?!") or word.fold in _NOT_WARD:
        return False
    return (
        word.is_capital and not (word.opens_sentence and is_plain_word(word.fold))
        if view.dialogue.is_cased
        else band(word.fold) < Band.COMMON
    )


def _is_proper(t: Token, cased: bool) -> bool:
    word = t.fold.removesuffix("'s")
    if len(word) < 3 or word in read("keep_words") or word in read("nationalities"):
        return False
    if cased:
        return (
            t.is_capital
            and not t.opens_sentence
            and word not in ("i'm", "i've", "i'd", "i'll")
            and not is_plain_word(word)
        )
    return band(word) < Band.UNUSUAL and not word.endswith(("ing", "ed", "ly", "itis", "osis", "ology", "s"))


def _continues(t: Token, turn: int, cased: bool) -> bool:
    return t.turn == turn and not t.before.strip() and cased and t.is_capital and not is_plain_word(t.fold)


def _fit(text: str) -> bool:
    low = fold(text)
    return (
        "\n" not in text
        and len(text) > 2
        and low not in read("keep_words")
        and not re.fullmatch(r"[\d\W]+", text)
    )
