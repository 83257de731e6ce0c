"""What the talk classifier finds: neighbouring words of one turn that it reads as one type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from typing import ClassVar

from pipeline.deidentify.dialogue import Token
from pipeline.deidentify.recognizers.base import Hit, SpeechRecognizer, View
from pipeline.deidentify.talk import LABELS, Reading
from pipeline.language.cues import FILLERS, INTRODUCES, NAME_DUE, NEVER, TITLES
from pipeline.language.lexicon import Band, band, is_name, is_plain_word
from pipeline.language.numbers import MONTHS, is_number
from pipeline.language.wordlists import read, rule_words

LEAST = 0.3  # of a word's probability; below it a candidate would not even be doubtful
_PLACE_ABROAD = 0.5
# What a candidate's probability is worth as a score, by what it consists of: the classifier is surer of itself than it is right.
_WORTH = 0.85
_WORTH_OF_PLAIN_WORDS = 0.65  # "away" for Wei, "the Haven": nine in ten sure before it counts alone
_WORTH_OF_MANY = 0.5  # "supported housing"
_WORTH_OF_QUASI = 0.6
# Of ordinary words and occupations below this, three questions in four were pointless.
_WORTH_ASKING, _BELOW_QUESTIONS = 0.52, 0.35
_NAMED = frozenset({"PERSON", "LOCATION", "ORG"})
_SITES = ("LOCATION", "ORG", "ADDRESS")
_SURELY_A_SITE = 0.6
_ARTICLES = rule_words("talk_finds", "articles")
_HEADS = rule_words("entities", "heads") | rule_words("whole_names", "kinds")
_ONE_OF_MANY = rule_words("talk_finds", "of_many")
_OF_MANY = rule_words("organisations", "common") | _ONE_OF_MANY
_LEADS_TO_SITE = rule_words("talk_finds", "leads_to_site")
_COUNTED = frozenset({"DATE", "AGE", "PHONE", "ID"})
_QUASI = frozenset({"AGE", "NRP", "PROFESSION"})
_MONTHS = frozenset(MONTHS)
_EVERYDAY_LETTERS = rule_words("talk_finds", "everyday_letters")
_MARKS = frozenset(",.;:?!…")

Words = Sequence[tuple[Token, Reading]]


class TalkRecognizer(SpeechRecognizer):
    """Finds of every type the classifier knows, scored by its own probability."""

    ENTITIES: ClassVar[tuple[str, ...]] = tuple(dict.fromkeys(kind for _, kind in LABELS[1:]))

    def find(self, view: View) -> Iterator[Hit]:
        surest: dict[tuple[int, int], Hit] = {}
        for hit in (*_of_one_type(view), *_sites(view)):
            known = surest.setdefault((hit.start, hit.end), hit)
            if hit.score > known.score:
                surest[hit.start, hit.end] = hit
        yield from surest.values()


def _of_one_type(view: View) -> Iterator[Hit]:
    read = zip(view.dialogue.tokens, view.readings, strict=False)
    for (_, kind), group in groupby(read, key=lambda pair: (pair[0].turn, _kind(pair[1]))):
        for part in _phrases(list(group), kind) if kind else ():
            words = _trimmed(part, kind)
            if words and _may_be(kind, words):
                hit = _hit(words, kind)
                yield (
                    replace(hit, score=min(hit.score, _BELOW_QUESTIONS))
                    if _is_mere(words, kind, view)
                    else hit
                )


def _is_mere(words: Words, kind: str, view: View) -> bool:
    """Ordinary words written small inside a sentence where names have capitals ("for sugar and bread"), and elsewhere one
    that no list has as a name; but not a person's to whom a title, a word for kin or an introduction leads up. Of ten such questions one was
    about somebody."""
    small = view.dialogue.is_cased and not any(t.is_capital or t.opens_sentence for t, _ in words)
    one_word = kind == "PERSON" and len(words) == 1 and not is_name(words[0][0].fold)
    if not _are_plain(words, kind) or not (small or one_word):
        return False
    return kind != "PERSON" or not _is_led_up_to(words[0][0], view)


def _is_led_up_to(word: Token, view: View) -> bool:
    lead = view.before(word.start)
    previous = lead.split()[-1] if lead else ""
    called = previous in TITLES or previous in read("kin_and_greetings")
    return called or bool(INTRODUCES.search(lead) or NAME_DUE.search(lead))


def _sites(view: View) -> Iterator[Hit]:
    """Names of which the classifier is sure that they are of a place, a street or an organisation, but not of which:
    "green lane cemetery", "freedom square"."""
    read = list(zip(view.dialogue.tokens, view.readings, strict=False))
    before = {t.start: b.fold for (b, _), (t, _) in pairwise(read) if b.turn == t.turn}
    for (_, sure), group in groupby(read, key=lambda pair: (pair[0].turn, _may_be_of_site(pair))):
        for part in _phrases(list(group), "ORG") if sure else ():
            words = _without_small_ends(_trimmed(part, "ORG"), view.dialogue.is_cased)
            led_by = before.get(words[0][0].start, "") if words else ""
            if words and _names_site(words, led_by):
                yield _site_hit(words, led_by)


def _may_be_of_site(pair: tuple[Token, Reading]) -> bool:
    return _site(pair[1]) >= _SURELY_A_SITE and pair[0].fold not in ("and", "or")


def _names_site(words: Words, before: str) -> bool:
    """Several words, or one that is no ordinary word, or has a capital, and is not "a" or "the" of its kind."""
    if all(is_number(t.fold) or len(t.fold) == 1 for t, _ in words):
        return False
    first = words[0][0]
    capital = first.is_capital and not first.opens_sentence
    strange = not _is_ordinary(first.fold) and "-" not in first.fold and before not in _ARTICLES
    return len(words) > 1 or capital or strange


def _without_small_ends(words: Words, cased: bool) -> Words:
    """Where there are capitals, without ordinary words at the ends that have none and tell no kind of place or firm."""
    first, last = 0, len(words)
    while cased and first < last and _is_small(words[first][0]):
        first += 1
    while cased and last > first and _is_small(words[last - 1][0]):
        last -= 1
    return words[first:last]


def _is_small(t: Token) -> bool:
    return not t.is_capital and is_plain_word(t.fold) and t.fold not in _HEADS


def _site_hit(words: Words, before: str) -> Hit:
    """Behind a preposition without an article ("at freedom square") even ordinary words are a name: of its kind one
    would say "the square", "a square"."""
    mean = {kind: sum(r.types.get(kind, 0.0) for _, r in words) / len(words) for kind in _SITES}
    kind = max(_SITES, key=lambda k: mean[k])
    first, last = words[0][0], words[-1][0]
    named = before in _LEADS_TO_SITE and first.fold not in _OF_MANY
    plain = _are_plain(words, kind) and not named
    score = sum(mean.values()) * (_worth(words, kind) if plain else _WORTH)
    if score < _WORTH_ASKING and _are_plain(words, kind):
        score = _BELOW_QUESTIONS
    end = last.end - (2 if last.fold.endswith("'s") else 0)
    return Hit(first.start, end, kind, score, _tier(words))


def _site(reading: Reading) -> float:
    """Probability that a word is part of the name of a place, a street or an organisation."""
    return sum(reading.types.get(kind, 0.0) for kind in _SITES)


def _kind(reading: Reading) -> str:
    kind, probability = reading.likeliest
    return kind if probability >= LEAST else ""


def _phrases(words: Words, kind: str) -> Iterator[Words]:
    """Names end where a phrase does: "Joan, Peter" are two, and so are "... Hana. Will". What is counted or spelt goes on."""
    first = 0
    for at in range(1, len(words)):
        if kind in _NAMED and _pauses(words[at - 1][0], words[at][0]):
            yield words[first:at]
            first = at
    yield words[first:]


def _pauses(before: Token, word: Token) -> bool:
    """A mark stands between two words, other than the stop of an abbreviation or of initials."""
    marks = set(word.before) & _MARKS
    initial = len(before.text) == 1 or before.text.isupper()
    return bool(marks - {"."}) or ("." in marks and not initial and before.fold not in TITLES)


def _trimmed(words: Words, kind: str) -> Words:
    """Without fillers at either end, and names without the words that hold sentences together. Of a person or place written with a capital the small words at its ends are none of it."""
    capitals = kind in ("PERSON", "LOCATION") and any(t.is_capital for t, _ in words)
    first, last = 0, len(words)
    while first < last and _is_idle(words[first][0], kind, capitals):
        first += 1
    while last > first and _is_idle(words[last - 1][0], kind, capitals):
        if last - first > 1 and len(words[last - 1][0].text) == len(words[last - 2][0].text) == 1:
            break  # "from p a": letters
        last -= 1
    return words[first:last]


def _is_idle(token: Token, kind: str, capitals: bool) -> bool:
    holds = kind in _NAMED and band(token.fold) >= Band.FUNCTION
    never = (kind == "PERSON" and token.fold in NEVER) or (kind == "DATE" and token.fold == "the")
    return token.fold in FILLERS or holds or never or (capitals and not token.is_capital)


def _may_be(kind: str, words: Words) -> bool:
    """Dates, ages and numbers hold something that counts: a number, a month, a letter."""
    letters = [t.fold for t, _ in words if t.fold not in NEVER]
    if kind in _COUNTED and letters == ["one"]:
        return False  # "the Chinese one"
    if kind in _NAMED and all(len(w) == 1 for w in letters):
        return "".join(dict.fromkeys(letters)) not in _EVERYDAY_LETTERS
    return kind not in _COUNTED or any(
        is_number(t.fold) or t.fold in _MONTHS or len(t.fold) == 1 or any(c.isdigit() for c in t.fold)
        for t, _ in words
    )


def _hit(words: Words, kind: str) -> Hit:
    """Its score is the mean of its words' probabilities, by what they are worth."""
    first, last = words[0][0], words[-1][0]
    sure = sum(reading.types[kind] for _, reading in words) / len(words)
    end = last.end - (2 if last.fold.endswith("'s") and kind in _NAMED else 0)
    score = sure * _worth(words, kind)
    if score < _WORTH_ASKING and (kind == "PROFESSION" or _are_plain(words, kind)):
        score = min(score, _BELOW_QUESTIONS)
    return Hit(first.start, end, kind, score, _tier(words))


def _tier(words: Words) -> str:
    """A country is no place of one's own."""
    return "quasi" if all(reading.country > _PLACE_ABROAD for _, reading in words) else ""


def _worth(words: Words, kind: str) -> float:
    if kind in _QUASI:
        return _WORTH_OF_QUASI
    if not _are_plain(words, kind):
        return _WORTH
    return _WORTH_OF_MANY if words[0][0].fold in _ONE_OF_MANY else _WORTH_OF_PLAIN_WORDS


def _are_plain(words: Words, kind: str) -> bool:
    """A name of ordinary words, none with a capital of its own."""
    plain = all(_is_ordinary(t.fold) and (t.opens_sentence or not t.is_capital) for t, _ in words)
    return kind in _NAMED and plain


def _is_ordinary(word: str) -> bool:
    """A common English word, or a less common one that is no known name ("shaky")."""
    return is_plain_word(word) or (
        band(word) >= Band.UNCOMMON and not is_name(word) and word not in read("places")
    )
