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
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from pipeline.deidentify.dialogue import Token
from pipeline.deidentify.entities import HEADS
from pipeline.deidentify.merge import Candidate
from pipeline.deidentify.recognizers.base import View
from pipeline.language.cues import STRONG_TITLES, TITLES, VERB_NEXT
from pipeline.language.lexicon import is_given, is_place, is_plain_word, is_surname, reads_as_letters
from pipeline.language.wordlists import read, rule_phrases, rule_words

CLASSES = ("PERSON", "LOCATION", "ORG")
_CHANGES = 0.2  # by so much another class must weigh more
_DISAGREES = 0.1  # from here on the classes are about equal
_SURELY_SAID = 0.8
_LETTERS = 4  # of an abbreviation in lower case; longer ones may be names that no list has
_OWN, _OTHERS = 0.5, 0.5  # a mention's own evidence, and that of all mentions of the name
_UNSETTLED = "may be a person, a place or an organisation"
_INTRODUCES = re.compile(rf"\b{rule_phrases('name_classes', 'relations', 'tells', 'lives_with')} $")
_EMPLOYED = re.compile(rf"\b{rule_phrases('name_classes', 'works')}(?: \w+)? for $")
_OF_PLACE = rule_words("name_classes", "of_place")
_SURELY_OF_PLACE = rule_words("name_classes", "surely_of_place")
_HEADS_BEFORE = rule_words("name_classes", "heads_before")
_PLACE_FIRST = rule_words("name_classes", "place_first")
_BUILDINGS = rule_words("name_classes", "buildings")
_PLACE_LAST = rule_words("name_classes", "place_last")


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
    weight = {k: 2.0 * v for k, v in _read(tokens[at:stop], view).items()}
    if c.found_by != "TalkRecognizer":  # whose opinion counts already
        weight[c.type] += 0.3
    if c.type == "ORG" and c.found_by == "OrganisationRecognizer" and c.score >= _SURELY_SAID:
        weight["ORG"] += 1.0  # "welcome to X", "I'm a doctor with X"
    mention = _mention(tokens, at, stop, view)
    weight["PERSON"] += _add_up(_FOR_PERSON, mention)
    weight["LOCATION"] += _add_up(_FOR_PLACE, mention)
    weight["ORG"] += _add_up(_FOR_ORGANISATION, mention)
    return weight


def _read(run: Sequence[Token], view: View) -> dict[str, float]:
    """The talk classifier's probabilities over the words of a mention; an address counts as a place."""
    rows = [view.reading(t).types for t in run]
    mean = {k: sum(r.get(k, 0.0) for r in rows) / max(1, len(rows)) for k in (*CLASSES, "ADDRESS")}
    mean["LOCATION"] += mean.pop("ADDRESS")
    return mean


@dataclass(frozen=True, slots=True)
class _Mention:
    """A mention's words, and the words right before and behind it in its turn ("" where there are none)."""

    words: tuple[str, ...] = field(repr=False)
    before: str = field(repr=False)
    behind: str = field(repr=False)
    pause_before: str
    first: str = field(repr=False)
    introduced: bool
    behind_full_name: bool = False  # as where people say who they are and where from: "Ana Zorley, Gorlham"
    employed: bool = False
    letters: bool = False
    named_with: str = field(default="", repr=False)  # the word before an "and" that stands before the mention

    @property
    def name(self) -> str:
        """The words as one."""
        return " ".join(self.words)


def _mention(tokens: Sequence[Token], at: int, stop: int, view: View) -> _Mention:
    turn = tokens[at].turn
    following = tokens[stop] if stop < len(tokens) and tokens[stop].turn == turn else None
    return _Mention(
        words=tuple(t.fold.removesuffix("'s") for t in tokens[at:stop]),
        before=tokens[at - 1].fold if at and tokens[at - 1].turn == turn else "",
        behind=following.fold if following is not None and not following.before.strip() else "",
        pause_before=tokens[at].before,
        first=tokens[at].text,
        introduced=bool(_INTRODUCES.search(view.before(tokens[at].start))),
        behind_full_name=following is None and _is_behind_full_name(tokens, at),
        letters=not view.dialogue.is_cased and reads_as_letters(tokens[at].fold, _LETTERS),
        employed=bool(_EMPLOYED.search(view.before(tokens[at].start))),
        named_with=_named_with(view.before(tokens[at].start, 2).split()),
    )


def _is_behind_full_name(tokens: Sequence[Token], at: int) -> bool:
    """A given name and a surname right before, which open the sentence."""
    lead = tokens[max(0, at - 2) : at]
    if len(lead) < 2 or lead[0].turn != tokens[at].turn or lead[1].before.strip():
        return False
    opens = lead[0].opens_sentence and not _sentence_opens(tokens[at])
    return opens and is_given(lead[0].fold) and is_surname(lead[1].fold)


def _sentence_opens(t: Token) -> bool:
    return bool(set(t.before) & set(".?!"))


def _is_head(word: str) -> bool:
    """A word for a body or a building: "in the women's hall Gorlham"."""
    return word in HEADS or word in _BUILDINGS or word in read("organisation_words")


def _has_article(m: _Mention) -> bool:
    """ "The Royal Vic": several words that are no family's ("the two Zorleys")."""
    return m.before == "the" and len(m.words) > 1 and not _is_family(m.words[-1])


def _is_behind_head(m: _Mention) -> bool:
    """Without a pause, and nobody's name."""
    inside = len(m.words) > 1 and _is_head(m.words[0])
    led = inside or (_is_head(m.before) and not m.pause_before.strip())
    return led and not any(map(_is_persons, m.words[inside:]))


def _has_kind(m: _Mention) -> bool:
    """ "B Wing", "Gorlham Creek"."""
    return len(m.words) > 1 and m.words[-1] in _PLACE_LAST


def _named_with(before: Sequence[str]) -> str:
    """ "With Mia and Lottie": the given name that goes before by "and"."""
    return before[0] if len(before) > 1 and before[1] in ("and", "or") else ""


# What speaks for a class at a mention, and how much.
_Signs = tuple[tuple[Callable[[_Mention], bool], float], ...]
_FOR_PERSON: _Signs = (
    (lambda m: m.before in STRONG_TITLES and "," not in m.pause_before, 1.5),
    (lambda m: m.before in TITLES - STRONG_TITLES and "," not in m.pause_before, 0.8),
    (lambda m: m.introduced, 1.0),
    (lambda m: is_given(m.words[0]) and _is_surely_given(m.named_with), 1.0),
    (lambda m: m.behind in VERB_NEXT, 0.3),
    (lambda m: len(m.first) == 1 and m.first.isupper() and not _has_kind(m), 1.5),  # initials, but "B Wing"
    (lambda m: m.before == "the" and _is_family(m.words[-1]), 1.5),  # "the Okafors"
    (lambda m: _has_article(m), -1.0),
    (lambda m: is_given(m.words[0]) and not is_place(m.name), 0.5),
    (lambda m: len(m.words) > 1 and is_given(m.words[0]) and all(map(_is_persons, m.words)), 0.4),
)
_FOR_PLACE: _Signs = (
    (lambda m: _is_known_place(m), 1.3),
    (lambda m: _is_known_place(m) and len(m.words) == 1 and is_given(m.name), -0.8),
    (lambda m: _is_known_place(m) and len(m.words) == 1 and _is_only_surname(m.name), -0.4),
    (lambda m: len(m.words) > 1 and (m.words[0] in _PLACE_FIRST or _has_kind(m)), 1.3),
    (lambda m: _has_kind(m) and len(m.first) == 1, 1.5),
    (lambda m: _is_behind_head(m), 1.5),
    (lambda m: _is_behind_head(m) and is_place(m.words[-1]), 1.0),
    (lambda m: m.behind_full_name and len(m.words) == 1 and not _is_persons(m.name), 2.5),
    (lambda m: m.before in _SURELY_OF_PLACE and not _sentence_ends(m) and not _has_head(m.words), 0.8),
    (lambda m: m.before in _OF_PLACE - _SURELY_OF_PLACE and not _sentence_ends(m), 0.3),
)
_FOR_ORGANISATION: _Signs = (
    (lambda m: len(m.words) > 1 and _is_abbreviation(m.first), 0.6),
    (lambda m: len(m.words) > 1 and _has_head(m.words), 1.2),
    (lambda m: m.before == "the" and len(m.words) == 1, 0.4),
    (lambda m: _has_article(m), 0.8),
    (lambda m: m.before == "at", 0.3),
    (lambda m: m.employed and not is_given(m.words[0]), 2.4),
    (lambda m: m.letters, 1.5),
)


def _add_up(signs: _Signs, mention: _Mention) -> float:
    return sum(weight for holds, weight in signs if holds(mention))


def _is_surely_given(word: str) -> bool:
    return is_given(word) and not is_place(word) and not is_plain_word(word)


def _is_family(word: str) -> bool:
    return word.endswith("s") and is_surname(word[:-1])


def _is_persons(word: str) -> bool:
    return is_surname(word) or is_given(word)


def _is_only_surname(word: str) -> bool:
    """A surname that is no given name."""
    return is_surname(word) and not is_given(word)


def _is_known_place(m: _Mention) -> bool:
    return is_place(m.name) and not is_plain_word(m.name)


def _sentence_ends(m: _Mention) -> bool:
    """Between the mention and the word before it."""
    return bool(set(m.pause_before) & set(".?!"))


def _has_head(words: Sequence[str]) -> bool:
    return words[-1] in read("organisation_words") or words[0] in _HEADS_BEFORE


def _is_abbreviation(text: str) -> bool:
    return 1 < len(text) < 6 and text.isupper()


def _key(c: Candidate, view: View) -> str:
    return view.dialogue.text[c.start : c.end].casefold().removesuffix("'s")
