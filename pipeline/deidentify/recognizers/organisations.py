"""Organisations: schools, hospitals, clinics, firms and teams, and what a speaker says they are "from"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.deidentify.dialogue import Token
from pipeline.deidentify.recognizers.base import Hit, SpeechRecognizer, View, each
from pipeline.deidentify.recognizers.common_word_firms import called_by_words
from pipeline.deidentify.recognizers.organisation_heads import headed, is_office
from pipeline.language.cues import NEVER, TITLES
from pipeline.language.lexicon import Band, band, is_plain_word, reads_as_letters
from pipeline.language.numbers import is_number
from pipeline.language.text import fold
from pipeline.language.wordlists import read, rule_words

_PLACED = rule_words("organisations", "placed")
_NO_FIRMS = (
    "medical_words",
    "eponyms",
    "keep_words",
    "tests",
    "kin_and_greetings",
    "brands_and_works",
    "nationalities",
    "countries",
    "regions",
)
_ROLES = rule_words("organisations", "roles")
_EVERYBODYS = rule_words("organisations", "everybodys")
# The last word of what a number is called.
_NUMBERED_BY = frozenset({"id", "no", "number", "card"})
_STOOD_AT, _CALLED_BY_WORD = 0.58, 0.56
_LETTERS = 5
_INTRO = re.compile(
    r"\b(?:i'?m|i am|this is|it's|my name is|my name's|calling|speaking|here) (?:(?:a |the |one of the )?(?:doctor|dr|gp|nurse|consultant|doctors|gps|general practitioners|clinicians)"
    r"[^\n]{0,40}?|[a-z'-]+(?: [a-z'-]+)? )(?:calling |here |working |speaking )?(?:from|at|with) (?=(?P<org>[^\n]+))"
)
_WELCOME = re.compile(
    r"\b(?:welcome to|calling from|phoning from|ringing from|you(?:'re| are) through to|doctors? (?:from|at|with|here at)) (?=(?P<org>[^\n]+))"
)
_EMPLOYER = re.compile(
    r"\b(?:work|works|worked|working|employed|employee|job|shifts|manager|intern|internship|apprentice|drives?(?: \w+){1,3}|drove(?: \w+){1,3}|delivers?|volunteers?) (?:full time |part time |over |out |down )?(?:for|at|with) (?=(?P<org>[^\n]+))"
)
_TEAM = re.compile(
    r"\b(?:support|supporting|play(?:s|ed|ing)? (?:\w+ )?for|fan of|team called|club called|school called|company called|firm called|place called|clinic called|hospital called|called,?|watch) (?=(?P<org>[^\n]+))"
)
_STUDY = re.compile(
    r"\b(?:went to|go to|goes to|study at|studying at|studied at|student at|enrolled at|graduated from|teach at|teaches at|teaching at|admitted to|discharged from|referred to|transferred to|patient at|up at|over at|was in|been in) (?=(?P<org>[^\n]+))"
)
_SAINT = re.compile(
    r"\b(?:at|to|in|from|into|near|of) (?:the )?(?P<org>(?:(?:saint|st) [a-z]+(?:'s?)?|(?:guy|king|queen|bart)'s)(?: college| hospital| school)?)(?![a-z'])"
)
_AT = re.compile(r"(?<![\w'])(?P<at>at|in|to|from|outside) (?P<the>the )?(?=(?P<org>[^\n]+))")
_PAIR = re.compile(r"\b(?:at|to|in|from|into) the (?P<org>[a-z]+ and [a-z]+)\b")
_ANSWER = re.compile(
    r"(?m)^(?:(?:yeah|oh|well|it's|it is|at|for|to|i|support|the|called|i'm|with|so|a|team) )*(?=(?P<org>[^\n]+))"
)


_JOINS_WITHIN = rule_words("organisations", "joins_within")


class OrganisationRecognizer(SpeechRecognizer):
    """Names of organisations."""

    ENTITIES = ("ORG",)

    def find(self, view: View) -> Iterator[Hit]:
        yield from headed(view)
        for pattern, score in (
            (_INTRO, 0.85),
            (_WELCOME, 0.85),
            (_EMPLOYER, 0.62),
            (_TEAM, 0.6),
            (_STUDY, 0.5),
        ):
            for m in each(view, pattern):
                hit = _proper_run(view, m.start("org"), score)
                if hit:
                    yield hit
        for m in each(view, _SAINT):
            if not view.dialogue.is_cased or _starts_capital(view, m):
                yield view.hit(m, "ORG", 0.75, "org")
        for m in each(view, _PAIR):
            if view.dialogue.is_cased and _starts_capital(view, m) and _ends_capital(view, m):
                yield view.hit(m, "ORG", 0.72, "org")
        yield from _stood_at(view)
        yield from _by_letters(view)
        yield from called_by_words(view)
        for m in each(view, _ANSWER):
            hit = _proper_run(view, m.start("org"), 0.75)
            if hit and view.questions.near("org", m.start(), words=3, turns=2):
                yield hit
        yield from self._spacy(view)

    def _spacy(self, view: View) -> Iterator[Hit]:
        if view.doc is None or not view.dialogue.is_cased:
            return
        for e in view.doc.ents:
            words = re.findall(r"[\w'’]+", fold(e.text))
            if e.label_ != "ORG" or "\n" in e.text or not words or _names_none(words):
                continue
            solid = len(words) > 1 and all(w[:1].isupper() for w in e.text.split())
            rare = not any(is_plain_word(w) for w in words)
            cue = view.before(e.start_char).endswith(("for ", "at ", "from ", "with ", "by "))
            yield Hit(
                e.start_char, e.end_char, "ORG", 0.25 + 0.2 * solid + 0.1 * rare + 0.15 * (rare and cue)
            )


def _names_none(words: Sequence[str]) -> bool:
    """A title alone ("Dr."), the kind of a number ("ZQH ID"), or something kept among them."""
    return TITLES.issuperset(words) or words[-1] in _NUMBERED_BY or _has_kept(words)


def _has_kept(words: Sequence[str]) -> bool:
    """A drug, a disease or a word to keep among them, or all together one."""
    kept = read("medical_words") | read("eponyms") | read("keep_words")
    return " ".join(words) in read("keep_words") or not kept.isdisjoint(words)


def _stood_at(view: View) -> Iterator[Hit]:
    """What one is "at", and what is called "the X" behind a preposition: "at the Western General", "in the Legion"."""
    if not view.dialogue.is_cased:
        return
    tokens = view.dialogue.content
    for m in each(view, _AT):
        hit = _proper_run(view, m.start("org"), _STOOD_AT) if m["the"] or m["at"] == "at" else None
        if hit is None:
            continue
        first = view.dialogue.token_at(m.start("org"))
        run = [t for t in tokens[first : first + 6] if t.start < hit.end and t.is_capital]
        if tokens[first].before.strip() or _stays(run, tokens, first):
            continue
        if len(run) > 1 or not is_plain_word(run[0].fold):
            yield hit
        elif m["the"] and not _is_everybodys(run[0].fold):
            yield replace(hit, score=_CALLED_BY_WORD)


def _stays(run: list[Token], tokens: list[Token], first: int) -> bool:
    """Words of which one is kept, or an office."""
    return any(map(_is_kept, run)) or (len(run) == 1 and is_office(tokens, first))


def _is_everybodys(word: str) -> bool:
    """ "In the Army", "at the Bible": known to all, or no firm."""
    return word in _EVERYBODYS or any(word in read(name) for name in _NO_FIRMS)


def _by_letters(view: View) -> Iterator[Hit]:
    """A firm or office called by its letters, where one is, goes or comes from: "at KKH", "to the PHC", "in kkh then imh"."""
    tokens = view.dialogue.content
    for at, t in enumerate(tokens):
        lead = _words_before(tokens, at)
        placed = lead and (
            lead[-1] in _PLACED or (lead[-1] == "the" and len(lead) > 1 and lead[-2] in _PLACED)
        )
        again = lead and lead[-1] in ("then", "and") and len(lead) > 1 and _reads_as_letters(lead[-2], view)
        if (placed or again) and not set(t.before) & set(".?!") and _are_letters(t, view):
            # "Knocked down by the PCN": one is hit, asked or called by whatever has letters.
            score = 0.5 if "by" in lead else 0.6
            yield Hit(t.start, t.end - (2 if t.fold.endswith("'s") else 0), "ORG", score)


def _words_before(tokens: list[Token], at: int) -> list[str]:
    return [t.fold for t in tokens[max(0, at - 2) : at] if t.turn == tokens[at].turn]


def _are_letters(t: Token, view: View) -> bool:
    word = t.fold.removesuffix("'s")
    figures = is_number(word) or any(c.isdigit() for c in word)
    if figures or word in NEVER or any(word in read(name) for name in _NO_FIRMS):
        return False
    if view.dialogue.is_cased:
        return t.text.removesuffix("s").isupper() and 2 <= len(word) <= _LETTERS and word not in _ROLES
    return _reads_as_letters(word, view)


def _reads_as_letters(word: str, view: View) -> bool:
    """In talk without capitals."""
    return not view.dialogue.is_cased and reads_as_letters(word, _LETTERS)


def _is_kept(t: Token) -> bool:
    """A drug, a disease, an abbreviation, a job: known by a capital, but no organisation."""
    kept = ("medical_words", "eponyms", "keep_words", "occupations", "nationalities")
    return t.text.isupper() or is_number(t.fold) or any(t.fold in read(name) for name in kept)


def _starts_capital(view: View, match: re.Match[str]) -> bool:
    return view.dialogue.content[view.dialogue.token_at(match.start("org"))].is_capital


def _ends_capital(view: View, match: re.Match[str]) -> bool:
    return view.dialogue.content[view.dialogue.token_at(match.end("org") - 1)].is_capital


def _proper_run(view: View, offset: int, score: float) -> Hit | None:
    """The proper words right behind a cue: capitalised, or in talk without capitals rare."""
    dialogue = view.dialogue
    tokens = dialogue.content
    first = dialogue.token_at(offset)
    if tokens[first].fold == "the" and first + 1 < len(tokens):
        first += 1
    stop = first
    while stop < len(tokens) and stop - first < 5 and _proper(tokens, first, stop, dialogue.is_cased):
        stop += 1
    while stop > first and tokens[stop - 1].fold in ("at", "of", "and", "the", "in", "on"):
        stop -= 1
    words = [t.fold for t in tokens[first:stop]]
    if TITLES.issuperset(words) or any(
        " ".join(words) in read(kept) for kept in ("keep_words", "medical_words", "occupations")
    ):
        return None
    return Hit(tokens[first].start, tokens[stop - 1].end, "ORG", score)


def _proper(tokens: list[Token], first: int, at: int, cased: bool) -> bool:
    """Whether a word goes on with a name that begins at `first`."""
    t = tokens[at]
    if t.turn != tokens[first].turn or (at > first and set(t.before) & set(",.?!;:")):
        return False
    if not cased:
        return _is_strange_enough(t.fold)
    if at > first and t.fold in _JOINS_WITHIN:
        return _capital_follows(tokens, at)
    return t.is_capital and t.fold.split("'")[0] != "i" and t.fold not in read("nationalities")


def _capital_follows(tokens: Sequence[Token], at: int) -> bool:
    """A word with a capital comes right behind, in the same turn."""
    following = tokens[at + 1] if at + 1 < len(tokens) and tokens[at + 1].turn == tokens[at].turn else None
    return following is not None and following.is_capital and not set(following.before) & set(",.?!;:")


def _is_strange_enough(word: str) -> bool:
    """In talk without capitals: a known place, or no everyday word."""
    strange = word in read("places") or (not is_plain_word(word) and band(word) < Band.EVERYDAY)
    return strange and len(word) > 1
