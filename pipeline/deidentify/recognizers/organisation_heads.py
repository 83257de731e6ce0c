"""Names that end in a word for an organisation: "Saint Hilda's College", "Hutt hospital"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.deidentify.dialogue import Token
from pipeline.deidentify.recognizers.base import Hit, View
from pipeline.language.lexicon import Band, band, is_name, is_place, is_plain_word
from pipeline.language.wordlists import read, rule_words

# How many words before its head an organisation's name may have.
_HEAD_WORDS = 3
_TWO_HEADS = {
    ("medical", "centre"), ("medical", "center"), ("health", "centre"), ("health", "center"), ("medical", "practice"), ("primary", "school"),
    ("high", "school"), ("grammar", "school"), ("secondary", "school"), ("girls", "college"), ("boys", "college"), ("care", "home"), ("rest", "home"),
    ("nursing", "home"), ("day", "centre"), ("community", "centre"), ("football", "club"), ("rugby", "club"), ("cricket", "club"), ("general", "hospital"),
    ("sixth", "form"), ("medical", "school"), ("sports", "club"), ("golf", "club"), ("retirement", "village"),
}  # fmt: skip
_CAPITAL_HEADS = rule_words("organisations", "capital_heads")
_COMMON = rule_words("organisations", "common")
_JOINS = rule_words("organisation_heads", "joins")
_NO_PART = rule_words("organisation_heads", "no_part")


def headed(view: View) -> Iterator[Hit]:
    """Names that end in a word for an organisation: "Saint Hilda's College"."""
    tokens = view.dialogue.content
    for at, t in enumerate(tokens):
        two = _ends_two_heads(tokens, at)
        if not (two or _is_head(view, at)) or not _may_head(view, at):
            continue
        head = at - 1 if two else at
        first = head
        while first and head - first < _HEAD_WORDS and _belongs(tokens[first - 1], tokens[first], view):
            first -= 1
        if first < head and _names_one(tokens[first:head], t):
            yield Hit(tokens[first].start, t.end, "ORG", 0.85 if t.is_capital else 0.65)


def is_office(tokens: Sequence[Token], at: int) -> bool:
    """ "In the Registrar's office": of somebody by what they are, with a word behind; "at the Bishop's" may be a house, and
    "the Zorley's boat" is a family's."""
    owner = tokens[at].fold.removesuffix("'s")
    if owner == tokens[at].fold or at + 1 >= len(tokens) or tokens[at + 1].turn != tokens[at].turn:
        return False
    behind = tokens[at + 1]
    said_on = not behind.is_capital and not set(behind.before) & set(",.?!;:")
    what = is_plain_word(owner) or owner in read("occupations")
    return said_on and (what or (band(owner) >= Band.UNUSUAL and not is_name(owner)))


def _is_head(view: View, at: int) -> bool:
    """A word for an organisation; one that is an everyday word too needs a capital."""
    t = view.dialogue.content[at]
    if t.fold in read("organisation_words"):
        return True
    return t.fold in _CAPITAL_HEADS and t.is_capital and view.dialogue.is_cased


def _ends_two_heads(tokens: Sequence[Token], at: int) -> bool:
    """ "Medical centre", "girls' school": of two words."""
    if not at or tokens[at - 1].turn != tokens[at].turn:
        return False
    return (tokens[at - 1].fold.replace("'s", "").replace("'", ""), tokens[at].fold) in _TWO_HEADS


def _may_head(view: View, at: int) -> bool:
    tokens = view.dialogue.content
    return not view.dialogue.is_cased or tokens[at].is_capital or _lower_head(tokens, at)


def _names_one(named: Sequence[Token], head: Token) -> bool:
    """The words before a head tell which one it is."""
    words = {t.fold for t in named} | {" ".join(t.fold for t in named)}
    if not head.is_capital and words & (read("eponyms") | read("medical_words") | read("keep_words")):
        return False
    return any(t.is_capital or not is_plain_word(t.fold) for t in named)


def _lower_head(tokens: list[Token], at: int) -> bool:
    """ "Hutt hospital": the head may be written small when the word before it is a proper name."""
    before = tokens[at - 1] if at else None
    if not before or before.turn != tokens[at].turn or not before.is_capital or before.opens_sentence:
        return False
    first = tokens[at - 2] if at > 1 and not before.before.strip() else before
    return not is_plain_word(before.fold) or (first is not before and first.is_capital)


def _belongs(word: Token, following: Token, view: View) -> bool:
    """Whether a word before the head of a name is a part of it."""
    if word.turn != following.turn or set(following.before) & set(".?!;:"):
        return False
    if "," in following.before:  # a recogniser's pause: "Knightsbridge, Practice"
        return view.dialogue.is_cased and following.is_capital and _is_proper_opening(word)
    if word.fold in _JOINS:
        return True
    if view.dialogue.is_cased:
        common = word.fold in _COMMON and word.opens_sentence
        return word.is_capital and not common and word.fold not in _NO_PART
    if word.fold in _COMMON or is_plain_word(word.fold):
        return False
    # An English word that names nobody and no place tells a kind: "the cataract surgery", "the retina clinic".
    return is_name(word.fold) or is_place(word.fold) or band(word.fold) < Band.UNUSUAL


def _is_proper_opening(word: Token) -> bool:
    return word.is_capital and word.opens_sentence and not is_plain_word(word.fold)
