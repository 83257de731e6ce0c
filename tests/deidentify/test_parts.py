"""Small parts that others stand on: views of a talk, neighbours, phrases, faint numbers, what fails, what is written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.deidentify import operators
from pipeline.deidentify.dialogue import Dialogue, build, from_text, name_heard
from pipeline.deidentify.failsafe import Finds, find_safely, whole_utterance
from pipeline.deidentify.findings import Findings
from pipeline.deidentify.heard_faintly import doubt_faint_numbers
from pipeline.deidentify.known_phrases import figures, heads, phrases
from pipeline.deidentify.merge import Candidate
from pipeline.deidentify.neighbours import Neighbours
from pipeline.deidentify.questions import Questions
from pipeline.deidentify.recognizers.base import View
from pipeline.deidentify.speakers_named import name_speakers
from pipeline.errors import ModelMissingError
from pipeline.records import LabelMap, Person, Roster, Span, Surrogate, Utterance, Word


def dialogue_of(*turns: str) -> Dialogue:
    return build([Utterance(f"P{n % 2:02}", n, n + 1.0, t) for n, t in enumerate(turns)])


def view_of(*turns: str) -> View:
    dialogue = dialogue_of(*turns)
    return View(dialogue, Questions(dialogue))


# --- a talk as recognizers see it -----------------------------------------------------------------


def test_a_line_break_inside_a_turn_is_a_space_and_offsets_hold() -> None:
    """Every kind of line break; so a turn stays a line."""
    d = dialogue_of("one\r\ntwo", "three\u2028four")
    assert d.text == "one  two\nthree four"
    assert d.starts == [0, 9]
    assert [d.turn_at(t.start) for t in d.tokens] == [0, 0, 1, 1]


def test_a_place_over_several_turns_is_one_in_each() -> None:
    """With the turn's own offsets; an empty turn has none."""
    d = dialogue_of("abc", "", "def")
    assert list(d.pieces(1, 7)) == [(0, 1, 3), (2, 0, 2)]
    assert list(d.pieces(0, 3)) == [(0, 0, 3)]
    assert list(d.pieces(5, 8)) == [(2, 0, 3)]


@pytest.mark.parametrize(
    ("said", "content"),
    [
        ("um, so uh I went", ["so", "i", "went"]),
        ("my my name is is Zed", ["my", "name", "is", "zed"]),
        ("very very good", ["very", "very", "good"]),
        ("EH twenty three", ["eh", "twenty", "three"]),
        ("eh, twenty three", ["twenty", "three"]),
    ],
)
def test_fillers_and_stutters_say_nothing(said: str, content: list[str]) -> None:
    """Words doubled on purpose do, and so does a postcode's area."""
    assert [t.fold for t in dialogue_of(said).content] == content


@pytest.mark.parametrize(
    ("turns", "cased"),
    [
        (("So Anna left.",), True),
        (("so anna left",), False),
        (("Anna left. Bo left.",), False),
        (("Anna",), False),
        ((), False),
    ],
)
def test_capitals_mean_something_where_they_stand_inside_sentences(
    turns: tuple[str, ...], cased: bool
) -> None:
    """One that opens a sentence tells nothing."""
    assert dialogue_of(*turns).is_cased is cased


def test_plain_lines_are_the_turns() -> None:
    """A turn of fillers alone is an empty line, also the last."""
    assert dialogue_of("So, Anna", "um", "Yes.", "uh").lines() == ["so anna", "", "yes", ""]


def test_text_by_itself_is_two_people_in_turn() -> None:
    """A line a turn."""
    d = from_text("one\ntwo\nthree")
    assert (d.turns, d.speakers) == (("one", "two", "three"), ("S1", "S2", "S1"))


def test_what_was_heard_is_known_by_word() -> None:
    """The name that explains the sound, and whether only a hint does."""
    words = (Word(0, 1, "So"), Word(1, 2, "way,", 0.4, "Wei"), Word(2, 3, "Zed", 0.2, "", "said"))
    said = Utterance("P01", 0.0, 3.0, "So way, Zed", words)
    d = build([said])
    assert [w.text if (w := d.heard_as(t)) else "" for t in d.tokens] == ["So", "way,", "Zed"]
    assert [d.is_only_hinted(t.start, t.end) for t in d.tokens] == [False, False, True]
    assert name_heard(said, 3, 6) == "Wei"
    assert name_heard(said, 0, 2) == name_heard(said, 8, 11) == ""
    other = build([Utterance("P01", 0.0, 3.0, "Nothing else", words)])
    assert [other.heard_as(t) for t in other.tokens] == [None, None]


# --- neighbours -----------------------------------------------------------------------------------


def test_neighbours_end_with_the_turn() -> None:
    """Five words before, seven behind."""
    d = dialogue_of("one two three four five six seven", "a b c d e f g h i j")
    near = Neighbours(d.content)
    assert near.lead(6) == "two three four five six "
    assert (near.lead(0), near.lead(7), near.behind(6)) == ("", "", "")
    assert near.behind(7) == " b c d e f g h"
    assert (near.before(7), near.before(6), near.following(6)) == ("", "six", None)


@pytest.mark.parametrize(
    ("said", "breaks", "adjacent", "pause", "set_off"),
    [
        ("so Anna left", False, True, False, False),
        ("so, Anna, left", False, False, True, True),
        ("so. Anna left", True, False, False, False),
        ("Dr. Anna left", False, False, False, False),
        ("so? Anna.", True, False, True, True),
        ("so-Anna", False, True, True, False),
        ("so, Anna; left", False, False, False, True),
    ],
)
def test_pauses_around_a_word(said: str, breaks: bool, adjacent: bool, pause: bool, set_off: bool) -> None:
    """The stop of an abbreviated title ends no sentence."""
    near = Neighbours(dialogue_of(said).content)
    got = (near.breaks(1), near.adjacent(1), near.pause_behind(1), near.set_off(1))
    assert got == (breaks, adjacent, pause, set_off)


def test_a_pronoun_behind_is_spoken_to_and_not_called() -> None:
    """ "Hi, will you"."""
    near = Neighbours(dialogue_of("hi will you", "hi will come", "hi will").content)
    assert [near.alone_behind(at) for at in (1, 4, 7)] == [False, True, True]


# --- listed phrases -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (("the red house here",), [("red", "house")]),
        (("the red house green here",), [("red", "house", "green")]),
        (("the red house's door",), [("red", "house")]),
        (("the red, house",), [("red", "house")]),
        (("the red. House",), []),
        (("the red", "house"), []),
        (("a red house and a red house",), [("red", "house")] * 2),
        (("st. quux it is",), [("st", "quux")]),
        (("red",), []),
    ],
)
def test_the_longest_listed_phrase_is_found_where_it_stands(
    said: tuple[str, ...], found: list[tuple[str, ...]]
) -> None:
    """In one turn and one sentence, with a possessive; the stop of two letters ends none."""
    listed = heads([("red", "house"), ("red", "house", "green"), ("st", "quux")])
    view = view_of(*said)
    got = list(phrases(view, listed))
    assert [p for _, _, p in got] == found
    assert all(last - first + 1 == len(p) for first, last, p in got)


def test_the_longest_is_tried_first_and_in_one_order() -> None:
    """By its first word."""
    assert heads([("a", "b"), ("a", "c", "d"), ("x",)]) == {"a": [("a", "c", "d"), ("a", "b")], "x": [("x",)]}


def test_listed_people_are_known_by_degrees() -> None:
    """Whoever is unmistakable is listed by the last word too, and whoever is famous is unmistakable."""
    listed = figures()
    assert listed.famous <= listed.unmistakable <= listed.full
    assert all("!" not in word for name in listed.full for word in name)
    assert ("sigmund", "freud") in listed.full


# --- numbers heard faintly ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "probability", "reason", "asked"),
    [
        ("AGE", 0.49, "", "a number heard faintly"),
        ("AGE", 0.5, "", ""),
        ("AGE", 0.0, "", ""),
        ("AGE", 0.2, "why", "why"),
        ("DATE", 0.2, "", "a number heard faintly"),
        ("PHONE", 0.2, "", "a number heard faintly"),
        ("PERSON", 0.2, "", ""),
        ("LOCATION", 0.2, "", ""),
    ],
)
def test_a_number_heard_with_less_than_even_odds_is_asked_about(
    kind: str, probability: float, reason: str, asked: str
) -> None:
    """Unless there is a question already; a word without a probability was not doubted."""
    words = (Word(0, 1, "nine", 0.9), Word(1, 2, "six", probability), Word(2, 3, "so", 0.1))
    dialogue = build([Utterance("P01", 0.0, 3.0, "nine six so", words)])
    view = View(dialogue, Questions(dialogue))
    (c,) = doubt_faint_numbers([Candidate(0, 8, kind, 0.9, "r", reason=reason)], view)
    assert c.reason == asked
    assert ("doubt faint numbers" in [e.rule for e in c.evidence]) is (asked == "a number heard faintly")


def test_without_a_recogniser_no_number_is_faint() -> None:
    """A transcript of words alone."""
    (c,) = doubt_faint_numbers([Candidate(0, 4, "AGE", 0.9, "r")], view_of("nine six"))
    assert c.reason == ""


# --- what cannot be read --------------------------------------------------------------------------


class Breaks:
    """Breaks on some words, and finds "zed" in others."""

    def __init__(self, *words: str, error: type[BaseException] = RuntimeError) -> None:
        self.words, self.error, self.calls = words, error, 0

    def find(self, utterances: object, roster: Roster | None = None) -> tuple[Span, ...]:
        self.calls += 1
        said = list(utterances)  # type: ignore[call-overload]
        if any(w in u.text for u in said for w in self.words):
            raise self.error
        return tuple(
            Span(n, u.text.index("zed"), u.text.index("zed") + 3, "PERSON", "direct", 0.9, "r", "zed")
            for n, u in enumerate(said)
            if "zed" in u.text
        )


def talk(*texts: str) -> list[Utterance]:
    return [Utterance("P01", n, n + 1.0, t) for n, t in enumerate(texts)]


@given(st.lists(st.sampled_from(["zed", "bad", "fine", "so zed"]), max_size=9))
@settings(max_examples=60, deadline=None)
def test_exactly_what_breaks_is_unread_and_the_rest_is_found(texts: list[str]) -> None:
    """Wherever it stands, each find at its own utterance."""
    got = find_safely(Breaks("bad"), talk(*texts), None)
    assert got.unread == {n for n, t in enumerate(texts) if t == "bad"}
    assert sorted(s.utterance for s in got.spans) == [n for n, t in enumerate(texts) if "zed" in t]
    assert all(texts[s.utterance][s.start_char : s.end_char] == s.text for s in got.spans)


def test_a_sound_talk_is_looked_at_once() -> None:
    """Halving is for what breaks."""
    detector = Breaks("bad")
    find_safely(detector, talk(*["fine"] * 8), None)
    assert detector.calls == 1


@pytest.mark.parametrize("error", [MemoryError, KeyboardInterrupt])
def test_running_out_of_memory_is_the_caller_s(error: type[BaseException]) -> None:
    """Nothing is let through for it."""
    with pytest.raises(error):
        find_safely(Breaks("bad", error=error), talk("fine", "bad"), None)


def test_a_model_that_is_missing_is_the_caller_s() -> None:
    """It does not come from what was said."""

    class Missing:
        def find(self, utterances: object, roster: Roster | None = None) -> tuple[Span, ...]:
            raise ModelMissingError(model="m")

    with pytest.raises(ModelMissingError):
        find_safely(Missing(), talk("a"), None)


def test_a_find_that_does_not_fit_its_words_makes_the_line_unread() -> None:
    """Also one that was let stand; one outside the talk makes all of it unread."""

    class Misreads:
        def __init__(self, at: int, kept: bool) -> None:
            self.at, self.kept = at, kept

        def examine(self, utterances: object, roster: Roster | None = None) -> Findings:
            wrong = Span(self.at, 0, 3, "PERSON", "direct", 0.9, "r", "???")
            return Findings((), (wrong,)) if self.kept else Findings((wrong,), ())

        def find(self, utterances: object, roster: Roster | None = None) -> tuple[Span, ...]:
            return self.examine(utterances).spans

    assert find_safely(Misreads(0, False), talk("abc"), None) == Finds(unread=frozenset({0}))
    assert find_safely(Misreads(0, True), talk("abc"), None).unread == {0}
    assert find_safely(Misreads(5, False), talk("abc", "def"), None).unread == {0, 1}


def test_all_of_an_utterance_is_one_certain_question() -> None:
    """It is taken out, and a person is asked."""
    span = whole_utterance(3, Utterance("P01", 0.0, 1.0, "all of it"))
    assert (span.utterance, span.start_char, span.end_char, span.text) == (3, 0, 9, "all of it")
    assert (span.type, span.score, span.uncertain, span.action) == ("UNREAD", 1.0, True, "remove")


# --- what is written in place ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "width", "top", "band"),
    [
        ("forty six", 10, 90, "Age 40-49"),
        ("forty", 10, 90, "Age 40-49"),
        ("forty nine", 10, 90, "Age 40-49"),
        ("forty six", 5, 90, "Age 45-49"),
        ("eighty nine", 10, 90, "Age 80-89"),
        ("ninety", 10, 90, "Age 90+"),
        ("a hundred and two", 10, 90, "Age 90+"),
        ("eighty eight", 20, 90, "Age 80-89"),
        ("six", 10, 90, "Age 0-9"),
        ("old", 10, 90, "Age"),
    ],
)
def test_an_age_is_a_band_that_never_reaches_over_the_top(said: str, width: int, top: int, band: str) -> None:
    """And no band where no years were said."""
    assert operators.age_band(said, width, top) == band


@pytest.mark.parametrize(
    ("name", "said", "params", "put"),
    [
        ("session-label", "zed", {"label": "P03"}, "[P03]"),
        ("session-age-band", "forty six", {"width": 10, "top": 90}, "[Age 40-49]"),
        ("session-year", "3 May 2001", {}, "[Date 2001]"),
        ("session-year", "3 May", {}, "[Date]"),
        ("session-year", "then", {}, "[Date]"),
        ("session-shifted-date", "3 May 2001", {"days": 14}, "[Date 17 May 2001]"),
        ("session-shifted-date", "3 May 2001", {"days": -7}, "[Date 26 April 2001]"),
        ("session-shifted-date", "3 May 2001", {"days": 14, "bare": True}, "17 May 2001"),
        ("session-shifted-date", "3 May", {"days": 14}, "[Date 17 May]"),
        ("session-shifted-date", "then", {"days": 14, "bare": True}, "[Date]"),
        ("session-surrogate", "zed", {"surrogate": "Astrid"}, "Astrid"),
    ],
)
def test_each_operator_writes_one_thing(name: str, said: str, params: dict[str, object], put: str) -> None:
    """In brackets, but for stand-ins and dates that stand bare."""
    operator = next(o for o in operators.ALL if o.name == name)()
    operator.validate(params)
    assert operator.operate(said, params) == put
    assert operator.operator_name() == name


@pytest.mark.parametrize("operator", [o for o in operators.ALL if o.needs])
def test_an_operator_refuses_what_lacks_a_parameter(operator: type) -> None:
    """And names it."""
    with pytest.raises(ValueError, match=operator.needs[0]):  # type: ignore[attr-defined]
        operator().validate({})
    with pytest.raises(ValueError, match=operator.needs[0]):  # type: ignore[attr-defined]
        operator().validate(None)


# --- speakers of a margin -------------------------------------------------------------------------

PEOPLE = Roster(
    (
        Person("P01", "David Hallwood"),
        Person("P02", "Teuila Anna Vex"),
        Person("P03", "Tom Ash"),
        Person("P04", "Tina Ash"),
    )
)


@pytest.mark.parametrize(
    ("speaker", "shown"),
    [
        ("David Hallwood", "P01"),
        ("DH", "P01"),
        ("D.H.", "P01"),
        ("TAV", "P02"),
        ("TV", "P02"),
        ("TA", "[Person 1]"),  # two have them
        ("XQ", "[Person 1]"),
        ("Zorblatt Quux", "[Person 1]"),
    ],
)
def test_a_speaker_is_shown_by_code_or_number(speaker: str, shown: str) -> None:
    """A name or initials of the roster's, else a person of the study."""
    assert name_speakers([speaker], PEOPLE).shown == {speaker: shown}


@pytest.mark.parametrize("speaker", ["P01", "Interviewer", "Speaker 2", "S3"])
def test_codes_and_roles_stay(speaker: str) -> None:
    """They name nobody."""
    named = name_speakers([speaker], PEOPLE)
    assert named.shown == {}
    assert named.rename([Utterance(speaker, 0, 1, "a")])[0].participant == speaker


def test_who_speaks_and_is_not_on_the_roster_is_looked_for_like_a_participant() -> None:
    """Without the title, once, and the study remembers the label."""
    named = name_speakers(["Dr Zorblatt Quux", "David Hallwood", "Dr Zorblatt Quux"], PEOPLE)
    assert named.roster.people == (*PEOPLE.people, Person("Person 1", "Zorblatt Quux"))
    assert name_speakers(["Quux"], PEOPLE, named.labels).shown == {"Quux": "[Person 1]"}
    after = named.shown_after(LabelMap(surrogates=(Surrogate("Person 1", "Astrid Vale"),)))
    assert after == {"Dr Zorblatt Quux": "Astrid Vale", "David Hallwood": "P01"}
    assert "Quux" not in repr(named)
