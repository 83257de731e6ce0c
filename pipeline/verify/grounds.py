"""What speaks for a question, in plain words: what stands before the words, which lists know them, how they were heard.

For the review alone: grounds quote words that stand in the open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pipeline.deidentify.explain import words_for
from pipeline.identifiers import CLASSES
from pipeline.language.cues import (
    CALLS_A_WORD,
    GREETS,
    HAILS,
    INTRODUCES,
    MAY_INTRODUCE,
    NAME_DUE,
    NAME_MAY_BE_DUE,
    NAMES_A_WORD,
    RELATION,
    SALUTES,
)
from pipeline.language.lexicon import is_ambiguous, is_mere_word, is_name, is_place, is_plain_word, is_town
from pipeline.language.text import fold
from pipeline.verify.state import Line, Mark, Token

# In English; the page has the same texts in its catalogue, as "ground.<key>".
TEXTS: Mapping[str, str] = {
    "after": "after “{words}”",
    "unlisted": "in no word list",
    "name": "in the lists of names",
    "ambiguous": "a name that is mostly an ordinary word",
    "town": "in the lists of places",
    "plain": "an ordinary word",
    "faint": "heard faintly ({percent} % sure), so it may be another word",
}
_CUES = (
    *(INTRODUCES, MAY_INTRODUCE, NAME_DUE, NAMES_A_WORD, CALLS_A_WORD, RELATION),
    *(GREETS, SALUTES, HAILS, NAME_MAY_BE_DUE),
)
_LEAD = 60  # characters before the words in which a cue is looked for
_ABOUT_WORDS = frozenset({"name", "place", "organisation"})


@dataclass(frozen=True, slots=True)
class Ground:
    """One thing that speaks for a question: a key of TEXTS and its facts."""

    key: str
    facts: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def in_words(self) -> str:
        return TEXTS[self.key].format_map(self.facts)


def grounds_of(line: Line, mark: Mark, kind: str) -> tuple[Ground, ...]:
    """What speaks for a mark of a class (a key of pipeline.identifiers.CLASSES)."""
    assert kind in CLASSES
    found = [*_lead(line, mark), *_lists(line.words_of(mark))] if kind in _ABOUT_WORDS else []
    return (*found, *_hearing(line, mark))


def say_why(mark: Mark) -> str:
    """Why it is asked, as a sentence: the reason it was given, else what the rule goes by."""
    why = mark.reason or _default(mark)
    return f"{why[:1].upper()}{why[1:]}."


def _default(mark: Mark) -> str:
    if mark.action == "flag":
        return "may single somebody out together with other facts; the policy asks a person"
    return f"{words_for(mark.found_by)}, but that is not certain"


def _lead(line: Line, mark: Mark) -> Iterator[Ground]:
    """The words that lead up to it, where they are in the open: "after 'I'm'"."""
    begin = max(0, mark.start_char - _LEAD)
    before = line.text[begin : mark.start_char]
    plain = before.lower().replace("’", "'")
    if len(plain) != len(before):  # a letter that grows when it is lowered: places would not agree
        return
    for cue in _CUES:
        if found := cue.search(plain):
            start = begin + found.start()
            if not any(m.hides and m.start_char < mark.start_char and start < m.end_char for m in line.marks):
                yield Ground("after", {"words": before[found.start() :].strip()})
                return


def _lists(words: str) -> Iterator[Ground]:
    """Which lists know the words, each by itself; a town may have a name of several."""
    parts = [fold(word) for word in words.split()]
    if is_town(words) or is_place(words):
        yield Ground("town")
    elif any(is_ambiguous(part) for part in parts):
        yield Ground("ambiguous")
    elif any(is_name(part) for part in parts):
        yield Ground("name")
    elif all(is_plain_word(part) for part in parts):
        yield Ground("plain")
    elif not any(is_plain_word(part) for part in parts):
        yield Ground("unlisted")


def _hearing(line: Line, mark: Mark) -> Iterator[Ground]:
    said = words_under(line, mark)
    if any(token.faint for token in said):
        yield Ground("faint", {"percent": str(round(100 * min(t.probability for t in said)))})


def words_under(line: Line, mark: Mark) -> list[Token]:
    """The words a mark stands for."""
    return [t for t in line.tokens if t.start_char < mark.end_char and mark.start_char < t.end_char]


def is_ordinary(words: str) -> bool:
    """Words that mean something else in most places ("may", "rose"): what is decided in one place is not decided in all."""
    parts = [fold(word) for word in words.split()]
    return len(parts) == 1 and (is_mere_word(parts[0]) or is_ambiguous(parts[0]))
