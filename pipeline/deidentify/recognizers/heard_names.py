"""Names the recogniser heard as other words: where the sound speaks for a name (see transcribe/names_heard), and
where it was unsure of a word that stands in a name's place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.deidentify.dialogue import Token
from pipeline.deidentify.name_cues import NEVER
from pipeline.deidentify.name_evidence import bare
from pipeline.deidentify.name_slots import in_name_slot
from pipeline.deidentify.recognizers.base import Hit, SpeechRecognizer, View
from pipeline.deidentify.words import is_given, is_plain_word, read, zipf

_SOUNDS = "the sound may be a name"
_UNSURE = "a word heard with doubt in a name's place"
_SOUNDS_SCORE, _DUE_SCORE, _UNSURE_SCORE = 0.72, 0.8, 0.6
_UNSURE_OF, _UNSURE_ALONE = 0.5, 0.9  # of a word in a name's place, and of one that is a sentence there
_ANYWAY = 1.1  # whatever the recogniser thought of it
_COMMON_ZIPF = 4.8  # "okay", "right", "here": said too often to be taken for names
_RELATION = re.compile(
    r"\b(?:ex|wife|husband|partner|step\s?(?:dad|mum|mom|father|mother|son|daughter|brother|sister)|son|daughter|brother|sister|mum|mom|mother|dad|father|friend|mate|boyfriend|girlfriend|colleague|"
    r"cousin|nephew|niece|grandson|granddaughter|baby|flatmate|neighbour|registrar|consultant|supervisor|nurse|teacher|patient|man|woman|lady|girl|boy) $"
)


class HeardNameRecognizer(SpeechRecognizer):
    """Silent where no recogniser listened, so text from elsewhere is read as it stands."""

    ENTITIES = ("PERSON",)

    def find(self, view: View) -> Iterator[Hit]:
        yield from _by_sound(view)
        for at, token in enumerate(view.dialogue.content):
            if _is_unsure(view, at):
                yield Hit(token.start, _end(token), "PERSON", _UNSURE_SCORE, reason=_UNSURE)


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
    token = view.dialogue.content[at]
    heard, word = view.dialogue.heard_as(token), bare(token.fold)
    return (
        heard is not None
        and 0 < heard.probability < _doubt_allowed(view, at)
        and len(word) > 2
        and word.isalpha()
        and word not in NEVER
        and not any(word in read(kept) for kept in ("medical_words", "keep_words", "eponyms"))
    )


def _doubt_allowed(view: View, at: int) -> float:
    """The probability under which a word here is rather a name: 0 where no name is due.

    One is due where somebody is called, and where a relation has just been spoken of: "the granddaughter
    may.", more surely as a sentence of its own, "There's a stepdad. Dragon. He ...", and without any doubt for a
    given name written small, "an ex-calum, but".
    """
    token, closes = view.dialogue.content[at], _closes(view, at)
    word = bare(token.fold)
    common = zipf(word) >= _COMMON_ZIPF
    capital = token.is_capital or not view.dialogue.is_cased
    if closes and _RELATION.search(view.before(token.start)):
        if is_given(word) and not is_plain_word(word):
            return _ANYWAY
        return _UNSURE_ALONE if token.opens_sentence and capital and not common else _UNSURE_OF
    return _UNSURE_OF if in_name_slot(view, at) >= 2 and capital and not common else 0.0


def _closes(view: View, at: int) -> bool:
    """The last word before a mark or the turn's end."""
    tokens = view.dialogue.content
    following = tokens[at + 1] if at + 1 < len(tokens) and tokens[at + 1].turn == tokens[at].turn else None
    return following is None or bool(set(following.before) & set(",.?!;"))


def _end(token: Token) -> int:
    return token.end - (2 if token.fold.endswith("'s") else 0)
