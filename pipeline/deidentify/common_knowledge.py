"""What everybody knows and nobody is known by: people who are cited, brands and works, what other languages call
one's kin and say for thanks.

A word of these lists may be somebody's name as well. So a mention counts as common knowledge only where nothing
says that somebody of this talk is meant: no title, introduction or relation before it, no roster, no other name
beside it; and a listed person whose name many bear ("John Watson") only where he is cited.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial

from pipeline.deidentify.dialogue import Dialogue
from pipeline.deidentify.known_kin import named_kin
from pipeline.deidentify.known_phrases import bare, figures, heads, list_heads, phrases
from pipeline.deidentify.known_tests import named_tests
from pipeline.deidentify.merge import ROSTER, Candidate
from pipeline.deidentify.recognizers.base import View
from pipeline.language.cues import TITLES
from pipeline.language.lexicon import Band, band, is_given, is_name, is_place, is_plain_word
from pipeline.language.text import fold
from pipeline.language.wordlists import rule_phrases, rule_words

Range = tuple[int, int]
_of = partial(rule_phrases, "common_knowledge")
_PERSONAL = re.compile(rf"\b(?:{_of('personal')}|{_of('whose')} (?:\w+ )?{_of('persons')}) $")
_EMPLOYED = re.compile(rf"\b{_of('employed')}(?: \w+){{0,2}} {_of('employed_by')}(?: the)? $")
_CITES_BEFORE = re.compile(
    rf"\b(?:{_of('works_before')} {_of('by')}|{_of('cites_before', 'reads', 'writers')}) $"
)
_CITES_BEHIND = re.compile(
    rf"^(?:'s)? (?:{_of('subjects')} )?(?:{_of('adverbs')} )?{_of('says_behind', 'works_behind')}\b"
)
_OF_PLACE = rule_words("common_knowledge", "of_place")
_STAYS = rule_words("common_knowledge", "stays")
_ARTICLES = rule_words("common_knowledge", "articles")
_JOINERS = rule_words("common_knowledge", "joiners")  # "Zorley and also Quexley"
_FIRM = 0.8
_BETWEEN = ",.;:?!"


def without_common_knowledge(found: Iterable[Candidate], view: View) -> list[Candidate]:
    """The candidates that are more than a mention of what everybody knows."""
    found = list(found)
    firms = _named_firms(found, view.dialogue)
    kept, brands = sorted(kept_ranges(view, firms)), brand_ranges(view, firms)
    return [
        c
        for c in found
        if c.found_by == ROSTER
        or not (_lies_in(c, kept, view.dialogue) or _is_of_brand(c, brands, view.dialogue))
    ]


def _named_firms(found: Iterable[Candidate], dialogue: Dialogue) -> frozenset[str]:
    """Single words by which somebody of the talk names where they work: "I'm a doctor with X", "welcome to X"."""
    sure = [c for c in found if c.found_by == "OrganisationRecognizer" and c.score >= _FIRM]
    words = [fold(dialogue.text[c.start : c.end]) for c in sure]
    return frozenset(w for w in words if w.isalpha())


def kept_ranges(view: View, firms: frozenset[str] = frozenset()) -> list[Range]:
    """Where common knowledge is spoken of, in joined-text offsets; `firms` are this talk's own."""
    tokens = view.dialogue.content
    own = _own_names(view.dialogue) | firms
    cited = list(_cited(view, own))
    surnames = {tokens[last].fold.removesuffix("'s") for first, last in cited if last > first}
    again = [
        (at, at) for at, t in enumerate(tokens) if bare(t) in surnames and not _is_personal(view, at, at, own)
    ]
    places = [
        *cited,
        *again,
        *_listed(view, "brands_and_works", own),
        *named_kin(view, own, lambda at: _is_personal(view, at, at, own)),
        *_known_tests(view, own),
    ]
    return [(tokens[first].start, tokens[last].end) for first, last in places]


def brand_ranges(view: View, firms: frozenset[str]) -> list[Range]:
    """Where brands and works alone are spoken of."""
    tokens, own = view.dialogue.content, _own_names(view.dialogue) | firms
    listed = _listed(view, "brands_and_works", own)
    return [(tokens[first].start, tokens[last].end) for first, last in listed]


def _is_of_brand(c: Candidate, brands: Sequence[Range], dialogue: Dialogue) -> bool:
    """ "Zorla butter": a brand, and what of it."""
    if c.type not in ("ORG", "LOCATION") or not any(
        start == c.start and end < c.end for start, end in brands
    ):
        return False
    words = [t for t in dialogue.content if c.start <= t.start < c.end]
    things = [t.fold for t in words[1:] if not (dialogue.is_cased and t.is_capital) and not is_name(t.fold)]
    return len(things) == len(words) - 1 and not is_place(" ".join(t.fold for t in words))


def _own_names(dialogue: Dialogue) -> frozenset[str]:
    """The words of everybody's name that the roster gives: they are of this talk."""
    if dialogue.roster is None:
        return frozenset()
    names = [n for p in dialogue.roster.people for n in (p.name, *p.nicknames)]
    return frozenset(w for n in (*names, *dialogue.roster.staff) for w in re.split(r"[\s.-]+", fold(n)) if w)


def _cited(view: View, own: Collection[str]) -> Iterator[tuple[int, int]]:
    """Listed people, by the first and last word's place among the content words."""
    listed = figures()
    sure, doubtful = [], []
    for first, last, phrase in phrases(view, heads(listed.full)):
        if _is_personal(view, first, last, own) or _is_place_here(view, first, last):
            continue
        often_borne = phrase not in listed.famous and (
            phrase not in listed.unmistakable
            or (len(phrase) == 1 and (is_given(phrase[0]) or is_plain_word(phrase[0])))
        )
        if often_borne and not _is_cited(view, first, last):
            doubtful.append((first, last))
        else:
            sure.append((first, last))
    turns = {view.dialogue.content[first].turn for first, _ in sure}
    # Who is named in one breath with somebody who is cited is cited too.
    yield from (
        *sure,
        *((f, last) for f, last in doubtful if view.dialogue.content[f].turn in turns and last > f),
    )


def _listed(view: View, name: str, own: Collection[str]) -> Iterator[tuple[int, int]]:
    """Brands and works; not where somebody works there, nor a given name that stands like one."""
    tokens = view.dialogue.content
    for first, last, phrase in phrases(view, list_heads(name)):
        before = view.before(tokens[first].start)
        if _EMPLOYED.search(before) or _is_place_here(view, first, last):
            continue
        if first == last and (is_given(phrase[0]) or phrase[0] in own):
            continue
        if not _is_personal(view, first, last, own):
            yield first, last


def _known_tests(view: View, own: Collection[str]) -> Iterator[tuple[int, int]]:
    return named_tests(view, lambda at: _is_personal(view, at, at, own))


def _is_place_here(view: View, first: int, last: int) -> bool:
    """ "In Barcelona", "I was in Ramaphosa": a place that is called like a club or a president."""
    lead = view.before(view.dialogue.content[first].start, 2).split()
    if first != last or not lead:
        return False
    return lead[-1] in _OF_PLACE or (lead[-1] == "in" and len(lead) > 1 and lead[-2] in _STAYS)


def _is_personal(view: View, first: int, last: int, own: Collection[str]) -> bool:
    """Somebody of this talk: on the roster, introduced, with a title, or with another name beside the listed one."""
    tokens = view.dialogue.content
    if any(bare(t) in own for t in tokens[first : last + 1]):
        return True
    lead = view.before(tokens[first].start)
    previous = tokens[first - 1] if first and tokens[first - 1].turn == tokens[first].turn else None
    if previous is not None and previous.fold in TITLES and "," not in tokens[first].before:
        return True
    paused = bool(set(tokens[first].before) & set(".?!"))
    if _PERSONAL.search(lead) and not paused:
        return True
    return _has_neighbour(view, first - 1, first) or _has_neighbour(view, last + 1, last)


def _has_neighbour(view: View, beside: int, at: int) -> bool:
    """Another name right beside, with nothing between."""
    tokens = view.dialogue.content
    if not 0 <= beside < len(tokens) or tokens[beside].turn != tokens[at].turn:
        return False
    other, between = tokens[beside], tokens[max(beside, at)].before
    if set(between) & set(_BETWEEN) or tokens[at].fold.endswith("'s") and beside > at:
        return False
    if view.dialogue.is_cased:
        capital = other.is_capital and not (other.opens_sentence and is_plain_word(other.fold))
        return capital and not is_plain_word(other.fold) and other.fold not in ("i", "i'm")
    # "as", "so", "an" are somebody's name somewhere too.
    word = is_plain_word(other.fold) or band(other.fold) >= Band.CONSTANT
    return is_given(other.fold) and not word and beside < at


def _is_cited(view: View, first: int, last: int) -> bool:
    tokens = view.dialogue.content
    behind = "".join(" " + t.fold for t in tokens[last + 1 : last + 6] if t.turn == tokens[last].turn)
    possessive = "'s" if tokens[last].fold.endswith("'s") else ""
    return bool(
        _CITES_BEHIND.match(possessive + behind) or _CITES_BEFORE.search(view.before(tokens[first].start))
    )


def _lies_in(c: Candidate, kept: Sequence[Range], dialogue: Dialogue) -> bool:
    """True when what is kept covers the candidate but for articles."""
    inside = [(start, end) for start, end in kept if start < c.end and c.start < end]
    if not inside:
        return False
    rest = [
        t.fold
        for t in dialogue.content
        if c.start <= t.start < c.end and not any(start <= t.start < end for start, end in inside)
    ]
    return all(word in _ARTICLES or (len(inside) > 1 and word in _JOINERS) for word in rest)
