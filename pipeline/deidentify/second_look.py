"""A second, independent look over the result: nothing new should be found, and what is goes to a person.

Independent in each part: another model (spaCy's small one; the first look uses others), another cut (lone
sentences instead of the dialogue), another casing (each sentence capitalised), no cues, no roster
bias; and plain checks for what must never be left: a participant's name, an address on the net, long numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.deidentify.given_labels import without_labels
from pipeline.deidentify.keep import is_like_medicine
from pipeline.deidentify.known_phrases import figures
from pipeline.deidentify.merge import Candidate, left_of, resolve
from pipeline.deidentify.replace import Replaced
from pipeline.language import lexicon, wordlists
from pipeline.language.text import fold
from pipeline.records import Roster, Span, Utterance

MODEL = "en_core_web_sm"
_TYPES = {"PERSON": "PERSON", "GPE": "LOCATION", "LOC": "LOCATION", "FAC": "LOCATION"}
_SENTENCE = re.compile(r"[^.?!…\n]+[.?!…]*")
_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_POSSESSIVE = re.compile(r"['’]s?$")
_SPELLED = 2  # letters that differ
_FIGURE = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple|\d+)"
_PATTERNS = (
    ("EMAIL", re.compile(r"\S+@\S+\.\w+|\bat \w+ dot (?:com|co|org|net|ac|edu|gov)\b", re.IGNORECASE)),
    ("URL", re.compile(r"\b(?:www\.|https?://)\S+|\bdot (?:com|co dot)\b", re.IGNORECASE)),
    ("ID", re.compile(rf"\b{_FIGURE}(?:[\s,.-]+{_FIGURE}){{5,}}\b|\b\d[\d -]{{5,}}\d\b", re.IGNORECASE)),
    ("PERSON", re.compile(r"\b[A-Za-z](?:[\s,.-]+(?:double )?[A-Za-z]\b){3,}")),
)
_KEPT = (
    "medical_words",
    "keep_words",
    "eponyms",
    "nationalities",
    "kin_and_greetings",
    "brands_and_works",
    "tests",
)
_SCORE = 0.3
_BY_MODEL = "a second model takes this for a name or place"
RULE = "residual check"


@dataclass(frozen=True, slots=True)
class _Sight:
    start: int
    end: int
    type: str
    reason: str


class Looker:
    """The second look. `nlp` is a spaCy pipeline with an entity recogniser."""

    def __init__(self, nlp: Any) -> None:
        self._nlp = nlp

    def look(
        self,
        replaced: Sequence[Replaced],
        originals: Sequence[Utterance],
        roster: Roster | None,
        kept: Sequence[Span] = (),
    ) -> tuple[Span, ...]:
        """Spans of action flag, all uncertain, in offsets of the original utterances. What the first look let stand and
        says why (`kept`) is not asked about again because a model takes it for a name."""
        names = roster_words(roster)
        texts = [without_labels(mask(r)) for r in replaced]
        sights = [[*_by_roster(t, names), *_by_pattern(t)] for t in texts]
        for index, sight in self._by_model(texts):
            sights[index].append(sight)
        spans = []
        for index, found in enumerate(sights):
            text = originals[index].text
            judged = [_with_possessive(k, text) for k in kept if k.utterance == index]
            spans += list(_to_spans(index, found, replaced[index], text, judged))
        return tuple(spans)

    def _by_model(self, texts: Sequence[str]) -> Iterator[tuple[int, _Sight]]:
        pieces = [
            (_capitalise(m[0]), (index, m.start()))
            for index, text in enumerate(texts)
            for m in _SENTENCE.finditer(text)
            if m[0].strip()
        ]
        for doc, (index, offset) in self._nlp.pipe(pieces, as_tuples=True, batch_size=128):
            for entity in doc.ents:
                start, end = offset + entity.start_char, offset + entity.end_char
                by_capital = texts[index][start:end][:1].isupper() and entity.start_char > 0
                if (kind := _TYPES.get(entity.label_)) and _is_telling(entity.text, by_capital):
                    yield index, _Sight(start, end, kind, _BY_MODEL)


def load(language: str = "en") -> Looker:
    """The second look with its model loaded; raises ModelMissingError when that is not installed.

    Other languages than English have one model: there the second look differs by cut, casing and patterns alone.
    """
    import spacy

    from pipeline.deidentify.other_languages import names_model
    from pipeline.models.store import find

    model = MODEL if language == "en" else names_model(language)
    return Looker(spacy.load(find(model), exclude=["parser", "tagger", "attribute_ruler", "lemmatizer"]))


def mask(replaced: Replaced) -> str:
    """The result with each replacement blanked by "it", at the same length, so that offsets stay."""
    out, at = [], 0
    for start, end, _ in place_parts(replaced):
        out += [replaced.text[at:start], "it".ljust(end - start)[: end - start]]
        at = end
    return "".join([*out, replaced.text[at:]])


def place_parts(replaced: Replaced) -> list[tuple[int, int, int]]:
    """Where each replacement stands in the result, and where in the original the text goes on after it."""
    placed, moved = [], 0
    for start, end, put in replaced.parts:
        placed.append((start + moved, start + moved + len(put), end))
        moved += len(put) - (end - start)
    return placed


def roster_words(roster: Roster | None) -> frozenset[str]:
    """Words of participants' names that are no ordinary words, folded."""
    people = roster.people if roster else ()
    said = (fold(w) for p in people for name in (p.name, *p.nicknames) for w in _LETTERS.findall(name))
    return frozenset(w for w in said if len(w) > 1 and not lexicon.is_plain_word(w))


def _by_roster(text: str, names: frozenset[str]) -> Iterator[_Sight]:
    for m in _LETTERS.finditer(text):
        word = _POSSESSIVE.sub("", m[0])
        if fold(word) in names:
            yield _Sight(
                m.start(), m.start() + len(word), "PERSON", "a word of a participant's name is still there"
            )


def _by_pattern(text: str) -> Iterator[_Sight]:
    for kind, pattern in _PATTERNS:
        for m in pattern.finditer(text):
            if kind == "PERSON" and len(set(_LETTERS.findall(fold(m[0])))) < _SPELLED:
                continue  # "I, I, I, I"
            yield _Sight(m.start(), m.end(), kind, "a long number, spelling or net address is still there")


def _is_telling(text: str, by_capital: bool) -> bool:
    """Not an ordinary word, a drug, a disease or anything else on the lists of what is kept."""
    folded = fold(_POSSESSIVE.sub("", text.strip()))
    if (
        any(folded in wordlists.read(kept) for kept in _KEPT)
        or tuple(folded.split()) in figures().unmistakable
    ):
        return False
    said = [w for w in folded.split() if w.isalpha()]
    return any(len(w) > 2 and lexicon.band(w) < _rare(w, by_capital) and not _is_kept(w) for w in said)


def _rare(word: str, by_capital: bool) -> lexicon.Band:
    """From which band on a word is too common to be told of: a listed name or place from a higher one, a word without
    a capital of its own ("Wheezing." opens its sentence) from a lower one."""
    if lexicon.is_place(word) or lexicon.is_name(word):
        return lexicon.Band.FREQUENT
    return lexicon.Band.UNCOMMON if by_capital else lexicon.Band.UNUSUAL


def _is_kept(word: str) -> bool:
    listed = any(word in wordlists.read(kept) for kept in _KEPT) or (word,) in figures().unmistakable
    return listed or is_like_medicine(word)


def _capitalise(sentence: str) -> str:
    """Capital first letter, at the same length."""
    start = len(sentence) - len(sentence.lstrip())
    return sentence[:start] + sentence[start : start + 1].upper() + sentence[start + 1 :]


def _to_spans(
    index: int,
    sights: Iterable[_Sight],
    replaced: Replaced,
    original: str,
    judged: Iterable[tuple[int, int]],
) -> Iterator[Span]:
    """Sights in offsets of the original; what is replaced already keeps its place, and what was judged by its words and
    place (`judged`) its judgement, unless a plain check speaks against it."""
    taken = [(start, end) for start, end, _ in replaced.parts]
    by_model = [s for s in sights if s.reason == _BY_MODEL]
    seen = [_as_candidate(sight, replaced) for sight in sights if sight not in by_model]
    for c in (_as_candidate(sight, replaced) for sight in by_model):
        seen += list(left_of(c, judged, original))
    free = (part for c in seen if c.start < c.end for part in left_of(c, taken, original))
    for c in resolve(free, original):
        if (text := original[c.start : c.end]).strip():
            yield Span(
                index, c.start, c.end, c.type, "direct", _SCORE, RULE, text, "flag", "", True, c.reason, c.evidence
            )  # fmt: skip


def _with_possessive(kept: Span, text: str) -> tuple[int, int]:
    behind = _POSSESSIVE.match(text[kept.end_char : kept.end_char + 2])
    return kept.start_char, kept.end_char + (len(behind[0]) if behind else 0)


def _as_candidate(sight: _Sight, replaced: Replaced) -> Candidate:
    start, end = _to_original(replaced, sight.start), _to_original(replaced, sight.end - 1) + 1
    return Candidate(start, end, sight.type, _SCORE, RULE, "direct", sight.reason)


def _to_original(replaced: Replaced, at: int) -> int:
    """The original's offset of a character of the result that no replacement put there."""
    moved = 0
    for (start, end, _put), (first, last, _) in zip(replaced.parts, place_parts(replaced), strict=True):
        if at < first:
            break
        if at < last:
            return start
        moved = end - last
    return at + moved
