"""What is told of a link, how claims add up, and when the last voice gets the last name."""

from __future__ import annotations

import pytest

from pipeline.records import Claim, ClaimKind
from pipeline.speakers.linking import (
    Candidate,
    Link,
    add_up,
    clock,
    describe,
    link,
    link_last,
    rival,
    unheeded,
)

CODES = ("P01", "P02", "P03")
LEFT_OVER = "the only voice and the only name left over"


def claim(code: str, kind: ClaimKind, weight: float, at: float = 8.0, recording: str = "") -> Claim:
    """A claim of some voice."""
    return Claim("S1", code, kind, at, weight, recording=recording)


def named(code: str, times: int) -> tuple[Claim, ...]:
    """The voice spoke this name so many times."""
    return tuple(claim(code, "named", -1.0, float(at)) for at in range(times))


def test_the_evidence_of_a_link_in_words() -> None:
    """Every kind of evidence for this code is told, and nothing that speaks for another or against."""
    claims = (
        claim("P01", "introduced", 1.0, 4.0, "week 1"),
        claim("P01", "introduced", 4.0, 67.2, "week 2"),
        claim("P01", "enrolled", 4.0),
        claim("P01", "answered", 0.8, 1),
        claim("P01", "answered", 1.0, 2),
        claim("P01", "thanked", 0.6),
        claim("P02", "answered", 1.0, 3),
        claim("P02", "thanked", 0.6),
        *named("P01", 1),
    )
    assert describe(claims, "P01") == (
        "said its name at 00:01:07 in week 2; enrolled; answered when addressed 2 times; "
        "spoke before being thanked once"
    )
    assert describe(claims, "P02") == "answered when addressed once; spoke before being thanked once"
    assert describe((claim("P01", "introduced", 4.0),), "P01") == "said its name at 00:00:08"
    assert describe(named("P01", 2), "P01") == ""


def test_a_moment_of_a_long_recording() -> None:
    """Hours, minutes, whole seconds."""
    assert clock(2 * 3600 + 3 * 60 + 4.9) == "02:03:04"
    assert clock(2 * 3600) == "02:00:00"


def test_an_earlier_link_tells_why_it_stands() -> None:
    """Confirmed by a person, borne out by what was said, or only left over: then a person should look."""
    said = (claim("P01", "introduced", 4.0),)
    against = (claim("P02", "introduced", 4.0),)

    def standing(*claims: Claim, confirmed: bool = False) -> Link:
        return link([Candidate("S1", claims, "P01", confirmed)], CODES)["S1"]

    assert standing(*said) == Link("P01", "said its name at 00:00:08", sure=True)
    assert standing() == Link("P01", "linked before because no other name was left over", sure=False)
    assert standing(confirmed=True) == Link("P01", "confirmed by a person", sure=True)
    assert standing(*said, confirmed=True).why == "confirmed by a person; said its name at 00:00:08"
    assert standing(*against, confirmed=True) == Link(
        "P01", "confirmed by a person; but there are signs of P02", sure=False
    )


@pytest.mark.parametrize(
    ("own", "other", "against"),
    [(0.0, 2.5, "P01"), (0.0, 2.4, ""), (2.0, 3.0, ""), (2.0, 3.4, ""), (2.0, 3.5, "P01"), (0.0, 1.0, "")],
)
def test_when_a_link_is_open_again(own: float, other: float, against: str) -> None:
    """Another name has clearly more behind it: enough by itself, and well ahead of the voice's own."""
    claims = (claim("P02", "introduced", own), claim("P01", "introduced", other))
    assert rival(Candidate("S1", claims, "P02")) == against


def test_the_strongest_other_name_is_the_rival() -> None:
    """It goes by the evidence and not by the order of codes."""
    claims = (claim("P01", "introduced", 3.0), claim("P03", "thanked", 0.6))
    assert rival(Candidate("S1", claims, "P02")) == "P01"
    assert rival(Candidate("S1", (), "P02")) == ""


def test_mentions_against_a_name_are_limited() -> None:
    """Three count at most; one where the voice introduced itself so, clearly."""
    assert add_up(named("P01", 5)) == {"P01": -3.0}
    assert add_up((claim("P01", "introduced", 2.4), *named("P01", 5))) == {"P01": pytest.approx(1.4)}
    assert add_up((claim("P01", "introduced", 2.0), *named("P01", 5))) == {"P01": -1.0}
    clearly_answered = (claim("P01", "answered", 3.0), *named("P01", 2))
    assert add_up(clearly_answered) == {"P01": 1.0}
    assert add_up((claim("P01", "thanked", 0.6), *named("P01", 4))) == {"P01": pytest.approx(-2.4)}
    assert add_up((claim("P01", "answered", 1.0), *named("P02", 1))) == {"P01": 1.0, "P02": -1.0}


def linked(*claims: Claim) -> str:
    """The code a lone voice with these claims gets."""
    found = link([Candidate("S1", claims)], CODES)
    return found["S1"].code if found else ""


def test_what_is_evidence_enough() -> None:
    """An enrolled clip alone; a weak introduction with an answer; never one answer with thanks."""
    assert linked(claim("P01", "enrolled", 4.0)) == "P01"
    assert linked(claim("P01", "introduced", 1.0), claim("P01", "answered", 0.7)) == "P01"
    assert linked(claim("P01", "introduced", 1.0), claim("P01", "answered", 0.6)) == ""
    thanks = (claim("P01", "thanked", 0.6, 1), claim("P01", "thanked", 0.6, 2))
    assert linked(claim("P01", "answered", 1.0), *thanks) == ""


def test_a_name_must_be_well_ahead_of_the_next() -> None:
    """By one and a half; else a person decides."""
    assert linked(claim("P01", "introduced", 3.0), claim("P02", "answered", 1.5)) == "P01"
    assert linked(claim("P01", "introduced", 3.0), claim("P02", "answered", 1.6)) == ""


def test_what_an_unlinked_voices_claims_say_is_told() -> None:
    """The strongest name with its evidence, for a person; nothing when it is weak or the voice is linked."""
    voice = Candidate("S1", (claim("P01", "introduced", 1.7), claim("P02", "thanked", 0.6)))
    assert unheeded(voice, {}) == (
        "said its name at 00:00:08: signs of P01, but another voice is that or may be"
    )
    assert unheeded(voice, {"S1": Link("P01", "")}) == ""
    assert unheeded(Candidate("S1", (claim("P01", "introduced", 1.6),)), {}) == ""
    assert unheeded(Candidate("S1"), {}) == ""


def left_over(
    *claims: Claim, others: tuple[Claim, ...] = (), seconds: float = 40.0, recordings: int = 1
) -> Link | None:
    """What the third voice gets when the two others introduced themselves as P01 and P02."""
    known = [
        Candidate("S1", (claim("P01", "introduced", 4.0), *others)),
        Candidate("S2", (claim("P02", "introduced", 4.0),)),
    ]
    last = Candidate("S9", claims, seconds=seconds, recordings=recordings)
    return link_last([*known, last], CODES, link(known, CODES)).get("S9")


def test_the_last_voice_with_something_for_its_name() -> None:
    """Thanked by that name, or named so weakly, it gets the name; a person confirms."""
    assert left_over(claim("P03", "thanked", 0.6)) == Link(
        "P03", f"spoke before being thanked once; {LEFT_OVER}", sure=False
    )
    assert left_over(claim("P03", "introduced", 0.6)) is not None
    assert left_over(claim("P03", "thanked", 0.5)) is not None
    assert left_over(claim("P03", "thanked", 0.4)) is None
    assert left_over(recordings=2) == Link("P03", LEFT_OVER, sure=False)


def test_the_last_voice_is_sure_once_it_answered_to_the_name() -> None:
    """A whole answer: half a one, or thanks alone, leave it to a person."""
    assert left_over(claim("P03", "answered", 1.0)) == Link(
        "P03", f"answered when addressed once; {LEFT_OVER}", sure=True
    )
    assert not left_over(claim("P03", "answered", 0.8)).sure  # type: ignore[union-attr]
    thanks = (claim("P03", "thanked", 0.6, 1), claim("P03", "thanked", 0.6, 2))
    assert not left_over(*thanks).sure  # type: ignore[union-attr]
    elsewhere = left_over(claim("P02", "answered", 0.4), recordings=2)
    assert not elsewhere.sure  # type: ignore[union-attr]


def test_the_last_voice_that_may_be_somebody_else_gets_nothing() -> None:
    """Claims for another name, another voice that said the name was its own, or hardly any speech."""
    assert left_over(claim("P02", "thanked", 0.5), recordings=2) is None
    assert left_over(recordings=2, others=(claim("P03", "introduced", 0.5),)) is None
    assert left_over(recordings=2, others=(claim("P03", "thanked", 0.6),)) is not None
    assert left_over(recordings=2, others=(claim("P03", "introduced", -0.5),)) is not None
    assert left_over(recordings=2, seconds=10.0) is not None
    assert left_over(recordings=2, seconds=9.9) is None
