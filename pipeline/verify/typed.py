"""Typed words looked through like everything else: what the study knows is hidden until a person decided on it.

Words that come to stand beside others when a line is cut or joined are looked through too. (What the recognizers make
of typed words is pipeline.verify.looking's question.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipeline.deidentify.merge import free_parts
from pipeline.identifiers import tier_of
from pipeline.verify.decisions import (
    Correct,
    Decision,
    Event,
    Found,
    Join,
    Look,
    Place,
    ReplaceAll,
    Retype,
    Split,
)
from pipeline.verify.labels import label_for
from pipeline.verify.lines import open_text
from pipeline.verify.replacing import stretches_of
from pipeline.verify.sightings import WHY_WORDS, Sighting, Stretch, look_at
from pipeline.verify.state import Line, Mark, ReviewedTranscript

_Looked = Correct | ReplaceAll | Retype | Split | Join


def look_through(decision: Decision, before: ReviewedTranscript, after: ReviewedTranscript) -> Decision:
    """The decision with what was found in the words it typed; the log keeps it, so that replaying finds no other."""
    if not isinstance(decision, _Looked):
        return decision
    return replace(decision, found=tuple(_found_in(decision, before, after)))


def without_finds(decision: Decision) -> Decision:
    """The decision as it is asked for: what is found in it is for us to say."""
    if isinstance(decision, Look):
        return Look()
    return replace(decision, found=()) if isinstance(decision, _Looked) else decision


def _found_in(decision: _Looked, before: ReviewedTranscript, after: ReviewedTranscript) -> Iterator[Found]:
    changed: dict[str, list[Stretch]] = {}
    for place in _changed(decision, before, after):
        changed.setdefault(place.line, []).append((place.start_char, place.end_char))
    for seen in look_at(after, changed):
        yield from _found_of(after, after.lines[seen.line], seen)


def _changed(decision: _Looked, before: ReviewedTranscript, after: ReviewedTranscript) -> Iterator[Place]:
    """The characters a decision changed, with the word on either side: beside others it may be somebody's name."""
    if isinstance(decision, Correct):
        line = after.lines[decision.place.line]
        grown = len(line.text) - len(before.lines[line.id].text)
        yield _with_neighbours(line, decision.place.start_char, decision.place.end_char + grown)
    elif isinstance(decision, ReplaceAll):
        for name, stretches in stretches_of(before, decision).items():
            yield from (_with_neighbours(after.lines[name], *stretch) for stretch in stretches)
    elif isinstance(decision, Retype) and decision.line in after.lines:
        yield _retyped(before.lines[decision.line], after.lines[decision.line])
    elif isinstance(decision, Split | Join):
        yield from _at_seam(decision, before, after)


def _at_seam(
    decision: Split | Join, before: ReviewedTranscript, after: ReviewedTranscript
) -> Iterator[Place]:
    if isinstance(decision, Split):
        at = after.order.index(decision.line)
        first, second = (after.lines[name] for name in after.order[at : at + 2])
        yield _with_neighbours(first, len(first.text), len(first.text))
        yield _with_neighbours(second, 0, 0)
    else:
        first = before.lines[before.order[before.order.index(decision.line) - 1]]
        yield _with_neighbours(after.lines[first.id], len(first.text), len(first.text) + 1)


def _retyped(old: Line, new: Line) -> Place:
    """What lies between the characters that both begin with and those that both end with. Hidden ones are like no other:
    a name typed right before its own replacement is not that one."""
    was, now = open_text(old), open_text(new)
    least = min(len(was), len(now))
    low = next((n for n in range(least) if was[n] != now[n]), least)
    same = next((n for n in range(least - low) if was[-1 - n] != now[-1 - n]), least - low)
    return _with_neighbours(new, low, len(now) - same)


def _with_neighbours(line: Line, low: int, high: int) -> Place:
    """Characters of a line and one more on either side that is no space: all of the words they touch are meant."""
    low = len(line.text[:low].rstrip()) - 1
    high = len(line.text) - len(line.text[high:].lstrip()) + 1
    return Place(line.id, max(low, 0), min(high, len(line.text)))


def _found_of(state: ReviewedTranscript, line: Line, seen: Sighting) -> Iterator[Found]:
    """What no replacement hides of a sighting, each with the label its words get."""
    hidden = [(m.start_char, m.end_char) for m in line.marks if m.hides]
    for start, end in free_parts(seen.start_char, seen.end_char, hidden):
        words = line.text[start:end]
        if words.strip():
            start, end = start + len(words) - len(words.lstrip()), start + len(words.rstrip())
            label = label_for(state, seen.type, line.text[start:end], line.text[:start])
            yield Found(Place(line.id, start, end), seen.type, label, WHY_WORDS[seen.why])


def hide_found(line: Line, found: tuple[Found, ...], event: Event) -> Line:
    """The line with what was found in it hidden, each as an open question; what has no label is asked about in the
    open."""
    here = [(n, each) for n, each in enumerate(found) if each.place.line == line.id]
    if not here:
        return line
    made = [
        Mark(
            f"m{event.number}.{n}", each.place.start_char, each.place.end_char, each.type, tier_of(each.type), 1.0,
            "what was typed", "remove" if each.label else "flag", each.label, uncertain=True,
            reason=f"{each.why}, typed in the review",
        )
        for n, each in here
    ]  # fmt: skip
    taken = [(m.start_char, m.end_char) for m in made]
    kept = [part for mark in line.marks for part in _left_of(line, mark, taken)]
    return replace(line, marks=tuple(sorted([*kept, *made], key=lambda m: m.start_char)))


def _left_of(line: Line, mark: Mark, taken: list[tuple[int, int]]) -> Iterator[Mark]:
    """What is left of a mark beside those made now: a question about other words goes on."""
    for n, (start, end) in enumerate(free_parts(mark.start_char, mark.end_char, taken)):
        if line.text[start:end].strip():
            name = mark.id if n == 0 else f"{mark.id}.{n}"
            yield replace(mark, id=name, start_char=start, end_char=end)
