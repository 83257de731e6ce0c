"""What stands in a transcript when a participant has left it: their turns keep their times alone, mentions of them nothing.

    P03 00:12:07  [P03 withdrew]
    P01 00:12:31  I think [withdrawn] was right.

Pure functions over de-identified and raw utterances alike; where the raw words of others named the participant,
`find_mentions` says so by what the pipeline or a reviewer put there, and by labels that stood there before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pipeline.language.text import fold
from pipeline.records import LabelMap, Redaction, Span, Utterance, Word, in_brackets

MENTION = "[withdrawn]"
Stretch = tuple[float, float]  # seconds
Place = tuple[int, int]  # characters of a text, the end outside
_TURN = re.compile(r"\[[A-Z]{1,3}\d{1,4} withdrew\]")
_BRACKETS = re.compile(r"\[([^\[\]]+)\]")
_NESTED = re.compile(r"\[((?:[^\[\]]|\[[^\[\]]+\])+)\]")


def turn_text(code: str) -> str:
    """What stands for all that a participant said in a turn."""
    return in_brackets(f"{code} withdrew")


def is_left(text: str) -> bool:
    """Whether a turn's text is that of a participant who left."""
    return _TURN.fullmatch(text.strip()) is not None


def names(label: str, code: str) -> bool:
    """Whether a label's text means the participant: "P03", and "P02 or P03" too, to their benefit."""
    return code in label.split(" or ")


def leave_turn(said: Utterance, code: str) -> Utterance:
    """A turn of the participant with its times alone."""
    words = (Word(said.start, said.end, turn_text(code)),) if said.words else ()
    return replace(said, text=turn_text(code), words=words)


def leave_utterances(utterances: Sequence[Utterance], code: str) -> tuple[Utterance, ...]:
    """De-identified utterances without the participant."""
    return tuple(_leave(said, code) for said in utterances)


def _leave(said: Utterance, code: str) -> Utterance:
    if said.participant == code:
        return leave_turn(said, code)
    places = find_mentions(said.text, (), code)
    return cut_out(said, places, MENTION)[0] if places else said


def count_left(before: Sequence[Utterance], after: Sequence[Utterance], code: str) -> tuple[int, int]:
    """How many turns were left, and how many mentions taken out, of a transcript as it stands de-identified."""
    turns = sum(said.participant == code and not is_left(said.text) for said in before)
    marks = [sum(said.text.count(MENTION) for said in each) for each in (before, after)]
    return turns, max(0, marks[1] - marks[0])


# --- words of others that name the participant -----------------------------------------------------------


def find_mentions(text: str, spans: Iterable[Span], code: str) -> tuple[Place, ...]:
    """Where an utterance's text names the participant, in order, none overlapping: by a label that stands in it, and,
    where it is raw, behind the spans that stand for them."""
    written = _labels_in(text, code) if code in text else ()
    replaced = (
        (span.start_char, span.end_char)
        for span in spans
        if (label := _BRACKETS.fullmatch(span.replacement)) and names(label[1], code)
    )
    joined = list[Place]()
    for start, end in sorted((*written, *replaced)):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return tuple(joined)


def _labels_in(text: str, code: str) -> Iterator[Place]:
    """Labels that mean the participant; also one that holds another ("[[ID] or P03]", where "[P01 or P03]" was given)."""
    for pattern in (_BRACKETS, _NESTED):
        yield from (found.span() for found in pattern.finditer(text) if names(found[1], code))


def cut_out(said: Utterance, places: Sequence[Place], mark: str) -> tuple[Utterance, tuple[Stretch, ...]]:
    """An utterance with a mark in the place of some characters (in order, none overlapping), and when they were said.

    Words that a place touches become one, so that none of them stays; words that cannot be found in the text are
    all dropped.
    """
    words, times = _words_without(said, places, mark)
    return replace(said, text=_put_marks(said.text, 0, len(said.text), places, mark), words=words), times


def _put_marks(text: str, start: int, end: int, places: Sequence[Place], mark: str) -> str:
    """A stretch of a text with a mark for each of these places, all of which touch it."""
    cut, at = "", start
    for first, last in places:
        cut += text[at:first] + mark
        at = last
    return cut + text[at:end]


def _words_without(
    said: Utterance, places: Sequence[Place], mark: str
) -> tuple[tuple[Word, ...], tuple[Stretch, ...]]:
    words, times, at, last = list[Word](), list[Stretch](), 0, None
    for word in said.words:
        start = said.text.find(word.text, at)
        if start < 0 or not word.text:
            return (), ((said.start, said.end),)
        at = start + len(word.text)
        touched = [place for place in places if place[0] < at and start < place[1]]
        if not touched:
            words.append(word)
            continue
        times.append((word.start, word.end))
        if touched[0] == last:  # it began in the word before
            rest = _put_marks(said.text, last[1], at, touched[1:], mark)
            words[-1] = replace(words[-1], end=max(words[-1].end, word.end), text=words[-1].text + rest)
        else:
            text = _put_marks(said.text, start, at, touched, mark)
            words.append(Word(word.start, max(word.start, word.end), text, word.probability))
        last = touched[-1]
    return tuple(words), tuple(times)


def shift_span(span: Span, mentions: Sequence[Place]) -> Span | None:
    """A span of the same utterance where it stands afterwards; None for one that a mention touches."""
    if any(start < span.end_char and span.start_char < end for start, end in mentions):
        return None
    by = sum(len(MENTION) - (end - start) for start, end in mentions if end <= span.start_char)
    return replace(span, start_char=span.start_char + by, end_char=span.end_char + by)


# --- what a study remembers ---------------------------------------------------------------------------


def name_forms(forms: Iterable[str]) -> frozenset[str]:
    """Whole names and their parts, folded: what the label map may hold of somebody's name."""
    whole = {" ".join(fold(name).split()) for name in forms}
    return frozenset(whole | {part for name in whole for part in name.split() if len(part) > 1})


def without_labels(labels: LabelMap, code: str, forms: frozenset[str]) -> LabelMap:
    """The label map without rows that are the participant's, or hold their name; numbers given up stay taken."""
    from pipeline.deidentify.forgetting import without

    gone = {
        label
        for label in labels.labels
        if names(label.text, code) or (label.kind == "name" and label.words in forms)
    }
    stand_ins = {each for each in labels.surrogates if not each.kind and names(each.original, code)}
    if not gone and not stand_ins:
        return labels
    return without(labels, frozenset({*gone, *stand_ins}))


def settle(redaction: Redaction) -> Redaction:
    """A redaction made after somebody left: what stands for their turns raises no question."""
    left = {number for number, said in enumerate(redaction.utterances) if is_left(said.text)}
    if not left:
        return redaction
    return replace(
        redaction,
        spans=tuple(span for span in redaction.spans if span.utterance not in left),
        left=tuple(span for span in redaction.left if span.utterance not in left),
    )
