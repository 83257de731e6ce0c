"""The answer to a question for the address: figures, streets and places that stand where an address is due."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.deidentify.dialogue import Token
from pipeline.deidentify.recognizers.base import Hit, SpeechRecognizer, View, each
from pipeline.deidentify.recognizers.postcodes import FIGURES
from pipeline.language.cues import NEVER
from pipeline.language.lexicon import Band, band, is_plain_word
from pipeline.language.numbers import PIECE, counts_something, is_number
from pipeline.language.wordlists import read, rule_phrases, rule_words

_NAMED = 0.4  # by the talk classifier
_ANSWER_WORDS = 12
_ENDED_BY = rule_words("address_answers", "ended_by")
_ENDS = rule_words("address_answers", "ends")
_OF_TEN = re.compile(rf"\b{rule_phrases('address_answers', 'of_ten')} $")
_SHORT_TURN = re.compile(r"(?m)^[a-z'-]+(?: [a-z'-]+){0,3}$")
_HOUSE = re.compile(rf"(?<!no )(?<!the )(?<!any )\b{PIECE}(?: {PIECE})*(?: [a-f])?(?![a-z'])")


class AddressAnswerRecognizer(SpeechRecognizer):
    """What is said in answer to "your address?"."""

    ENTITIES = ("ADDRESS",)

    def find(self, view: View) -> Iterator[Hit]:
        plain = view.dialogue.plain
        yield from _whole_turns(view)
        for m in each(view, FIGURES):
            near = view.questions.near("address", m.start(), words=16, turns=5)
            if near and not _OF_TEN.search(plain[: m.start()]) and not counts_something(plain, m.end()):
                yield view.hit(m, "ADDRESS", 0.8)
        yield from _street_after_number(view)


def _street_after_number(view: View) -> Iterator[Hit]:
    """The answer to a question for the address: from its first number to the end of what is said of it."""
    tokens = view.dialogue.content
    plain = view.dialogue.plain
    for m in each(view, _HOUSE):
        if not view.questions.near("address", m.start(), words=16, turns=5) or counts_something(
            plain, m.end()
        ):
            continue
        if m[0] in ("oh", "o"):
            continue
        first = view.dialogue.token_at(m.start())
        last = stop = view.dialogue.token_at(m.end() - 1)
        while stop + 1 < len(tokens) and stop - last < _ANSWER_WORDS and _goes_on(tokens, stop + 1, first):
            stop += 1
        while (
            stop > last
            and is_plain_word(tokens[stop].fold)
            and not is_number(tokens[stop].fold)
            and tokens[stop].fold not in _ENDS
            and not tokens[stop].is_capital
        ):
            stop -= 1
        if stop > last:
            yield Hit(tokens[first].start, tokens[stop].end, "ADDRESS", 0.85)


def _whole_turns(view: View) -> Iterator[Hit]:
    """A short turn of nothing but proper words, while the address is being given: "Green Lanes. Harringay." """
    tokens = view.dialogue.content
    for m in each(view, _SHORT_TURN):
        first, last = view.dialogue.token_at(m.start()), view.dialogue.token_at(m.end() - 1)
        run = tokens[first : last + 1]
        if not view.questions.near("address", m.start(), words=8, turns=4) or view.questions.near(
            "name", m.start(), words=4
        ):
            continue
        if all(_is_a_name(view, t) for t in run):
            continue  # "Who's that?" "Oh, Lindy."
        if all(t.fold not in _ENDED_BY and t.fold not in read("keep_words") for t in run) and _look_proper(
            run, view.dialogue.is_cased
        ):
            yield Hit(run[0].start, run[-1].end, "ADDRESS", 0.7)


def _is_a_name(view: View, t: Token) -> bool:
    """An exclamation, or rather somebody's name than part of an address."""
    reading = view.reading(t)
    return t.fold in NEVER or reading.name > max(_NAMED, reading.types.get("ADDRESS", 0.0), reading.place)


def _look_proper(run: Sequence[Token], cased: bool) -> bool:
    proper = [not is_plain_word(t.fold) or (cased and t.is_capital and not t.opens_sentence) for t in run]
    return any(proper) and (not cased or all(t.is_capital for t in run))


def _goes_on(tokens: Sequence[Token], at: int, first: int) -> bool:
    """Whether an address goes on with this word: any but a few within its sentence, a number, a letter, a known
    place or another proper word behind its end."""
    t = tokens[at]
    if t.turn != tokens[first].turn or t.fold in _ENDED_BY:
        return False
    same = not set(t.before) & set(".?!")
    proper = (
        not is_plain_word(t.fold)
        and t.fold not in read("keep_words")
        and (t.is_capital or band(t.fold) < Band.COMMON)
    )
    return (
        same
        or is_number(t.fold)
        or t.fold in read("places")
        or proper
        or (len(t.fold) <= 2 and t.text.isupper())
    )
