"""Names to voices: all claims of a recording and of earlier ones, weighed together.

A wrong link is far worse than none. A voice gets a name only when its claims for the name outweigh those for any
other name, no other voice has claims that come near, and the evidence is a self-introduction or two answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.records import Claim

_ENOUGH = 1.7
_MARGIN = 1.5
_INTRODUCTION = 2.4
_ANSWERS = 2
_MOST_AGAINST, _MOST_AGAINST_INTRODUCED = -3.0, -1.0
_CONTRADICTION = 2.5
_SUPPORT_FOR_LAST = 0.5
_SURE_FOR_LAST = 1.0
_SECONDS_FOR_LAST = 10.0
_RECORDINGS_FOR_LAST = 2
_NAMES_FOR_LAST = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A voice to be linked: its claims so far, how much it spoke, the code it already has by name, if any.

    `confirmed`: a person said so.
    """

    speaker: str
    claims: tuple[Claim, ...] = ()
    code: str = ""
    confirmed: bool = False
    seconds: float = 0.0
    recordings: int = 1


@dataclass(frozen=True, slots=True)
class Link:
    """A voice's name: the code, and whether a person should confirm it; `why` holds no name."""

    code: str
    why: str
    sure: bool = True


def link(candidates: Sequence[Candidate], codes: Sequence[str], taken: Iterable[str] = ()) -> dict[str, Link]:
    """Link voices to roster codes, those that are sure; the others are absent from the result.

    `taken` are codes that belong to voices not in this recording: nobody here can have them.
    """
    standing = [c for c in candidates if c.code and (c.confirmed or not rival(c))]
    links = {c.speaker: _standing(c) for c in standing}
    free = [c for c in codes if c not in {link.code for link in links.values()} | set(taken)]
    waiting = [c for c in candidates if c not in standing]
    while waiting and free:
        found = _next_link(waiting, free)
        if found is None:
            break
        candidate, code = found
        links[candidate.speaker] = Link(code, describe(candidate.claims, code))
        free.remove(code)
        waiting.remove(candidate)
    return links


def _standing(candidate: Candidate) -> Link:
    """A voice linked earlier keeps its name; what speaks against it is reported."""
    why = describe(candidate.claims, candidate.code)
    if candidate.confirmed:
        against = rival(candidate)
        doubt = f"but there are signs of {against}" if against else ""
        return Link(
            candidate.code, "; ".join(w for w in ("confirmed by a person", why, doubt) if w), not against
        )
    return Link(candidate.code, why or "linked before because no other name was left over", sure=bool(why))


def rival(candidate: Candidate) -> str:
    """Another code a linked voice's claims speak for clearly more than for its own; "" when there is none.

    Such a link, unless a person confirmed it, is open again.
    """
    totals = add_up(candidate.claims)
    own = totals.get(candidate.code, 0.0)
    best = max(totals, key=lambda code: (totals[code], code), default="")
    other = best != candidate.code and totals.get(best, 0.0) >= max(_CONTRADICTION, own + _MARGIN)
    return best if other else ""


def _next_link(waiting: Sequence[Candidate], free: Sequence[str]) -> tuple[Candidate, str] | None:
    """The surest link there is to make now, or None. Joint: the best pairs of an assignment over all."""
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    totals = [add_up(c.claims) for c in waiting]
    table = np.array([[t.get(code, 0.0) for code in free] for t in totals])
    rows, columns = linear_sum_assignment(-table)
    pairs = sorted(
        ((float(table[r, c]), int(r), int(c)) for r, c in zip(rows, columns, strict=True)), reverse=True
    )
    for score, row, column in pairs:
        by_name = np.delete(table[row], column).max(initial=0.0)
        by_voice = np.delete(table[:, column], row).max(initial=0.0)
        clear = score >= _ENOUGH and score - max(by_name, by_voice) >= _MARGIN
        if clear and _has_evidence(waiting[row].claims, free[column]):
            return waiting[row], free[column]
    return None


def _has_evidence(claims: Iterable[Claim], code: str) -> bool:
    """A self-introduction heard well, two answers, or one of each heard less well."""
    mine = [c for c in claims if c.code == code]
    introduced = max((c.weight for c in mine if c.kind in ("introduced", "enrolled")), default=0.0)
    answers = len({(c.recording, c.at) for c in mine if c.kind == "answered" and c.weight > 0})
    return introduced >= _INTRODUCTION or answers >= _ANSWERS or (introduced > 0 and answers >= 1)


def add_up(claims: Iterable[Claim]) -> dict[str, float]:
    """The weight of evidence for each code.

    Against a code count three mentions at most, one where the voice introduced itself so: people quote how they
    are called.
    """
    gains: dict[str, float] = {}
    losses: dict[str, float] = {}
    introduced: set[str] = set()
    for claim in claims:
        side = gains if claim.weight > 0 else losses
        side[claim.code] = side.get(claim.code, 0.0) + claim.weight
        if claim.kind == "introduced" and claim.weight >= _INTRODUCTION:
            introduced.add(claim.code)
    most = {code: _MOST_AGAINST_INTRODUCED if code in introduced else _MOST_AGAINST for code in losses}
    return {
        code: gains.get(code, 0.0) + max(most.get(code, 0.0), losses.get(code, 0.0))
        for code in sorted({*gains, *losses})
    }


def unheeded(candidate: Candidate, links: Mapping[str, Link]) -> str:
    """What an unlinked voice's claims say all the same, for a person to judge; "" when they say nothing clear."""
    totals = add_up(candidate.claims)
    best = max(totals, key=lambda code: (totals[code], code), default="")
    if candidate.speaker in links or totals.get(best, 0.0) < _ENOUGH:
        return ""
    return f"{describe(candidate.claims, best)}: signs of {best}, but another voice is that or may be"


def link_last(
    candidates: Sequence[Candidate],
    codes: Sequence[str],
    links: Mapping[str, Link],
    taken: Iterable[str] = (),
) -> dict[str, Link]:
    """The one voice and the one name left over, when everybody else is surely linked.

    For a person to confirm, unless the voice also answered to the name.

    Asked for besides: as many voices as names, ten seconds of speech, no claim against, and either a claim
    for it or a second recording (a guest who stands in for somebody absent is seldom there twice).
    """
    used = {link.code for link in links.values()} | set(taken)
    names = [c for c in codes if c not in used]
    voices = [c for c in candidates if c.speaker not in links]
    if len(names) != 1 or len(voices) != 1 or not all(link.sure for link in links.values()):
        return {}
    voice, code = voices[0], names[0]
    others = [c for c in candidates if c is not voice]
    if len(codes) < _NAMES_FOR_LAST or not _may_be_last(voice, code) or _introduced_as(others, code):
        return {}
    return {voice.speaker: _last_link(voice, code)}


def _last_link(voice: Candidate, code: str) -> Link:
    answered = any(c.kind == "answered" for c in voice.claims)
    sure = answered and add_up(voice.claims).get(code, 0.0) >= _SURE_FOR_LAST
    own = describe(voice.claims, code)
    return Link(code, "; ".join(w for w in (own, "the only voice and the only name left over") if w), sure)


def _may_be_last(voice: Candidate, code: str) -> bool:
    """It speaks long enough, something supports the name, and nothing speaks against it or for another."""
    totals = add_up(voice.claims)
    own = totals.pop(code, 0.0)
    supported = own >= _SUPPORT_FOR_LAST or voice.recordings >= _RECORDINGS_FOR_LAST
    against = own < 0 or any(total >= _SUPPORT_FOR_LAST for total in totals.values())
    return supported and not against and voice.seconds >= _SECONDS_FOR_LAST


def _introduced_as(candidates: Iterable[Candidate], code: str) -> bool:
    """One of the voices said that this is its name."""
    claims = (c for candidate in candidates for c in candidate.claims)
    return any(c.code == code and c.weight > 0 and c.kind == "introduced" for c in claims)


def describe(claims: Iterable[Claim], code: str) -> str:
    """The evidence for a code in words, without names: "said its name at 00:00:08; answered ... 3 times"."""
    mine = [c for c in claims if c.code == code and c.weight > 0]
    parts = []
    introduced = [c for c in mine if c.kind == "introduced"]
    if introduced:
        best = max(introduced, key=lambda c: c.weight)
        where = f" in {best.recording}" if best.recording else ""
        parts.append(f"said its name at {clock(best.at)}{where}")
    if any(c.kind == "enrolled" for c in mine):
        parts.append("enrolled")
    for kind, phrase in (("answered", "answered when addressed"), ("thanked", "spoke before being thanked")):
        times = sum(c.kind == kind for c in mine)
        if times:
            parts.append(f"{phrase} {'once' if times == 1 else f'{times} times'}")
    return "; ".join(parts)


def clock(seconds: float) -> str:
    """00:01:07 for 67.2."""
    whole = int(seconds)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
