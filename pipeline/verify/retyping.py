"""Words of a line typed anew: replacements cannot be broken, words keep their times.

What was typed is compared with what stood there word by word (difflib's longest matching blocks). Words that stay keep
their times, words in another's place take its time, and new ones share the time between their neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from pipeline.errors import DecisionError
from pipeline.verify.decisions import Place
from pipeline.verify.state import Line, Mark, Token
from pipeline.verify.tokens import shift_marks, shift_tokens, spread_words

_WORD = re.compile(r"\S+")
_COMMAS = (",", ";")
_PARTS = re.compile(r"\s+|\S+")
_JOINERS = "\u200c\u200d"  # they shape the letters of some languages' words
CUT = "a replacement cannot be typed over or cut; leave it as it stands, or decide on it"


def correct_line(line: Line, place: Place, text: str) -> Line:
    """The line with other words in a place; raises DecisionError when a replacement would be broken.

    Where the place holds replacements, the text must hold each of them as it is written, in their order. Words
    typed in a place that lies under one replacement stay under it.
    """
    start, end, text = put_words(line.text, place, text)
    chips = [m for m in line.marks if m.hides and m.start_char < end and start < m.end_char]
    over = next((m for m in chips if m.start_char <= start and end <= m.end_char), None)
    if over is not None and over.replacement not in text:
        return rewrite(line, start, end, text, over.id)
    if any(m.start_char < start or end < m.end_char for m in chips):
        raise DecisionError(why=CUT)
    return _between_chips(line, (start, end), chips, _around(text, chips))


def retype_line(line: Line, texts: Sequence[str]) -> Line | None:
    """The line with other words before, between and behind its replacements; None when nothing is left of it.

    Raises DecisionError where there are not as many texts as that, and where nothing is changed.
    """
    chips = [m for m in line.marks if m.hides]
    if len(texts) != len(chips) + 1:
        raise DecisionError(why=CUT)
    typed = [_plain(text) for text in texts]
    typed = [text or " " if 0 < n < len(chips) else text for n, text in enumerate(typed)]
    typed[0], typed[-1] = typed[0].lstrip(), typed[-1].rstrip() if chips else typed[-1].strip()
    if not chips and not typed[0]:
        return None
    after = _between_chips(line, (0, len(line.text)), chips, typed)
    if after.text == line.text:
        raise DecisionError(why="nothing was changed")
    return after


def _plain(text: str) -> str:
    """What can be printed of a text, with single spaces."""
    kept = "".join(c if c.isprintable() or c in _JOINERS else " " if c.isspace() else "" for c in text)
    return re.sub(r"\s+", " ", kept)


def _between_chips(line: Line, within: tuple[int, int], chips: Sequence[Mark], texts: Sequence[str]) -> Line:
    """The line with a text in each stretch that the replacements leave free, from the last to the first."""
    start, end = within
    bounds = [start, *(edge for m in chips for edge in (m.start_char, m.end_char)), end]
    free = list(zip(bounds[::2], bounds[1::2], strict=True))
    for (low, high), words in reversed(list(zip(free, texts, strict=True))):
        line = rewrite(line, low, high, _apart(words, low > start, high < end))
    return line


def put_words(text: str, place: Place, words: str) -> tuple[int, int, str]:
    """Which characters of a line's text go when words are put in a place, and what comes there; raises DecisionError for
    no words and for characters that are not there."""
    start, end = place.start_char, place.end_char
    if not words.split() or not 0 <= start < end <= len(text):
        raise DecisionError(why="there is nothing to correct there")
    return start, end, _between_the_same_spaces(text[start:end], " ".join(words.split()))


def drop_words(text: str, place: Place) -> tuple[int, int, str]:
    """Which characters of a line's text go when the words of a place are taken out, with the space before them, and that
    nothing comes there; raises DecisionError where no words would be left."""
    start, end = place.start_char, place.end_char
    if not 0 <= start < end <= len(text):
        raise DecisionError(why="there is nothing to take out there")
    if not start:
        end += len(text[end:]) - len(text[end:].lstrip(" ,;:.…"))
    elif text[start - 1].isspace() and not text[end : end + 1].isalnum():
        start -= 1
        if text[:start].rstrip()[-1:] in _COMMAS and text[end : end + 1] in _COMMAS:
            end += 1
    if not re.search(r"\w", text[:start] + text[end:]):
        raise DecisionError(why="a line would be left without words; leave that one as it is")
    return start, end, ""


def _between_the_same_spaces(old: str, text: str) -> str:
    if not old.strip():
        return f" {text} "
    return old[: len(old) - len(old.lstrip())] + text + old[len(old.rstrip()) :]


def _around(text: str, chips: Sequence[Mark]) -> list[str]:
    """What was typed before, between and behind the replacements."""
    labels = [chip.replacement for chip in chips]
    if any(text.count(label) != labels.count(label) for label in labels):
        raise DecisionError(why=CUT)
    pieces = []
    for label in labels:
        before, found, text = text.partition(label)
        if not found:
            raise DecisionError(why=CUT)
        pieces.append(before)
    return [*pieces, text]


def _apart(words: str, behind: bool, before: bool) -> str:
    """A word right beside a replacement is a word of its own."""
    words = f" {words}" if behind and words[:1].isalnum() else words
    return f"{words} " if before and words[-1:].isalnum() else words


def rewrite(line: Line, start: int, end: int, text: str, under: str = "") -> Line:
    """The line with a stretch of it changed where the words differ, from its end to its beginning; words typed `under` a
    replacement stay under it. Raises DecisionError where one would be broken."""
    old, new = _PARTS.findall(line.text[start:end]), _PARTS.findall(text)
    if len(old) == len(new) == 1:  # one word for another: most of what is replaced all through
        return line if old == new else _splice(line, start, end, text, under)
    changes = [c for c in SequenceMatcher(None, old, new, autojunk=False).get_opcodes() if c[0] != "equal"]
    for _, a, b, c, d in reversed(changes):
        low = start + sum(map(len, old[:a]))
        line = _splice(line, low, low + sum(map(len, old[a:b])), "".join(new[c:d]), under)
    return line


def _splice(line: Line, low: int, high: int, text: str, under: str) -> Line:
    changed = line.text[:low] + text + line.text[high:]
    grown = len(text) - (high - low)
    return replace(
        line,
        text=changed,
        tokens=_retime(line, changed, low, high, text),
        marks=tuple(_remark(line.marks, changed, low, high, grown, under)),
    )


def _remark(
    marks: Sequence[Mark], changed: str, low: int, high: int, grown: int, under: str
) -> Iterator[Mark]:
    """Marks behind the change move; a question about changed words is asked of what stands there now, and what was
    decided of them is decided no more."""
    asked = False
    for mark in marks:
        if mark.id == under:
            yield replace(mark, end_char=mark.end_char + grown)
        elif mark.end_char <= low:
            yield mark
        elif mark.start_char >= high:
            yield from shift_marks([mark], grown)
        elif mark.hides:
            raise DecisionError(why=CUT)
        elif mark.open and not asked:
            start, end = min(mark.start_char, low), max(mark.end_char, high) + grown
            words = changed[start:end]
            if words.strip():
                asked = True
                start += len(words) - len(words.lstrip())
                yield replace(mark, start_char=start, end_char=start + len(words.strip()))


def _retime(line: Line, changed: str, low: int, high: int, text: str) -> tuple[Token, ...]:
    """The words' places and times after a change of low..high."""
    grown = len(text) - (high - low)
    touched = [t for t in line.tokens if _is_touched(t, low, high, text)]
    first = min([low, *(t.start_char for t in touched)])
    last = max([high, *(t.end_char for t in touched)])
    before = tuple(t for t in line.tokens if t.end_char <= first)
    after = tuple(t for t in line.tokens if t.start_char >= last)
    words = [(first + w.start(), first + w.end()) for w in _WORD.finditer(changed[first : last + grown])]
    if len(words) == len(touched):
        made = [_keep(t, line.text, changed, *word) for t, word in zip(touched, words, strict=True)]
    else:
        made = spread_words(words, *_time_for(line, touched, before, after), typed=True)
    return (*before, *made, *shift_tokens(after, grown))


def _is_touched(token: Token, low: int, high: int, text: str) -> bool:
    """A word that the change lies in, or that what was typed stands right beside."""
    start, end = token.start_char, token.end_char
    if (start < high and low < end) or (low == high and start < low < end):
        return True
    return (end == low and bool(text[:1].strip())) or (start == high and bool(text[-1:].strip()))


def _keep(token: Token, old: str, new: str, start: int, end: int) -> Token:
    """A word in another's place takes its time; how well it was heard is no question any more when a person typed it."""
    same = old[token.start_char : token.end_char] == new[start:end]
    if same:
        return replace(token, start_char=start, end_char=end)
    return Token(start, end, token.start, token.end, typed=True)


def _time_for(
    line: Line, touched: Sequence[Token], before: Sequence[Token], after: Sequence[Token]
) -> tuple[float, float]:
    if touched:
        return touched[0].start, max(touched[0].start, touched[-1].end)
    start = before[-1].end if before else line.start
    end = after[0].start if after else line.end
    if start > end:  # neighbours that overlap in time
        start = end = max(before[-1].start, end) if before else end
    return start, end
