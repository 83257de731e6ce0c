"""People whose name is an ordinary word too, where the place leaves little else: "a nurse, Faith.", "Doctor Joy",
"first name Hope", "Will, will you do the chairs?", "Thanks, Rose.", "Tuck for short"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.deidentify.dialogue import Token
from pipeline.deidentify.name_slots import closes
from pipeline.deidentify.recognizers.base import Hit, SpeechRecognizer, View, possible_starts
from pipeline.deidentify.word_names import AUXILIARIES, BEFORE_WORDS, DONE_BY_NAMES
from pipeline.language.cues import CALLS_A_WORD, NAMES_A_WORD, NEVER, RELATION, STRONG_TITLES
from pipeline.language.lexicon import Band, band, is_ambiguous, is_given, is_plain_word, is_surname
from pipeline.language.numbers import MONTHS, is_number
from pipeline.language.wordlists import read, rule_words

_SCORE, _FAINTER = 0.72, 0.6
_LIKELY_NAME = 0.2  # by the talk classifier
_KIN = rule_words("word_names", "kin")
_NOT_BEHIND_NAME = rule_words("word_names", "not_behind_name")
_LIST_GOES_ON = rule_words("word_names", "list_goes_on")
_STORY_GOES_ON = rule_words("word_names", "story_goes_on")
_I_AM = re.compile(r"\b(?:i'?m|i am) $")
_POSSIBLE = 0.03  # by the talk classifier: with less than that, an ordinary word is one
_ASKED_NEXT = rule_words("word_names", "asked_next")
_NO_NAMES = rule_words("word_names", "no_names")  # fmt: skip
_QUOTES = rule_words("word_names", "quotes")
_DAYS = rule_words("word_names", "days")
_KEPT = ("medical_words", "keep_words", "eponyms", "nationalities", "countries")


class WordNameRecognizer(SpeechRecognizer):
    """Ordinary words that stand where somebody is named, introduced or called."""

    ENTITIES = ("PERSON",)

    def find(self, view: View) -> Iterator[Hit]:
        tokens = view.dialogue.content
        possible = possible_starts(view, _POSSIBLE)
        for at, t in enumerate(tokens):
            if _behind_kin(view, at) or _is_wills(view, at):
                yield Hit(t.start, _end(t), "PERSON", _SCORE)
                continue
            if _is_never_a_name(t.fold.removesuffix("'s")) or t.start not in possible:
                continue
            placed = _calls(view, at) or _for_short(tokens, at) or _behind_title(view, at)
            if placed or (_is_given(t.fold) and (_named(view, at) or _called(view, at))):
                yield Hit(t.start, _end(t), "PERSON", _SCORE)
            elif _is_given(t.fold) and _may_be_called_so(view, at):
                yield Hit(t.start, t.end, "PERSON", _SCORE if _says_again(tokens, at) else _FAINTER)


def _says_again(tokens: list[Token], at: int) -> bool:
    """ "I'm joy, joy mwangi"."""
    return at + 1 < len(tokens) and tokens[at + 1].fold == tokens[at].fold


def _may_be_called_so(view: View, at: int) -> bool:
    """Where less speaks for a name."""
    listed = _ends_list(view.dialogue.content, at) or _begins_list(view, at)
    return listed or _introduces_itself(view, at)


def _end(t: Token) -> int:
    return t.end - (2 if t.fold.endswith("'s") else 0)


def _behind_kin(view: View, at: int) -> bool:
    """ "Mummy Sunday", "auntie rose": an ordinary word that is a given name, right behind what one calls kin or elders."""
    tokens = view.dialogue.content
    t, before = tokens[at], tokens[at - 1] if at else None
    word = t.fold.removesuffix("'s")
    if before is None or before.turn != t.turn or t.before.strip() or before.fold not in _KIN:
        return False
    if not _is_given(word) or word in AUXILIARIES or (view.dialogue.is_cased and not t.is_capital):
        return False
    following = tokens[at + 1] if at + 1 < len(tokens) and tokens[at + 1].turn == t.turn else None
    return following is None or following.fold not in _NOT_BEHIND_NAME


def _is_wills(view: View, at: int) -> bool:
    """ "Will's gone", "Will never said": what opens a sentence so is no auxiliary."""
    tokens = view.dialogue.content
    t = tokens[at]
    word = t.fold.removesuffix("'s")
    if word not in ("will", "may") or (view.dialogue.is_cased and not t.is_capital):
        return False
    if word != t.fold:
        return view.dialogue.is_cased or not _is_the_word(tokens, at)
    if not view.dialogue.is_cased:
        return False
    following = tokens[at + 1] if at + 1 < len(tokens) and tokens[at + 1].turn == t.turn else None
    acts = following is not None and following.fold in DONE_BY_NAMES and not following.before.strip()
    return word == "will" and t.opens_sentence and acts


def _is_the_word(tokens: list[Token], at: int) -> bool:
    """ "Against his will's ...", behind an article or the like."""
    return at > 0 and tokens[at - 1].turn == tokens[at].turn and tokens[at - 1].fold in BEFORE_WORDS


def _ends_list(tokens: list[Token], at: int) -> bool:
    """ "Dolly and rose they": the last of several who are named side by side."""
    if at < 2 or tokens[at - 1].fold != "and" or tokens[at - 2].turn != tokens[at].turn:
        return False
    named = tokens[at - 2].fold
    following = tokens[at + 1] if at + 1 < len(tokens) and tokens[at + 1].turn == tokens[at].turn else None
    ends = closes(tokens, at) or (following is not None and following.fold in _LIST_GOES_ON)
    return ends and is_given(named) and not is_plain_word(named)


def _begins_list(view: View, at: int) -> bool:
    """ "Hope and peter zorley": right before "and" and a full name, in talk without capitals."""
    tokens = view.dialogue.content
    behind = tokens[at + 1 : at + 4]
    if (
        view.dialogue.is_cased
        or len(behind) < 3
        or behind[-1].turn != tokens[at].turn
        or behind[0].fold != "and"
    ):
        return False
    given, surname = behind[1].fold, behind[2].fold.removesuffix("'s")
    full = is_given(given) and not is_plain_word(given) and is_surname(surname) and not is_plain_word(surname)
    return full and not _is_the_word(tokens, at) and view.reading(tokens[at]).name > _LIKELY_NAME


def _introduces_itself(view: View, at: int) -> bool:
    """ "i'm joy i had a boy": behind "I'm", and somebody's story goes on."""
    tokens = view.dialogue.content
    t = tokens[at]
    if (
        view.dialogue.is_cased
        and not t.is_capital
        or not _I_AM.search(view.before(t.start))
        or t.before.strip()
    ):
        return False
    following = tokens[at + 1] if at + 1 < len(tokens) and tokens[at + 1].turn == t.turn else None
    goes_on = following is None or following.fold in {*_STORY_GOES_ON, t.fold}
    return goes_on and view.reading(t).name > _LIKELY_NAME


def _is_never_a_name(word: str) -> bool:
    return word in NEVER | _NO_NAMES | _DAYS or is_number(word) or any(word in read(kept) for kept in _KEPT)


def _is_given(word: str) -> bool:
    return is_given(word) and (is_ambiguous(word) or is_plain_word(word))


def _named(view: View, at: int) -> bool:
    """Closing a phrase behind a relation, a title or "first name"; as a sentence of its own too ("a daughter. Joy. She")."""
    tokens = view.dialogue.content
    t = tokens[at]
    if not closes(tokens, at) or t.fold in AUXILIARIES or t.fold in MONTHS:
        return False
    if at and tokens[at - 1].fold in STRONG_TITLES and not t.before.strip():
        return True
    alone = bool(set(tokens[at + 1].before) & set(".?!")) if at + 1 < len(tokens) else True
    if set(t.before) & set(".?!") and not (alone and t.is_capital):
        return False
    lead = view.before(t.start)
    return bool(RELATION.search(lead) or NAMES_A_WORD.search(lead))


def _called(view: View, at: int) -> bool:
    """Set off before a request, or behind thanks or a greeting; with a capital where there are capitals."""
    tokens = view.dialogue.content
    t = tokens[at]
    if not closes(tokens, at) or (view.dialogue.is_cased and not t.is_capital):
        return False
    if CALLS_A_WORD.search(view.before(t.start)) and not set(t.before) & set(".?!"):
        return True
    return t.opens_sentence and _asked_next(tokens, at) and view.dialogue.is_cased


def _calls(view: View, at: int) -> bool:
    """A capital inside a sentence, between commas, and then a request: "he goes, Ish, am I"."""
    tokens = view.dialogue.content
    t = tokens[at]
    inside = view.dialogue.is_cased and t.is_capital and t.before.strip() == "," and not t.text.isupper()
    quoted = at > 0 and tokens[at - 1].fold in _QUOTES and band(t.fold) >= Band.EVERYDAY
    return inside and not quoted and closes(tokens, at) and _asked_next(tokens, at)


def _asked_next(tokens: list[Token], at: int) -> bool:
    """A comma, and then a request to the one who was called."""
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    return bool(
        following
        and following.turn == tokens[at].turn
        and following.before.strip() == ","
        and following.fold in _ASKED_NEXT
    )


def _for_short(tokens: list[Token], at: int) -> bool:
    """ "Tuck for short"; an abbreviation in capitals is none."""
    t, behind = tokens[at], tokens[at + 1 : at + 3]
    said = len(t.fold) > 2 and not t.text.isupper() and [b.fold for b in behind] == ["for", "short"]
    return said and behind[-1].turn == t.turn


def _behind_title(view: View, at: int) -> bool:
    """ "Dr. S. went", all that was heard of a name; "the lady misses Gore", as Mrs is heard."""
    tokens = view.dialogue.content
    t = tokens[at]
    if not at or tokens[at - 1].turn != t.turn or t.before.strip() not in ("", "."):
        return False
    title = tokens[at - 1].fold
    if len(t.text) == 1:
        return title in STRONG_TITLES and t.text.isupper() and t.text != "I"
    return title == "misses" and view.dialogue.is_cased and t.is_capital and not t.before.strip()
