"""From overlapping opinions to one reading a place. The one rule for overlaps: detection in every language, what the
policy decides, the residual check and the review all settle theirs by it.

The strongest reading says what a place is. Scores that differ by less than NEAR_TIE count as equal: then the more
specific class says it. What is of the same kind, or part of it, is joined; what sticks out of a weaker reading stays a
find of its own where it holds a word that tells something. The evidence of all goes on with what is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from pipeline.identifiers import tier_of
from pipeline.language.cues import NEVER
from pipeline.language.text import fold
from pipeline.records import Evidence, Span, Tier

# Which reading wins where scores are about equal: the more specific one.
_RANK = (
    "EMAIL", "URL", "ID", "PHONE", "DATE", "ADDRESS", "AGE", "ORG", "PERSON", "LOCATION", "NRP", "PROFESSION", "CONDITION", "EVENT", "RELATIONSHIP",
)  # fmt: skip
NEAR_TIE = 0.04
_JOINABLE = frozenset({"DATE", "ADDRESS", "PHONE", "ID", "EMAIL"})
_EXACT, _FIRM = 0.99, 0.9
# Kinds whose longer candidate swallows the names inside it: "Rimu ward", "Tirangi Crescent", "Ward's Bakery".
_TAKES_IN = frozenset({"LOCATION", "ADDRESS", "ORG", "EMAIL", "ID", "DATE"})
_CONTAINS_AT_LEAST = 0.7
_NAMES = frozenset({"PERSON", "LOCATION", "ORG"})
_STAY = frozenset({"DATE", "PHONE", "EMAIL", "ID"})
ROSTER = "RosterRecognizer"


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may be an identifier, in offsets of one text, with all that speaks for it: from recognizer to span.

    `found_by` and `reason` (a question to a person) are the leading find's; `evidence` is everybody's. `allowed`
    says why it identifies nobody and stays, where that is so.
    """

    start: int
    end: int
    type: str
    score: float
    found_by: str
    tier: str = ""
    reason: str = ""
    evidence: tuple[Evidence, ...] = field(default=(), compare=False)
    allowed: str = ""

    def __post_init__(self) -> None:
        if not self.evidence:
            own = Evidence(self.found_by, round(self.score, 3), self.reason)
            object.__setattr__(self, "evidence", (own,))

    @property
    def known_tier(self) -> Tier:
        """The recognizer's tier, or the type's usual one."""
        if self.tier in ("direct", "quasi"):
            return "direct" if self.tier == "direct" else "quasi"
        return tier_of(self.type)

    def meets(self, other: Candidate) -> bool:
        """True when the two share a character."""
        return self.start < other.end and other.start < self.end

    def noting(self, rule: str, why: str = "") -> Candidate:
        """The candidate with one more piece of evidence: a pass that changed it."""
        return replace(self, evidence=unite((self, replace(self, evidence=(Evidence(rule, 0.0, why),)))))


def as_candidate(span: Span) -> Candidate:
    """A span of one utterance as a candidate."""
    return Candidate(
        span.start_char,
        span.end_char,
        span.type,
        span.score,
        span.found_by,
        span.tier,
        span.reason,
        span.evidence,
    )


Acts = Callable[[Candidate], bool]


def unite(candidates: Iterable[Candidate]) -> tuple[Evidence, ...]:
    """All their evidence, each piece once."""
    return tuple(dict.fromkeys(e for c in candidates for e in c.evidence))


def resolve(candidates: Iterable[Candidate], text: str = "", acts: Acts = lambda _: True) -> list[Candidate]:
    """Non-overlapping candidates in order of the text. What `acts` (is sure enough to be acted on) settles its
    place first; a doubt neither changes nor extends it."""
    chosen: list[Candidate] = []
    for cluster in _clusters(candidates):
        chosen += _resolve_cluster(cluster, text, acts)
    return sorted(chosen, key=lambda c: (c.start, c.end))


def free_parts(start: int, end: int, taken: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """What of start..end none of the taken places covers."""
    parts = [(start, end)]
    for low, high in taken:
        parts = [(a, b) for p, q in parts for a, b in ((p, min(q, low)), (max(p, high), q)) if a < b]
    return parts


def left_of(c: Candidate, taken: Iterable[tuple[int, int]], text: str) -> Iterator[Candidate]:
    """What sticks out of the taken places, piece by piece, where it holds a word that tells something."""
    for start, end in free_parts(c.start, c.end, taken):
        if (start, end) == (c.start, c.end) or _tells(text, start, end):
            yield replace(c, start=start, end=end)


def _tells(text: str, start: int, end: int) -> bool:
    """True for a part of a word, and for words that are more than grammar."""
    inside = any(text[max(0, at - 1) : at].isalnum() and text[at : at + 1].isalnum() for at in (start, end))
    said = _words(fold(text[start:end]))
    return inside or any(len(w) > 1 and w not in NEVER and w != "number" for w in said)


def _words(text: str) -> list[str]:
    return "".join(c if c.isalnum() or c == "'" else " " for c in text).split()


def _clusters(candidates: Iterable[Candidate]) -> Iterator[list[Candidate]]:
    """Candidates that overlap one another, directly or by way of others."""
    cluster: list[Candidate] = []
    reach = 0
    for c in sorted(candidates, key=lambda c: (c.start, -c.end, c.type, c.found_by)):
        if cluster and c.start >= reach:
            yield cluster
            cluster, reach = [], 0
        cluster.append(c)
        reach = max(reach, c.end)
    if cluster:
        yield cluster


def _resolve_cluster(cluster: list[Candidate], text: str, acts: Acts) -> list[Candidate]:
    chosen: list[Candidate] = []
    pool = sorted(cluster, key=lambda c: (acts(c), c.score), reverse=True)
    sure: set[int] = {id(c) for c in cluster if acts(c)}
    while pool:
        leader = _leader(pool, sure)
        pool.remove(leader)
        if id(leader) in sure:
            chosen = _settle(leader, chosen, text)
        else:
            chosen = _settle_doubt(leader, chosen, text, acts)
    return chosen


def _leader(pool: Sequence[Candidate], sure: set[int]) -> Candidate:
    """The strongest; of those about as strong that overlap it, the most specific, then the longest."""
    top = pool[0]
    near = [
        c
        for c in pool
        if (id(c) in sure) == (id(top) in sure) and c.meets(top) and top.score - c.score < NEAR_TIE
    ]
    return min(near, key=_rank)


def _rank(c: Candidate) -> tuple[bool, int, int, float]:
    place = _RANK.index(c.type) if c.type in _RANK else len(_RANK)
    return (not _is_roster_person(c), place, c.start - c.end, -c.score)


def _settle(c: Candidate, chosen: list[Candidate], text: str) -> list[Candidate]:
    """The places chosen so far with one more reading, weaker than they."""
    rivals = [k for k in chosen if k.meets(c)]
    if not rivals:
        return [*chosen, c]
    others = [k for k in chosen if k not in rivals]
    return [*others, *_among(c, rivals, text)]


def _among(c: Candidate, rivals: Sequence[Candidate], text: str) -> list[Candidate]:
    """A weaker reading and those it overlaps: as one, or it gives its evidence and keeps what sticks out."""
    if c.type in ("LOCATION", "ORG") and any(_is_theirs(k, c) for k in rivals):
        return [_heard(k, c) for k in rivals]
    if _takes_in(c, rivals):
        return [_whole(c, rivals)]
    if all(_is_kin(k, c) for k in rivals):
        return [_joined(c, rivals)]
    return [*(_heard(k, c) for k in rivals), *left_of(c, [(k.start, k.end) for k in rivals], text)]


def _is_kin(strong: Candidate, weak: Candidate) -> bool:
    """Of the same kind, or one takes in the other."""
    return strong.type == weak.type or {strong.type, weak.type} <= _JOINABLE or _nests(strong, weak)


def _settle_doubt(c: Candidate, chosen: list[Candidate], text: str, acts: Acts) -> list[Candidate]:
    """A doubt keeps what no sure reading covers; with other doubts it is settled like them."""
    firm = [k for k in chosen if k.meets(c) and acts(k)]
    if not firm:
        return _settle(c, chosen, text)
    heard = [_heard(k, c) if k in firm else k for k in chosen]
    for piece in left_of(c, [(k.start, k.end) for k in firm], text):
        heard = _settle(piece, heard, text)
    return heard


def _heard(k: Candidate, c: Candidate) -> Candidate:
    """A place with another reading's evidence for the same words."""
    return replace(k, evidence=unite((k, c)))


def _takes_in(c: Candidate, rivals: Sequence[Candidate]) -> bool:
    covers = c.type in _TAKES_IN and all(c.start <= k.start and k.end <= c.end for k in rivals)
    longer = c.end - c.start > max(k.end for k in rivals) - min(k.start for k in rivals)
    able = c.score >= _CONTAINS_AT_LEAST or all(k.type in _NAMES for k in rivals)
    stays = c.type == "ADDRESS" and all(k.type in _STAY for k in rivals)
    return covers and longer and able and not stays


def _whole(longer: Candidate, inside: Sequence[Candidate]) -> Candidate:
    """A candidate with those inside it as one: a faint one lends only its length, the strongest says what it is."""
    strongest = max(inside, key=lambda k: k.score)
    evidence = unite((strongest, *inside, longer))
    if longer.score < _CONTAINS_AT_LEAST:
        return replace(strongest, start=longer.start, end=longer.end, evidence=evidence)
    return replace(longer, score=max(longer.score, strongest.score), evidence=unite((longer, *inside)))


def _joined(c: Candidate, kin: Sequence[Candidate]) -> Candidate:
    return replace(
        kin[0],
        start=min(c.start, *(k.start for k in kin)),
        end=max(c.end, *(k.end for k in kin)),
        score=max(k.score for k in (*kin, c)),
        tier="direct" if "direct" in {c.tier, *(k.tier for k in kin)} else kin[0].tier,
        evidence=unite((*kin, c)),
    )


def _is_theirs(roster: Candidate, c: Candidate) -> bool:
    """A participant's name is theirs, whatever else it looks like; a firm may be called after one word of it."""
    inside = roster.start <= c.start and c.end <= roster.end
    return _is_roster_person(roster) and (inside or roster.score > _EXACT or c.score < _FIRM)


def _is_roster_person(c: Candidate) -> bool:
    """A full name or a telling part of it, exactly as the roster has it."""
    return c.type == "PERSON" and c.found_by == ROSTER and c.score >= _EXACT


def _nests(strong: Candidate, weak: Candidate) -> bool:
    """An address or organisation takes in the names and places it is made of."""
    pair = {strong.type, weak.type}
    return (pair <= {"ADDRESS", "LOCATION", "PERSON"} and "ADDRESS" in pair) or (
        pair <= {"ORG", "LOCATION", "PERSON"} and "ORG" in pair
    )
