"""From overlapping opinions to one span a place: candidates are weighed, joined and cut to turns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from pipeline.deidentify.dialogue import Dialogue
from pipeline.records import Span, Tier

USUAL_TIER: dict[str, Tier] = {
    "AGE": "quasi",
    "NRP": "quasi",
    "PROFESSION": "quasi",
    "CONDITION": "quasi",
    "EVENT": "quasi",
    "RELATIONSHIP": "quasi",
}
# Which reading wins where finds overlap with about equal scores: the more specific one.
_RANK = (
    "EMAIL", "URL", "ID", "PHONE", "DATE", "ADDRESS", "AGE", "ORG", "PERSON", "LOCATION", "NRP", "PROFESSION", "CONDITION", "EVENT", "RELATIONSHIP",
)  # fmt: skip
_JOINABLE = frozenset({"DATE", "ADDRESS", "PHONE", "ID", "EMAIL"})
_NEAR_TIE = 0.12
_ROSTER_FIRST, _EXACT, _FIRM = 100, 0.99, 0.9
# Kinds whose longer find swallows the names inside it: "Rimu ward", "Tirangi Crescent", "Ward's Bakery".
_TAKES_IN = frozenset({"LOCATION", "ADDRESS", "ORG", "EMAIL", "ID", "DATE"})
_CONTAINS_AT_LEAST = 0.7
_NAMES = frozenset({"PERSON", "LOCATION", "ORG"})
ONLY_HINTED = "heard as this name only because it is on the roster: listen whether it was said"
_STAY = frozenset({"DATE", "PHONE", "EMAIL", "ID"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """One recognizer's find in joined-text offsets."""

    start: int
    end: int
    type: str
    score: float
    found_by: str
    tier: str = ""
    reason: str = field(default="")

    def meets(self, other: Candidate) -> bool:
        """True when the two share a character."""
        return self.start < other.end and other.start < self.end


def resolve(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Non-overlapping candidates in order of the text. Of overlapping ones the strongest reading gives the
    type, and everything its own kind covers is joined to it; what sticks out of a weaker one is kept as well
    when it would stand by itself."""
    chosen: list[Candidate] = []
    for c in sorted(candidates, key=_strength, reverse=True):
        rivals = [k for k in chosen if k.meets(c)]
        if not rivals:
            chosen.append(c)
            continue
        if c.type in ("LOCATION", "ORG") and any(_is_theirs(k, c) for k in rivals):
            continue
        kin = [k for k in rivals if k.type == c.type or {k.type, c.type} <= _JOINABLE or _nests(k, c)]
        if (
            (c.score >= _CONTAINS_AT_LEAST or all(k.type in _NAMES for k in rivals))
            and not (c.type == "ADDRESS" and all(k.type in _STAY for k in rivals))
            and all(c.start <= k.start and k.end <= c.end for k in rivals)
            and c.type in _TAKES_IN
        ):
            chosen = [k for k in chosen if k not in rivals] + [_whole(c, rivals)]
        elif len(kin) == len(rivals):
            joined = replace(
                kin[0],
                start=min(c.start, *(k.start for k in kin)),
                end=max(c.end, *(k.end for k in kin)),
                score=max(k.score for k in kin),
                tier="direct" if "direct" in {c.tier, *(k.tier for k in kin)} else kin[0].tier,
            )
            chosen = [k for k in chosen if k not in kin] + [joined]
    return sorted(chosen, key=lambda c: c.start)


def _whole(longer: Candidate, inside: Sequence[Candidate]) -> Candidate:
    """A find with those inside it as one: a faint one lends only its length, the strongest says what it is."""
    strongest = max(inside, key=lambda k: k.score)
    if longer.score < _CONTAINS_AT_LEAST:
        return replace(strongest, start=longer.start, end=longer.end)
    return replace(longer, score=max(longer.score, strongest.score))


def _strength(c: Candidate) -> tuple[float, int, int]:
    rank = _RANK.index(c.type) if c.type in _RANK else len(_RANK)
    return (_ROSTER_FIRST if _is_roster_person(c) else round(c.score / _NEAR_TIE), -rank, c.end - c.start)


def _is_theirs(roster: Candidate, c: Candidate) -> bool:
    """A participant's name is theirs, whatever else it looks like; a firm may be called after one word of it."""
    inside = roster.start <= c.start and c.end <= roster.end
    return _is_roster_person(roster) and (inside or roster.score > _EXACT or c.score < _FIRM)


def _is_roster_person(c: Candidate) -> bool:
    """A full name or a telling part of it, exactly as the roster has it."""
    return c.type == "PERSON" and c.found_by == "RosterRecognizer" and c.score >= _EXACT


def _nests(strong: Candidate, weak: Candidate) -> bool:
    """An address or organisation takes in the names and places it is made of."""
    pair = {strong.type, weak.type}
    return (pair <= {"ADDRESS", "LOCATION", "PERSON"} and "ADDRESS" in pair) or (
        pair <= {"ORG", "LOCATION", "PERSON"} and "ORG" in pair
    )


def to_spans(chosen: Iterable[Candidate], dialogue: Dialogue, sure: float) -> list[Span]:
    """Spans by utterance. A find over several turns becomes one span a turn. Below `sure` it is uncertain."""
    spans = []
    for c in chosen:
        tier: Tier = (
            "quasi"
            if c.tier == "quasi"
            else "direct"
            if c.tier == "direct"
            else USUAL_TIER.get(c.type, "direct")
        )
        why = c.reason or (ONLY_HINTED if dialogue.is_only_hinted(c.start, c.end) else "")
        unsure = c.score < sure or bool(why)
        reason = (why or "found with little evidence") if unsure else ""
        for turn, start, end in dialogue.pieces(c.start, c.end):
            start, end = _trim(dialogue.turns[turn], start, end)
            text = dialogue.turns[turn][start:end]
            if text:
                spans.append(
                    Span(
                        turn,
                        start,
                        end,
                        c.type,
                        tier,
                        round(c.score, 3),
                        c.found_by,
                        text,
                        uncertain=unsure,
                        reason=reason,
                    )
                )
    return spans


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Without spaces and punctuation at the ends."""
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    return start, end
