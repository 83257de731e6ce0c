"""A candidate grows to the whole of what was said: "Wharfedale Medical" to "Wharfedale Medical Group", "London" to
"central London". Part of a name often gives the rest away."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pipeline.deidentify.dialogue import Dialogue, Token
from pipeline.deidentify.merge import Candidate
from pipeline.language.cues import FORMAL_TITLES, NEVER, TITLES
from pipeline.language.lexicon import Band, band, is_ambiguous, is_given, is_plain_word
from pipeline.language.numbers import MONTHS
from pipeline.language.wordlists import read, rule_words

_NAMES = frozenset({"PERSON", "LOCATION", "ORG", "ADDRESS"})
_SITES = frozenset({"LOCATION", "ORG"})
_MOST_WORDS = 6
_KEPT = ("keep_words", "medical_words", "eponyms")
_PARTS = rule_words("whole_names", "parts")
_SMALL_KINDS = rule_words("whole_names", "small_kinds")
_KINDS = _SMALL_KINDS | rule_words("whole_names", "kinds")
_LED_TO = rule_words("whole_names", "led_to")
_FIRST_WORDS = rule_words("whole_names", "first_words")
_SAINTS = rule_words("whole_names", "saints")
_OF_SAINTS = rule_words("whole_names", "of_saints")
_JOINS = rule_words("whole_names", "joins")
_ECLIPSES = rule_words("whole_names", "eclipses")
_LEADS_TO_WORD = rule_words("whole_names", "leads_to_word")
_NO_NAMES = rule_words("word_names", "no_names")
_NO_PART = rule_words("whole_names", "no_part") | FORMAL_TITLES | frozenset(MONTHS)


def grow(found: Iterable[Candidate], dialogue: Dialogue) -> Iterator[Candidate]:
    """The candidates, each over all words of its name."""
    tokens = dialogue.content
    starts = [t.start for t in tokens]
    for c in found:
        first, stop = bisect_left(starts, c.start), bisect_left(starts, c.end)
        if first == stop or tokens[first].start != c.start or c.found_by == "RosterRecognizer":
            yield c
            continue
        first, stop = _whole(tokens, first, stop, c, dialogue)
        owned = c.type in _SITES and _is_called_by_owner(tokens, first, stop)
        end = tokens[stop - 1].end if owned else _end(tokens[stop - 1], c)
        yield replace(c, start=tokens[first].start, end=max(c.end, end))


def _whole(
    tokens: Sequence[Token], first: int, stop: int, c: Candidate, dialogue: Dialogue
) -> tuple[int, int]:
    """The first word of a name and the one behind its last."""
    if c.type in _NAMES and dialogue.is_cased and _is_proper(tokens[first]):
        first, stop = _over_capitals(tokens, first, stop, c.type)
    if c.type in _SITES and stop < len(tokens) and _goes_on(tokens, first, stop, c.type, dialogue):
        stop += 1
    if first and (
        _leads(tokens[first - 1], tokens[first], c.type, dialogue)
        or _is_given_before(tokens, first, c, dialogue)
    ):
        first -= 1
    return first, stop


def _over_capitals(tokens: Sequence[Token], first: int, stop: int, kind: str) -> tuple[int, int]:
    """Over neighbours with a capital and nothing between: one proper name. An ordinary word that opens a
    sentence owes its capital to that; before a person's name an ordinary word is no part of it."""
    most = first + _MOST_WORDS
    while stop < min(len(tokens), most):
        by = _step(tokens, stop - 1, 1, kind)
        if not by:
            break
        stop += by
    while first and stop - first < _MOST_WORDS:
        by = _step(tokens, first, -1, kind)
        if not by or not _belongs_before(tokens[first - by], tokens[first], kind):
            break
        first -= by
    return first, stop


def _step(tokens: Sequence[Token], at: int, side: int, kind: str) -> int:
    """By how many words the name goes on at a side: one, or two over a joiner ("Clann na nGael"); 0 where it ends."""
    for by in (1, 2):
        other = at + side * by
        if not 0 <= other < len(tokens):
            return 0
        run = tokens[min(at, other) : max(at, other) + 1]
        joined = by == 1 or (
            kind in _SITES
            and run[1].fold in _JOINS
            and not run[1].before.strip()
            and run[1].turn == run[0].turn
        )
        if joined and _continues(run[0], run[-1], kind):
            return by
    return 0


def _belongs_before(before: Token, word: Token, kind: str) -> bool:
    if before.fold in NEVER or _is_no_part(before, kind):
        return False
    letters = len(before.text) > 1 and before.text.isupper()  # "TU Dublin"
    if letters and kind in _SITES:
        return True
    owed = before.opens_sentence and not is_plain_word(word.fold)
    initial = len(before.fold) == 1
    return initial or not (is_plain_word(before.fold) and (owed or kind == "PERSON"))


def _continues(before: Token, word: Token, kind: str) -> bool:
    if word.turn != before.turn or before.fold.endswith("'s") or _is_no_part(word, kind):
        return False
    return word.before == "-" or (not word.before.strip() and _is_proper(word) and _is_proper(before))


def _is_proper(word: Token) -> bool:
    """With a capital, be it behind an Irish prefix ("nGael")."""
    return word.is_capital or (word.text[:1] in _ECLIPSES and word.text[1:2].isupper())


def _is_no_part(word: Token, kind: str) -> bool:
    kept = _KEPT if kind == "ORG" else (*_KEPT, "nationalities")  # "Valley Baptist", a hospital
    return word.fold in _NO_PART or any(word.fold in read(name) for name in kept)


def _leads(before: Token, word: Token, kind: str, dialogue: Dialogue) -> bool:
    """The part of a town; without capitals also what stands before the names of sites ("hmp", "saint")."""
    if before.turn != word.turn or word.before.strip() or kind not in _SITES:
        return False
    return (kind == "LOCATION" and before.fold in _PARTS) or (
        not dialogue.is_cased and before.fold in _FIRST_WORDS
    )


def _is_given_before(tokens: Sequence[Token], first: int, c: Candidate, dialogue: Dialogue) -> bool:
    """ "will oduya", "prince ramokgopa": a given name that is an ordinary word, right before a surname, in talk without
    capitals; not where it is the word ("when will oduya come", "i hope oduya comes", "the bill oduya sent")."""
    before, word = tokens[first - 1], tokens[first]
    if c.type != "PERSON" or dialogue.is_cased or before.turn != word.turn or word.before.strip():
        return False
    if not is_given(before.fold) or not (is_plain_word(before.fold) or is_ambiguous(before.fold)):
        return False
    if is_given(word.fold.removesuffix("'s")) or before.fold in TITLES | frozenset(MONTHS) | _NO_NAMES:
        return False
    lead = tokens[first - 2] if first > 1 and tokens[first - 2].turn == word.turn else None
    return lead is None or lead.fold not in _LEADS_TO_WORD


def _goes_on(tokens: Sequence[Token], first: int, stop: int, kind: str, dialogue: Dialogue) -> bool:
    """The word behind a site's name is a part of it."""
    last, word = tokens[stop - 1], tokens[stop]
    if word.turn != last.turn or word.before.strip():
        return False
    if tokens[first].fold in _SAINTS and stop - first > 1:  # "st alphege's house"
        return word.fold in _OF_SAINTS
    if last.fold.endswith("'s"):
        return False
    if word.fold == "general":  # "zorley general": a hospital
        return _closes(tokens, stop)
    return kind == "LOCATION" and _names_kind(word, dialogue)


def _is_called_by_owner(tokens: Sequence[Token], first: int, stop: int) -> bool:
    """ "To zorley's for cutlets": a house that is called by its owner's name."""
    led = first > 0 and tokens[first - 1].turn == tokens[first].turn and tokens[first - 1].fold in _LED_TO
    return led and tokens[stop - 1].fold.endswith("'s") and _closes(tokens, stop - 1)


def _names_kind(word: Token, dialogue: Dialogue) -> bool:
    """ "Kharagpur village", "pelican narrows": the kind of place, said right behind its name."""
    return word.fold in _KINDS and (word.is_capital or not dialogue.is_cased or word.fold in _SMALL_KINDS)


def _closes(tokens: Sequence[Token], at: int) -> bool:
    """Nothing comes behind that a word could belong to: a mark, the turn's end, or a word of the grammar."""
    following = tokens[at + 1] if at + 1 < len(tokens) and tokens[at + 1].turn == tokens[at].turn else None
    return following is None or bool(following.before.strip()) or band(following.fold) >= Band.FUNCTION


def _end(last: Token, c: Candidate) -> int:
    """Where the name ends; a possessive stays outside."""
    return last.end - 2 if last.fold.endswith("'s") and c.type in ("PERSON", "LOCATION") else last.end
