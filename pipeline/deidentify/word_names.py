"""Names that are ordinary words too ("Hope", "Will", "Rose"): whether such a word, borne by somebody who is
known here, is meant as a name where it stands."""

from __future__ import annotations

from pipeline.deidentify.name_slots import closes, in_name_slot, opened_by_marker
from pipeline.deidentify.recognizers.base import View
from pipeline.language.cues import TITLES
from pipeline.language.lexicon import Band, band, is_name
from pipeline.language.numbers import MONTHS
from pipeline.language.wordlists import read, rule_words

SURE, LIKELY, DOUBTFUL, NO_NAME = 3, 2, 1, 0
_UNSURE = 0.8  # words as common as "will" are rarely heard with less when they are meant
AUXILIARIES = rule_words("words_as_names", "auxiliaries")
_LEADS_ON = AUXILIARIES | rule_words("words_as_names", "leads_on")
_QUOTES = rule_words("words_as_names", "quotes")
CALENDAR = frozenset(MONTHS) | rule_words("words_as_names", "weekdays")
_WHEN = rule_words("words_as_names", "when")
_HAPPENS = rule_words("words_as_names", "happens")
BEFORE_WORDS = rule_words("words_as_names", "before_words")
_ACTS = rule_words("words_as_names", "acts")
DONE_BY_NAMES = rule_words("words_as_names", "done_by_names")
_GOES_ON = rule_words("words_as_names", "goes_on")


def stands(view: View, at: int, word: str) -> int:
    """From NO_NAME to SURE: by its place, its capital, and how surely it was heard."""
    t = view.dialogue.content[at]
    slot = in_name_slot(view, at)
    if word in CALENDAR and not _is_said_of_somebody(view, at):
        return SURE if slot >= 2 and not _tells_when(view, at) else NO_NAME
    if view.dialogue.is_cased and t.is_capital:
        return _stands_capital(view, at, word, slot)
    if slot >= 1 and not view.dialogue.is_cased:
        return SURE
    if not view.dialogue.is_cased and _does_or_has(view, at, word):
        return LIKELY
    return LIKELY if _is_called_small(view, at, word, slot) else NO_NAME


def _stands_capital(view: View, at: int, word: str, slot: float) -> int:
    t = view.dialogue.content[at]
    if slot >= 1 or not t.opens_sentence:
        return SURE
    if _is_called_small(view, at, word, slot) or t.fold.endswith("'s") or _says_again(view, at):
        return LIKELY
    return DOUBTFUL if _is_subject(view, at, word) else NO_NAME


def _tells_when(view: View, at: int) -> bool:
    """ "On Friday", "last May", "every Sunday"."""
    tokens = view.dialogue.content
    return at > 0 and tokens[at - 1].turn == tokens[at].turn and tokens[at - 1].fold in _WHEN


def _is_said_of_somebody(view: View, at: int) -> bool:
    """Days and months have capitals anyway: only a title or kinship before, or what people do behind, makes one a name."""
    if _tells_when(view, at):
        return False
    tokens = view.dialogue.content
    before = tokens[at - 1].fold if at and tokens[at - 1].turn == tokens[at].turn else ""
    following = tokens[at + 1] if at + 1 < len(tokens) and tokens[at + 1].turn == tokens[at].turn else None
    acts = following is not None and not following.before.strip() and following.fold in _ACTS
    return before in TITLES or before in read("kin_and_greetings") or acts


def heard_with_doubt(view: View, at: int) -> bool:
    """The recogniser was less sure than it mostly is of everyday words."""
    heard = view.dialogue.heard_as(view.dialogue.content[at])
    return heard is not None and 0 < heard.probability < _UNSURE


def _is_called_small(view: View, at: int, word: str, slot: float) -> bool:
    """Where somebody is called though no capital says so: behind thanks, and, heard with doubt, between commas
    ("well, hope, what"), behind a marker ("So will push back") or at the end of a phrase ("Scared hope.")."""
    tokens = view.dialogue.content
    if slot >= 2 and not tokens[at].before.strip():
        return True
    if not (heard_with_doubt(view, at) or (slot >= 1 and band(word) < Band.FREQUENT)):
        return False
    if opened_by_marker(tokens, at):
        return True
    before = tokens[at - 1] if at and tokens[at - 1].turn == tokens[at].turn else None
    if before is None:
        return slot >= 1
    if before.fold in (_QUOTES if "," in tokens[at].before else _LEADS_ON):
        return False
    # A word with a meaning closes many phrases: of those only one of two words counts.
    short = before.opens_sentence or not is_name(word)
    return slot >= 1 or (short and closes(tokens, at))


def _does_or_has(view: View, at: int, word: str) -> bool:
    """ "Will never said", "prince got hit", "hope's my cousin", in talk without capitals: no article or "my" before it, and a
    possessive, or what people do behind."""
    tokens = view.dialogue.content
    t = tokens[at]
    before = tokens[at - 1].fold if at and tokens[at - 1].turn == t.turn else ""
    if before in BEFORE_WORDS:
        return False
    following = tokens[at + 1].fold if at + 1 < len(tokens) and tokens[at + 1].turn == t.turn else ""
    if t.fold != word or following == word:  # "prince, prince ramirez"
        return True
    opens = not before and not t.before.strip()
    if word in AUXILIARIES:
        return (opens and following in DONE_BY_NAMES) or (before == "welcome" and not following)
    return following in _ACTS | _HAPPENS or (before == "welcome" and not following)


def _says_again(view: View, at: int) -> bool:
    """ "I am called Rose. Rose Sampleton"."""
    tokens = view.dialogue.content
    return at > 0 and tokens[at - 1].fold == tokens[at].fold and tokens[at - 1].turn == tokens[at].turn


def _is_subject(view: View, at: int, word: str) -> bool:
    """ "Faith was there": opens a sentence; neither "Will he come?" nor "Hope so"."""
    tokens = view.dialogue.content
    following = tokens[at + 1] if at + 1 < len(tokens) and tokens[at + 1].turn == tokens[at].turn else None
    if following is None:
        return False
    if word in AUXILIARIES:
        return following.fold in DONE_BY_NAMES
    return following.fold not in _GOES_ON - {"is"}
