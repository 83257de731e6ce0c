"""Names the recogniser heard as other words: where the sound speaks for a name (see transcribe/names_heard), and
where it was unsure of a word that stands in a name's place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.deidentify.dialogue import Token
from pipeline.deidentify.name_evidence import bare
from pipeline.deidentify.name_slots import closes, in_name_slot
from pipeline.deidentify.recognizers.base import Hit, SpeechRecognizer, View
from pipeline.language.cues import NEVER, RELATION
from pipeline.language.lexicon import Band, band, is_given, is_plain_word
from pipeline.language.wordlists import read, rule_phrases, rule_words

_SOUNDS = "the sound may be a name"
_UNSURE = "a word heard with doubt in a name's place"
_SOUNDS_SCORE, _DUE_SCORE, _UNSURE_SCORE = 0.72, 0.8, 0.6
# The probability under which a word is rather a name, by its place.
_ALONE = 0.9  # a sentence of its own behind a relation
_GIVEN, _RELATED = 0.7, 0.5  # behind a relation: a given name, any word
_IN_TWO = 0.6  # the first of two words there
_TOLD_OF = 0.5  # a sentence of its own before one about somebody
_THANKED, _CALLED, _CALLED_ODDLY = 0.6, 0.5, 0.4  # behind thanks; called; called by an everyday word
_ANYWAY = 1.1  # whatever the recogniser thought of it
_THANKS = re.compile(rf"(?:^|\b){rule_phrases('heard_names', 'thanks')} $")
_ASKS = rule_words("heard_names", "asks")
_SUBJECTS = rule_words("heard_names", "subjects")
_EXCLAIMED = re.compile(
    rf"(?:[ou]+h*|m+h*m*|u+[hgm]+|a+h+|ha+|hu+h|h+m+|e+h+|\w+ly|{rule_phrases('heard_names', 'exclaimed')})$"
)


class HeardNameRecognizer(SpeechRecognizer):
    """Silent where no recogniser listened, so text from elsewhere is read as it stands."""

    ENTITIES = ("PERSON",)

    def find(self, view: View) -> Iterator[Hit]:
        yield from _by_sound(view)
        for at in range(len(view.dialogue.content)):
            if _is_unsure(view, at):
                for first, last in _extents(view, at):
                    yield Hit(first.start, _end(last), "PERSON", _UNSURE_SCORE, reason=_UNSURE)


def _by_sound(view: View) -> Iterator[Hit]:
    """Runs of words that one name explains about as well."""
    tokens = view.dialogue.content
    names = [word.alternative if (word := view.dialogue.heard_as(t)) else "" for t in tokens]
    at = 0
    while at < len(tokens):
        stop = at + 1
        while names[at] and stop < len(tokens) and names[stop] == names[at]:
            stop += 1
        if names[at]:
            score = _DUE_SCORE if in_name_slot(view, at) >= 1 else _SOUNDS_SCORE
            yield Hit(tokens[at].start, _end(tokens[stop - 1]), "PERSON", score, reason=_SOUNDS)
        at = stop


def _is_unsure(view: View, at: int) -> bool:
    """Heard with more doubt than its place allows, and neither a word of the grammar nor one to be kept."""
    word = bare(view.dialogue.content[at].fold)
    return (
        0 < _probability(view, at) < _doubt_allowed(view, at, word)
        and len(word) > 2
        and word.isalpha()
        and word not in NEVER
        and not (_EXCLAIMED.match(word) and not is_given(word))
        and not any(word in read(kept) for kept in ("medical_words", "keep_words", "eponyms"))
    )


def _probability(view: View, at: int) -> float:
    """Of a word, the less sure time where it is said twice in a row; 0 where no recogniser listened."""
    said = view.dialogue.content[at - _is_said_again(view, at) : at + 1]
    return min((w.probability for w in map(view.dialogue.heard_as, said) if w), default=0.0)


def _is_said_again(view: View, at: int) -> bool:
    """The same word stands before it in the same turn: "jerk, jerk, are you there?"."""
    before, token = view.dialogue.content[at - 1 : at], view.dialogue.content[at]
    return bool(before) and before[0].fold == token.fold and before[0].turn == token.turn


def _doubt_allowed(view: View, at: int, word: str) -> float:
    """The probability under which a word here is rather a name: 0 where no name is due.

    One is due where somebody is called, and where a relation has just been spoken of: "the granddaughter
    may.", more surely as a sentence of its own, "There's a stepdad. Dragon. He ...", and without any doubt for a
    given name written small, "an ex-calum, but".
    """
    tokens = view.dialogue.content
    token, lead = tokens[at], view.before(tokens[at].start)
    common = band(word) >= Band.CONSTANT
    capital = token.is_capital or not view.dialogue.is_cased
    telling = capital and not common
    if RELATION.search(lead) and closes(tokens, at):
        if is_given(word):
            return _GIVEN if is_plain_word(word) else _ANYWAY
        return _ALONE if token.opens_sentence and telling else _RELATED
    if RELATION.search(lead) and _opens_a_pair(view, at):
        return _IN_TWO
    if telling and _is_told_of(view, at):
        return _TOLD_OF
    return _doubt_where_called(view, at, lead, telling) if in_name_slot(view, at) >= 2 else 0.0


def _doubt_where_called(view: View, at: int, lead: str, telling: bool) -> float:
    if _THANKS.search(lead):
        return _THANKED
    if telling:
        return _CALLED
    return _CALLED_ODDLY if _is_asked_next(view, at) else 0.0


def _opens_a_pair(view: View, at: int) -> bool:
    """The first word of a sentence of two, then a sentence about somebody: "My wife. Concept it. She's only"."""
    near = view.dialogue.content[at : at + 3]
    if len(near) < 3 or near[-1].turn != near[0].turn or not near[0].opens_sentence:
        return False
    return not near[1].opens_sentence and near[2].opens_sentence and near[2].fold in _SUBJECTS


def _is_told_of(view: View, at: int) -> bool:
    """A sentence of its own, and then one about somebody: "Alive. She was a teacher"."""
    near = view.dialogue.content[at : at + 2]
    alone = (
        len(near) == 2 and near[0].turn == near[1].turn and near[0].opens_sentence and near[1].opens_sentence
    )
    return alone and near[1].fold in _SUBJECTS


def _is_asked_next(view: View, at: int) -> bool:
    following = view.dialogue.content[at + 1 : at + 2]
    return (
        bool(following) and following[0].turn == view.dialogue.content[at].turn and following[0].fold in _ASKS
    )


def _extents(view: View, at: int) -> Iterator[tuple[Token, Token]]:
    """First and last word of what is the name: with the second of a pair, and the same word said just before."""
    tokens = view.dialogue.content
    if _is_said_again(view, at):
        yield tokens[at - 1], tokens[at - 1]
    pair = _opens_a_pair(view, at) and bool(RELATION.search(view.before(tokens[at].start)))
    yield tokens[at], tokens[at + 1 if pair else at]


def _end(token: Token) -> int:
    return token.end - (2 if token.fold.endswith("'s") else 0)
