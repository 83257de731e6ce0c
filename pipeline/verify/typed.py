"""Typed words looked through like everything else: what the study knows is hidden until a person decided on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from pipeline.deidentify.merge import free_parts
from pipeline.identifiers import tier_of
from pipeline.verify.decisions import Correct, Decision, Event, Found, Place, ReplaceAll
from pipeline.verify.labels import label_for
from pipeline.verify.replacing import replace_words
from pipeline.verify.sightings import WHY_WORDS, Sighting, look_at
from pipeline.verify.state import Line, Mark, ReviewedTranscript


def look_through(decision: Decision, before: ReviewedTranscript, after: ReviewedTranscript) -> Decision:
    """The decision with what was found in the words it typed; the log keeps it, so that replaying finds no other."""
    if not isinstance(decision, Correct | ReplaceAll):
        return decision
    typed = _typed(decision, before, after)
    found = [
        each
        for seen in look_at(after, *(after.lines[name] for name in typed))
        if any(seen.start_char < high and low < seen.end_char for low, high in typed[seen.line])
        for each in _found_of(after, after.lines[seen.line], seen)
    ]
    return replace(decision, found=tuple(found))


def without_finds(decision: Decision) -> Decision:
    """The decision as it is asked for: what is found in it is for us to say."""
    return replace(decision, found=()) if isinstance(decision, Correct | ReplaceAll) else decision


def _typed(
    decision: Correct | ReplaceAll, before: ReviewedTranscript, after: ReviewedTranscript
) -> Mapping[str, list[tuple[int, int]]]:
    """Where the words that were put in stand, by line."""
    if isinstance(decision, ReplaceAll):
        return replace_words(before, decision)[1]
    place = decision.place
    grown = len(after.lines[place.line].text) - len(before.lines[place.line].text)
    return {place.line: [(place.start_char, place.end_char + grown)]}


def _found_of(state: ReviewedTranscript, line: Line, seen: Sighting) -> Iterator[Found]:
    hidden = [(m.start_char, m.end_char) for m in line.marks if m.hides]
    for start, end in free_parts(seen.start_char, seen.end_char, hidden):
        words = line.text[start:end]
        if words.strip():
            start, end = start + len(words) - len(words.lstrip()), start + len(words.rstrip())
            label = label_for(state, seen.type, line.text[start:end], line.text[:start])
            yield Found(Place(line.id, start, end), seen.type, label, WHY_WORDS[seen.why])


def hide_found(line: Line, found: tuple[Found, ...], event: Event) -> Line:
    """The line with what was found in it hidden, each as an open question."""
    made = [
        Mark(
            f"m{event.number}.{n}", each.place.start_char, each.place.end_char, each.type, tier_of(each.type), 1.0,
            "what was typed", "remove", each.label, uncertain=True, reason=f"{each.why}, typed in the review",
        )
        for n, each in enumerate(found)
        if each.place.line == line.id
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
