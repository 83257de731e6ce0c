"""Other languages' words for kin, greetings and exclamations, where they are that and no names."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from pipeline.deidentify.dialogue import Token
from pipeline.deidentify.known_phrases import list_heads, phrases
from pipeline.deidentify.recognizers.base import View
from pipeline.language.cues import STRONG_TITLES
from pipeline.language.lexicon import is_given, is_name, is_plain_word, is_surname
from pipeline.language.wordlists import read, rule_words

_SOMEBODYS = rule_words("common_knowledge", "somebodys")
_NAMED = 0.5  # by the talk classifier


def named_kin(
    view: View, own: Collection[str], is_personal: Callable[[int], bool]
) -> Iterator[tuple[int, int]]:
    """Kinship, greetings and exclamations of other languages, by the first and last word's place among the content words.
    `own` are the words of this talk's names; `is_personal` says whether somebody of this talk is meant at a place."""
    tokens = view.dialogue.content
    for first, last, phrase in phrases(view, list_heads("kin_and_greetings")):
        if any(word in own for word in phrase):
            continue
        if first == last and (_is_given_name_here(view, first, is_personal) or _is_titled(view, first)):
            continue
        if first == last and _is_part_of_name(tokens, first, view) and not _is_before_name(tokens, first):
            continue
        yield first, last


def _is_before_name(tokens: Sequence[Token], at: int) -> bool:
    """ "... from Zorley oom Piet": a word for kin that is no name belongs to the given name behind it."""
    following = tokens[at + 1] if at + 1 < len(tokens) and tokens[at + 1].turn == tokens[at].turn else None
    return following is not None and not is_name(tokens[at].fold) and is_given(following.fold)


def _is_given_name_here(view: View, at: int, is_personal: Callable[[int], bool]) -> bool:
    """Whether a word that is kin or a greeting elsewhere is somebody's given name: "Anna" is more often that than a
    brother in Tamil, and stays one unless it is written small or as somebody's ("my Nana"). The few that are ordinary
    words too ("boss") need a sign of their own."""
    word = view.dialogue.content[at]
    if not is_given(word.fold) or (view.dialogue.is_cased and not word.is_capital):
        return False
    if is_personal(at) or view.reading(word).name > _NAMED:
        return True
    return view.dialogue.is_cased and not is_plain_word(word.fold) and not _is_somebodys(view, at)


def _is_titled(view: View, at: int) -> bool:
    """ "Doctor Pandit": a surname right behind a title."""
    tokens = view.dialogue.content
    before, word = tokens[at - 1] if at else None, tokens[at]
    titled = before is not None and before.turn == word.turn and before.fold in STRONG_TITLES
    return titled and "," not in word.before and is_surname(word.fold.removesuffix("'s"))


def _is_somebodys(view: View, at: int) -> bool:
    before, word = view.dialogue.content[at - 1], view.dialogue.content[at]
    return at > 0 and before.turn == word.turn and before.fold in _SOMEBODYS


def _is_part_of_name(tokens: Sequence[Token], at: int, view: View) -> bool:
    """Right behind a given name without a pause: "Wei Jie", "Mary Mann"."""
    before = tokens[at - 1] if at else None
    return bool(
        before
        and before.turn == tokens[at].turn
        and not tokens[at].before.strip()
        and is_name(before.fold)
        and not is_plain_word(before.fold)
        and before.fold not in read("kin_and_greetings")
        and (before.is_capital or not view.dialogue.is_cased)
        and (tokens[at].is_capital or not view.dialogue.is_cased)
    )
