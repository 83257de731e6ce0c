"""The rule for overlaps, clause by clause: who says what a place is, what is taken in, joined, or stays beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.deidentify.merge import (
    NEAR_TIE,
    ROSTER,
    Candidate,
    as_candidate,
    left_of,
    resolve,
    unite,
)
from pipeline.records import Evidence, Span

TEXT = "at Zorblatt House, Rimu Road, on the ninth of May, with Anna Quill junior"


def over(words: str, kind: str, score: float = 0.8, by: str = "", tier: str = "") -> Candidate:
    """A candidate over words of the text, found by a recognizer of its own."""
    at = TEXT.index(words)
    return Candidate(at, at + len(words), kind, score, by or f"{kind} {score}", tier)


def left(*candidates: Candidate) -> list[tuple[str, str]]:
    """Class and words of what is left, whatever the order the candidates come in."""
    found = [
        [(c.type, TEXT[c.start : c.end]) for c in resolve(order, TEXT)]
        for order in (candidates, candidates[::-1])
    ]
    assert found[0] == found[1]
    return found[0]


@pytest.mark.parametrize(
    ("specific", "general"),
    [
        ("EMAIL", "URL"),
        ("ID", "PHONE"),
        ("PHONE", "DATE"),
        ("DATE", "ADDRESS"),
        ("ADDRESS", "AGE"),
        ("ORG", "PERSON"),
        ("PERSON", "LOCATION"),
        ("LOCATION", "NRP"),
        ("NRP", "PROFESSION"),
        ("PROFESSION", "CONDITION"),
        ("EVENT", "RELATIONSHIP"),
        ("RELATIONSHIP", "SOMETHING_NEW"),
    ],
)
def test_about_equal_the_more_specific_class_says_it(specific: str, general: str) -> None:
    """Though the other be a little surer; when it is clearly surer, that one says it."""
    tie = 0.9 * NEAR_TIE
    assert left(over("Zorblatt", specific, 0.8), over("Zorblatt", general, 0.8 + tie))[0][0] == specific
    clear = 1.1 * NEAR_TIE
    assert left(over("Zorblatt", specific, 0.8), over("Zorblatt", general, 0.8 + clear))[0][0] == general


def test_about_equal_and_of_one_class_the_longer_leads() -> None:
    """What says how far it reaches is the longer one; its evidence stands first."""
    longer, shorter = over("Anna Quill", "PERSON", 0.8), over("Quill junior", "PERSON", 0.82)
    shorter = replace(shorter, start=shorter.start, end=shorter.end - len(" junior"))
    (found,) = resolve([shorter, longer], TEXT)
    assert [e.rule for e in found.evidence] == [longer.found_by, shorter.found_by]


@pytest.mark.parametrize(
    ("case", "candidates", "expected"),
    [
        (
            "a name within a sure site is part of it",
            [over("Zorblatt", "PERSON", 0.95), over("Zorblatt House", "LOCATION", 0.7)],
            [("LOCATION", "Zorblatt House")],
        ),
        (
            "a faint site lends a name its length alone",
            [over("Zorblatt", "PERSON", 0.95), over("Zorblatt House", "LOCATION", 0.69)],
            [("PERSON", "Zorblatt House")],
        ),
        (
            "a faint address takes in no age: it keeps what sticks out",
            [over("ninth", "AGE", 0.95), over("ninth of May", "ADDRESS", 0.6)],
            [("AGE", "ninth"), ("ADDRESS", " of May")],
        ),
        (
            "a sure one does",
            [over("ninth", "AGE", 0.95), over("ninth of May", "ADDRESS", 0.75)],
            [("ADDRESS", "ninth of May")],
        ),
        (
            "just sure enough does too, and one that ends where it ends",
            [over("May", "AGE", 0.95), over("ninth of May", "ADDRESS", 0.7)],
            [("ADDRESS", "ninth of May")],
        ),
        (
            "an address that begins within an age covers it not",
            [over("the ninth", "AGE", 0.95), over("ninth of May, with Anna", "ADDRESS", 0.75)],
            [("AGE", "the ninth"), ("ADDRESS", " of May, with Anna")],
        ),
        (
            "a faint one over two names is what the surer of them is",
            [
                over("Anna", "LOCATION", 0.8),
                over("Quill", "PERSON", 0.9),
                over("Anna Quill junior", "ORG", 0.6),
            ],
            [("PERSON", "Anna Quill junior")],
        ),
        (
            "an address takes in the name that hangs over its edge",
            [over("Road, on the ninth of May, with Anna", "ADDRESS", 0.9), over("Anna Quill", "PERSON", 0.7)],
            [("ADDRESS", "Road, on the ninth of May, with Anna Quill")],
        ),
        (
            "a firm takes in the place that hangs over its edge",
            [over("Anna Quill", "ORG", 0.9), over("Quill junior", "LOCATION", 0.7)],
            [("ORG", "Anna Quill junior")],
        ),
        (
            "a date within an address goes on being a date, joined with it",
            [over("ninth of May", "DATE", 0.9), over("Rimu Road, on the ninth of May", "ADDRESS", 0.8)],
            [("DATE", "Rimu Road, on the ninth of May")],
        ),
        (
            "a person takes nobody in",
            [over("Quill", "LOCATION", 0.9), over("Anna Quill junior", "PERSON", 0.8)],
            [("PERSON", "Anna "), ("LOCATION", "Quill"), ("PERSON", " junior")],
        ),
        (
            "of one class they are joined, however they lie",
            [over("Anna Quill", "PERSON", 0.9), over("Quill junior", "PERSON", 0.7)],
            [("PERSON", "Anna Quill junior")],
        ),
        (
            "numbers of two kinds are joined under the surer kind",
            [over("the ninth of", "PHONE", 0.9), over("ninth of May", "ID", 0.7)],
            [("PHONE", "the ninth of May")],
        ),
        (
            "an address takes in the place that hangs over its edge",
            [over("House, Rimu", "ADDRESS", 0.9), over("Rimu Road", "LOCATION", 0.7)],
            [("ADDRESS", "House, Rimu Road")],
        ),
        (
            "a firm takes in the name that hangs over its edge",
            [over("Anna Quill", "ORG", 0.9), over("Quill junior", "PERSON", 0.7)],
            [("ORG", "Anna Quill junior")],
        ),
        (
            "a nationality and a name do not mix: each keeps its own",
            [over("Anna Quill", "PERSON", 0.9), over("Quill junior", "NRP", 0.7)],
            [("PERSON", "Anna Quill"), ("NRP", " junior")],
        ),
        (
            "what lies apart stays apart",
            [over("Zorblatt House", "LOCATION", 0.9), over("ninth of May", "DATE", 0.9)],
            [("LOCATION", "Zorblatt House"), ("DATE", "ninth of May")],
        ),
    ],
)
def test_each_clause(case: str, candidates: list[Candidate], expected: list[tuple[str, str]]) -> None:
    """The clause's name says what must hold."""
    assert left(*candidates) == expected, case


@pytest.mark.parametrize(
    ("score", "site", "kind"),
    [
        (1.0, 0.95, "PERSON"),  # a full name: theirs, whatever it looks like
        (0.99, 0.89, "PERSON"),  # a telling part of it: theirs, where the firm is not sure
        (0.99, 0.95, "ORG"),  # a firm that is surely called after one word of it
        (0.99, 0.9, "ORG"),  # sure begins there
        (0.98, 0.75, "ORG"),  # not as the roster has it: like any name
    ],
)
def test_a_participants_name_is_theirs(score: float, site: float, kind: str) -> None:
    """A place or firm that looks like it does not take it away."""
    name, firm = over("Zorblatt", "PERSON", score, ROSTER), over("Zorblatt House", "ORG", site)
    assert left(name, firm)[0][0] == kind


@pytest.mark.parametrize("kind", ["LOCATION", "ORG"])
@pytest.mark.parametrize("part", ["Anna", "Quill", "Anna Quill"])
def test_a_part_of_a_participants_name_is_no_place(kind: str, part: str) -> None:
    """However sure somebody is of it."""
    name = over("Anna Quill", "PERSON", 0.99, ROSTER)
    assert left(name, over(part, kind, 0.95)) == [("PERSON", "Anna Quill")]


def test_a_participants_name_leads_among_equals() -> None:
    """Found as exactly as the roster has it, it goes before a class that is else more specific."""
    name, firm = over("Zorblatt", "PERSON", 0.99, ROSTER), over("Zorblatt", "ORG", 1.0)
    assert left(name, firm) == [("PERSON", "Zorblatt")]
    assert left(replace(name, found_by="another"), firm) == [("ORG", "Zorblatt")]


def test_the_longer_leads_wherever_it_stands() -> None:
    """How far it reaches counts, not where it begins."""
    longer, shorter = over("Anna Quill junior", "PERSON", 0.8), over("with Anna", "PERSON", 0.8, "short")
    (found,) = resolve([shorter, longer], TEXT)
    assert found.evidence[0].rule == longer.found_by


def test_of_the_same_words_the_surer_leads() -> None:
    """Where class and length are the same."""
    sure, less = over("Anna", "PERSON", 0.81, "sure"), over("Anna", "PERSON", 0.8, "less")
    (found,) = resolve([less, sure], TEXT)
    assert [e.rule for e in found.evidence] == ["sure", "less"]


def test_a_doubt_speaks_for_what_it_overlaps_alone() -> None:
    """Its evidence goes to the sure one it meets, and to no other that a second doubt leads to."""
    first, second = over("Anna", "PERSON", 0.9, "first"), over("junior", "ORG", 0.9, "second")
    doubt, bridge = over("with Anna", "NRP", 0.4, "doubt"), over("Quill junior", "NRP", 0.4, "bridge")
    bridge = replace(bridge, start=first.end - 1)
    found = resolve([first, second, doubt, bridge], TEXT, lambda c: c.score >= 0.55)
    said = {TEXT[c.start : c.end]: {e.rule for e in c.evidence} for c in found}
    assert said["Anna"] == {"first", "doubt", "bridge"}
    assert said["junior"] == {"second", "bridge"}


def test_what_is_joined_keeps_the_highest_score_and_the_stricter_tier() -> None:
    """A direct identifier stays direct when it is joined with one that is not."""
    strong = over("the ninth of", "DATE", 0.9, tier="quasi")
    (found,) = resolve([strong, over("ninth of May", "ID", 0.7, tier="direct")], TEXT)
    assert (found.score, found.tier, found.type) == (0.9, "direct", "DATE")
    (found,) = resolve([strong, over("ninth of May", "ID", 0.7, tier="quasi")], TEXT)
    assert found.tier == "quasi"


def test_what_takes_in_a_surer_name_is_as_sure() -> None:
    """And both stand in its evidence, its own first."""
    site, name = over("Zorblatt House", "LOCATION", 0.7), over("Zorblatt", "PERSON", 0.95)
    (found,) = resolve([name, site], TEXT)
    assert found.score == 0.95
    assert [e.rule for e in found.evidence] == [site.found_by, name.found_by]


def test_a_place_keeps_the_evidence_of_every_reading() -> None:
    """Of the one that gave way too; each piece once."""
    strong, weak = over("Anna Quill", "PERSON", 0.9), over("Quill", "NRP", 0.6)
    (found,) = resolve([weak, strong, strong], TEXT)
    assert [e.rule for e in found.evidence] == [strong.found_by, weak.found_by]
    assert unite([strong, strong]) == strong.evidence


def test_only_words_that_tell_something_stick_out() -> None:
    """Neither grammar nor a letter; half a word does."""
    whole = over("on the ninth of May", "NRP")

    def rest(*taken: str) -> list[str]:
        places = [(TEXT.index(t), TEXT.index(t) + len(t)) for t in taken]
        return [TEXT[c.start : c.end] for c in left_of(whole, places, TEXT)]

    assert rest("ninth of May") == []
    assert rest("the nin") == ["th of May"]
    assert rest("on the ni") == ["nth of May"]
    assert rest("junior") == ["on the ninth of May"]


@pytest.mark.parametrize(
    ("text", "taken", "sticks_out"),
    [
        ("Zorbon", "Zorb", ["on"]),
        ("atzorb", "zorb", ["at"]),
        ("Anna Wu", "Anna", [" Wu"]),
        ("Anna X", "Anna", []),
        ("Anna, and.", "Anna", []),
        ("Anna, I'm", "Anna", []),
        ("Anna", "Anna", []),
        ("on Anna", "Anna", []),
    ],
)
def test_a_rest_that_tells_something(text: str, taken: str, sticks_out: list[str]) -> None:
    """A part of a word, or a word of two letters and more that is no grammar; marks are none."""
    whole, at = Candidate(0, len(text), "NRP", 0.6, "test"), text.index(taken)
    rests = left_of(whole, [(at, at + len(taken))], text)
    assert [text[c.start : c.end] for c in rests] == sticks_out


def test_a_question_is_evidence_too() -> None:
    """What a recognizer asks stands with what it found."""
    (own,) = Candidate(0, 4, "PERSON", 0.5, "test", reason="sounds like it").evidence
    assert own.why == "sounds like it"


def test_a_candidate_says_of_itself_what_its_recognizer_said() -> None:
    """Its first evidence is its own; a pass that changed it adds one; a usual tier stands in for none."""
    found = over("Anna", "PERSON", 0.81234, "some recognizer")
    assert found.evidence == (Evidence("some recognizer", 0.812, ""),)
    assert found.noting("a pass", "why").evidence[1] == Evidence("a pass", 0.0, "why")
    assert (found.known_tier, replace(found, tier="quasi").known_tier) == ("direct", "quasi")
    assert over("Anna", "NRP").known_tier == "quasi"
    assert over("Anna", "NRP", tier="direct").known_tier == "direct"


def test_neighbours_that_only_touch_do_not_meet() -> None:
    """One ends where the other begins."""
    first, second = over("Anna ", "PERSON"), over("Quill junior", "PERSON")
    assert not first.meets(replace(second, start=first.end))
    assert not replace(second, start=first.end).meets(first)
    assert first.meets(replace(second, start=first.end - 1))
    assert len(resolve([first, replace(second, start=first.end, end=first.end + 8)], TEXT)) == 2


def test_a_span_of_a_transcript_is_a_candidate_with_its_evidence() -> None:
    """The review and the policy settle overlaps by the same rule."""
    why = (Evidence("one", 0.5, ""), Evidence("two", 0.4, "why"))
    span = Span(0, 3, 8, "PERSON", "quasi", 0.5, "one", "words", reason="asked", evidence=why)
    found = as_candidate(span)
    assert (found.start, found.end, found.type, found.score, found.found_by) == (3, 8, "PERSON", 0.5, "one")
    assert (found.tier, found.reason, found.evidence) == ("quasi", "asked", why)
