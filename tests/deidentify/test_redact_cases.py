"""De-identification between finding and result: what is decided, replaced, asked and kept, with finds that are given."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.deidentify import redact as deidentifiers
from pipeline.deidentify import second_look
from pipeline.deidentify.findings import Findings
from pipeline.deidentify.redact import Deidentifier
from pipeline.deidentify.replace import Replaced
from pipeline.errors import PolicyError
from pipeline.records import Label, LabelMap, Person, Roster, Span, Utterance, Word
from tests.deidentify.fakes import FakeDetector, NoSecondLook

ROSTER = Roster((Person("P01", "Ximena Quillfeather", ("Mena",)), Person("P02", "Teuila Vex")))


def load(detector: object, **choices: Any) -> Deidentifier:
    choices.setdefault("second_look", NoSecondLook())
    return deidentifiers.load(detector=detector, **choices)  # type: ignore[arg-type]


def talk(*texts: str) -> tuple[Utterance, ...]:
    return tuple(Utterance(f"P{i % 3:02}", i, i + 1, text) for i, text in enumerate(texts))


class Given:
    """A detector that gives what it was made with, and what it let stand."""

    def __init__(self, *spans: Span, kept: Sequence[Span] = ()) -> None:
        self.found = Findings(spans, tuple(kept))

    def examine(self, utterances: Sequence[Utterance], roster: Roster | None = None) -> Findings:
        return self.found

    def find(self, utterances: Sequence[Utterance], roster: Roster | None = None) -> tuple[Span, ...]:
        return self.found.spans


def span(text: str, words: str, kind: str = "PERSON", score: float = 0.95, **more: Any) -> Span:
    start = text.index(words)
    by = more.pop("found_by", "fake")
    return Span(more.pop("utterance", 0), start, start + len(words), kind, "direct", score, by, words, **more)


def test_a_policy_is_a_name_a_file_or_a_policy() -> None:
    """One that is none of these is said so."""
    by_name = load(FakeDetector({}), policy="gdpr").policy
    assert by_name.name == "gdpr"
    assert load(FakeDetector({}), policy=by_name).policy is by_name
    with pytest.raises(PolicyError):
        load(FakeDetector({}), policy=Path("nowhere.toml"))


def test_the_second_look_is_in_the_same_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """The model that looks again knows the language that is spoken."""
    asked: list[str] = []

    def note(language: str) -> NoSecondLook:
        asked.append(language)
        return NoSecondLook()

    monkeypatch.setattr(second_look, "load", note)
    deidentifiers.load(detector=FakeDetector({}), language="fr")
    assert asked == ["fr"]


def test_a_result_names_its_policy_and_sensitivity() -> None:
    """The report says by what rules it was made."""
    done = load(FakeDetector({}), policy="gdpr", sensitivity="strict").redact(talk("a"))
    assert (done.policy, done.sensitivity) == ("gdpr", "strict")
    assert load(FakeDetector({})).redact(talk("a")).policy == "hipaa-safe-harbor"


def test_what_the_second_look_asks_is_among_the_spans_in_their_order() -> None:
    """It sees the result, the originals and the roster, and takes nothing out."""
    asked = span("So Zed left.", "left", "PERSON", 0.4, action="flag", uncertain=True, reason="look")

    class Looks:
        def look(
            self,
            replaced: Sequence[Replaced],
            originals: Sequence[Utterance],
            roster: Roster | None,
            kept: Sequence[Span] = (),
        ) -> tuple[Span, ...]:
            assert [r.text for r in replaced] == ["So [Person 1] left.", "And [Person 2]."]
            assert ([u.text for u in originals], roster) == (["So Zed left.", "And Quux."], ROSTER)
            return (asked,)

    engine = load(FakeDetector({"Zed": "PERSON", "Quux": "PERSON"}), second_look=Looks())
    done = engine.redact(talk("So Zed left.", "And Quux."), roster=ROSTER)
    assert [(s.utterance, s.text) for s in done.spans] == [(0, "Zed"), (0, "left"), (1, "Quux")]
    assert [u.text for u in done.utterances] == ["So [Person 1] left.", "And [Person 2]."]


@pytest.mark.parametrize(
    ("said", "find", "kind", "text"),
    [
        ("It is Zed's turn.", "Zed's", "PERSON", "It is [Person 1]'s turn."),
        ("It is Zed’s turn.", "Zed’s", "PERSON", "It is [Person 1]’s turn."),
        ("It is  Zed  now.", " Zed ", "PERSON", "It is [Person 1] now."),
        ("At Zed's place.", "Zed's", "LOCATION", "At [Place 1] place."),
        ("It is   then.", "  ", "PERSON", "It is   then."),
    ],
)
def test_a_possessive_and_spaces_stay_outside(said: str, find: str, kind: str, text: str) -> None:
    """Of a person's name alone; a find of spaces is none."""
    done = load(Given(span(said, find, kind))).redact(talk(said))
    got = done.utterances[0].text
    assert re.sub(" +", " ", got) == re.sub(" +", " ", text)
    assert all(said[s.start_char : s.end_char] == s.text for s in done.spans)


@pytest.mark.parametrize(
    ("kind", "tier", "words", "style", "text"),
    [
        ("AGE", "quasi", "forty six", "label", "[Age 40-49]"),
        ("AGE", "direct", "ninety six", "label", "[Age 90+]"),
        ("DATE", "direct", "3 May 2001", "label", "[Date]"),
        ("ID", "direct", "X1234", "label", "[ID]"),
        ("NRP", "quasi", "Zorbian", "label", "Zorbian"),
        ("XYZ", "direct", "xqwort", "label", "[Redacted]"),
        ("AGE", "quasi", "forty six", "surrogate", "[Age 40-49]"),
        ("ID", "direct", "X1234", "surrogate", "[ID]"),
    ],
)
def test_each_class_is_replaced_in_its_way(kind: str, tier: str, words: str, style: str, text: str) -> None:
    """Ages as bands in every style; what no class names is [Redacted]."""
    engine = load(FakeDetector({words: kind}, tier=tier), style=style)  # type: ignore[arg-type]
    assert engine.redact(talk(f"It is {words}, so.")).utterances[0].text == f"It is {text}, so."


def test_dates_move_in_the_style_of_surrogates_and_stand_bare() -> None:
    """And in the style of labels only where the policy says so."""
    finds = FakeDetector({"3 May 2001": "DATE", "the third": "DATE"})
    said, labels = talk("On 3 May 2001, the third."), LabelMap(date_shift=14)
    moved = load(finds, style="surrogate").redact(said, labels=labels).utterances[0].text
    assert moved == "On 17 May 2001, [Date]."
    assert load(finds).redact(said, labels=labels).utterances[0].text == "On [Date], [Date]."


def test_a_label_s_question_is_added_to_the_find_s() -> None:
    """Each reason once; a find without any is certain."""
    roster = Roster((Person("P01", "Fergus Vex"), Person("P02", "Fergus Zed")))
    said = "So Fergus and Fergus Vex, and Quux."
    first = span(said, "Fergus", uncertain=True, reason="heard faintly", score=0.6)
    done = load(Given(first, span(said, "Fergus Vex"), span(said, "Quux"))).redact(talk(said), roster=roster)
    doubt, sure, other = done.spans
    assert doubt.uncertain
    assert doubt.reason.split("; ")[-1] == "two participants go by this name"
    assert len(doubt.reason.split("; ")) == 2
    assert (sure.uncertain, sure.reason, sure.replacement) == (False, "", "[P01]")
    assert (other.uncertain, other.reason, other.replacement) == (False, "", "[Person 1]")


def test_what_the_roster_s_sound_found_is_the_participant_s() -> None:
    """The same words found by another recognizer are somebody else's."""
    said = "So Quilfazer left."
    for by, label in (("RosterRecognizer", "[P01]"), ("TalkRecognizer", "[Person 1]")):
        done = load(Given(span(said, "Quilfazer", found_by=by))).redact(talk(said), roster=ROSTER)
        assert done.spans[0].replacement == label, by


@pytest.mark.parametrize(
    ("label", "known"),
    [
        (Label("name", "zed", "Person 1"), True),
        (Label("name", "ze", "Person 1"), False),
        (Label("place", "away", "Place 1"), True),
        (Label("name", "away", "Person 1"), False),
        (Label("name", "away", "Person 1", by_hand=True), True),
        (Label("phone", "oh 2", "Phone"), True),
    ],
)
def test_what_a_study_has_labelled_is_looked_for_again(label: Label, known: bool) -> None:
    """From three letters on; an everyday word that was a name by its place alone only where a person said so."""
    roster = deidentifiers.with_named(None, deidentifiers.Labeller(None, LabelMap((label,))))
    assert (roster.known if roster else ()) == (
        ((deidentifiers.type_of(label.kind), label.words),) if known else ()
    )


def test_without_labels_the_roster_is_as_it_was() -> None:
    """None stays none."""
    assert deidentifiers.with_named(None, deidentifiers.Labeller()) is None
    assert deidentifiers.with_named(ROSTER, deidentifiers.Labeller()) is ROSTER


@pytest.mark.parametrize(
    ("find", "stays"),
    [("Parkinson", False), ("Parkinson and Zed", False), ("Zed", True), (" and", True), ("kinson a", False)],
)
def test_what_stands_on_purpose_is_told_unless_something_else_hides_it(find: str, stays: bool) -> None:
    """A place that touches it does not; one of another line neither."""
    said = "So Parkinson and Zed left."
    kept = span(said, "Parkinson", action="keep", reason="a disease")
    done = load(Given(span(said, find), kept=[kept])).redact(talk(said, said))
    assert (kept in done.left) is stays
    other = Span(1, 3, 12, "PERSON", "direct", 0.9, "fake", "Parkinson", "keep", reason="a disease")
    assert other in load(Given(span(said, find), kept=[other])).redact(talk(said, said)).left


def test_finds_alone_are_what_would_be_replaced_or_asked() -> None:
    """As the review asks for while somebody types; what breaks is one find over its whole line."""
    said = talk("So Zed left.", "A Zorbian.")
    got = load(FakeDetector({"Zed": "PERSON", "Zorbian": "NRP"})).find(said, ROSTER, LabelMap())
    assert [(s.utterance, s.text, s.action) for s in got] == [(0, "Zed", "remove"), (1, "Zorbian", "flag")]
    assert all(not s.replacement for s in got)

    class Breaks(FakeDetector):
        def find(self, utterances: Sequence[Utterance], roster: Roster | None = None) -> tuple[Span, ...]:
            if any("crash" in u.text for u in utterances):
                raise RuntimeError("no")
            return super().find(utterances, roster)

    broken = load(Breaks({"Zed": "PERSON"})).find(talk("So Zed left.", "a crash", ""), None, LabelMap())
    assert [(s.utterance, s.text, s.type) for s in broken] == [(0, "Zed", "PERSON"), (1, "a crash", "UNREAD")]


@pytest.mark.parametrize(
    ("kind", "action", "score", "counts"),
    [
        ("PERSON", "remove", 0.3, True),
        ("NRP", "flag", 0.9, True),
        ("NRP", "flag", 0.4, False),
        ("PERSON", "flag", 0.5, False),
    ],
)
def test_a_flag_of_the_policy_is_an_identifier_and_a_faint_doubt_is_none(
    kind: str, action: Any, score: float, counts: bool
) -> None:
    """What is replaced always is one."""
    engine = load(FakeDetector({}))
    assert engine.is_identifier(Span(0, 0, 3, kind, "quasi", score, "fake", "abc", action)) is counts


def test_nothing_of_the_words_is_in_a_repr() -> None:
    """Neither of the engine nor of what it gives."""
    engine = load(FakeDetector({"Zed": "PERSON"}))
    assert "Zed" not in repr(engine) + repr(engine.redact(talk("So Zed left.")))


# --- what always holds ----------------------------------------------------------------------------

WORDS = ["zed", "the", "quux", "met", "and", "brigitta", "in", "rimu", "hello", "forty", "021", "may"]
KINDS = {
    "zed": "PERSON",
    "brigitta": "PERSON",
    "quux": "PERSON",
    "rimu": "LOCATION",
    "forty": "AGE",
    "021": "PHONE",
    "may": "NRP",
}
lines = st.lists(st.lists(st.sampled_from(WORDS), max_size=8), min_size=1, max_size=5)


def said_of(rows: list[list[str]]) -> tuple[Utterance, ...]:
    """Utterances with words and their times."""
    return tuple(
        Utterance(
            f"P{n:02}", n * 10.0, n * 10.0 + 9, " ".join(row),
            tuple(Word(n * 10.0 + k, n * 10.0 + k + 0.5, w) for k, w in enumerate(row)),
        )
        for n, row in enumerate(rows)
    )  # fmt: skip


@given(lines, st.sets(st.sampled_from(sorted(KINDS))))
@settings(max_examples=100, deadline=None)
def test_no_word_is_lost_and_none_is_added(rows: list[list[str]], found: set[str]) -> None:
    """What is not found stands where it stood, in text and in timed words; what is found is one label each."""
    done = load(FakeDetector({w: KINDS[w] for w in found})).redact(said_of(rows))
    for row, utterance in zip(rows, done.utterances, strict=True):
        left = re.sub(r"\[[^\]]*\]", "*", utterance.text).split()
        gone = {w for w in found if KINDS[w] != "NRP"}
        assert left == ["*" if w in gone else w for w in row]
        assert re.sub(r"\[[^\]]*\]", "*", " ".join(w.text for w in utterance.words)).split() == left
        assert all(a.end <= b.start for a, b in itertools.pairwise(utterance.words))
        assert [w.text for w in utterance.words if w.text in row] == [w for w in row if w not in gone]


@given(lines, st.sets(st.sampled_from(sorted(KINDS))))
@settings(max_examples=60, deadline=None)
def test_spans_cut_their_words_out_of_the_original_and_never_overlap(
    rows: list[list[str]], found: set[str]
) -> None:
    """And their replacements, put in their places, are the result."""
    said = said_of(rows)
    done = load(FakeDetector({w: KINDS[w] for w in found})).redact(said)
    for n, utterance in enumerate(said):
        here = [s for s in done.spans if s.utterance == n]
        assert all(a.end_char <= b.start_char for a, b in itertools.pairwise(here))
        text = utterance.text
        for s in reversed(here):
            assert text[s.start_char : s.end_char] == s.text
            if s.action != "flag":
                text = text[: s.start_char] + s.replacement + text[s.end_char :]
        assert text == done.utterances[n].text


@given(st.lists(lines, min_size=1, max_size=3))
@settings(max_examples=40, deadline=None)
def test_week_by_week_the_same_names_have_the_same_labels(weeks: list[list[list[str]]]) -> None:
    """The study's map grows, and what stood for a word in one week stands for it in the next."""
    engine, labels = load(FakeDetector(KINDS)), LabelMap()
    stood: dict[str, str] = {}
    for rows in weeks:
        done = engine.redact(said_of(rows), labels=labels)
        assert done == engine.redact(said_of(rows), labels=labels)
        for s in (s for s in done.spans if s.type in ("PERSON", "LOCATION")):
            assert stood.setdefault(s.text, s.replacement) == s.replacement
        labels = done.labels
    assert len(set(stood.values())) == len(stood)
