"""Whether a name is a person's, a place's or an organisation's: all evidence of all its mentions weighed once more.

Each recognizer proposes its own class and the surest wins the stretch, which says little about the class: "I was
with Hamish" looks like a firm to one, "in Ikotun" like a person to another. Here the talk classifier, the lists and
the words around are asked about the class alone, over every mention of the name in the talk. Where they disagree
the class stays and a person is asked.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipeline.deidentify.dialogue import Token
from pipeline.deidentify.merge import Candidate
from pipeline.deidentify.recognizers.base import View
from pipeline.language.cues import STRONG_TITLES, TITLES, VERB_NEXT
from pipeline.language.lexicon import is_given, is_place, is_plain_word, is_surname
from pipeline.language.wordlists import read, wordset

CLASSES = ("PERSON", "LOCATION", "ORG")
_CHANGES = 0.2  # by so much another class must weigh more
_DISAGREES = 0.1  # from here on the classes are about equal
_SURELY_SAID = 0.8
_OWN, _OTHERS = 0.5, 0.5  # a mention's own evidence, and that of all mentions of the name
_UNSETTLED = "may be a person, a place or an organisation"
_INTRODUCES = re.compile(
    r"\b(?:i'?m|i am|my name is|my name's|name is|name's|call(?:s|ed)? (?:me|him|her|it)|this is|that's|thanks|thank you|hi|hello|"
    r"(?:wife|husband|partner|son|daughter|brother|sister|mum|mom|mother|dad|father|friend|boss|colleague|cousin|nephew|niece|neighbour|"
    r"lives? with|liv(?:ed|ing) with|here with|was with|were with|married|told|asked|said|says|thank) )$"
)
_OF_PLACE = wordset("in from near around outside towards toward via to at")
_HEADS_BEFORE = wordset("hmp iit st saint university u hms cfb uni college school hospital")
# Words that begin or end the names of places, of English and of languages beside it.
_PLACE_FIRST = wordset(
    "bukit kampung kampong kg jalan jln lorong tanjung tanjong sungai sungei pulau ulu kuala telok ikot port fort mount lake cape point "
    "glen loch lough ben bally aber llan saint new old north south east west upper lower great little isle los las san santa el la"
)
_PLACE_LAST = wordset(
    "nagar tola basti gaon vihar puram pura wadi colony bazaar market ganj chowk dorp fontein stad kop vlei bay bridge park creek falls "
    "river lake island islands beach hill hills heights valley ridge mountain mountains narrows estate village township junction "
    "square cross common green wood woods moor forest harbour harbor wharf wing ward unit block landing house"
)


def judge_classes(chosen: Iterable[Candidate], view: View) -> list[Candidate]:
    """The candidates; names under the class that most speaks for."""
    candidates = list(chosen)
    named = [c for c in candidates if c.type in CLASSES and c.found_by != "RosterRecognizer"]
    weighed = {id(c): _weigh(c, view) for c in named}
    together: dict[str, list[dict[str, float]]] = defaultdict(list)
    for c in named:
        together[_key(c, view)].append(weighed[id(c)])
    return [
        _judged(c, weighed[id(c)], together[_key(c, view)]) if id(c) in weighed else c for c in candidates
    ]


def _judged(c: Candidate, own: dict[str, float], mentions: Sequence[dict[str, float]]) -> Candidate:
    mean = {k: sum(m[k] for m in mentions) / len(mentions) for k in CLASSES}
    weight = {k: _OWN * own[k] + _OTHERS * mean[k] for k in CLASSES}
    best = max(CLASSES, key=lambda k: weight[k])
    if best == c.type:
        return c
    ahead = weight[best] - weight[c.type]
    if ahead >= _CHANGES:
        return replace(c, type=best, tier="" if best == "PERSON" else c.tier)
    if ahead >= _DISAGREES and "PERSON" in (best, c.type):
        return replace(c, reason=c.reason or _UNSETTLED)
    return c


def _weigh(c: Candidate, view: View) -> dict[str, float]:
    """What speaks for each class at this mention."""
    tokens = view.dialogue.content
    at = bisect_left(tokens, c.start, key=lambda t: t.start)
    stop = max(at + 1, bisect_left(tokens, c.end, key=lambda t: t.start))
    run = tokens[at:stop]
    words = [t.fold.removesuffix("'s") for t in run]
    weight = {k: 2.0 * v for k, v in _read(run, view).items()}
    weight[c.type] += 0.3
    if c.type == "ORG" and c.found_by == "OrganisationRecognizer" and c.score >= _SURELY_SAID:
        weight["ORG"] += 1.0  # "welcome to X", "I'm a doctor with X"
    weight["PERSON"] += _as_person(words, tokens, at, stop, view)
    weight["LOCATION"] += _as_place(words, tokens, at)
    weight["ORG"] += _as_organisation(words, tokens, at)
    return weight


def _read(run: Sequence[Token], view: View) -> dict[str, float]:
    """The talk classifier's probabilities over the words of a mention; an address counts as a place."""
    rows = [view.reading(t).types for t in run]
    mean = {k: sum(r.get(k, 0.0) for r in rows) / max(1, len(rows)) for k in (*CLASSES, "ADDRESS")}
    mean["LOCATION"] += mean.pop("ADDRESS")
    return mean


def _as_person(words: Sequence[str], tokens: Sequence[Token], at: int, stop: int, view: View) -> float:
    total = 0.0
    before = tokens[at - 1] if at and tokens[at - 1].turn == tokens[at].turn else None
    if before is not None and before.fold in TITLES and "," not in tokens[at].before:
        total += 1.5 if before.fold in STRONG_TITLES else 0.8
    if _INTRODUCES.search(view.before(tokens[at].start)):
        total += 1.0
    following = tokens[stop] if stop < len(tokens) and tokens[stop].turn == tokens[at].turn else None
    if following is not None and following.fold in VERB_NEXT and not following.before.strip():
        total += 0.3
    if len(tokens[at].text) == 1 and tokens[at].text.isupper():
        total += 1.5  # initials
    if before is not None and before.fold == "the" and words[-1].endswith("s") and is_surname(words[-1][:-1]):
        total += 1.5  # "the Okafors"
    given = is_given(words[0])
    if given and not is_place(" ".join(words)):
        total += 0.5
    if len(words) > 1 and given and all(is_surname(w) or is_given(w) for w in words):
        total += 0.4
    return total


def _as_place(words: Sequence[str], tokens: Sequence[Token], at: int) -> float:
    name = " ".join(words)
    total = 1.3 if is_place(name) and not is_plain_word(name) else 0.0
    if total and len(words) == 1 and (is_given(name) or is_surname(name)):
        total -= 0.8 if is_given(name) else 0.4
    if len(words) > 1 and (words[0] in _PLACE_FIRST or words[-1] in _PLACE_LAST):
        total += 1.3
    before = tokens[at - 1] if at and tokens[at - 1].turn == tokens[at].turn else None
    if before is not None and before.fold in _OF_PLACE and not set(tokens[at].before) & set(".?!"):
        total += 0.8 if before.fold in ("in", "from", "near", "outside") else 0.3
    return total


def _as_organisation(words: Sequence[str], tokens: Sequence[Token], at: int) -> float:
    total = 0.6 if len(words) > 1 and _is_abbreviation(tokens[at].text) else 0.0
    if len(words) > 1 and (words[-1] in read("organisation_words") or words[0] in _HEADS_BEFORE):
        total += 1.2
    before = tokens[at - 1] if at and tokens[at - 1].turn == tokens[at].turn else None
    if before is not None and before.fold == "the" and len(words) == 1:
        total += 0.4
    elif before is not None and before.fold == "at":
        total += 0.3
    return total


def _is_abbreviation(text: str) -> bool:
    return 1 < len(text) < 6 and text.isupper()


def _key(c: Candidate, view: View) -> str:
    return view.dialogue.text[c.start : c.end].casefold().removesuffix("'s")
